"""The history modal before a client is chosen: who has most going on, and the nearest names."""

import json
from collections.abc import Iterator, Sequence
from typing import Protocol

from bot.glance.counts import Counts
from bot.history.filters import LONGEST_WORDS
from bot.history.overview import DAYS, Before, Going, Overview
from bot.history.screen import CALLBACK, TITLE, counted, reason_lines
from bot.slack import blocks
from bot.slack.blocks import Block, View
from bot.slack.ids import OPEN_HISTORY
from bot.slack.text import DAY, Markup, cut, date, joined, markup, one_line
from models import ClientStatus
from models.text import clean


LOOK_UP = "history_look_up"
"""The typeahead that finds a client."""

OVERVIEW = "history_overview"
"""A button that opens the clients with the most going on. No value."""


class Found(Protocol):
    """A client whose name comes near to what was typed."""

    @property
    def id(self) -> int:
        """Return the client's id."""

    @property
    def name(self) -> str:
        """Return the client's name."""


def overview_view(overview: Overview) -> View:
    """Return the clients with the most going on as a modal."""
    return blocks.modal(CALLBACK, TITLE, [_look_up(), *overview_blocks(overview)])


def overview_blocks(overview: Overview) -> Iterator[Block]:
    """Return the clients with the most going on, for a modal or the App Home."""
    if overview.before:
        yield blocks.header("Open matters")
        yield from map(_client, overview.before)
        left = overview.unsettled - len(overview.before)
        if left > 0:
            yield blocks.context(f"And {left:,} more.")
    if overview.others:
        yield blocks.header("Clients with the most going on")
        yield from map(_client, overview.others)
        yield blocks.context(f"Counted: incidents of the last {DAYS} days.")
    if not overview.before and not overview.others:
        yield blocks.section(f"Nothing was recorded in the last {DAYS} days. A calm time.")


def near_view(typed: str, near: Sequence[Found], words: str = "") -> View:
    """Return the question which client was meant; the words to search for travel with it."""
    name = cut(one_line(typed), 150)
    said = f"No client is called “{name}”."
    hint = "Did you mean one of these?" if near else "Look it up by a part of its name."
    return blocks.modal(
        CALLBACK,
        TITLE,
        [blocks.section(f"{said} {hint}"), *map(_name, near), _look_up()],
        metadata=json.dumps({"words": words[:LONGEST_WORDS]}) if words else "",
    )


def kept_words(metadata: str) -> str:
    """Return the words to search for that travel with a question which client was meant."""
    try:
        parts = json.loads(metadata)
    except (ValueError, RecursionError):
        return ""
    words = parts.get("words") if isinstance(parts, dict) else ""
    return clean(words)[:LONGEST_WORDS] if isinstance(words, str) else ""


def _look_up() -> Block:
    found = blocks.typeahead(LOOK_UP, placeholder="Look up a client")
    return blocks.actions(found, block_id=LOOK_UP)


def _name(entry: Found) -> Block:
    return blocks.section(entry.name, accessory=_open(entry.id, entry.name))


def _open(client_id: int, name: str) -> Block:
    return blocks.button(
        "Open", OPEN_HISTORY, str(client_id), label=f"Open {cut(one_line(name), 30)}"
    )


def _client(going: Going) -> Block:
    told = joined("\n", [_named(going), *_why(going), _counts(going)])
    return blocks.section(told, accessory=_open(going.client_id, going.name))


def _named(going: Going) -> Markup:
    status = "" if going.status is ClientStatus.ACTIVE else f" · {going.status.label.lower()}"
    return markup("*{}*{}", cut(one_line(going.name), 100), status)


def _why(going: Going) -> Iterator[Markup]:
    if not going.before:
        return
    yield markup("{} · open since {}", _who(going.before), date(going.before.opened_at, DAY))
    yield reason_lines(going.before.why, going.before.gone)


def _who(before: Before) -> Markup:
    if before.yours:
        return markup("*You have it*")
    owner = cut(one_line(before.owner_name), 60)
    return markup("{} has it", owner) if owner else markup("Nobody has it yet")


def _counts(going: Going) -> Markup:
    if not going.last_at:
        return markup("Nothing in the last {} days", DAYS)
    last = markup("last {}", date(going.last_at, DAY))
    counts = (_mostly(going.by_conduct), counted(going.by_severity))
    return joined(" · ", [*(markup("{}", count) for count in counts), last])


def _mostly(counts: Counts) -> str:
    """Return “Mostly abuse” where more than half is of one kind, “Abuse” where all is."""
    name, most = max(counts, key=lambda count: count[1], default=("", 0))
    total = sum(count for _, count in counts)
    if 2 * most <= total:
        return ""
    return cut(f"{name[:1].upper()}{name[1:]}" if most == total else f"Mostly {name}", 60)
