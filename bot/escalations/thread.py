"""What comes into the summary's thread: each later incident, and the reminder. Pure."""

from collections.abc import Iterator, Sequence

from bot.delivery.message import Message
from bot.escalations.buttons import take_button
from bot.escalations.standing import Later, Standing
from bot.escalations.summary import latest_line, mention
from bot.escalations.why import why_lines
from bot.slack import blocks
from bot.slack.blocks import Block
from bot.slack.ids import OPEN_RECORD
from bot.slack.text import MOMENT, Markup, cut, date, markup, one_line


QUOTED = 300


def reply(later: Later, why: Sequence[str]) -> Message:
    """Return what is said below the summary; `why` where the incident brought a new reason."""
    head = _head(later)
    return Message(head, list(_reply(later, head, why)))


def reminder(standing: Standing) -> Message:
    """Return the one reminder that nobody has taken it."""
    client = cut(one_line(standing.client_name), 150)
    text = markup(
        "Nobody has taken *{}* yet. It came up {}.", client, date(standing.opened_at, MOMENT)
    )
    button = blocks.actions(take_button(standing.escalation_id))
    return Message(text, [blocks.section(text), button], broadcast=True)


def _reply(later: Later, head: Markup, why: Sequence[str]) -> Iterator[Block]:
    yield blocks.section(head)
    if later.withdrawn:
        return
    yield blocks.quote(later.incident.what_happened, QUOTED)
    if why:
        yield blocks.section(why_lines(why, later.gone))
    if later.owner_id:
        # A reply in a thread reaches only those who are named in it.
        yield blocks.context(markup("For {}, who has this", mention(later.owner_id)))
    yield blocks.actions(blocks.button("Open record", OPEN_RECORD, str(later.incident_id)))


def _head(later: Later) -> Markup:
    reporter = cut(one_line(later.reporter_name), 60)
    if later.withdrawn:
        return markup("{} by {} was withdrawn.", later.incident.number, reporter)
    what = (
        "The same event, also reported" if later.incident.further else "Another incident, reported"
    )
    return markup("*{} by {}*\n{}", what, reporter, latest_line(later.incident))
