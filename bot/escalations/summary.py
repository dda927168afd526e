"""The one post on top: why, the facts, and what can be done now. Pure, from plain values."""

from collections.abc import Iterator, Sequence

from bot.delivery.message import Message
from bot.escalations.agreed import settled_line
from bot.escalations.buttons import buttons
from bot.escalations.rules import NOT_COMFORTABLE
from bot.escalations.standing import Act, Latest, Reports, Standing
from bot.escalations.why import REASONS, gone_line, names, why_lines
from bot.glance.counts import Counts, Glance
from bot.glance.sparkline import spanned, sparkline
from bot.slack import blocks
from bot.slack.blocks import Block
from bot.slack.text import (
    DAY,
    MOMENT,
    Markup,
    cut,
    cut_markup,
    date,
    escape,
    joined,
    markup,
    one_line,
    plural,
)
from models import EscalationStatus, Medium


QUOTED, AGREED = 600, 200
SMALL = 2400
"""The longest small print: Slack takes 10,000 characters in all the blocks together."""

KINDS = 4
"""How many kinds of conduct are named before the rest is counted."""

NOTHING = Markup("")
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


def latest_line(latest: Latest) -> Markup:
    """Return when and how, what and how serious, by whom, and the number."""
    how = BY_MEDIUM.get(latest.medium, "") if latest.medium else ""
    contact = cut(one_line(latest.contact), 100)
    told = [
        markup("{}{}", date(latest.occurred_at), how),
        markup("{}, {}", latest.conduct, latest.severity),
        markup("by {}", contact) if contact else NOTHING,
        markup("{}", latest.number),
        markup("second account of an event on record") if latest.further else NOTHING,
        markup("confidential") if latest.confidential else NOTHING,
    ]
    return joined(" · ", told)


def mention(person_id: str) -> Markup:
    """Return the person by the id that Slack gave, shown by name and told of it."""
    return Markup(f"<@{escape(person_id)}>")


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


def _facts(standing: Standing, reports: Reports, glance: Glance) -> Iterator[Block]:
    why = why_lines(_reasons(standing, reports), reports.gone)
    report = reports.named or reports.latest
    if report:
        label = "Latest" if report == reports.latest else "Reported"
        yield blocks.section(markup("{}\n*{}:* {}", why, label, latest_line(report)))
        yield blocks.quote(report.what_happened, QUOTED)
    else:
        yield blocks.section(why)
    if glance.total:
        yield blocks.section(fields=list(_glance(glance)))
    if standing.last_settled:
        yield blocks.section(settled_line(standing.last_settled, AGREED))
    small = [
        _later(reports),
        _in_this_matter(reports, standing.why[:REASONS]),
        _our_part(reports),
        joined(" · ", _since(standing)),
    ]
    if any(small):
        yield blocks.context(cut_markup(joined("\n", small), SMALL))


def _reasons(standing: Standing, reports: Reports) -> list[str]:
    """Return why, with how many of those who were not comfortable have answered otherwise since."""
    if not reports.softened:
        return list(standing.why)
    since = f" ({plural(reports.softened, 'has', 'have')} answered otherwise since)"
    return [f"{why}{since if NOT_COMFORTABLE.words in why else ''}" for why in standing.why]


def _later(reports: Reports) -> Markup:
    """Return what came on record last, where it is not what is quoted."""
    if not reports.named or not reports.latest or reports.named == reports.latest:
        return NOTHING
    return markup("Latest: {}", latest_line(reports.latest))


def _glance(glance: Glance) -> Iterator[Markup]:
    bars, total = sparkline(glance.months), plural(glance.total, "incident")
    span, counts = spanned(glance.span), _counts(glance.by_severity)
    yield markup("*Last 12 months*, {}\n{}  {}\n{}", span, bars, total, counts)
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


def _in_this_matter(reports: Reports, why: Sequence[str]) -> Markup:
    """Return by whom, and how they are with it now: the figures above are of twelve months."""
    people = len(reports.reporters)
    if not people:
        return NOTHING
    told = [f"{plural(reports.count, 'report')} by {names(reports.reporters)}"]
    if reports.not_again and not any(NOT_COMFORTABLE.words in reason for reason in why):
        told.append(f"{reports.not_again} of {people} not comfortable working with them again")
    if reports.with_support:
        told.append(f"{reports.with_support} of {people} would need support with them")
    return markup("In this matter: {}", " · ".join(told))


def _our_part(reports: Reports) -> Markup:
    if not reports.our_part:
        return NOTHING
    newest, *others = reports.our_part
    told, when = cut(one_line(newest.text), 150), date(newest.occurred_at, DAY)
    more = f", and {len(others)} more" if others else ""
    return markup("Our own part: {} ({}){}", told, when, more)


def _since(standing: Standing) -> Iterator[Markup]:
    opened, back = standing.reopened, standing.handed_back
    if opened:
        words = cut(one_line(standing.outcome), AGREED)
        yield markup("{}; it had been settled with “{}”", _by("Opened again", opened), words)
    if standing.owned_at and not (opened and opened.at == standing.owned_at):
        owner = cut(one_line(standing.owner_name), 60)
        yield markup("{} took it {}", owner, date(standing.owned_at, MOMENT))
    if back:
        yield _by("Handed back", back)
    if standing.snoozed_until:
        by = markup(" by {}", mention(standing.snoozer_id)) if standing.snoozer_id else NOTHING
        yield markup("Snoozed until {}{}", date(standing.snoozed_until, MOMENT), by)


def _by(what: str, act: Act) -> Markup:
    return markup("{} {} by {}", what, date(act.at, MOMENT), mention(act.by_id))


def _nothing_left(standing: Standing, reports: Reports) -> Iterator[Block]:
    yield blocks.section(
        "What was reported has been withdrawn, so nothing is left to decide. "
        "“Settled…” closes it; there is no hurry, and nobody is reminded."
    )
    small = [_raised(standing), gone_line(reports.gone), joined(" · ", _since(standing))]
    yield blocks.context(joined("\n", small))


def _raised(standing: Standing) -> Markup:
    since, why = date(standing.opened_at, DAY), cut("; ".join(standing.why), 600)
    return markup("Raised {}: {}", since, why)


def _settled(standing: Standing, reports: Reports) -> Iterator[Block]:
    at = markup(", {}", date(standing.settled_at, MOMENT)) if standing.settled_at else NOTHING
    yield blocks.section(markup("*Settled by {}*{}", cut(one_line(standing.owner_name), 60), at))
    yield blocks.quote(standing.outcome, QUOTED)
    yield blocks.context(joined("\n", [_raised(standing), gone_line(reports.gone)]))
