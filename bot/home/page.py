"""What a person finds in their App Home, in plain values."""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from bot.history.asked import Viewer
from bot.history.overview import Overview, overview
from models import Client, ConductType, Escalation, EscalationStatus, Incident, Severity


INCIDENTS, CLIENTS = Incident.__table__.c, Client.__table__.c
KINDS, MATTERS = ConductType.__table__.c, Escalation.__table__.c
OWN, GOING = 10, 5
"""Own records, and clients with the most going on, before the rest is left to the histories."""


class State(StrEnum):
    """What became of a record."""

    ON_RECORD = "on record"
    BEFORE_EXECUTIVES = "the executives have it"
    TAKEN = "taken"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Own:
    """One record of the person's own; `owner_name` is who of the executives took it."""

    incident_id: int
    number: str
    client_name: str
    conduct: str
    severity: Severity
    occurred_at: datetime
    confidential: bool
    state: State
    owner_name: str


@dataclass(frozen=True)
class HomePage:
    """The person's own records, newest first; for executives also what goes on."""

    own: tuple[Own, ...]
    has_more: bool
    overview: Overview | None


def home_page(session: Session, viewer: Viewer, *, now: datetime, timezone: tzinfo) -> HomePage:
    """Return what the person finds in their App Home now."""
    rows = session.execute(_own(), {"viewer": viewer.id}).all()
    own = tuple(map(_record, rows[:OWN]))
    if not viewer.executive:
        return HomePage(own, len(rows) > OWN, None)
    going = overview(session, viewer, now=now, timezone=timezone)
    return HomePage(own, len(rows) > OWN, replace(going, others=going.others[:GOING]))


@cache
def _own() -> Select[*tuple[Any, ...]]:
    return (
        select(
            INCIDENTS.id,
            INCIDENTS.number,
            CLIENTS.name,
            KINDS.short,
            INCIDENTS.severity,
            INCIDENTS.occurred_at,
            INCIDENTS.confidential,
            INCIDENTS.withdrawn_at,
            MATTERS.status,
            MATTERS.owner_name,
        )
        .join_from(Incident.__table__, Client.__table__)
        .join(ConductType.__table__, KINDS.id == INCIDENTS.conduct_type_id)
        .join(Escalation.__table__, MATTERS.id == INCIDENTS.escalation_id, isouter=True)
        .where(INCIDENTS.reporter_id == bindparam("viewer"))
        .order_by(INCIDENTS.recorded_at.desc(), INCIDENTS.id.desc())
        .limit(OWN + 1)
    )


def _record(row: Row[*tuple[Any, ...]]) -> Own:
    return Own(
        incident_id=row.id,
        number=row.number,
        client_name=row.name,
        conduct=row.short,
        severity=Severity(row.severity),
        occurred_at=row.occurred_at,
        confidential=row.confidential,
        state=_state(row),
        owner_name=row.owner_name or "",
    )


def _state(row: Row[*tuple[Any, ...]]) -> State:
    if row.withdrawn_at is not None:
        return State.WITHDRAWN
    return {
        None: State.ON_RECORD,
        EscalationStatus.OPEN: State.BEFORE_EXECUTIVES,
        EscalationStatus.OWNED: State.TAKEN,
        EscalationStatus.SETTLED: State.SETTLED,
    }[row.status]
