"""The clients with the most going on, in counts: what is before the executives, then by weight."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    case,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from bot.clients.known import Viewer
from bot.escalations.gone import NOTHING, Gone, gone
from bot.escalations.rules import window_start
from bot.glance.counts import Counts
from models import (
    Client,
    ClientStatus,
    ConductType,
    Escalation,
    EscalationStatus,
    Incident,
    Severity,
)
from models.base import UtcDateTime


INCIDENTS = Incident.__table__.c
CLIENTS, MATTERS = Client.__table__.c, Escalation.__table__.c
KINDS = ConductType.__table__.c
DAYS = 90
MOST = 10
WEIGHTS = {Severity.MINOR: 1, Severity.MODERATE: 2, Severity.SERIOUS: 5, Severity.CRITICAL: 12}
"""What an incident weighs when clients are put in order; nobody reads the sum."""


@dataclass(frozen=True)
class Before:
    """What is before the executives about a client, for them alone."""

    why: tuple[str, ...]
    opened_at: datetime
    owner_name: str
    yours: bool
    gone: Gone = NOTHING


@dataclass(frozen=True)
class Going:
    """A client and its last ninety days.

    `by_severity` is worst first, `by_conduct` most frequent first, both without zeros.
    """

    client_id: int
    name: str
    status: ClientStatus
    by_severity: Counts
    by_conduct: Counts
    last_at: datetime | None
    before: Before | None = None


@dataclass(frozen=True)
class Overview:
    """What is before the executives, then the others with the most going on.

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
    whose = {"viewer": viewer.id}
    matters = session.execute(_matters(most), whose).all() if viewer.executive else []
    withdrawn = gone(session, [matter.id for matter in matters]) if matters else {}
    unsettled = len(matters) if len(matters) < most else session.scalar(_unsettled()) or 0
    known = {matter.client_id for matter in matters}
    heaviest = _heaviest(most + len(known), sealed_too=viewer.executive)
    others = [found for found in session.scalars(heaviest, asked) if found not in known][:most]
    counted = _counted(sealed_too=viewer.executive)
    rows = session.execute(counted, asked | {"clients": [*known, *others]})
    by_client = {going.client_id: going for going in _by_client(rows)}
    return Overview(
        before=tuple(
            replace(
                by_client.get(matter.client_id) or _quiet(matter),
                before=_before(matter, viewer, withdrawn.get(matter.id, NOTHING)),
            )
            for matter in matters
        ),
        others=tuple(by_client[client] for client in others if client in by_client),
        unsettled=unsettled,
    )


def _wanted(*, sealed_too: bool) -> Iterator[ColumnElement[bool]]:
    yield INCIDENTS.occurred_at >= bindparam("since", type_=UtcDateTime)
    yield INCIDENTS.counts.is_(True)
    if not sealed_too:
        yield INCIDENTS.confidential.is_(False)


@cache
def _matters(most: int) -> Select[*tuple[Any, ...]]:
    """Return what is before the executives: what nobody has, the viewer's own, then the rest.

    Of each the newest is first.
    """
    whose = case(
        (MATTERS.owner_id.is_(None), 0),
        (MATTERS.owner_id == bindparam("viewer", type_=String), 1),
        else_=2,
    )
    return (
        select(
            MATTERS.id,
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
        .order_by(whose, MATTERS.opened_at.desc(), MATTERS.id.desc())
        .limit(most)
    )


@cache
def _unsettled() -> Select[int]:
    return select(func.count()).select_from(Escalation.__table__).where(_is_unsettled())


def _is_unsettled() -> ColumnElement[bool]:
    return MATTERS.status != EscalationStatus.SETTLED


@cache
def _heaviest(most: int, *, sealed_too: bool) -> Select[int]:
    """Return the clients of most weight: one sum for each client, so that it stays quick.

    Of equal ones the latest is first: ids would tell who was there before, unseen.
    """
    # Not the bare column: SQLite would walk the whole history to meet the clients in order.
    client = (INCIDENTS.client_id + literal_column("0")).label("client")
    weight = func.sum(case(WEIGHTS, value=INCIDENTS.severity))
    return (
        select(client)
        .where(*_wanted(sealed_too=sealed_too))
        .group_by(client)
        .order_by(weight.desc(), func.max(INCIDENTS.occurred_at).desc(), client)
        .limit(most)
    )


@cache
def _counted(*, sealed_too: bool) -> Select[*tuple[Any, ...]]:
    """Return a row for each kind of conduct of each client."""
    of_each = (
        func.count().filter(INCIDENTS.severity == severity).label(severity.name)
        for severity in Severity
    )
    clients = bindparam("clients", type_=Integer, expanding=True)
    kinds = (INCIDENTS.client_id, INCIDENTS.conduct_type_id)
    found = (
        select(*kinds, func.max(INCIDENTS.occurred_at).label("last_at"), *of_each)
        .where(INCIDENTS.client_id.in_(clients), *_wanted(sealed_too=sealed_too))
        .group_by(*kinds)
        .subquery()
    )
    return (
        select(found, CLIENTS.name, CLIENTS.status, KINDS.short)
        .join(Client.__table__, CLIENTS.id == found.c.client_id)
        .join(ConductType.__table__, KINDS.id == found.c.conduct_type_id)
        .order_by(found.c.client_id)
    )


def _quiet(matter: Row[*tuple[Any, ...]]) -> Going:
    return Going(matter.client_id, matter.name, matter.status, (), (), None)


def _before(matter: Row[*tuple[Any, ...]], viewer: Viewer, withdrawn: Gone) -> Before:
    why, owner = tuple(matter.why.splitlines()), matter.owner_name or ""
    yours = matter.owner_id == viewer.id
    return Before(why, matter.opened_at, owner, yours=yours, gone=withdrawn)


def _by_client(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[Going]:
    """Yield each client, out of its rows that stand together."""
    for _, of_one in groupby(rows, key=lambda row: row.client_id):
        yield _going(tuple(of_one))


def _going(rows: Sequence[Row[*tuple[Any, ...]]]) -> Going:
    severities, kinds = Counter[Severity](), Counter[str]()
    for row in rows:
        counts = {level: row._mapping[level.name] for level in Severity}  # noqa: SLF001 - SQLAlchemy's public name for it
        severities.update(counts)
        kinds[row.short] += sum(counts.values())
    found = [level for level in sorted(Severity, reverse=True) if severities[level]]
    return Going(
        client_id=rows[0].client_id,
        name=rows[0].name,
        status=rows[0].status,
        by_severity=tuple((level.label, severities[level]) for level in found),
        by_conduct=tuple(sorted(kinds.items(), key=lambda kind: (-kind[1], kind[0]))),
        last_at=max(row.last_at for row in rows),
    )
