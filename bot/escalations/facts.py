"""Reads an escalation, and what belongs to it, out of the database as plain values."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.escalations.act import SNOOZED
from bot.escalations.explained import explained_to
from bot.escalations.gone import NOTHING, Gone, gone
from bot.escalations.raise_ import lines
from bot.escalations.settled import last_settlement
from bot.escalations.standing import Act, Later, Latest, OurPart, Reports, Standing
from bot.escalations.undo import HANDED_BACK, REOPENED
from models import (
    AuditEvent,
    Client,
    Comfort,
    ConductType,
    Escalation,
    EscalationStatus,
    Incident,
    Severity,
)


MOST = 500
"""The latest reports that reporters, their comfort and our own part are read from."""

INCIDENTS, KINDS, EVENTS = Incident.__table__.c, ConductType.__table__.c, AuditEvent.__table__.c
ESCALATIONS, CLIENTS = Escalation.__table__.c, Client.__table__.c
_NUMBER = re.compile(r"INC-\d+-\d+")

Told = Row[str, str, Comfort | None, str | None, datetime]


def standing(session: Session, escalation_id: int, *, now: datetime) -> Standing:
    """Return how the escalation stands; a snooze that is over is left out."""
    escalation = session.connection().execute(_standing(), {"escalation": escalation_id}).one()
    snoozed = escalation.snoozed_until
    put_off = snoozed if snoozed and snoozed > now else None
    is_open = escalation.status is EscalationStatus.OPEN
    was_settled = escalation.outcome is not None and escalation.settled_at is None
    snoozing = _last_act(session, escalation, SNOOZED) if put_off else None
    return Standing(
        escalation_id=escalation.id,
        client_id=escalation.client_id,
        client_name=escalation.client_name,
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


def reports(session: Session, escalation_id: int, why: Sequence[str]) -> Reports:
    """Return what was reported in this matter, for executives alone.

    `why` are its reasons: the incident that the strongest one names is shown.
    """
    connection, asked = session.connection(), {"escalation": escalation_id}
    told = connection.execute(_told(), asked).all()
    last = Counter(_last_answers(told).values())
    objected = {row.reporter_id for row in told if row.comfort is Comfort.NO}
    number = next(reversed(_NUMBER.findall(why[0])), "")
    shown = [_latest(row) for row in connection.execute(_shown(), asked | {"number": number})]
    return Reports(
        latest=next(iter(shown), None),
        named=next((latest for latest in shown if latest.number == number), None),
        count=len(told) if len(told) < MOST else _count(session, escalation_id),
        reporters=tuple({row.reporter_id: row.reporter_name for row in reversed(told)}.values()),
        not_again=last[Comfort.NO],
        with_support=last[Comfort.WITH_SUPPORT],
        softened=len(objected) - last[Comfort.NO],
        our_part=tuple(OurPart(row.our_part, row.occurred_at) for row in told if row.our_part),
        gone=_gone(session, escalation_id).numbers,
    )


def later(session: Session, incident_id: int) -> Later:
    """Return an incident as the thread tells it."""
    row = session.connection().execute(_later(), {"incident": incident_id}).one()
    return Later(
        incident_id,
        _latest(row),
        row.reporter_name,
        withdrawn=row.withdrawn_at is not None,
        owner_id=row.owner_id or "" if row.status is EscalationStatus.OWNED else "",
        gone=_gone(session, row.escalation_id).numbers,
    )


def why(session: Session, incident_id: int) -> tuple[str, ...]:
    """Return why the matter that the incident belongs to is before the executives."""
    kept = select(Escalation.why).join(Incident, Incident.escalation_id == Escalation.id)
    return lines(session.execute(kept.where(Incident.id == incident_id)).scalar_one())


def own_record(
    session: Session, escalation_id: int, reporter_id: str, timezone: tzinfo
) -> int | None:
    """Return the reporter's own latest record in this escalation, as far as it is explained."""
    part = explained_to(session, [escalation_id], reporter_id, timezone).get(escalation_id)
    if part is None:
        return None
    own = _linked(escalation_id).where(Incident.reporter_id == reporter_id)
    found = session.scalars(own.with_only_columns(Incident.id))
    return next((number for number in found if part.holds(number)), None)


