"""The one post on top: why, the facts, and what can be done now. Pure, from plain values."""

from collections.abc import Iterator, Sequence

from bot.delivery.message import Message
from bot.escalations.buttons import buttons
from bot.escalations.rules import NOT_COMFORTABLE
from bot.escalations.standing import Latest, Reports, Standing
from bot.history.glance import Counts, Glance
from bot.history.sparkline import sparkline
from bot.slack import blocks
from bot.slack.blocks import Block
from bot.slack.text import Markup, cut, date, escape, joined, markup, one_line, plural
from models import EscalationStatus, Medium


QUOTED = 600
NAMED, KINDS, REASONS = 4, 4, 4
"""How many reporters, kinds of conduct and reasons are named before the rest is counted."""

NOTHING = Markup("")
DAY = "{date_short_pretty}"
BY_MEDIUM = {
    Medium.CALL: ", by telephone",
    Medium.EMAIL: ", by email",
    Medium.CHAT: ", in chat",
    Medium.TICKET: ", in a ticket",
    Medium.ON_SITE: ", on site",
}


def summary(standing: Standing, reports: Reports, glance: Glance, version: int) -> Message:
    """Return the post; `version` tells Slack that its buttons are new ones."""
    title = headline(standing, all_withdrawn=reports.all_withdrawn)
    row = buttons(standing, version, all_withdrawn=reports.all_withdrawn)
    body = _body(standing, reports, glance)
    text = escape(f"{title}{_in_a_word(standing, reports)}")
    return Message(text, [blocks.header(title), *body, row])


def headline(standing: Standing, *, all_withdrawn: bool = False) -> str:
    """Return the client and how things stand, in at most 150 characters."""
    ending = {
        EscalationStatus.OPEN: " needs a decision-maker",
        EscalationStatus.OWNED: f" is with {cut(one_line(standing.owner_name), 50)}",
        EscalationStatus.SETTLED: ": settled",
    }[standing.status]
    if all_withdrawn and standing.status is not EscalationStatus.SETTLED:
        ending = ": all reports withdrawn"
    return f"{cut(one_line(standing.client_name), 150 - len(ending))}{ending}"


def why_lines(why: Sequence[str], gone: Sequence[str] = ()) -> Markup:
    """Return the strongest reason on a line, the others on the next, then what was withdrawn."""
    strongest, *others = (cut(reason, 300) for reason in why)
    lines = [markup("*{}:* {}", "Why it was raised" if gone else "Why now", strongest)]
    if others:
        shown, rest = others[: REASONS - 1], others[REASONS - 1 :]
        more = f"; {len(rest)} more" if rest else ""
        lines.append(markup("*Also:* {}{}", "; ".join(shown), more))
    return joined("\n", [*lines, _gone(gone)])


def latest_line(latest: Latest) -> Markup:
    """Return when and how, what and how serious, by whom, and the number."""
    how = BY_MEDIUM.get(latest.medium, "") if latest.medium else ""
    contact = cut(one_line(latest.contact), 100)
    told = [
        markup("{}{}", date(latest.occurred_at), how),
        markup("{}, {}", latest.conduct, latest.severity),
        markup("by {}", contact) if contact else NOTHING,
        markup("{}", latest.number),
        markup("confidential") if latest.confidential else NOTHING,
    ]
    return joined(" · ", told)


def mention(person_id: str) -> Markup:
    """Return the person by the id that Slack gave, shown by name and told of it."""
    return Markup(f"<@{escape(person_id)}>")


def names(people: Sequence[str]) -> str:
    """Return "Tara", "Tara and Miguel", "Tara, Miguel, Ana, Ben and 3 others"."""
    shown = [cut(one_line(name), 60) for name in people[:NAMED]]
    if len(people) > NAMED:
        return f"{', '.join(shown)} and {plural(len(people) - NAMED, 'other')}"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def duration(minutes: int) -> str:
    """Return "6 h 40 min", "45 min", "3 h"."""
    hours, left = divmod(minutes, 60)
    parts = (f"{hours:,} h" if hours else "", f"{left} min" if left else "")
    return " ".join(part for part in parts if part)


def _in_a_word(standing: Standing, reports: Reports) -> str:
    """Return what a notification adds to the headline: the reason, while it is to be decided."""
    if standing.status is not EscalationStatus.OPEN or reports.all_withdrawn:
        return ""
    gone = len(reports.gone)
    since = f" ({plural(gone, 'report')} withdrawn since)" if gone else ""
    return f": {cut(standing.why[0], 300)}{since}"


