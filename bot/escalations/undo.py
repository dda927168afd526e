"""What an executive takes back: that they have it, that it is put off, that it is settled."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.errors import UserError
from bot.escalations import posts
from bot.escalations.act import Executive, changed, locked, own, unsettled
from models import Escalation, EscalationStatus


HANDED_BACK, REOPENED = "escalation.handed_back", "escalation.reopened"
NEWER = (
    "This client has a newer matter that is open. Nothing was changed; please go on there, it "
    "says how this one was settled."
)


def hand_back(session: Session, escalation_id: int, by: Executive, *, now: datetime) -> None:
    """Make it nobody's again; the executives are reminded of it again.

    Raises UserError where somebody else has it, or where it is settled.
    """
    escalation = unsettled(session, escalation_id)
    if not escalation.owner_id:
        return
    if escalation.owner_id != by.id:
        raise UserError(
            f"{escalation.owner_name} has it, so only they can hand it back. If the two of you "
            "have agreed on it, choose “Take over”."
        )
    escalation.status, escalation.owned_at = EscalationStatus.OPEN, None
    escalation.owner_id = escalation.owner_name = None
    posts.remind(session, escalation, now + posts.PATIENCE, now=now)
    posts.correct_letters(session, escalation, now=now)
    changed(session, escalation, HANDED_BACK, by, now)


def end_snooze(session: Session, escalation_id: int, by: Executive, *, now: datetime) -> None:
    """Have it wait for somebody at once; raises UserError where it is settled."""
    escalation = unsettled(session, escalation_id)
    if not escalation.snoozed_until:
        return
    escalation.snoozed_until = None
    posts.remind(session, escalation, now + posts.PATIENCE, now=now)
    changed(session, escalation, "escalation.snooze_ended", by, now)


def reopen(session: Session, escalation_id: int, by: Executive, *, now: datetime) -> None:
    """Open what was settled again; this executive has it, and the outcome stays to be read.

    Raises UserError where somebody else opened it already, or where there is a newer matter.
    """
    escalation = locked(session, escalation_id)
    if escalation.settled_at is None:
        if escalation.owner_id == by.id:
            return
        who = f"{escalation.owner_name} has it" if escalation.owner_id else "nobody has it yet"
        raise UserError(f"It is open already: {who}. Nothing was changed.")
    _refuse_newer(session, escalation)
    escalation.settled_at = None
    own(session, escalation, by, REOPENED, now)


def _refuse_newer(session: Session, escalation: Escalation) -> None:
    """Raise UserError where the client has another open escalation."""
    newer = select(Escalation.id).where(
        Escalation.client_id == escalation.client_id, Escalation.status != EscalationStatus.SETTLED
    )
    if session.scalar(newer.limit(1)):
        raise UserError(NEWER)
