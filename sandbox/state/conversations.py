"""Channels and direct messages, as Slack describes them."""

from dataclasses import dataclass, field

from sandbox.state.messages import Message
from sandbox.wire import Json


@dataclass
class Channel:
    """A channel, or a direct message (`is_im`, or `is_mpim` for several people)."""

    id: str
    name: str = ""
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_general: bool = False
    is_archived: bool = False
    is_read_only: bool = False
    is_org_shared: bool = False
    shared_with: list[str] = field(default_factory=list)
    pending_with: list[str] = field(default_factory=list)
    topic: str = ""
    purpose: str = ""
    creator: str = ""
    created: int = 1_700_000_000
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)
    last_read: dict[str, str] = field(default_factory=dict)

    @property
    def is_ext_shared(self) -> bool:
        return bool(self.shared_with)

    @property
    def is_shared(self) -> bool:
        return self.is_ext_shared or self.is_org_shared

    @property
    def kind(self) -> str:
        """Return "im", "mpim", "private" or "public"."""
        if self.is_im:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "private" if self.is_private else "public"

    @property
    def payload_name(self) -> str:
        """Return the name that interaction payloads give the conversation."""
        named = {"im": "directmessage", "mpim": "privategroup", "private": "privategroup"}
        return named.get(self.kind, self.name)

    def other_than(self, person: str) -> str:
        """Return the other member of a direct message."""
        return next((each for each in self.members if each != person), person)

    def unread(self, person: str) -> int:
        """Return how many messages in the channel came after the person's last look."""
        seen = self.last_read.get(person, "")
        return sum(
            each.ts > seen and each.user != person
            for each in reversed(self.messages.values())
            if each.in_channel
        )

    def as_slack(self, team: str, viewer: str) -> Json:
        """Return the conversation object as `viewer` gets it."""
        if self.is_im:
            return self._as_im(team, viewer)
        told: Json = {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not (self.is_private or self.is_mpim),
            "is_group": self.is_private and not self.is_mpim,
            "is_im": False,
            "is_mpim": self.is_mpim,
            "is_private": self.is_private or self.is_mpim,
            "is_general": self.is_general,
            "is_read_only": self.is_read_only,
            "unlinked": 0,
            "updated": self.created * 1000,
            "parent_conversation": None,
            "is_member": viewer in self.members,
            "topic": {"value": self.topic, "creator": self.creator, "last_set": 0},
            "purpose": {"value": self.purpose, "creator": self.creator, "last_set": 0},
            "previous_names": [],
            "creator": self.creator,
        }
        if viewer in self.members:
            told["last_read"] = self.last_read.get(viewer, "0000000000.000000")
        return told | self._sharing(team)

    def _as_im(self, team: str, viewer: str) -> Json:
        return {
            "id": self.id,
            "created": self.created,
            "is_archived": self.is_archived,
            "is_im": True,
            "is_org_shared": self.is_org_shared,
            "context_team_id": team,
            "updated": self.created * 1000,
            "user": self.other_than(viewer),
            "is_user_deleted": False,
            "priority": 0,
        }

    def _sharing(self, team: str) -> Json:
        told: Json = {
            "created": self.created,
            "is_archived": self.is_archived,
            "is_shared": self.is_shared,
            "is_org_shared": self.is_org_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_pending_ext_shared": bool(self.pending_with),
            "pending_shared": list(self.pending_with),
            "pending_connected_team_ids": list(self.pending_with),
            "shared_team_ids": [team, *self.shared_with],
            "context_team_id": team,
        }
        if self.is_ext_shared:
            told["connected_team_ids"] = list(self.shared_with)
            told["conversation_host_id"] = team
        return told
