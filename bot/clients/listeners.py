"""The typeahead of every field that chooses a client."""

from bot.clients.choice import CLIENT, options
from bot.deps import Deps
from bot.slack.blocks import Block
from bot.slack.door import Body, Door
from bot.slack.people import Person


def register(door: Door) -> None:
    """Answer the typeahead."""
    door.options(CLIENT, offer)


def offer(deps: Deps, body: Body, _person: Person) -> list[Block]:
    """Return the options for what was typed so far, from memory alone."""
    return options(deps.directory.listing(), str(body.get("value") or ""))
