"""The plain values that the rules weigh, counted by the database; quick, for a submission waits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.escalations.rules import Pattern, Tally
from models import ConductType, Escalation, EscalationStatus, Incident
from models.base import UtcDateTime


INCIDENTS, KINDS = Incident.__table__.c, ConductType.__table__.c
ESCALATIONS = Escalation.__table__.c


@dataclass(frozen=True)
class Tallies:
    """What each pattern's window holds: in truth, and as far as the reporter may see."""

    everything: Mapping[Pattern, Tally]
    seen: Mapping[Pattern, Tally]


def before(session: Session, incident: Incident) -> tuple[str, int | None]:
    """Return the code of the incident's conduct, and the client's unsettled escalation's id."""
    values = {"kind": incident.conduct_type_id, "client": incident.client_id}
    code, escalation_id = session.connection().execute(looking(), values).one()
    return code, escalation_id


def tallies(
    session: Session,
    incident: Incident,
    windows: Mapping[Pattern, datetime],
    unsettled_id: int | None = None,
) -> Tallies:
    """Return what the client's record holds since each pattern's start, the incident included.

    What the executives have settled is settled: it counts in no new pattern.
    """
    patterns = tuple(windows)
    if not patterns:
        return Tallies({}, {})
    values: dict[str, Any] = {_start(pattern): start for pattern, start in windows.items()}
    values |= {"client": incident.client_id, "unsettled": unsettled_id or 0}
    rows = session.connection().execute(counting(patterns), values).all()
    # A reporter sees what is not sealed, and all of their own: Incident.seen_by, in counts.
    seen = [row for row in rows if not row.confidential or row.reporter_id == incident.reporter_id]
    return Tallies(_summed(rows, patterns), _summed(seen, patterns))


@cache
def looking() -> Select[str, int | None]:
    """Return the look-up of what comes before counting, built once."""
    unsettled = (
        select(ESCALATIONS.id)
        .where(
            ESCALATIONS.client_id == bindparam("client"),
            ESCALATIONS.status != EscalationStatus.SETTLED,
        )
        .scalar_subquery()
    )
    return select(KINDS.code, unsettled).where(KINDS.id == bindparam("kind"))


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
                INCIDENTS.escalation_id == bindparam("unsettled"),
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


def _summed(
    rows: Iterable[Row[*tuple[Any, ...]]], patterns: Sequence[Pattern]
) -> dict[Pattern, Tally]:
    kept = list(rows)
    return {pattern: _tally(kept, place) for place, pattern in enumerate(patterns, start=2)}


def _tally(rows: Iterable[Row[*tuple[Any, ...]]], place: int) -> Tally:
    meeting = [row for row in rows if row[place]]
    technicians = {row.reporter_id for row in meeting}
    return Tally(incidents=sum(row[place] for row in meeting), technicians=len(technicians))
