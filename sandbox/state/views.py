"""Views on people's screens: the stack of modals, and App Home."""

from dataclasses import dataclass, field

from sandbox.wire import Json


@dataclass(eq=False)
class View:
    """One view as it stands. `body` is what the app sent, ids filled in."""

    id: str
    person: str
    body: Json
    values: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[Json]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.body["type"])

    @property
    def external_id(self) -> str:
        return str(self.body.get("external_id", ""))

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.body["blocks"]
        return blocks

    def as_slack(self, team: str, app: str, bot: str) -> Json:
        """Return the view object as answers and payloads carry it."""
        return {
            "id": self.id,
            "team_id": team,
            "type": self.kind,
            "blocks": self.blocks,
            "private_metadata": self.body.get("private_metadata", ""),
            "callback_id": self.body.get("callback_id", ""),
            "state": {"values": self.values},
            "hash": self.hash,
            "title": self.body.get("title"),
            "clear_on_close": self.body.get("clear_on_close", False),
            "notify_on_close": self.body.get("notify_on_close", False),
            "close": self.body.get("close"),
            "submit": self.body.get("submit"),
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": app,
            "external_id": self.external_id,
            "app_installed_team_id": team,
            "bot_id": bot,
        }


@dataclass
class Trigger:
    """Leave to open one view, given with each interaction. `view` is the modal it came from."""

    person: str
    at: float
    view: str = ""
    used: bool = False
