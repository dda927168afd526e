"""The App Home. Pure, from plain values."""

from collections.abc import Iterator, Sequence
from itertools import chain

from bot.history.overview import Before
from bot.history.overview_screen import OVERVIEW, overview_blocks
from bot.home.page import Begun, HomePage, Own, State
from bot.slack import blocks
from bot.slack.blocks import Block, View
from bot.slack.ids import NEW_INCIDENT, OPEN_RECORD
from bot.slack.text import Markup, cut, date, joined, markup, one_line, plural


KNOWN = (State.BEFORE_EXECUTIVES, State.TAKEN)
DAY = "{date_short_pretty}"


def home_view(page: HomePage) -> View:
    """Return the App Home: what one can do, what waits, what one has put on record."""
    shown = (_waiting(page), _held(page.own), _going(page), _own(page))
    return blocks.home([_buttons(), *chain.from_iterable(shown)])


def _buttons() -> Block:
    return blocks.actions(
        blocks.button("New incident", NEW_INCIDENT, style="primary"),
        blocks.button("Look up a client", OVERVIEW),
    )


def _waiting(page: HomePage) -> Iterator[Block]:
    """Return what only this person can do, or that there is nothing."""
    if page.begun:
        yield blocks.header("Not on record yet")
        for begun in page.begun:
            yield from _unanswered(begun)
        yield blocks.context(
            "A question about it was not answered. What you wrote is kept here for a day; to put "
            "it on record, open “New incident”."
        )
        yield blocks.divider()
    elif page.overview is None and page.own:
        yield blocks.context(_nothing_waits(page.own))


def _unanswered(begun: Begun) -> Iterator[Block]:
    name = cut(one_line(begun.client_name), 150)
    yield blocks.section(markup("*{}* · {}", name, date(begun.saved_at)))
    yield blocks.quote(begun.what_happened)


def _nothing_waits(own: Sequence[Own]) -> str:
    known = sum(record.state in KNOWN for record in own)
    coming = sum(record.state is State.BEING_TOLD for record in own)
    parts = [f"know of {_yours(known)}"] * bool(known)
    parts += [f"are being told of {_yours(coming)}"] * bool(coming)
    if not parts:
        return "Nothing waits for you."
    return (
        f"Nothing waits for you. The executives {' and '.join(parts)}; "
        "you get a message as soon as there is news."
    )


def _held(own: Sequence[Own]) -> Iterator[Block]:
    """Yield a note that Slack refuses the message to the executives' channel, if it does."""
    held = sum(record.state is State.TOLD_DIRECTLY for record in own)
    if held:
        yield blocks.context(
            "Slack is refusing the message to the executives' channel, so each of them is told "
            f"of {_yours(held)} by direct message. You don't need to do anything."
        )
    untold = sum(record.state is State.NOT_TOLD for record in own)
    if untold:
        yield blocks.context(
            "Slack is refusing the message to the executives' channel, so they have not heard of "
            f"{_yours(untold)} yet. If it can't wait, please tell one of them yourself."
        )


def _yours(count: int) -> str:
    return plural(count, "record of yours", "records of yours")


def _going(page: HomePage) -> Iterator[Block]:
    if page.overview is None:
        return
    yield blocks.context(_before([one.before for one in page.overview.before if one.before]))
    yield from overview_blocks(page.overview)
    yield blocks.divider()


def _before(matters: Sequence[Before]) -> str:
    """Return what of the matters before the executives is this one's to do."""
    if not matters:
        return "No matter is open."
    yours = sum(matter.yours for matter in matters)
    free = sum(not matter.owner_name for matter in matters)
    parts = [f"{yours} that you have"] * bool(yours) + [f"{free} that nobody has yet"] * bool(free)
    if not parts:
        return "Nothing waits for you: others have what is open."
    return f"Waiting for you: {' and '.join(parts)}."


def _own(page: HomePage) -> Iterator[Block]:
    yield blocks.header("Your records")
    if not page.own:
        yield blocks.section(
            "You have put nothing on record yet. When something happens, write it down "
            "while it is fresh: it takes less than a minute."
        )
        return
    yield from map(_record, page.own)
    if page.has_more:
        yield blocks.context("Older ones are in each client's history.")


def _record(record: Own) -> Block:
    number = markup("~{}~" if record.state is State.WITHDRAWN else "*{}*", record.number)
    kind = f"{record.conduct[:1].upper()}{record.conduct[1:]} · {record.severity.label}"
    lock = ":lock: confidential" if record.confidential else ""
    told = [
        markup("{}  {}", number, cut(one_line(record.client_name), 150)),
        markup("{} · {}", kind, date(record.occurred_at, DAY)),
        joined(" · ", [_state(record), markup(lock)]),
    ]
    label = f"Open {record.number}"
    button = blocks.button("Open", OPEN_RECORD, str(record.incident_id), label=label)
    return blocks.section(joined("\n", told), accessory=button)


def _state(record: Own) -> Markup:
    if record.state in (State.TAKEN, State.SETTLED):
        return markup("_{} by {}_", record.state, cut(one_line(record.owner_name), 60))
    return markup("_{}_", record.state)
