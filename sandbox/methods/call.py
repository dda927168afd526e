"""One call of a method: its arguments, and what methods say of themselves."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sandbox.errors import SlackError
from sandbox.state.conversations import Channel
from sandbox.state.people import Person
from sandbox.state.world import World
from sandbox.wire import Json


_TRUE = (True, 1, "1", "true", "True")
_FAMILIES = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


@dataclass(frozen=True)
class Call:
    """A call the app makes. `sent_bytes` is the length of the request's body."""

    world: World
    args: Json
    sent_bytes: int = 0

    def text(self, name: str, default: str | None = None) -> str:
        """Return a string argument; SlackError where it is missing and has no default."""
        given = self.args.get(name)
        if given is None or given == "":
            if default is None:
                raise SlackError("invalid_arguments", [f"missing required field: {name}"])
            return default
        return str(given)

    def flag(self, name: str, *, default: bool = False) -> bool:
        given = self.args.get(name)
        return default if given is None else given in _TRUE

    def number(self, name: str, default: int, error: str = "invalid_arguments") -> int:
        try:
            return int(self.args.get(name) or default)
        except (TypeError, ValueError):
            raise SlackError(error) from None

    def structure(self, name: str, error: str = "invalid_arguments") -> object:
        """Return an argument that is JSON, or a string holding JSON; None where missing."""
        given = self.args.get(name)
        if not isinstance(given, str):
            return given
        if not given:
            return None
        try:
            return json.loads(given)
        except ValueError:
            raise SlackError(error) from None

    def person(self, name: str = "user") -> Person:
        """Return the person an argument names; SlackError where nobody is called so."""
        person = self.world.people.get(self.text(name, ""))
        if person is None:
            raise SlackError("user_not_found")
        return person

    def channel(self, name: str = "channel") -> Channel:
        """Return the conversation an argument names, as far as the bot can see it."""
        channel = self.world.channels.get(self.text(name, ""))
        if channel is None or not can_see(self.world, channel):
            raise SlackError("channel_not_found")
        return channel

    def require_scope(self, *any_of: str) -> None:
        """Refuse the call where none of these scopes was granted."""
        granted = self.world.app.scopes
        if granted is not None and any_of and not set(any_of) & set(granted):
            provided = ",".join(granted)
            raise SlackError("missing_scope", needed=any_of[0], provided=provided)

    def has_scope(self, scope: str) -> bool:
        granted = self.world.app.scopes
        return granted is not None and scope in granted

    def require_family_scope(self, channel: Channel, verb: str) -> None:
        """Refuse the call without e.g. groups:history for a private channel."""
        self.require_scope(f"{_FAMILIES[channel.kind]}:{verb}")


def can_see(world: World, channel: Channel) -> bool:
    """Whether the bot may know of a conversation: public ones, and those it is in."""
    return channel.kind == "public" or world.is_member(channel)


Run: TypeAlias = Callable[[Call], Json]


@dataclass(frozen=True)
class Method:
    """A method of the Web API: what it does, how often it may be called, what it needs."""

    run: Run
    tier: str = ""
    scopes: tuple[str, ...] = ()
    token: str = "bot"  # noqa: S105 - the kind of token it takes: "bot", "app" or "none"
    posts: bool = False
