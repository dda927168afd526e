"""What an executive does about an escalation: take it, put it off, settle it."""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from bot.clients.lock import lock_escalation
from bot.errors import UserError
from bot.escalations import posts
from models import AuditEvent, Escalation, EscalationStatus


SNOOZED, TAKEN = "escalation.snoozed", "escalation.taken"
SAME_PRESS = timedelta(minutes=1)
"""Two snoozes nearer to each other than this are one press that came twice."""


class Executive(Protocol):
    """The person who acts; the door has checked that they may."""

    @property
    def id(self) -> str:
        """Return the Slack id."""

    @property
    def name(self) -> str:
        """Return the name as colleagues see it."""


def take(session: Session, escalation_id: int, by: Executive, *, now: datetime) -> None:
    """Make this executive the one who looks after it, and tell the reporters.

    Raises UserError where somebody else has it, or where it is settled.
    """
    escalation = unsettled(session, escalation_id)
    if escalation.owner_id == by.id:
        return
    if escalation.owner_id:
        raise UserError(
            f"{escalation.owner_name} has it already. If the two of you have agreed on it, "
            "choose “Take over” in the menu."
        )
    own(session, escalation, by, TAKEN, now)


def take_over(
    session: Session, escalation_id: int, by: Executive, *, from_id: str, now: datetime
) -> None:
    """Make this executive the one who looks after it, in place of `from_id`.

    Raises UserError where it has come to somebody else meanwhile, or where it is settled.
    """
    escalation = unsettled(session, escalation_id)
    if escalation.owner_id == by.id:
        return
    if escalation.owner_id != from_id:
        raise UserError(f"{escalation.owner_name} has it by now. Nothing was changed.")
    own(session, escalation, by, TAKEN, now)


def snooze(
    session: Session, escalation_id: int, by: Executive, *, days: int, now: datetime
) -> None:
    """Move the reminder to `days` from now.

    Raises UserError where somebody has it, or where it is settled: there is no reminder then.
    """
    escalation = unsettled(session, escalation_id)
    if escalation.owner_id:
        raise UserError(f"{escalation.owner_name} has it, so nobody is reminded of it any more.")
    until = now + timedelta(days=days)
    if escalation.snoozed_until and abs(until - escalation.snoozed_until) < SAME_PRESS:
        return
    escalation.snoozed_until = until
    posts.remind(session, escalation, until, now=now)
    changed(session, escalation, SNOOZED, by, now)


def settle(
    session: Session, escalation_id: int, by: Executive, outcome: str, *, now: datetime
) -> None:
    """Close it with one line about the outcome, and tell the reporters.

    Raises UserError where it was settled already, unless by the same person with the same line.
    """
    escalation = locked(session, escalation_id)
    if escalation.settled_at and (escalation.owner_id, escalation.outcome) == (by.id, outcome):
        return
    _refuse_settled(escalation)
    if escalation.owner_id != by.id:
        _write_owner(escalation, by, now)
    is_again = escalation.outcome is not None
    escalation.status, escalation.settled_at = EscalationStatus.SETTLED, now
    escalation.outcome = outcome
    posts.stop_reminding(session, escalation)
    posts.tell_reporters(session, escalation, posts.SETTLED, now=now, again=is_again)
    changed(session, escalation, "escalation.settled", by, now)


def own(
    session: Session, escalation: Escalation, by: Executive, action: str, now: datetime
) -> None:
    """Make this executive the one who has it; what the reporters were written is corrected."""
    _write_owner(escalation, by, now)
    escalation.status, escalation.snoozed_until = EscalationStatus.OWNED, None
    posts.stop_reminding(session, escalation)
    posts.correct_letters(session, escalation, now=now)
    posts.tell_reporters(session, escalation, posts.SEEN, now=now)
    changed(session, escalation, action, by, now)


def _write_owner(escalation: Escalation, by: Executive, now: datetime) -> None:
    escalation.owner_id, escalation.owner_name, escalation.owned_at = by.id, by.name[:150], now


def unsettled(session: Session, escalation_id: int) -> Escalation:
    """Return the escalation, locked; raises UserError where it is settled."""
    escalation = locked(session, escalation_id)
    _refuse_settled(escalation)
    return escalation


def locked(session: Session, escalation_id: int) -> Escalation:
    """Return the escalation; others who write about its client wait."""
    escalation = lock_escalation(session, escalation_id)
    if escalation is None:
        raise UserError("This is not on record any more, so there is nothing to do.")
    return escalation


def _refuse_settled(escalation: Escalation) -> None:
    if escalation.settled_at:
        raise UserError(
            f"{escalation.owner_name} has settled it already. If there is more to do, "
            "press “Reopen”."
        )


def changed(
    session: Session, escalation: Escalation, action: str, by: Executive, now: datetime
) -> None:
    """Note who did it, and have the summary say how things stand now."""
    session.add(
        AuditEvent(
            at=now,
            actor_id=by.id,
            action=action,
            client_id=escalation.client_id,
            escalation_id=escalation.id,
        )
    )
    session.flush()
    posts.refresh_summary(session, escalation, now=now)
