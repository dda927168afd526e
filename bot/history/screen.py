"""A client's record as a modal. Pure, from plain values."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

from bot.escalations.agreed import settled_line
from bot.escalations.gone import Gone
from bot.escalations.standing import Settlement
from bot.escalations.why import REASONS, gone_line
from bot.glance.counts import Counts, Glance
from bot.glance.sparkline import spanned, sparkline
from bot.history.filters import LONGEST_CODE, PERIODS, Filters, Shown, written
from bot.history.lookups import MOST_COUNTED
from bot.history.page import HistoryPage, Line, Matter
from bot.slack import blocks
from bot.slack.blocks import Block, View
from bot.slack.ids import NEW_INCIDENT, OPEN_RECORD
from bot.slack.text import DAY, Markup, cut, date, joined, lateness, markup, one_line, plural
from models import ClientStatus, Severity


CALLBACK = "history"
TITLE = "Client history"
CONDUCT, SEVERITY, PERIOD = "history_conduct", "history_severity", "history_period"
OLDER, NEWER, EVERYTHING = "history_older", "history_newer", "history_everything"

ANY = "any"
KINDS = 6
OPENING, AGREED = 120, 200
"""Kinds of conduct, and characters of what happened and of what was agreed, that are shown."""

PERIOD_WORDS = dict(zip(PERIODS, ("30 days", "90 days", "12 months"), strict=True))
SEVERITIES = {str(each.value): each.label.capitalize() for each in sorted(Severity)[::-1]}


class Kind(Protocol):
    """A kind of conduct as the filter offers it."""

    @property
    def code(self) -> str:
        """Return the word that never changes."""

    @property
    def name(self) -> str:
        """Return the name on screen."""


def history_view(page: HistoryPage, kinds: Sequence[Kind]) -> View:
    """Return the page as a modal; what it shows travels with it."""
    shown = Shown(page.client_id, page.filters, page.first, page.last)
    return blocks.modal(
        CALLBACK,
        TITLE,
        [*_head(page), *_body(page, kinds), *_foot(page)],
        metadata=written(shown),
    )


def chosen(filters: Filters, view: dict[str, Any]) -> Filters:
    """Return the filters with what is chosen in the three selects, from the newest record on."""
    rows = (view.get("state") or {}).get("values") or {}
    picked = {name: state for row in rows.values() for name, state in row.items()}
    conduct = _picked(picked.get(CONDUCT), filters.conduct)
    severity = _picked(picked.get(SEVERITY), str(filters.severity))
    period = _picked(picked.get(PERIOD), filters.period)
    return replace(
        filters,
        conduct=conduct[:LONGEST_CODE],
        severity=int(severity) if severity in SEVERITIES else 0,
        period=period if period in PERIODS else "",
        turn=None,
    )


def _picked(state: dict[str, Any] | None, before: str) -> str:
    """Return the value of a select: empty for any, as it was before where Slack does not say."""
    value = ((state or {}).get("selected_option") or {}).get("value")
    return before if value is None else str(value).removeprefix(ANY)


def matter_lines(matter: Matter) -> Markup:
    """Return that the executives know of it, or will; for them who has it, since when and why."""
    if not matter.opened_at:
        known = "know of this" if matter.told else "are being told of this"
        return markup(":small_orange_diamond: *The executives {}.*", known)
    owner = cut(one_line(matter.owner_name), 60)
    who = f"{owner} has it" if owner else "nobody has it yet"
    since = date(matter.opened_at, DAY)
    first = markup(":small_orange_diamond: *Open matter* since {} · {}", since, who)
    return joined("\n", [first, reason_lines(matter.why, matter.gone)])


def reason_lines(why: Sequence[str], gone: Gone) -> Markup:
    """Return why a matter was raised, a line each, and what of it was withdrawn since."""
    reasons = [markup("{}", cut(reason, 300)) for reason in why[:REASONS]]
    nothing = markup("All reports were withdrawn.") if gone.everything else markup("")
    return joined("\n", [*reasons, gone_line(gone.numbers), nothing])


def counted(counts: Counts) -> str:
    """Return "6 abuse · 2 unanswered", what is rare added up."""
    shown = [f"{count:,} {cut(name, 50)}" for name, count in counts[:KINDS]]
    rest = sum(count for _, count in counts[KINDS:])
    return " · ".join([*shown, f"{rest:,} more"] if rest else shown)


def _head(page: HistoryPage) -> Iterator[Block]:
    yield blocks.header(one_line(page.client_name))
    if page.status is not ClientStatus.ACTIVE:
        yield blocks.section(markup("*{}*", page.status.label))
    if page.matter:
        yield blocks.section(matter_lines(page.matter))
    if page.settled:
        yield blocks.section(joined("\n", _settled(page.settled)))
    if page.glance.total:
        yield blocks.section(fields=list(_glance(page.glance)))
    elif page.lines:
        yield blocks.context("No incident counts in the last 12 months.")


def _settled(settled: Sequence[Settlement]) -> Iterator[Markup]:
    labels = ["Last settled", *["Settled before"] * len(settled)]
    for settlement, label in zip(settled, labels, strict=False):
        yield settled_line(settlement, AGREED, label)


def _glance(glance: Glance) -> Iterator[Markup]:
    total, bars = plural(glance.total, "incident"), sparkline(glance.months)
    yield markup("*{} in 12 months*\n{}\n{}", total, bars, spanned(glance.span))
    yield markup("*Conduct*\n{}", counted(glance.by_conduct))
    yield markup("*Severity*\n{}", counted(glance.by_severity))
    if glance.top_contact and glance.total > 1:
        name, count = glance.top_contact
        share = "All" if count == glance.total else f"{count:,} of {glance.total:,}"
        yield markup("*By whom*\n{} by {}", share, cut(one_line(name), 100))


def _body(page: HistoryPage, kinds: Sequence[Kind]) -> Iterator[Block]:
    if page.lines or page.filters.narrow or page.filters.turn:
        yield _selects(page.filters, kinds)
    if page.filters.words:
        words = cut(one_line(page.filters.words), 150)
        everything = blocks.button("Show all", EVERYTHING)
        yield blocks.section(markup("Records with “{}”", words), accessory=everything)
    yield blocks.divider()
    yield from map(_line, page.lines)
    if not page.lines:
        yield blocks.section(_nothing(page))


def _selects(filters: Filters, kinds: Sequence[Kind]) -> Block:
    """Return the row of filters; a new name for each choice makes Slack show that choice."""
    conduct = [("All conduct", ANY), *((kind.name, kind.code) for kind in kinds)]
    severity = [("Any severity", ANY), *((name, value) for value, name in SEVERITIES.items())]
    period = [*((words, code) for code, words in PERIOD_WORDS.items()), ("All time", ANY)]
    chosen = (filters.conduct, str(filters.severity or ""), filters.period)
    rows = zip((CONDUCT, SEVERITY, PERIOD), (conduct, severity, period), chosen, strict=True)
    return blocks.actions(
        *(_select(name, choices, value) for name, choices, value in rows),
        block_id="filters." + ".".join(value or ANY for value in chosen),
    )


def _select(name: str, choices: Sequence[tuple[str, str]], value: str) -> Block:
    options = [blocks.option(text, code) for text, code in choices]
    known = value if any(code == value for _, code in choices) else ANY
    return blocks.select(name, options, initial=known)


def _line(line: Line) -> Block:
    kind = f"{line.conduct[:1].upper()}{line.conduct[1:]} · {line.severity.label}"
    number = markup("~{}~" if line.withdrawn else "*{}*", line.number)
    who = cut(one_line(line.reporter_name), 60)
    told = [
        markup("{}  {}", number, kind),
        markup("{} · {}, {}", date(line.occurred_at), who, lateness(line.late)),
        markup("{}", _first_line(line.opening)),
        markup("_Found {}_", line.found) if line.found else markup(""),
        joined(" · ", _marks(line)),
    ]
    label = f"Open {line.number}"
    button = blocks.button("Open", OPEN_RECORD, str(line.incident_id), label=label)
    return blocks.section(joined("\n", told), accessory=button)


def _first_line(opening: str) -> str:
    lines = opening.strip().splitlines()
    return cut(one_line(lines[0]), OPENING) if lines else ""


def _marks(line: Line) -> Iterator[Markup]:
    if line.withdrawn:
        yield markup("_withdrawn, not counted_")
    if line.confidential:
        yield markup(":lock: confidential")
    if line.further_of:
        yield markup("further account of {}, counted once", line.further_of)
    if line.pieces:
        yield markup(":paperclip: {}", plural(line.pieces, "piece") + " of evidence")


def _nothing(page: HistoryPage) -> str:
    if page.horizon:
        return "Nothing found so far."
    if page.filters.turn:
        return "There is nothing older."
    if page.filters.narrow:
        return "Nothing on record matches. Choose more above, or look at everything."
    return (
        "Nothing on record. If something happens, write it down while it is fresh: "
        "it takes less than a minute."
    )


def _foot(page: HistoryPage) -> Iterator[Block]:
    buttons = [
        *([blocks.button("Newer", NEWER)] if page.has_newer else []),
        *([blocks.button("Older", OLDER)] if page.has_older else []),
        *([blocks.button("Show all", EVERYTHING)] if _may_widen(page) else []),
        blocks.button("New incident", NEW_INCIDENT, str(page.client_id)),
    ]
    yield blocks.actions(*buttons)
    if page.horizon:
        searched = date(page.horizon.occurred_at, DAY)
        yield blocks.context(markup("Searched back to {}; *Older* looks further.", searched))
    noted = markup("Your look at this history is noted, and so is each record you open.")
    yield blocks.context(joined(" ", [_orientation(page), noted]))


def _orientation(page: HistoryPage) -> Markup:
    """Return where in the list one is, and what the list is of."""
    if not page.total or page.passed > MOST_COUNTED:
        return markup("")
    kept = page.filters
    noun = "matching record" if kept.conduct or kept.severity or kept.words else "record"
    total = plural(page.total, noun)
    if page.total > MOST_COUNTED:
        total = f"more than {MOST_COUNTED} {noun}s"
    last = page.passed + len(page.lines)
    shown = "" if page.total == len(page.lines) else f"{page.passed + 1} to {last} of "
    when = f"in {PERIOD_WORDS[kept.period]}" if kept.period else "of all time"
    return markup("{}{} {}.", shown, total, when)


def _may_widen(page: HistoryPage) -> bool:
    return page.filters.narrow and not page.filters.words
