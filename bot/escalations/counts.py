"""The plain values that the rules weigh, counted by the database; quick, for a submission waits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.escalations.rules import Pattern, Tally
from models import ConductType, Escalation, EscalationStatus, Incident
from models.base import UtcDateTime


INCIDENTS, KINDS = Incident.__table__.c, ConductType.__table__.c
Counted = tuple[Any, ...]
"""A reporter, whether their incidents are confidential, and how many meet each pattern."""


@dataclass(frozen=True)
class Tallies:
    """What each pattern's window holds: in truth, and as far as the reporter may see."""

    everything: Mapping[Pattern, Tally]
    seen: Mapping[Pattern, Tally]


@dataclass(frozen=True)
class Newcomer:
    """An incident that is about to be stored; it counts in every pattern that is asked for."""

    reporter_id: str
    confidential: bool


def open_escalation(session: Session, client_id: int) -> Escalation | None:
    """Return the client's unsettled escalation, if any; the client's row must be locked."""
    return session.scalars(
        _open_one(), {"client": client_id}, execution_options={"populate_existing": True}
    ).one_or_none()


def tallies(
    session: Session,
    client_id: int,
    windows: Mapping[Pattern, datetime],
    *,
    reporter_id: str,
    escalation_id: int | None = None,
    newcomer: Newcomer | None = None,
) -> Tallies:
    """Return what the client's record holds since each pattern's start, the newcomer included.

    What the executives have settled is settled: it counts in no new pattern. `escalation_id` is
    the open one, whose incidents do count; `reporter_id` says whose view `seen` is.
    """
    patterns = tuple(windows)
    if not patterns:
        return Tallies({}, {})
    values: dict[str, Any] = {_start(pattern): start for pattern, start in windows.items()}
    values |= {"client": client_id, "open": escalation_id or 0}
    rows = [tuple(row) for row in session.connection().execute(counting(patterns), values)]
    if newcomer:
        rows.append((newcomer.reporter_id, newcomer.confidential, *[1] * len(patterns)))
    # A reporter sees what is not confidential, and all of their own: Incident.seen_by, in counts.
    seen = [row for row in rows if not row[1] or row[0] == reporter_id]
    return Tallies(_summed(rows, patterns), _summed(seen, patterns))


@cache
def _open_one() -> Select[Escalation]:
    is_open = Escalation.status != EscalationStatus.SETTLED
    return select(Escalation).where(Escalation.client_id == bindparam("client"), is_open)


@cache
def counting(patterns: tuple[Pattern, ...]) -> Select[*tuple[Any, ...]]:
    """Return the query, built once: a row for each reporter, their sealed records apart.

    It reads the index on a client's history alone, no further back than the patterns go.
    """
    met = [_met(pattern) for pattern in patterns]
    longest = _bound(max(patterns, key=lambda pattern: pattern.days))
    return (
        select(
            INCIDENTS.reporter_id,
            INCIDENTS.confidential,
            *(func.count().filter(condition) for condition in met),
        )
        .where(
            INCIDENTS.client_id == bindparam("client"),
            INCIDENTS.occurred_at >= longest,
            INCIDENTS.counts.is_(True),
            or_(
                INCIDENTS.escalation_id.is_(None),
                INCIDENTS.escalation_id == bindparam("open"),
            ),
            or_(*met),
        )
        .group_by(INCIDENTS.confidential, INCIDENTS.reporter_id)
    )


def _met(pattern: Pattern) -> ColumnElement[bool]:
    """Return the condition of `rules.meets`, within the window."""
    conditions = [INCIDENTS.occurred_at >= _bound(pattern)]
    if pattern.conduct:
        kind = select(KINDS.id).where(KINDS.code == pattern.conduct).scalar_subquery()
        conditions.append(INCIDENTS.conduct_type_id == kind)
    if pattern.severity > 1:
        conditions.append(INCIDENTS.severity >= pattern.severity)
    if pattern.comfort:
        conditions.append(INCIDENTS.comfort == pattern.comfort)
    return and_(*conditions)


def _bound(pattern: Pattern) -> BindParameter[datetime]:
    return bindparam(_start(pattern), type_=UtcDateTime)


def _start(pattern: Pattern) -> str:
    return f"start_{pattern.days}"


def _summed(rows: Sequence[Counted], patterns: Sequence[Pattern]) -> dict[Pattern, Tally]:
    return {pattern: _tally(rows, place) for place, pattern in enumerate(patterns, start=2)}


def _tally(rows: Iterable[Counted], place: int) -> Tally:
    meeting = [row for row in rows if row[place]]
    technicians = {row[0] for row in meeting}
    return Tally(incidents=sum(row[place] for row in meeting), technicians=len(technicians))
