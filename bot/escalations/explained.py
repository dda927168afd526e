"""What a person may know of an escalation: only what the incidents that they may see explain.

The rules are applied again to those incidents alone, in the order of recording. So everybody finds
what they would find if nobody else had recorded anything confidential, and cannot tell whether
somebody did.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session

from bot.escalations.rules import (
    CRITICAL,
    PATTERNS,
    Filed,
    Pattern,
    Tally,
    meets,
    reasons,
    window_start,
    windows_of,
)
from models import Comfort, ConductType, Escalation, Incident, Severity


FEW, MOST = 30, 500
"""How many of an escalation's incidents are read, oldest first: the reason is among the first.

More than FEW are read only if these do not settle it.
"""

HIGHEST_ID = 2**31 - 1
INCIDENTS, KINDS, ESCALATIONS = (table.__table__.c for table in (Incident, ConductType, Escalation))

READ = (
    INCIDENTS.id,
    INCIDENTS.escalation_id,
    INCIDENTS.number,
    INCIDENTS.reporter_id,
    INCIDENTS.severity,
    INCIDENTS.comfort,
    INCIDENTS.attention,
    INCIDENTS.occurred_at,
    INCIDENTS.recorded_at,
    INCIDENTS.withdrawn_at,
    INCIDENTS.same_event_as_id,
)
"""What is read of each incident."""

Linked = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class Seen(Filed):
    """An incident that somebody may see; it `counts` unless it is a duplicate."""

    id: int
    reporter_id: str
    recorded_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Explained:
    """The part of an escalation that is explained: all since one incident, and some before it."""

    since: int
    earlier: frozenset[int]

    def holds(self, incident_id: int) -> bool:
        """Return whether the incident belongs to the explained part."""
        return incident_id >= self.since or incident_id in self.earlier


def explained(seen: Iterable[Seen], timezone: tzinfo) -> Explained | None:
    """Return what these incidents of one escalation, in the order of recording, explain of it."""
    first: int | None = None
    earlier: set[int] = set()
    before: list[Seen] = []
    for incident in seen:
        before.append(incident)
        why = reasons(incident, _tallies(incident, before, timezone))
        if why and first is None:
            first = incident.id
        days = max((reason.days for reason in why), default=0)
        if days:
            since = window_start(incident.recorded_at, days, timezone)
            earlier |= {one.id for one in _standing(before, incident) if one.occurred_at >= since}
        if first is not None and not _may_join(incident, before, first, earlier, timezone):
            break
    return None if first is None else Explained(first, frozenset(earlier))


def explained_to(
    session: Session,
    escalation_ids: Sequence[int],
    person_id: str,
    timezone: tzinfo,
    *,
    but: int = 0,
) -> dict[int, Explained]:
    """Return what is explained of these escalations to a person who is no executive.

    Escalations of which nothing is explained are left out. `but` is an incident to disregard.
    """
    asked = {"viewer": person_id, "but": but}
    found = {
        escalation: explained(_every(session, list(few), asked), timezone)
        for escalation, few in groupby(
            _read(session, escalation_ids, FEW, asked), key=lambda row: row.escalation_id
        )
    }
    return {escalation: part for escalation, part in found.items() if part}


def is_explained(session: Session, incident: Incident, timezone: tzinfo) -> bool:
    """Return whether the incident's reporter may know that it is before the executives."""
    escalation_id = incident.escalation_id
    if escalation_id is None:
        return False
    known = explained_to(session, [escalation_id], incident.reporter_id, timezone)
    part = known.get(escalation_id)
    return part is not None and part.holds(incident.id)


def _tallies(incident: Seen, before: Sequence[Seen], timezone: tzinfo) -> dict[Pattern, Tally]:
    """Return what the windows held when the incident was recorded."""
    windows = windows_of(incident, now=incident.recorded_at, timezone=timezone)
    counted = [one for one in _standing(before, incident) if one.counts] if windows else []
    return {pattern: _tally(pattern, start, counted) for pattern, start in windows.items()}


def _tally(pattern: Pattern, start: datetime, counted: Sequence[Seen]) -> Tally:
    held = [one for one in counted if one.occurred_at >= start and meets(one, pattern)]
    return Tally(len(held), len({one.reporter_id for one in held}))


def _standing(before: Iterable[Seen], incident: Seen) -> list[Seen]:
    """Return those that were not withdrawn when the incident was recorded."""
    at = incident.recorded_at
    return [one for one in before if one.withdrawn_at is None or one.withdrawn_at > at]


def _may_join(
    incident: Seen, before: Iterable[Seen], first: int, earlier: set[int], timezone: tzinfo
) -> bool:
    """Return whether a later reason can reach an incident that is not a part yet."""
    longest = max(pattern.days for pattern in PATTERNS)
    reach = window_start(incident.recorded_at, longest, timezone)
    return any(
        one.id < first and one.id not in earlier and one.occurred_at >= reach
        for one in _standing(before, incident)
    )


def _every(session: Session, few: Sequence[Linked], asked: Mapping[str, Any]) -> Iterator[Seen]:
    """Yield the incidents of one escalation; the later ones are read only if they are asked for."""
    yield from map(_seen, few)
    if len(few) == FEW:
        rows = _read(session, [few[0].escalation_id], MOST, asked)
        yield from map(_seen, rows[FEW:])


def _read(
    session: Session, escalation_ids: Sequence[int], most: int, asked: Mapping[str, Any]
) -> Sequence[Linked]:
    values = {**asked, "escalations": escalation_ids}
    return session.connection().execute(_linked(most), values).all()


@cache
def _linked(most: int) -> Select[*tuple[Any, ...]]:
    """Return the first incidents of each escalation that a person may see, in their order."""
    wanted = (
        INCIDENTS.escalation_id == ESCALATIONS.id,
        INCIDENTS.id != bindparam("but", type_=Integer),
        Incident.seen_by(bindparam("viewer", type_=String), executive=False),  # type: ignore[arg-type] # given later
    )
    last = (
        select(INCIDENTS.id)
        .where(*wanted)
        .order_by(INCIDENTS.id)
        .offset(most - 1)
        .limit(1)
        .correlate(Escalation.__table__)
        .scalar_subquery()
    )
    return (
        select(
            *READ,
            KINDS.code,
            _was_critical().label("was_critical"),
        )
        .join_from(Escalation.__table__, Incident.__table__, wanted[0])
        .join(ConductType.__table__, KINDS.id == INCIDENTS.conduct_type_id)
        .where(
            ESCALATIONS.id.in_(bindparam("escalations", type_=Integer, expanding=True)),
            INCIDENTS.id <= func.coalesce(last, HIGHEST_ID),
            *wanted,
        )
        .order_by(INCIDENTS.escalation_id, INCIDENTS.id)
    )


def _was_critical() -> ColumnElement[bool]:
    """Return whether the reporter called it critical only when the form was sent again."""
    lines = literal("\n").concat(ESCALATIONS.why).concat("\n")
    return lines.contains(literal(f"\n{CRITICAL}, ").concat(INCIDENTS.number).concat("\n"))


def _seen(row: Linked) -> Seen:
    return Seen(
        id=row.id,
        number=row.number,
        reporter_id=row.reporter_id,
        reporter_name="",
        conduct=row.code,
        severity=Severity.CRITICAL if row.was_critical else row.severity,
        comfort=Comfort(row.comfort) if row.comfort else None,
        attention=row.attention,
        counts=row.same_event_as_id is None,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        withdrawn_at=row.withdrawn_at,
    )
