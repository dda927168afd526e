"""What is sent to an app, and what comes back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from sandbox.state.app import App
from sandbox.wire import Json


COMMAND, INTERACTIVE, EVENT = "slash_commands", "interactive", "events_api"
TIMEOUT, FAILED = "operation_timeout", "dispatch_failed"


@dataclass(frozen=True)
class Packet:
    """A request of Slack's; `kind` is COMMAND, INTERACTIVE or EVENT."""

    kind: str
    payload: Json
    retry: int = 0
    reason: str = ""

    def body(self) -> tuple[bytes, str]:
        """Return the HTTP body and its content type."""
        if self.kind == EVENT:
            return json.dumps(self.payload).encode(), "application/json"
        form = self.payload
        if self.kind == INTERACTIVE:
            form = {"payload": json.dumps(self.payload)}
        return urlencode(form).encode(), "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """An app's answer. `content` is parsed JSON, or text. `trouble` where none came in time."""

    status: int = 0
    content: object = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""

    @property
    def went_well(self) -> bool:
        return not self.trouble


def read_answer(status: int, body: str, headers: Mapping[str, str]) -> Answer:
    """Return an HTTP answer as Slack understands it."""
    headers = {name.lower(): value for name, value in headers.items()}
    well = 200 <= status < 300  # noqa: PLR2004 - HTTP's own numbers
    content: object = body
    if body and "json" in headers.get("content-type", ""):
        try:
            content = json.loads(body)
        except ValueError:
            return Answer(status, body, headers, FAILED)
    return Answer(status, content, headers, "" if well else FAILED)


class Line(Protocol):
    """A way to reach the app."""

    async def send(self, app: App, packet: Packet, seconds: float) -> Answer:
        """Send and return the answer; never raises for what the app does wrong."""

    async def close(self) -> None:
        """Let go of threads and connections."""
