"""Reads an escalation, and what belongs to it, out of the database as plain values."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, joinedload

from bot.escalations.act import SNOOZED
from bot.escalations.gone import NOTHING, Gone, gone
from bot.escalations.raise_ import lines
from bot.escalations.settled import last_settlement
from bot.escalations.standing import Act, Later, Latest, OurPart, Reports, Standing
from bot.escalations.undo import HANDED_BACK, REOPENED
from models import AuditEvent, Comfort, Escalation, EscalationStatus, Incident, Severity


MOST = 500
"""The latest reports that reporters, their comfort and our own part are read from."""

_NUMBER = re.compile(r"INC-\d+-\d+")

Told = Row[str, str, Comfort | None, str | None, datetime]


def standing(session: Session, escalation_id: int, *, now: datetime) -> Standing:
    """Return how the escalation stands; a snooze that is over is left out."""
    escalation = session.get_one(Escalation, escalation_id, options=[joinedload(Escalation.client)])
    snoozed = escalation.snoozed_until
    put_off = snoozed if snoozed and snoozed > now else None
    is_open = escalation.status is EscalationStatus.OPEN
    was_settled = escalation.outcome is not None and escalation.settled_at is None
    snoozing = _last_act(session, escalation, SNOOZED) if put_off else None
    return Standing(
        escalation_id=escalation.id,
        client_id=escalation.client_id,
        client_name=escalation.client.name,
        status=escalation.status,
        why=lines(escalation.why),
        opened_at=escalation.opened_at,
        owner_id=escalation.owner_id or "",
        owner_name=escalation.owner_name or "",
        owned_at=escalation.owned_at,
        snoozed_until=put_off,
        snoozer_id=snoozing.by_id if snoozing else "",
        settled_at=escalation.settled_at,
        outcome=escalation.outcome or "",
        handed_back=_last_act(session, escalation, HANDED_BACK) if is_open else None,
        reopened=_last_act(session, escalation, REOPENED) if was_settled else None,
        last_settled=last_settlement(session, escalation.client_id, but=escalation.id),
    )


def reports(session: Session, escalation_id: int) -> Reports:
    """Return what was reported in this matter, for executives alone."""
    told = session.execute(_told(escalation_id)).all()
    answers = _last_answers(told)
    last = Counter(answers.values())
    objected = {row.reporter_id for row in told if row.comfort is Comfort.NO}
    latest = session.scalars(_linked(escalation_id).limit(1)).one_or_none()
    named = _named(session, escalation_id)
    return Reports(
        latest=_latest(latest) if latest else None,
        named=_latest(named) if named else None,
        count=_count(session, escalation_id),
        reporters=tuple({row.reporter_id: row.reporter_name for row in reversed(told)}.values()),
        not_again=last[Comfort.NO],
        with_support=last[Comfort.WITH_SUPPORT],
        softened=len(objected) - last[Comfort.NO],
        our_part=tuple(OurPart(row.our_part, row.occurred_at) for row in told if row.our_part),
        gone=_gone(session, escalation_id).numbers,
    )


def later(session: Session, incident_id: int) -> Later:
    """Return an incident as the thread tells it."""
    incident = session.get_one(Incident, incident_id)
    escalation = session.get_one(Escalation, incident.escalation_id)
    return Later(
        incident.id,
        _latest(incident),
        incident.reporter_name,
        withdrawn=incident.withdrawn_at is not None,
        owner_id=_owner(escalation),
        gone=_gone(session, escalation.id).numbers,
    )


def why(session: Session, incident_id: int) -> tuple[str, ...]:
    """Return why the matter that the incident belongs to is before the executives."""
    kept = select(Escalation.why).join(Incident, Incident.escalation_id == Escalation.id)
    return lines(session.execute(kept.where(Incident.id == incident_id)).scalar_one())


def own_record(session: Session, escalation_id: int, reporter_id: str) -> int | None:
    """Return the reporter's own latest record in this matter, or None."""
    own = _linked(escalation_id).where(Incident.reporter_id == reporter_id)
    return session.scalar(own.with_only_columns(Incident.id).limit(1))


def _linked(escalation_id: int) -> Select[Incident]:
    """Return what belongs to it and was not withdrawn, what came on record last first."""
    return (
        select(Incident)
        .where(Incident.escalation_id == escalation_id, Incident.withdrawn_at.is_(None))
        .order_by(Incident.id.desc())
    )


def _told(escalation_id: int) -> Select[str, str, Comfort | None, str | None, datetime]:
    return (
        _linked(escalation_id)
        .with_only_columns(
            Incident.reporter_id,
            Incident.reporter_name,
            Incident.comfort,
            Incident.our_part,
            Incident.occurred_at,
        )
        .limit(MOST)
    )


def _named(session: Session, escalation_id: int) -> Incident | None:
    """Return the record that the strongest reason names, if it does and it still counts."""
    why = session.scalar(select(Escalation.why).where(Escalation.id == escalation_id)) or ""
    numbers = _NUMBER.findall(lines(why)[0])
    if not numbers:
        return None
    return session.scalars(
        _linked(escalation_id).where(Incident.number == numbers[-1])
    ).one_or_none()


def _count(session: Session, escalation_id: int) -> int:
    kept = _linked(escalation_id).order_by(None).with_only_columns(func.count())
    return session.scalar(kept) or 0


def _last_answers(told: Iterable[Told]) -> dict[str, Comfort]:
    """Return each reporter's latest answer."""
    answers: dict[str, Comfort] = {}
    for row in told:
        if row.comfort:
            answers.setdefault(row.reporter_id, row.comfort)
    return answers


def _latest(incident: Incident) -> Latest:
    return Latest(
        number=incident.number,
        occurred_at=incident.occurred_at,
        medium=incident.medium,
        conduct=incident.conduct_type.short,
        severity=Severity(incident.severity).label,
        contact=incident.contact or "",
        confidential=incident.confidential,
        further=incident.same_event_as_id is not None,
        what_happened=incident.what_happened,
    )


def _gone(session: Session, escalation_id: int) -> Gone:
    return gone(session, [escalation_id]).get(escalation_id, NOTHING)


def _owner(escalation: Escalation) -> str:
    owned = escalation.status is EscalationStatus.OWNED
    return escalation.owner_id or "" if owned else ""


def _last_act(session: Session, escalation: Escalation, action: str) -> Act | None:
    """Return who did this last, and when."""
    presses = (
        select(AuditEvent.actor_id, AuditEvent.at)
        .where(
            AuditEvent.client_id == escalation.client_id,
            AuditEvent.escalation_id == escalation.id,
            AuditEvent.action == action,
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    last = session.execute(presses).one_or_none()
    return Act(*last) if last else None
