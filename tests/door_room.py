"""A room with one of every way in, behind the real door, and a strict Slack before it."""

import json
import time
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

from slack_bolt import App
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web import SlackResponse

from bot.app import bolt_app
from bot.background import Background
from bot.clients.directory import Directory, Listing
from bot.config import Settings
from bot.deps import Deps
from bot.errors import UserError
from bot.logs import keep_quiet
from bot.slack import blocks
from bot.slack.answers import show
from bot.slack.door import Door
from bot.slack.http import web_client
from bot.slack.people import People
from bot.web import answer
from models import Database, DatabaseUnavailable
from sandbox.driver import Person, Slack, running
from tests.fakes import Seconds


SECRET = "sandbox-signing-secret"
PRIVATE = "what somebody wrote"


def refusal(method: str, error: str) -> SlackApiError:
    """What a call raises that Slack refuses."""
    answer = SlackResponse(
        client=None,
        http_verb="POST",
        api_url=f"https://slack.com/api/{method}",
        req_args={},
        data={"ok": False, "error": error},
        headers={},
        status_code=200,
    )
    return SlackApiError(f"{method}: {error}", answer)


FAULTS = {
    "user": UserError("Please name a client."),
    "database": DatabaseUnavailable(PRIVATE),
    "bug": RuntimeError(PRIVATE),
    "closed": refusal("views.update", "not_found"),
    "elsewhere": refusal("conversations.open", "not_found"),
}


@dataclass
class Room:
    """Notes who came in by which way; fails as it is told to."""

    seen: list[tuple[str, str]] = field(default_factory=list)
    fault: str = ""
    seconds: float = 0.0
    answer: dict = field(default_factory=dict)
    offered: list[dict] = field(default_factory=lambda: [blocks.option("Acme", "1")])

    def register(self, door: Door) -> None:
        door.command("/open", self.note("command", self.open_form))
        door.shortcut("from_anywhere", self.note("global shortcut"))
        door.shortcut("from_message", self.note("message shortcut"))
        door.action("press", self.note("press"))
        door.options("client", self.note("options", lambda *_: self.offered))
        door.view("form", self.note("view", lambda *_: self.answer))
        door.event("app_home_opened", self.note("event", self.publish_home))

    def note(self, way: str, then=lambda *_: None):
        def handle(deps: Deps, body: dict, person) -> object:
            time.sleep(self.seconds)
            if self.fault:
                raise FAULTS[self.fault]
            self.seen.append((way, person.id))
            return then(deps, body, person)

        return handle

    def open_form(self, deps: Deps, body: dict, _person) -> None:
        rows = [
            blocks.field("Client", blocks.typeahead("client")),
            blocks.field("Words", blocks.text_input("words"), optional=True),
            blocks.actions(blocks.button("Press", "press")),
        ]
        show(deps.slack, body, blocks.modal("form", "Form", rows, submit="Save"))

    def publish_home(self, deps: Deps, _body: dict, person) -> None:
        view = blocks.home([blocks.actions(blocks.button("Press", "press"))])
        deps.slack.views_publish(user_id=person.id, view=view)


@dataclass
class House:
    """The room, the door before it, and Slack outside."""

    slack: Slack
    room: Room
    app: App
    deps: Deps
    clock: Seconds

    def person(self, user_id: str = "U_TARA") -> Person:
        return self.slack.person(user_id)

    def forget(self) -> None:
        """Let so much time pass that everybody is asked for again."""
        self.clock.now += 4000

    def post_button(self) -> dict:
        """Post a message with a button where technicians and a guest read it."""
        row = [blocks.actions(blocks.button("Press", "press"))]
        self.deps.slack.chat_postMessage(channel="C_GENERAL", text="Button", blocks=row)
        return self.slack.wait_for_message("C_GENERAL", "Button")

    def send(self, body: str, **headers: str):
        """Send a signed request; returns Bolt's answer."""
        return answer(self.app.dispatch, body.encode(), signed(body) | headers)


@contextmanager
def open_house(**options):
    """Run room, door and Slack while the block lasts."""
    keep_quiet()
    line = Line()
    with running(bot=line) as slack:
        clock, background = Seconds(), Background(**options)
        client = web_client("xoxb-sandbox", slack.api_url, 2)
        people = People(client, background.run, executive_channel="C_EXEC", clock=clock)
        deps = Deps(
            Settings(bot_token="xoxb-sandbox", executive_channel="C_EXEC"),
            Database("sqlite://"),
            client,
            people,
            Directory(lambda: Listing((), ()), background.run),
            background,
            lambda: datetime.now(UTC),
            lambda: None,
            lambda _person: None,
        )
        house = House(slack, Room(), bolt_app("xoxb-sandbox", SECRET, client), deps, clock)
        door = Door(house.app, deps)
        house.room.register(door)
        door.ignore_the_rest()
        line.app = house.app
        yield house
        background.close()
        deps.database.dispose()


class Line:
    """Takes signed requests to the bot without a socket between."""

    def __init__(self) -> None:
        self.app: App | None = None

    def __call__(self, body: bytes, headers: Mapping[str, str], _seconds: float):
        told = answer(self.app.dispatch, body, headers)
        return told.status, told.body or "", told.first_headers()


def signed(body: str | bytes, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers that Slack puts on a request."""
    stamp = str(int(time.time() if at is None else at))
    return {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": SignatureVerifier(secret).generate_signature(
            timestamp=stamp, body=body
        ),
    }


def command(text: str = "", user: str = "U_TARA", name: str = "/open", **more: str) -> str:
    """The body of a slash command."""
    told = {"command": name, "text": text, "user_id": user, "team_id": "T_HOME"}
    return urlencode({**told, "trigger_id": "1.2.3", **more})


def interaction(payload: object) -> str:
    """The body of a shortcut, a press, a submission or a typeahead."""
    return urlencode({"payload": payload if isinstance(payload, str) else json.dumps(payload)})
