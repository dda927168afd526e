"""What a reporter is written: that somebody has taken it, and how it was settled. Pure."""

from bot.delivery.message import Message
from bot.escalations.standing import Standing
from bot.slack import blocks
from bot.slack.ids import OPEN_RECORD
from bot.slack.text import Markup, cut, markup, one_line


def seen(standing: Standing, incident_id: int) -> Message:
    """Return the word that somebody looks after it; `incident_id` is the reader's own record."""
    head = _head(standing, "is looking after")
    rest = "Thank you for writing it down. There is nothing more you need to do."
    return Message(head, [blocks.section(markup("{}\n{}", head, rest)), _record(incident_id)])


def settled(standing: Standing, incident_id: int) -> Message:
    """Return the word that it is settled, and the outcome in the executive's own line."""
    head = _head(standing, "has settled")
    rest = "If something happens again, please put it on record as you did."
    said = [blocks.section(head), blocks.quote(standing.outcome), blocks.context(rest)]
    return Message(head, [*said, _record(incident_id)])


def _head(standing: Standing, does: str) -> Markup:
    owner, client = one_line(standing.owner_name), one_line(standing.client_name)
    return markup("*{}* {} what you reported about *{}*.", cut(owner, 60), does, cut(client, 150))


def _record(incident_id: int) -> blocks.Block:
    return blocks.actions(blocks.button("Open the record", OPEN_RECORD, str(incident_id)))
