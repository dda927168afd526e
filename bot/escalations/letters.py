"""Direct messages: who has taken an escalation, how it was settled, what can't be posted. Pure."""

from bot.delivery.mends import mend
from bot.delivery.message import Message
from bot.escalations.standing import Standing
from bot.slack import blocks
from bot.slack.ids import OPEN_RECORD
from bot.slack.text import Markup, cut, markup, one_line


def seen(standing: Standing, incident_id: int) -> Message:
    """Return the word that somebody looks after it; `incident_id` is the reader's own record."""
    head = _head(standing, "is looking after")
    rest = "Thank you for writing it down. There is nothing more you need to do."
    return _letter(head, rest, incident_id)


def handed_back(standing: Standing, incident_id: int) -> Message:
    """Return what stands in place of `seen` once nobody looks after it any more."""
    head = markup("What you reported about *{}* is with the executives again.", _client(standing))
    rest = "Nobody looks after it at the moment; this message will name the one who takes it."
    return _letter(head, rest, incident_id)


def reopened(standing: Standing, incident_id: int) -> Message:
    """Return what stands in place of `settled` once it was opened again."""
    head = markup("What you reported about *{}* is open again.", _client(standing))
    rest = "The executives have more to do about it. You get a message when it is settled."
    return _letter(head, rest, incident_id)


def settled(standing: Standing, incident_id: int) -> Message:
    """Return the word that it is settled, and the outcome in the executive's own line."""
    head = _head(standing, "has settled")
    rest = "If something happens again, please put it on record as you did."
    said = [blocks.section(head), blocks.quote(standing.outcome), blocks.context(rest)]
    return Message(head, [*said, _record(incident_id)])


def held(standing: Standing, error: str) -> Message:
    """Return what tells an executive that Slack refuses the post in their channel."""
    head = markup(
        "*{}* needs the executives, but Slack refuses the post in your channel.", _client(standing)
    )
    why = cut(one_line(standing.why[0]), 300)
    rest = markup("Why: {}\nTo fix the channel: {} ({})", why, mend(error), error)
    where = (
        "It is posted automatically once that is fixed. /client-history shows the client's record."
    )
    return Message(head, [blocks.section(markup("{}\n{}", head, rest)), blocks.context(where)])


def _head(standing: Standing, does: str) -> Markup:
    owner = cut(one_line(standing.owner_name), 60)
    return markup("*{}* {} what you reported about *{}*.", owner, does, _client(standing))


def _client(standing: Standing) -> str:
    return cut(one_line(standing.client_name), 150)


def _letter(head: Markup, rest: str, incident_id: int) -> Message:
    return Message(head, [blocks.section(markup("{}\n{}", head, rest)), _record(incident_id)])


def _record(incident_id: int) -> blocks.Block:
    return blocks.actions(blocks.button("Open the record", OPEN_RECORD, str(incident_id)))
