"""What an escalation has standing in Slack: put into the outbox, moved, updated, taken back."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from bot.delivery.enqueue import (
    EXECUTIVES,
    enqueue,
    enqueue_new,
    ensure_lane,
    refresh,
    void,
)
from models import (
    Delivery,
    DeliveryStatus,
    Escalation,
    EscalationStatus,
    Incident,
    Severity,
    Urgency,
)


SUMMARY = "escalation_summary"
"""The one post on top, in the executives' channel. Subject: the escalation."""

REMINDER = "escalation_reminder"
"""In its thread, where nobody takes it. Subject: the escalation."""

REPLY = "escalation_reply"
"""In its thread, for a later incident. Subject: the incident."""

REPLY_WITH_WHY = "escalation_reply_why"
"""The same, where the incident brought a new reason."""

SEEN = "escalation_seen"
"""To a reporter: somebody has taken it. Subject: the escalation."""

SETTLED = "escalation_settled"
"""To a reporter: it is settled, and how. Subject: the escalation."""

PATIENCE = timedelta(hours=24)
"""How long the executives have before the reminder."""


def announce(session: Session, escalation: Escalation, *, now: datetime) -> None:
    """Put the summary into the executives' channel, and the reminder a day behind it."""
    ensure_lane(session, EXECUTIVES)
    add = partial(enqueue_new, session, subject_id=escalation.id, lane=EXECUTIVES, now=now)
    top = add(kind=SUMMARY, urgency=Urgency.URGENT)
    add(kind=REMINDER, due_at=now + PATIENCE, thread_of_id=top)


def reply(
    session: Session, escalation: Escalation, incident: Incident, *, new_why: bool, now: datetime
) -> None:
    """Put a later incident into the thread, and have the summary updated."""
    top = _on_top(session, escalation.id, now)
    enqueue(
        session,
        kind=REPLY_WITH_WHY if new_why else REPLY,
        subject_id=incident.id,
        lane=EXECUTIVES,
        now=now,
        thread_of=top,
        urgency=_urgency(incident),
    )
    refresh(session, top, now)


def refresh_summary(session: Session, escalation: Escalation, *, now: datetime) -> None:
    """Have the summary say how things stand now."""
    refresh(session, _on_top(session, escalation.id, now), now)


def refresh_incident(session: Session, incident: Incident, *, now: datetime) -> None:
    """Have all that tells of this incident updated: the summary, and its own reply."""
    tells = or_(
        and_(Delivery.kind == SUMMARY, Delivery.subject_id == incident.escalation_id),
        and_(Delivery.kind.in_((REPLY, REPLY_WITH_WHY)), Delivery.subject_id == incident.id),
    )
    for delivery in session.scalars(select(Delivery).where(tells).order_by(Delivery.id)).all():
        refresh(session, delivery, now)


def remind(session: Session, escalation: Escalation, until: datetime, *, now: datetime) -> None:
    """Put a reminder at `until` in place of the one that waits; what was posted stays."""
    stop_reminding(session, escalation)
    mine = (Delivery.kind == REMINDER, Delivery.subject_id == escalation.id)
    before = session.scalar(select(func.count()).where(*mine))
    enqueue(
        session,
        kind=REMINDER,
        subject_id=escalation.id,
        lane=EXECUTIVES,
        now=now,
        due_at=until,
        thread_of=_on_top(session, escalation.id, now),
        key=f"{REMINDER}:{escalation.id}:{before}",  # never one that was taken back
    )


def stop_reminding(session: Session, escalation: Escalation) -> None:
    """Take back the reminder that was not posted yet."""
    void(session, kind=REMINDER, subject_id=escalation.id)


def tell_reporters(
    session: Session, escalation: Escalation, kind: str, *, now: datetime, again: bool = False
) -> None:
    """Write once to everybody whose report is part of it, except to the one who looks after it.

    `again` writes once more to those who were told the same before.
    """
    for reporter_id in session.scalars(_reporters(escalation)).all():
        tell_reporter(session, escalation, kind, reporter_id, now=now, again=again)


def tell_reporter(
    session: Session,
    escalation: Escalation,
    kind: str,
    reporter_id: str,
    *,
    now: datetime,
    again: bool = False,
) -> None:
    """Write once to this reporter, unless it is they who look after it."""
    if reporter_id == escalation.owner_id:
        return
    key = f"{kind}:{escalation.id}:{reporter_id}:{int(now.timestamp())}" if again else None
    enqueue(session, kind=kind, subject_id=escalation.id, lane=reporter_id, now=now, key=key)


def tell_untold(session: Session, escalation: Escalation, *, now: datetime) -> None:
    """Tell the reporters who do not know yet that somebody has it.

    A message that was taken back, because nothing explained the escalation to its reporter then,
    is rendered again.
    """
    mine = (Delivery.kind == SEEN, Delivery.subject_id == escalation.id)
    written = Delivery.status != DeliveryStatus.VOID, Delivery.ts.is_not(None)
    known = select(Delivery.id).where(*mine, Delivery.lane == Incident.reporter_id, or_(*written))
    untold = _reporters(escalation).where(~known.exists())
    for reporter_id in session.scalars(untold).all():
        tell_reporter(session, escalation, SEEN, reporter_id, now=now)
    again = select(Delivery).where(*mine, ~or_(*written)).order_by(Delivery.id)
    for delivery in session.scalars(again).all():
        refresh(session, delivery, now)


def _reporters(escalation: Escalation) -> Select[str]:
    return (
        select(Incident.reporter_id)
        .where(Incident.escalation_id == escalation.id, Incident.withdrawn_at.is_(None))
        .distinct()
        .order_by(Incident.reporter_id)
    )


def correct_letters(session: Session, escalation: Escalation, *, now: datetime) -> None:
    """Have what the reporters were written about it say how things stand now."""
    written = (Delivery.kind.in_((SEEN, SETTLED)), Delivery.subject_id == escalation.id)
    for letter in session.scalars(select(Delivery).where(*written).order_by(Delivery.id)).all():
        refresh(session, letter, now)


def follow(session: Session, channel: str, *, now: datetime) -> None:
    """Have the open escalations that stand in another channel posted in this one."""
    elsewhere = (
        select(Delivery)
        .join(Escalation, Escalation.id == Delivery.subject_id)
        .where(
            Delivery.kind == SUMMARY,
            Delivery.ts.is_not(None),
            Delivery.channel != channel,
            Escalation.status != EscalationStatus.SETTLED,
        )
        .order_by(Delivery.id)
    )
    for delivery in session.scalars(elsewhere).all():
        refresh(session, delivery, now)


def _urgency(incident: Incident) -> Urgency:
    calls = incident.attention or incident.severity >= Severity.CRITICAL
    return Urgency.URGENT if calls else Urgency.ROUTINE


def _on_top(session: Session, escalation_id: int, now: datetime) -> Delivery:
    return enqueue(
        session,
        kind=SUMMARY,
        subject_id=escalation_id,
        lane=EXECUTIVES,
        now=now,
        urgency=Urgency.URGENT,
    )
