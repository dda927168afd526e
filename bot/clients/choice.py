"""Clients as options of a select, and what a chosen option means."""

import re

from bot.clients.directory import Entry, Listing
from bot.clients.find import is_known, suggest
from bot.clients.known import Viewer
from bot.clients.names import as_name, tidy
from bot.slack import blocks
from bot.slack.text import ELLIPSIS
from models import ClientStatus


TEXT_LENGTH = 75
NEW_LENGTH = 71
"""Slack gives an option's value 75 characters: a new name travels in it, after "new:"."""

_KNOWN = re.compile(r"c:([0-9]{1,10})", re.ASCII)
_HIGHEST_ID = 2**31 - 1


def client_option(entry: Entry) -> blocks.Block:
    """Return the option that stands for a client: its name, and its end where that is long."""
    rest = ELLIPSIS + entry.name[-(TEXT_LENGTH - 1) :] if len(entry.name) > TEXT_LENGTH else ""
    former = "Former client" if entry.status is ClientStatus.FORMER else ""
    return blocks.option(entry.name, f"c:{entry.id}", rest or former)


def new_option(typed: str) -> blocks.Block | None:
    """Return the option that adds what was typed as a client; None where it cannot be a name."""
    try:
        name = as_name(tidy(typed)[:NEW_LENGTH])
    except ValueError:
        return None
    text = f"Add “{name}” as a new client"
    if len(text) <= TEXT_LENGTH:
        return blocks.option(text, f"new:{name}")
    kept = TEXT_LENGTH - len(text) + len(name) - 1
    return blocks.option(f"Add “{name[:kept]}{ELLIPSIS}” as a new client", f"new:{name}", name)


def options(listing: Listing, typed: str, viewer: Viewer | None = None) -> list[blocks.Block]:
    """Return the clients that `typed` may mean, and last the offer to add it as a new one.

    No offer where a client has exactly this name or alias: adding it would give that very client.
    """
    found = [client_option(entry) for entry in suggest(listing, typed, viewer=viewer)]
    new = None if is_known(listing, typed, viewer=viewer) else new_option(typed)
    return [*found, new] if new else found


def chosen(value: str) -> int | str:
    """Return the id of the client chosen, or the name of a new one; raises ValueError."""
    known = _KNOWN.fullmatch(value)
    if known and 0 < int(known[1]) <= _HIGHEST_ID:
        return int(known[1])
    if value.startswith("new:"):
        return as_name(value.removeprefix("new:"))
    raise ValueError("not an option that was offered")
