"""A client's last twelve months at a glance: counts, and nobody's words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, bindparam, desc, func, select
from sqlalchemy.orm import Session

from bot.history.months import last_months
from models import ConductType, MonthlyContact, MonthlyCount, Severity
from models.text import fold


Counts = tuple[tuple[str, int], ...]
NAMES_COMPARED = 100
"""The most frequent spellings of contacts that are brought together."""

KINDS = ConductType.__table__.c
COUNTED, CONTACTS = MonthlyCount.__table__.c, MonthlyContact.__table__.c


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
"""Month, severity, conduct's short name, incidents, minutes lost."""


def glance(
    session: Session,
    client_id: int,
    *,
    now: datetime,
    timezone: tzinfo,
    person_id: str = "",
    executive: bool = True,
) -> Glance:
    """Return what this person may know in counts; the current month is that of `timezone`."""
    months = last_months(now, timezone)
    asked = {"client": client_id, "first": months[0], "last": months[-1], "viewer": person_id}
    connection = session.connection()
    cells = connection.execute(_cells(executive=executive), asked).all()
    contacts = connection.execute(_contacts(executive=executive), asked).all()
    return _summed(cells, contacts, months)


@cache
def _cells(*, executive: bool) -> Select[*tuple[Any, ...]]:
    counted = (KINDS.short, COUNTED.incidents, COUNTED.minutes_lost)
    return (
        select(COUNTED.month, COUNTED.severity, *counted)
        .join_from(MonthlyCount.__table__, ConductType.__table__)
        .where(*_wanted(COUNTED, executive=executive))
    )


@cache
def _contacts(*, executive: bool) -> Select[*tuple[Any, ...]]:
    """Return the contacts as they were written, most frequent first."""
    count = func.sum(CONTACTS.incidents)
    return (
        select(CONTACTS.contact, count)
        .where(*_wanted(CONTACTS, executive=executive))
        .group_by(CONTACTS.contact)
        .order_by(desc(count), CONTACTS.contact)
        .limit(NAMES_COMPARED)
    )


def _wanted(columns: Any, *, executive: bool) -> Iterator[ColumnElement[bool]]:  # noqa: ANN401 - the columns of either table
    yield columns.client_id == bindparam("client")
    yield columns.month.between(bindparam("first"), bindparam("last"))
    yield columns.incidents > 0
    if not executive:
        yield columns.reader.in_(("", bindparam("viewer", type_=String)))


def _summed(
    cells: Iterable[Cell], contacts: Sequence[Row[str, int]], months: Sequence[int]
) -> Glance:
    by_month, severities, conducts = Counter[int](), Counter[int](), Counter[str]()
    minutes = 0
    for month, severity, short, count, lost in cells:
        by_month[month] += count
        severities[severity] += count
        conducts[short] += count
        minutes += lost
    return Glance(
        total=by_month.total(),
        by_conduct=tuple(sorted(conducts.items(), key=lambda found: (-found[1], found[0]))),
        by_severity=tuple(
            (severity.label, severities[severity])
            for severity in sorted(Severity, reverse=True)
            if severities[severity]
        ),
        months=tuple(by_month[month] for month in months),
        top_contact=_most_named(contacts),
        named=sum(count for _, count in contacts),
        minutes_lost=minutes,
    )


def _most_named(contacts: Iterable[Row[str, int]]) -> tuple[str, int] | None:
    """Return the contact named most; spellings that fold alike are one person."""
    spelt: dict[str, str] = {}
    counts = Counter[str]()
    for name, count in contacts:
        spelt.setdefault(fold(name), name)
        counts[fold(name)] += count
    if not counts:
        return None
    folded, count = min(counts.items(), key=lambda found: (-found[1], found[0]))
    return spelt[folded], count
