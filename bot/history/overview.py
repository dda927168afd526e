"""The clients with the most going on, in counts: what is before the executives, then by weight."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    bindparam,
    case,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from bot.escalations.rules import window_start
from bot.history.asked import Viewer
from bot.history.glance import Counts
from models import Client, ClientStatus, Escalation, EscalationStatus, Incident, Severity
from models.base import UtcDateTime


INCIDENTS = Incident.__table__.c
CLIENTS, MATTERS = Client.__table__.c, Escalation.__table__.c
DAYS = 90
MOST = 10
WEIGHTS = {Severity.MINOR: 1, Severity.MODERATE: 2, Severity.SERIOUS: 5, Severity.CRITICAL: 12}
"""What an incident weighs when clients are put in order; nobody reads the sum."""


@dataclass(frozen=True)
class Before:
    """What is before the executives about a client, for them alone."""

    why: tuple[str, ...]
    opened_at: datetime
    owner_id: str
    owner_name: str


@dataclass(frozen=True)
class Going:
    """A client and its last ninety days; `by_severity` worst first, without zeros."""

    client_id: int
    name: str
    status: ClientStatus
    by_severity: Counts
    last_at: datetime | None
    before: Before | None = None


@dataclass(frozen=True)
class Overview:
    """What is before the executives, oldest first, then the others with the most going on.

    `unsettled` is how many there are before the executives in all; both are for them alone.
    """

    before: tuple[Going, ...]
    others: tuple[Going, ...]
    unsettled: int


def overview(
    session: Session, viewer: Viewer, *, now: datetime, timezone: tzinfo, most: int = MOST
) -> Overview:
    """Return at most `most` clients of each kind; no sealed record weighs for a technician."""
    asked: dict[str, Any] = {"since": window_start(now, DAYS, timezone)}
    matters = session.execute(_matters(most)).all() if viewer.executive else []
    unsettled = len(matters) if len(matters) < most else session.scalar(_unsettled()) or 0
    known = {matter.client_id for matter in matters}
    heaviest = _heaviest(most + len(known), sealed_too=viewer.executive)
    others = [found for found in session.scalars(heaviest, asked) if found not in known][:most]
    counted = _counted(sealed_too=viewer.executive)
    rows = session.execute(counted, asked | {"clients": [*known, *others]})
    by_client = {row.client_id: row for row in rows}
    return Overview(
        before=tuple(_before(matter, by_client.get(matter.client_id)) for matter in matters),
        others=tuple(_going(by_client[client]) for client in others if client in by_client),
        unsettled=unsettled,
    )


def _wanted(*, sealed_too: bool) -> Iterator[ColumnElement[bool]]:
    yield INCIDENTS.occurred_at >= bindparam("since", type_=UtcDateTime)
    yield INCIDENTS.counts.is_(True)
    if not sealed_too:
        yield INCIDENTS.confidential.is_(False)


@cache
def _matters(most: int) -> Select[*tuple[Any, ...]]:
    """Return what is before the executives: what nobody has first, then the oldest first."""
    return (
        select(
            MATTERS.client_id,
            MATTERS.why,
            MATTERS.opened_at,
            MATTERS.owner_id,
            MATTERS.owner_name,
            CLIENTS.name,
            CLIENTS.status,
        )
        .join_from(Escalation.__table__, Client.__table__)
        .where(_is_unsettled())
        .order_by(MATTERS.owner_id.is_not(None), MATTERS.opened_at, MATTERS.id)
        .limit(most)
    )


@cache
def _unsettled() -> Select[int]:
    return select(func.count()).select_from(Escalation.__table__).where(_is_unsettled())


def _is_unsettled() -> ColumnElement[bool]:
    return MATTERS.status != EscalationStatus.SETTLED


@cache
def _heaviest(most: int, *, sealed_too: bool) -> Select[int]:
    """Return the clients of most weight: one sum for each client, so that it stays quick."""
    # Not the bare column: SQLite would walk the whole history to meet the clients in order.
    client = (INCIDENTS.client_id + literal_column("0")).label("client")
    weight = func.sum(case(WEIGHTS, value=INCIDENTS.severity))
    return (
        select(client)
        .where(*_wanted(sealed_too=sealed_too))
        .group_by(client)
        .order_by(weight.desc(), client)
        .limit(most)
    )


@cache
def _counted(*, sealed_too: bool) -> Select[*tuple[Any, ...]]:
    of_each = (
        func.count().filter(INCIDENTS.severity == severity).label(severity.name)
        for severity in Severity
    )
    clients = bindparam("clients", type_=Integer, expanding=True)
    found = (
        select(INCIDENTS.client_id, func.max(INCIDENTS.occurred_at).label("last_at"), *of_each)
        .where(INCIDENTS.client_id.in_(clients), *_wanted(sealed_too=sealed_too))
        .group_by(INCIDENTS.client_id)
        .subquery()
    )
    named = (CLIENTS.name, CLIENTS.status)
    return select(found, *named).join(Client.__table__, CLIENTS.id == found.c.client_id)


def _before(matter: Row[*tuple[Any, ...]], row: Row[*tuple[Any, ...]] | None) -> Going:
    return Going(
        client_id=matter.client_id,
        name=matter.name,
        status=matter.status,
        by_severity=_by_severity(row) if row else (),
        last_at=row.last_at if row else None,
        before=Before(
            tuple(matter.why.splitlines()),
            matter.opened_at,
            matter.owner_id or "",
            matter.owner_name or "",
        ),
    )


def _going(row: Row[*tuple[Any, ...]]) -> Going:
    return Going(row.client_id, row.name, row.status, _by_severity(row), row.last_at)


def _by_severity(row: Row[*tuple[Any, ...]]) -> Counts:
    counts = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    return tuple(
        (severity.label, counts[severity.name])
        for severity in sorted(Severity, reverse=True)
        if counts[severity.name]
    )
