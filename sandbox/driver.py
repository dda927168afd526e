"""Driving a stand-in from Python: what people see and do, what the app called, what goes wrong.

with running() as slack:
    slack.reach("http://127.0.0.1:3001/slack/events")
    tara = slack.person("U_TARA")
    tara.command("/hello")
    tara.fill({"Name": "Bright Dental"})
    tara.submit()
"""

import contextlib
import ssl
from collections.abc import Iterator

from sandbox.deliver.http import Post, posting_to
from sandbox.desk import Desk
from sandbox.driving.client import Client, NotOnScreen
from sandbox.driving.person import Person
from sandbox.driving.words import words_of
from sandbox.outcome import Outcome
from sandbox.seed import build_world, read_workspace
from sandbox.serving import Address, in_thread
from sandbox.wire import Json


__all__ = [
    "HOME",
    "Address",
    "NotOnScreen",
    "Outcome",
    "Person",
    "Slack",
    "at",
    "running",
    "words_of",
]
HOME: Json = {"home": True}


def at(message: Json) -> Json:
    """Return the place of a message, for `press`, `fill` and `choose`."""
    return {"channel": message["channel"], "ts": message["ts"]}


class Slack(Client):
    """A stand-in workspace, seen from outside."""

    @property
    def api_url(self) -> str:
        """The base URL of its Web API."""
        return f"{self.base_url}/api/"

    def person(self, person_id: str) -> Person:
        """Return somebody to act as."""
        return Person(self, person_id)

    def reach(self, request_url: str) -> None:
        """Send what Slack sends to this URL from now on."""
        self.app(request_url=request_url)

    def app(self, **changes: object) -> None:
        """Change the app: signing_secret, bot_token, scopes, events, manifest, socket_mode."""
        self.post("app", changes)

    def messages(self, channel: str) -> list[Json]:
        """Return a channel's messages, oldest first, threads and ephemeral ones included."""
        found: list[Json] = self.get(f"channels/{channel}/messages")
        return found

    def dm(self, person_id: str) -> str:
        """Return the id of the direct message between a person and the app."""
        return str(self.get(f"people/{person_id}/screen")["dm"])

    def wait_for_message(self, channel: str, words: str = "", seconds: float = 5.0) -> Json:
        """Return the newest message with these words, waited for; AssertionError if none comes."""

        def newest() -> Json | None:
            found = [each for each in self.messages(channel) if words in words_of(each)]
            return found[-1] if found else None

        message = self.wait_for(newest, seconds)
        if message is None:
            raise AssertionError(f"no message with “{words}” in {channel}")
        return message

    def calls(self, method: str = "", since: int = 0) -> list[Json]:
        """Return the app's calls: method, args, answer, status (0: none), took, fault, problems."""
        found: list[Json] = self.get("calls", method=method, since=since)
        return found

    def deliveries(self, kind: str = "") -> list[Json]:
        """Return what was sent to the app: type, payload, status, answer, took, trouble."""
        found: list[Json] = self.get("deliveries", type=kind)
        return found

    def refused(self) -> list[Json]:
        """Return the calls that Slack would have refused, faults ordered left out."""
        return [
            each for each in self.calls() if each["answer"].get("ok") is False and not each["fault"]
        ]

    def send_again(self, delivery: Json) -> Json:
        """Send one of the deliveries once more, as it was; returns the app's answer."""
        answer: Json = self.post(f"deliveries/{delivery['seq']}/again", {})
        return answer

    def fault(self, method: str, kind: str, count: int = 1, **more: object) -> None:
        """Order a fault: ratelimited, status, error, json, lost, late, dropped, slow or hang.

        `more` is channel, seconds, status, code or body, as the kind needs it.
        """
        self.post("faults", {"method": method, "kind": kind, "count": count, **more})

    def clear_faults(self) -> None:
        """Call off all faults and delays; what is late is done now."""
        self.delete("faults")

    def clear_traffic(self) -> None:
        """Forget the calls and deliveries so far."""
        self.delete("calls")

    def latency(self, seconds: float, method: str = "*") -> None:
        """Make every answer of a method take so long."""
        self.post("latency", {method: seconds})

    def settings(self, **changes: object) -> Json:
        """Change settings by name: rate_limits, tiers, post_seconds, trigger_seconds and others."""
        answer: Json = self.post("settings", changes)
        return answer

    def advance(self, seconds: float) -> None:
        """Move the stand-in's time on: triggers and response URLs expire, limits recover."""
        self.post("clock", {"advance": seconds})

    def reset(self) -> None:
        """Go back to the workspace as it was loaded."""
        self.post("reset", {})

    def load(self, workspace: Json) -> None:
        """Load another workspace."""
        self.post("workspace", workspace)

    def change_person(self, person_id: str, **changes: object) -> None:
        """Change a person: deleted, is_restricted, is_ultra_restricted, team and others."""
        self.post(f"people/{person_id}", changes)

    def change_channel(self, channel_id: str, **changes: object) -> None:
        """Change a channel: is_archived, is_private, shared_with, add=[…], remove=[…] and so on."""
        self.post(f"channels/{channel_id}", changes)

    def change_usergroup(self, group_id: str, **changes: object) -> None:
        """Change a user group: users, disabled."""
        self.post(f"usergroups/{group_id}", changes)

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Close the app's Socket Mode connections."""
        self.post("disconnect", {"reason": reason})

    def triggers(self, person_id: str, count: int = 1) -> list[str]:
        """Return fresh trigger ids, for requests made elsewhere."""
        found: list[str] = self.post("triggers", {"person": person_id, "count": count})
        return found


@contextlib.contextmanager
def running(
    workspace: Json | None = None,
    *,
    bot: str | Post = "",
    socket_mode: bool = False,
    address: Address | None = None,
    context: ssl.SSLContext | None = None,
) -> Iterator[Slack]:
    """Serve a workspace in a thread while the block runs.

    `bot` is the app's request URL, or a function that takes its place: (body, headers, seconds)
    to (status, body, headers). `context` is for the driver where the address has a certificate.
    """
    described = read_workspace() if workspace is None else workspace
    desk = Desk(described, build_world(described), socket_mode=socket_mode)
    if bot:
        desk.http.post = posting_to(bot) if isinstance(bot, str) else bot
    with in_thread(desk, address or Address()) as base_url:
        yield Slack(base_url, context)