def _linked(escalation_id: int) -> Select[Incident]:
    """Return what belongs to it and was not withdrawn, what came on record last first."""
    return (
        select(Incident)
        .where(Incident.escalation_id == escalation_id, Incident.withdrawn_at.is_(None))
        .order_by(Incident.id.desc())
    )


# Each query is built once: to build one takes longer than both databases take to answer it.


@cache
def _standing() -> Select[*tuple[Any, ...]]:
    return (
        select(*ESCALATIONS, CLIENTS.name.label("client_name"))
        .join_from(Escalation.__table__, Client.__table__)
        .where(ESCALATIONS.id == bindparam("escalation"))
    )


@cache
def _told() -> Select[str, str, Comfort | None, str | None, datetime]:
    return (
        select(
            INCIDENTS.reporter_id,
            INCIDENTS.reporter_name,
            INCIDENTS.comfort,
            INCIDENTS.our_part,
            INCIDENTS.occurred_at,
        )
        .where(*_belong())
        .order_by(INCIDENTS.id.desc())
        .limit(MOST)
    )


@cache
def _shown() -> Select[*tuple[Any, ...]]:
    """Return the report that came on record last, then the one of that number, if it counts."""
    newest = select(func.max(INCIDENTS.id)).where(*_belong()).scalar_subquery()
    return (
        _reported()
        .where(*_belong(), or_(INCIDENTS.id == newest, INCIDENTS.number == bindparam("number")))
        .order_by(INCIDENTS.id.desc())
    )


@cache
def _later() -> Select[*tuple[Any, ...]]:
    return (
        _reported(INCIDENTS.reporter_name, INCIDENTS.withdrawn_at, INCIDENTS.escalation_id)
        .add_columns(ESCALATIONS.status, ESCALATIONS.owner_id)
        .join(Escalation.__table__, ESCALATIONS.id == INCIDENTS.escalation_id)
        .where(INCIDENTS.id == bindparam("incident"))
    )


def _reported(*more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return incidents with what `Latest` tells of them, and more."""
    return select(
        INCIDENTS.number,
        INCIDENTS.occurred_at,
        INCIDENTS.medium,
        KINDS.short,
        INCIDENTS.severity,
        INCIDENTS.contact,
        INCIDENTS.confidential,
        INCIDENTS.same_event_as_id,
        INCIDENTS.what_happened,
        *more,
    ).join_from(Incident.__table__, ConductType.__table__)


def _belong() -> tuple[ColumnElement[bool], ...]:
    return INCIDENTS.escalation_id == bindparam("escalation"), INCIDENTS.withdrawn_at.is_(None)


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


def _latest(row: Row[*tuple[Any, ...]]) -> Latest:
    return Latest(
        number=row.number,
        occurred_at=row.occurred_at,
        medium=row.medium,
        conduct=row.short,
        severity=Severity(row.severity).label,
        contact=row.contact or "",
        confidential=row.confidential,
        further=row.same_event_as_id is not None,
        what_happened=row.what_happened,
    )


def _gone(session: Session, escalation_id: int) -> Gone:
    return gone(session, [escalation_id]).get(escalation_id, NOTHING)


def _last_act(session: Session, row: Row[*tuple[Any, ...]], action: str) -> Act | None:
    """Return who did this last to the escalation, and when."""
    asked = {"client": row.client_id, "escalation": row.id, "action": action}
    last = session.connection().execute(_presses(), asked).one_or_none()
    return Act(*last) if last else None


@cache
def _presses() -> Select[str, datetime]:
    return (
        select(EVENTS.actor_id, EVENTS.at)
        .where(
            EVENTS.client_id == bindparam("client"),
            EVENTS.escalation_id == bindparam("escalation"),
            EVENTS.action == bindparam("action"),
        )
        .order_by(EVENTS.id.desc())
        .limit(1)
    )
