"""A client's last twelve months at a glance: counts, and nobody's words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import ColumnElement, Row, Select, case, desc, func, select
from sqlalchemy.orm import Session

from bot.history.months import month_starts
from models import ConductType, Incident, Severity
from models.text import fold


Counts = tuple[tuple[str, int], ...]
NAMES_COMPARED = 100
"""The most frequent spellings of contacts that are brought together."""


@dataclass(frozen=True)
class Glance:
    """Counts over the last twelve calendar months, of the incidents that count.

    `by_conduct` most frequent first, `by_severity` worst first, both without zeros; `months`
    oldest first; `named` is how many incidents name a contact at all.
    """

    total: int
    by_conduct: Counts
    by_severity: Counts
    months: tuple[int, ...]
    top_contact: tuple[str, int] | None
    named: int
    minutes_lost: int


Cell = Row[int, int, str, int, int]
"""Month's index, severity, conduct's short name, incidents, minutes lost."""


def glance(
    session: Session,
    client_id: int,
    *,
    now: datetime,
    timezone: tzinfo,
    person_id: str = "",
    executive: bool = True,
) -> Glance:
    """Return what this person may know in counts; months are those of `timezone`."""
    starts = month_starts(now, timezone)
    wanted = (
        Incident.client_id == client_id,
        Incident.occurred_at >= starts[0],
        Incident.counts.is_(True),
        Incident.seen_by(person_id, executive=executive),
    )
    cells = session.execute(cells_of(wanted, starts)).all()
    contacts = session.execute(contacts_of(wanted)).all()
    return _summed(cells, contacts, len(starts))


def cells_of(
    wanted: Iterable[ColumnElement[bool]], starts: Sequence[datetime]
) -> Select[int, int, str, int, int]:
    """Return the counts by month, severity and conduct."""
    month = case(
        *((Incident.occurred_at < start, index) for index, start in enumerate(starts[1:])),
        else_=len(starts) - 1,
    ).label("month")
    return (
        select(
            month,
            Incident.severity,
            ConductType.short,
            func.count(),
            func.coalesce(func.sum(Incident.minutes_lost), 0),
        )
        .join(ConductType, ConductType.id == Incident.conduct_type_id)
        .where(*wanted)
        .group_by(month, Incident.severity, ConductType.short)
    )


def contacts_of(wanted: Iterable[ColumnElement[bool]]) -> Select[str | None, int]:
    """Return the contacts as they were written, most frequent first."""
    count = func.count()
    return (
        select(Incident.contact, count)
        .where(*wanted, Incident.contact.is_not(None), Incident.contact != "")
        .group_by(Incident.contact)
        .order_by(desc(count), Incident.contact)
        .limit(NAMES_COMPARED)
    )


def _summed(cells: Sequence[Cell], contacts: Sequence[Row[str | None, int]], span: int) -> Glance:
    months, severities, conducts = Counter[int](), Counter[int](), Counter[str]()
    minutes = 0
    for month, severity, short, count, lost in cells:
        months[month] += count
        severities[severity] += count
        conducts[short] += count
        minutes += int(lost)
    return Glance(
        total=months.total(),
        by_conduct=tuple(sorted(conducts.items(), key=lambda found: (-found[1], found[0]))),
        by_severity=tuple(
            (severity.label, severities[severity])
            for severity in sorted(Severity, reverse=True)
            if severities[severity]
        ),
        months=tuple(months[index] for index in range(span)),
        top_contact=_most_named(contacts),
        named=sum(count for _, count in contacts),
        minutes_lost=minutes,
    )


def _most_named(contacts: Iterable[Row[str | None, int]]) -> tuple[str, int] | None:
    """Return the contact named most; spellings that fold alike are one person."""
    spelt: dict[str, str] = {}
    counts = Counter[str]()
    for name, count in contacts:
        if name is not None:
            spelt.setdefault(fold(name), name)
            counts[fold(name)] += count
    if not counts:
        return None
    folded, count = min(counts.items(), key=lambda found: (-found[1], found[0]))
    return spelt[folded], count
