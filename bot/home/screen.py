"""The App Home. Pure, from plain values."""

from collections.abc import Iterator, Sequence

from bot.history.overview_screen import OVERVIEW, overview_blocks
from bot.home.page import HomePage, Own, State
from bot.slack import blocks
from bot.slack.blocks import Block, View
from bot.slack.ids import NEW_INCIDENT, OPEN_RECORD
from bot.slack.text import Markup, cut, date, joined, markup, one_line, plural


WITH_EXECUTIVES = (State.BEFORE_EXECUTIVES, State.TAKEN)
DAY = "{date_short_pretty}"


def home_view(page: HomePage) -> View:
    """Return the App Home: what one can do, what waits, what one has put on record."""
    return blocks.home([_buttons(), *_going(page), *_own(page)])


def _buttons() -> Block:
    return blocks.actions(
        blocks.button("New incident", NEW_INCIDENT, style="primary"),
        blocks.button("Look up a client", OVERVIEW),
    )


def _going(page: HomePage) -> Iterator[Block]:
    if page.overview is None:
        return
    if not page.overview.before:
        yield blocks.section("Nothing is before the executives.")
    yield from overview_blocks(page.overview)
    yield blocks.divider()


def _own(page: HomePage) -> Iterator[Block]:
    yield blocks.header("Your records")
    if not page.own:
        yield blocks.section(
            "You have put nothing on record yet. When something happens, write it down "
            "while it is fresh: it takes less than a minute."
        )
        return
    if page.overview is None:
        yield blocks.context(_waiting(page.own))
    yield from map(_record, page.own)
    if page.has_more:
        yield blocks.context("Older ones are in each client's history.")


def _waiting(own: Sequence[Own]) -> str:
    waiting = sum(record.state in WITH_EXECUTIVES for record in own)
    if not waiting:
        return "Nothing waits for you."
    with_them = plural(waiting, "record is", "records are")
    return f"Nothing waits for you; {with_them} with the executives, and you will hear from them."


def _record(record: Own) -> Block:
    number = markup("~{}~" if record.state is State.WITHDRAWN else "*{}*", record.number)
    kind = f"{record.conduct[:1].upper()}{record.conduct[1:]} · {record.severity.label}"
    lock = ":lock: confidential" if record.confidential else ""
    told = [
        markup("{}  {}", number, cut(one_line(record.client_name), 150)),
        markup("{} · {}", kind, date(record.occurred_at, DAY)),
        joined(" · ", [_state(record), markup(lock)]),
    ]
    button = blocks.button("Open", OPEN_RECORD, str(record.incident_id))
    return blocks.section(joined("\n", told), accessory=button)


def _state(record: Own) -> Markup:
    if record.state is State.TAKEN:
        return markup("_taken by {}_", cut(one_line(record.owner_name), 60))
    return markup("_{}_", record.state)
