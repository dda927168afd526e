"""The clients with the most going on, in counts: what is before the executives, then by weight."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, literal_column, select
from sqlalchemy.orm import Session, joinedload

from bot.history.glance import Counts
from bot.history.lookups import Viewer
from bot.history.months import days_ago
from models import Client, ClientStatus, Escalation, EscalationStatus, Incident, Severity


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

    @property
    def total(self) -> int:
        """Return how many incidents count."""
        return sum(count for _, count in self.by_severity)


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
    wanted = _wanted(viewer, days_ago(now, DAYS, timezone))
    matters = list(session.scalars(_matters(most))) if viewer.executive else []
    unsettled = len(matters) if len(matters) < most else session.scalar(_unsettled()) or 0
    known = {matter.client_id for matter in matters}
    heaviest = session.scalars(_heaviest(wanted, most + len(known)))
    others = [client_id for client_id in heaviest if client_id not in known][:most]
    counted = session.execute(_counted(wanted, {*known, *others}))
    rows = {row.client_id: row for row in counted}
    return Overview(
        before=tuple(_before(matter, rows.get(matter.client_id)) for matter in matters),
        others=tuple(_going(rows[client_id]) for client_id in others if client_id in rows),
        unsettled=unsettled,
    )


def _wanted(viewer: Viewer, since: datetime) -> list[ColumnElement[bool]]:
    open_to_all = [] if viewer.executive else [Incident.confidential.is_(False)]
    return [Incident.occurred_at >= since, Incident.counts.is_(True), *open_to_all]


def _matters(most: int) -> Select[Escalation]:
    """Return what is before the executives: what nobody has first, then the oldest first."""
    return (
        select(Escalation)
        .options(joinedload(Escalation.client))
        .where(Escalation.status != EscalationStatus.SETTLED)
        .order_by(Escalation.owner_id.is_not(None), Escalation.opened_at, Escalation.id)
        .limit(most)
    )


def _unsettled() -> Select[int]:
    return select(func.count()).where(Escalation.status != EscalationStatus.SETTLED)


def _heaviest(wanted: Iterable[ColumnElement[bool]], most: int) -> Select[int]:
    """Return the clients of most weight: one sum for each client, so that it stays quick."""
    # Not the bare column: SQLite would walk the whole history to meet the clients in order.
    client = (Incident.client_id + literal_column("0")).label("client")
    weight = func.sum(case(WEIGHTS, value=Incident.severity))
    return (
        select(client).where(*wanted).group_by(client).order_by(weight.desc(), client).limit(most)
    )


def _counted(
    wanted: Iterable[ColumnElement[bool]], client_ids: Collection[int]
) -> Select[*tuple[Any, ...]]:
    of_each = (
        func.count().filter(Incident.severity == severity).label(severity.name)
        for severity in Severity
    )
    found = (
        select(Incident.client_id, func.max(Incident.occurred_at).label("last_at"), *of_each)
        .where(Incident.client_id.in_(client_ids), *wanted)
        .group_by(Incident.client_id)
        .subquery()
    )
    return select(found, Client.name, Client.status).join(Client, Client.id == found.c.client_id)


def _before(matter: Escalation, row: Row[*tuple[Any, ...]] | None) -> Going:
    return Going(
        client_id=matter.client_id,
        name=matter.client.name,
        status=matter.client.status,
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
