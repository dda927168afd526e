"""A person at a stand-in, as a test drives them."""

import base64
import time
from collections.abc import Callable
from typing import Self, TypeVar

from sandbox.driving.client import Client, NotOnScreen
from sandbox.driving.words import words_of
from sandbox.outcome import Outcome
from sandbox.wire import Json


PATIENCE = 3.0  # seconds a person waits for something to appear
Seen = TypeVar("Seen")


class Person:
    """Acts as one person. What is not on the screen yet is waited for, `patience` seconds."""

    def __init__(self, client: Client, person_id: str, patience: float = PATIENCE) -> None:
        self.id = person_id
        self.patience = patience
        self._client = client

    def hurried(self) -> Self:
        """Return the same person without any patience."""
        return type(self)(self._client, self.id, 0.0)

    def command(
        self, command: str, text: str = "", *, channel: str = "", force: bool = False
    ) -> Outcome:
        """Type a slash command, by default in the first channel they are in.

        `force` sends it even for people to whom Slack would not offer it.
        """
        return self.act("command", command=command, text=text, channel=channel, force=force)

    def shortcut(self, callback_id: str, *, force: bool = False) -> Outcome:
        """Choose a global shortcut."""
        return self.act("global_shortcut", callback_id=callback_id, force=force)

    def message_shortcut(
        self, callback_id: str, channel: str, ts: str, *, force: bool = False
    ) -> Outcome:
        """Choose a shortcut in a message's menu."""
        return self.act(
            "message_shortcut", callback_id=callback_id, channel=channel, ts=ts, force=force
        )

    def fill(self, entries: Json, place: Json | None = None) -> Outcome:
        """Enter values by label, block_id, action_id or placeholder.

        Texts as they are; options by their text or value (a list for several); people and
        channels by id; dates "2026-01-31", times "09:30", moments in seconds; files by the id
        that `upload` gave; None empties. Typeaheads are typed into first.
        """
        return self.patiently("fill", entries=entries, place=place or {})

    def choose(self, name: str, option: object, place: Json | None = None) -> Outcome:
        """Choose one option in a select, or tick boxes."""
        return self.fill({name: option}, place)

    def press(
        self, name: str, place: Json | None = None, *, confirm: bool = True, force: bool = False
    ) -> Outcome:
        """Press a button by its words, action_id or value, or an option of an overflow menu.

        Without a place: in the open modal, else in the newest message that has it, else at Home.
        A place is `at(message)` or `HOME`. `confirm` is the answer to a confirm dialog.
        """
        return self.patiently("press", name=name, place=place or {}, confirm=confirm, force=force)

    def type_ahead(self, name: str, typed: str, place: Json | None = None) -> list[str]:
        """Type into an external select; returns the texts of the options offered."""
        outcome = self.patiently("type_ahead", name=name, typed=typed, place=place or {})
        if outcome.trouble:
            raise NotOnScreen(f"{outcome.notice}: {outcome.trouble} {outcome.problems}")
        return [str(each["text"]["text"]) for each in outcome.options]

    def submit(self) -> Outcome:
        """Submit the modal on top."""
        return self.patiently("submit")

    def close(self, *, everything: bool = False) -> Outcome:
        """Press Cancel in the modal on top; `everything` is the X, which closes the stack."""
        return self.patiently("close", everything=everything)

    def home(self) -> Json:
        """Open App Home; returns the view once the app has published it."""
        before = (self.screen()["home"] or {}).get("hash")
        self.act("home")

        def fresh() -> Json | None:
            home: Json | None = self.screen()["home"]
            return home if home and home["hash"] != before else None

        return self._until(fresh, "no new Home")

    def write(
        self, channel: str, text: str, *, thread_ts: str = "", files: tuple[str, ...] = ()
    ) -> str:
        """Write a message; returns its ts."""
        sent = {"channel": channel, "text": text, "thread_ts": thread_ts, "files": list(files)}
        return self.act("write", **sent).ts

    def read(self, channel: str) -> None:
        """See everything in a channel, so that nothing there is unread."""
        self.act("read", channel=channel)

    def upload(self, name: str, content: bytes, mimetype: str = "text/plain") -> str:
        """Choose a file from the person's machine; returns its id."""
        encoded = base64.b64encode(content).decode()
        return self.act("upload", name=name, content=encoded, mimetype=mimetype).file

    @property
    def modal(self) -> Json:
        """The modal on top, waited for; NotOnScreen where none opens."""
        return self._until(self._top_modal, "no modal open")

    @property
    def modals(self) -> list[Json]:
        """The modals open now, the topmost last."""
        stack: list[Json] = self.screen()["modals"]
        return stack

    @property
    def values(self) -> Json:
        """What is entered in the modal on top: block_id, action_id, Slack's value object."""
        values: Json = self.modal["state"]["values"]
        return values

    def reads(self, channel: str) -> list[Json]:
        """Return a channel's messages, oldest first, with those only this person sees."""
        found: list[Json] = self._client.get(f"channels/{channel}/messages", viewer=self.id)
        return found

    def ephemerals(self, channel: str = "") -> list[Json]:
        """Return the messages only this person sees, oldest first, in one channel or in all."""
        places = [channel] if channel else [each["id"] for each in self.screen()["channels"]]
        found = [each for place in places for each in self.reads(place) if each["only_for"]]
        return sorted(found, key=lambda each: str(each["ts"]))

    def told(self, words: str) -> Json:
        """Return the newest ephemeral message with these words, waited for."""

        def newest() -> Json | None:
            found = [each for each in self.ephemerals() if words in words_of(each)]
            return found[-1] if found else None

        return self._until(newest, f"no ephemeral message with “{words}”")

    def screen(self) -> Json:
        """Return the person, their modals, Home, and channels with unread counts."""
        found: Json = self._client.get(f"people/{self.id}/screen")
        return found

    def act(self, act: str, **body: object) -> Outcome:
        """Do something at once; NotOnScreen where the screen does not offer it."""
        return Outcome(**self._client.post(f"people/{self.id}/acts/{act}", body))

    def patiently(self, act: str, **body: object) -> Outcome:
        """Do something as soon as the screen offers it."""
        until = time.monotonic() + self.patience
        while True:
            since = self._client.seq()
            try:
                return self.act(act, **body)
            except NotOnScreen:
                if time.monotonic() >= until:
                    raise
            self._client.wait_for_any(since, until - time.monotonic())

    def _top_modal(self) -> Json | None:
        stack = self.modals
        return stack[-1] if stack else None

    def _until(self, look: Callable[[], Seen | None], missing: str) -> Seen:
        found = self._client.wait_for(look, self.patience)
        if found is None:
            raise NotOnScreen(f"{self.id} sees {missing}.")
        return found