def _body(standing: Standing, reports: Reports, glance: Glance) -> Iterator[Block]:
    if standing.status is EscalationStatus.SETTLED:
        return _settled(standing, reports)
    if reports.all_withdrawn:
        return _nothing_left(standing, reports)
    return _facts(standing, reports, glance)


def _gone(numbers: Sequence[str]) -> Markup:
    if not numbers:
        return NOTHING
    return markup("*Withdrawn since, no longer counted:* {}", names(numbers))


def _facts(standing: Standing, reports: Reports, glance: Glance) -> Iterator[Block]:
    why = why_lines(standing.why, reports.gone)
    if reports.latest:
        yield blocks.section(markup("{}\n*Latest:* {}", why, latest_line(reports.latest)))
        yield blocks.quote(reports.latest.what_happened, QUOTED)
    else:
        yield blocks.section(why)
    if glance.total:
        yield blocks.section(fields=list(_glance(glance)))
    small = [
        joined(" · ", _who(reports, standing.why[:REASONS])),
        _our_part(reports),
        joined(" · ", _since(standing)),
    ]
    if any(small):
        yield blocks.context(joined("\n", small))


def _glance(glance: Glance) -> Iterator[Markup]:
    bars, total = sparkline(glance.months), plural(glance.total, "incident")
    yield markup("*Last 12 months*\n{}  {}\n{}", bars, total, _counts(glance.by_severity))
    if glance.top_contact:
        yield markup("*By whom*\n{}", _share(*glance.top_contact, glance.total))
    yield markup("*Conduct*\n{}", _counts(glance.by_conduct))
    if glance.minutes_lost:
        yield markup("*Cost so far*\n{} of technicians' time", duration(glance.minutes_lost))


def _share(name: str, count: int, total: int) -> str:
    shown = cut(one_line(name), 100)
    if count == total:
        return f"All by {shown}" if total > 1 else shown
    return f"{count} of {total} by {shown}"


def _counts(counts: Counts) -> str:
    shown = [f"{count} {cut(name, 50)}" for name, count in counts[:KINDS]]
    rest = sum(count for _, count in counts[KINDS:])
    return " · ".join([*shown, f"{rest} more"] if rest else shown)


def _who(reports: Reports, why: Sequence[str]) -> Iterator[Markup]:
    people = len(reports.reporters)
    if people:
        yield markup("Reported by {}", names(reports.reporters))
    if reports.not_again and not any(NOT_COMFORTABLE.words in reason for reason in why):
        yield markup("{} of {} not comfortable working with them again", reports.not_again, people)
    if reports.with_support:
        yield markup("{} of {} would need support with them", reports.with_support, people)


def _our_part(reports: Reports) -> Markup:
    if not reports.our_part:
        return NOTHING
    newest, *others = reports.our_part
    told, when = cut(one_line(newest.text), 150), date(newest.occurred_at, DAY)
    more = f", and {len(others)} more" if others else ""
    return markup("Our own part: {} ({}){}", told, when, more)


def _since(standing: Standing) -> Iterator[Markup]:
    if standing.owned_at:
        yield markup(
            "{} took it {}", cut(one_line(standing.owner_name), 60), date(standing.owned_at)
        )
    if standing.snoozed_until:
        by = markup(" by {}", mention(standing.snoozer_id)) if standing.snoozer_id else NOTHING
        yield markup("Snoozed until {}{}", date(standing.snoozed_until), by)


def _nothing_left(standing: Standing, reports: Reports) -> Iterator[Block]:
    yield blocks.section(
        "What was reported has been withdrawn, so nothing is left to decide. "
        "“Settled…” closes it; there is no hurry, and nobody is reminded."
    )
    small = [_raised(standing), _gone(reports.gone), joined(" · ", _since(standing))]
    yield blocks.context(joined("\n", small))


def _raised(standing: Standing) -> Markup:
    since, why = date(standing.opened_at, DAY), cut("; ".join(standing.why), 600)
    return markup("Raised {}: {}", since, why)


def _settled(standing: Standing, reports: Reports) -> Iterator[Block]:
    at = markup(", {}", date(standing.settled_at)) if standing.settled_at else NOTHING
    yield blocks.section(markup("*Settled by {}*{}", cut(one_line(standing.owner_name), 60), at))
    yield blocks.quote(standing.outcome, QUOTED)
    yield blocks.context(joined("\n", [_raised(standing), _gone(reports.gone)]))
