"""The plain values that the rules weigh: one look at one client's last 90 days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from bot.escalations.rules import PATTERNS, Pattern, Tally, window_start
from models import ConductType, Incident
from models.base import UtcDateTime


INCIDENTS, KINDS = Incident.__table__.c, ConductType.__table__.c
FIGURES = 2
"""How many figures the query gives for each pattern: incidents, and whether this one is in."""


@dataclass(frozen=True)
class Tallies:
    """What each pattern's window holds: in truth, and as far as the reporter may see."""

    everything: Mapping[Pattern, Tally]
    seen: Mapping[Pattern, Tally]


def tallies(
    session: Session,
    incident: Incident,
    *,
    now: datetime,
    timezone: tzinfo,
    patterns: tuple[Pattern, ...] = PATTERNS,
) -> Tallies:
    """Return what each pattern's window holds for the incident's client, itself included."""
    starts = {days: window_start(now, days, timezone) for days in _windows(patterns)}
    values: dict[str, Any] = {_start(days): start for days, start in starts.items()}
    values |= {"client": incident.client_id, "this": incident.id}
    rows = session.connection().execute(counting(patterns), values).all()
    # A reporter sees what is not sealed, and all of their own: Incident.visible_to, in counts.
    seen = [row for row in rows if not row.confidential or row.reporter_id == incident.reporter_id]
    return Tallies(_summed(rows, patterns), _summed(seen, patterns))


@cache
def counting(patterns: tuple[Pattern, ...]) -> Select[*tuple[Any, ...]]:
    """Return the query, built once: a row for each reporter, their sealed records apart.

    It reads the index on a client's history alone.
    """
    figures: list[ColumnElement[int]] = []
    for pattern in patterns:
        met = _met(pattern)
        figures += (func.count().filter(met), func.count().filter(met, _is_this()))
    longest = bindparam(_start(max(_windows(patterns))), type_=UtcDateTime)
    return (
        select(INCIDENTS.reporter_id, INCIDENTS.confidential, *figures)
        .where(
            INCIDENTS.client_id == bindparam("client"),
            INCIDENTS.occurred_at >= longest,
            INCIDENTS.counts.is_(True),
        )
        .group_by(INCIDENTS.reporter_id, INCIDENTS.confidential)
    )


def _met(pattern: Pattern) -> ColumnElement[bool]:
    conditions = [INCIDENTS.occurred_at >= bindparam(_start(pattern.days), type_=UtcDateTime)]
    if pattern.conduct:
        kind = select(KINDS.id).where(KINDS.code == pattern.conduct).scalar_subquery()
        conditions.append(INCIDENTS.conduct_type_id == kind)
    if pattern.severity > 1:
        conditions.append(INCIDENTS.severity >= pattern.severity)
    if pattern.comfort:
        conditions.append(INCIDENTS.comfort == pattern.comfort)
    return and_(*conditions)


def _is_this() -> ColumnElement[bool]:
    return INCIDENTS.id == bindparam("this")


def _summed(
    rows: Iterable[Row[*tuple[Any, ...]]], patterns: tuple[Pattern, ...]
) -> dict[Pattern, Tally]:
    kept = list(rows)
    return {pattern: _tally(kept, 2 + index * FIGURES) for index, pattern in enumerate(patterns)}


def _tally(rows: Iterable[Row[*tuple[Any, ...]]], first: int) -> Tally:
    meeting = [row for row in rows if row[first]]
    return Tally(
        incidents=sum(row[first] for row in meeting),
        technicians=len({row.reporter_id for row in meeting}),
        has_this=any(row[first + 1] for row in meeting),
    )


def _windows(patterns: tuple[Pattern, ...]) -> set[int]:
    return {pattern.days for pattern in patterns}


def _start(days: int) -> str:
    return f"start_{days}"
