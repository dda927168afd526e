"""The typeahead of every field that chooses a client."""

from typing import Protocol

from bot.clients.choice import options
from bot.clients.directory import Directory
from bot.slack.blocks import Block
from bot.slack.door import Body, Door, Means
from bot.slack.ids import CLIENT
from bot.slack.people import Person


class WithDirectory(Means, Protocol):
    """A process that knows the clients."""

    @property
    def directory(self) -> Directory:
        """Return the clients as this process remembers them."""


def register(door: Door[WithDirectory]) -> None:
    """Answer the typeahead."""
    door.options(CLIENT, offer)


def offer(deps: WithDirectory, body: Body, person: Person) -> list[Block]:
    """Return the options for what was typed so far, from memory alone."""
    return options(deps.directory.listing(), str(body.get("value") or ""), person)
