"""Messages, with what hangs on them."""

from dataclasses import dataclass, field

from sandbox.wire import Json


@dataclass(eq=False)
class Message:
    """One message. `only_for` names the person an ephemeral one is shown to."""

    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    bot_id: str = ""
    team: str = ""
    subtype: str = ""
    thread_ts: str = ""
    replies: list[str] = field(default_factory=list)
    reply_users: list[str] = field(default_factory=list)
    broadcast: bool = False
    only_for: str = ""
    edited_ts: str = ""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    bot_profile: Json | None = None
    values: Json = field(default_factory=dict)
    offered: dict[str, list[Json]] = field(default_factory=dict)

    @property
    def in_channel(self) -> bool:
        """Whether it shows in the channel itself, not only in a thread."""
        return not self.thread_ts or self.thread_ts == self.ts or self.broadcast

    def as_slack(self, *, with_metadata: bool = False) -> Json:
        """Return the message object as history and payloads carry it."""
        told: Json = {"user": self.user, "type": "message", "ts": self.ts}
        if self.bot_id and self.bot_profile:
            told |= {"bot_id": self.bot_id, "app_id": self.bot_profile["app_id"]}
            told["bot_profile"] = self.bot_profile
        told |= {"text": self.text, "team": self.team}
        for name in ("subtype", "blocks", "attachments", "files"):
            if getattr(self, name):
                told[name] = getattr(self, name)
        if self.edited_ts:
            told["edited"] = {"user": self.user, "ts": self.edited_ts}
        if self.reactions:
            told["reactions"] = [
                {"name": name, "users": users, "count": len(users)}
                for name, users in self.reactions.items()
            ]
        if with_metadata and self.metadata:
            told["metadata"] = self.metadata
        return told | self._thread()

    def _thread(self) -> Json:
        if self.replies:
            return {
                "thread_ts": self.ts,
                "reply_count": len(self.replies),
                "reply_users_count": len(self.reply_users),
                "latest_reply": self.replies[-1],
                "reply_users": list(self.reply_users),
                "is_locked": False,
                "subscribed": False,
            }
        return {"thread_ts": self.thread_ts} if self.thread_ts else {}
