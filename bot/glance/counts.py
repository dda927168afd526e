"""A client's last twelve months at a glance: counts, and nobody's words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    cast,
    desc,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from bot.glance.months import last_months, month_starts
from models import ConductType, Incident, Severity
from models.base import UtcDateTime
from models.text import fold


Counts = tuple[tuple[str, int], ...]
NAMES_COMPARED = 100
"""The most frequent spellings of contacts that are brought together."""

INCIDENTS, KINDS = Incident.__table__.c, ConductType.__table__.c


@dataclass(frozen=True)
class Glance:
    """Counts over the last twelve calendar months, of the incidents that count.

    `by_conduct` most frequent first, `by_severity` worst first, both without zeros; `months`
    oldest first; `span` is the first and the last of them, as in 202611; `named` is how many
    incidents name a contact at all.
    """

    total: int
    by_conduct: Counts
    by_severity: Counts
    months: tuple[int, ...]
    top_contact: tuple[str, int] | None
    named: int
    minutes_lost: int
    span: tuple[int, int]


Sum = Row[int, int, str, int, int]
"""Of what, which one by number, which one by name, incidents, minutes lost."""

MONTH, SEVERITY, CONDUCT, CONTACT = range(4)


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
    asked = {
        "client": client_id,
        "since": month_starts(now, timezone)[0],
        "first": months[0],
        "last": months[-1],
        "viewer": person_id,
    }
    sums = session.connection().execute(_sums(executive=executive), asked).all()
    return _summed(sums, months)


@cache
def _sums(*, executive: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """Return all sums in one question: by month, by severity, by conduct, by contact."""
    groups = _groups(executive=executive)
    sums = func.sum(groups.c.incidents), func.sum(groups.c.minutes_lost)
    nameless: ColumnElement[str] = literal_column("''", String)
    named = _most_frequent(groups).subquery()
    return union_all(
        select(_of(MONTH), groups.c.month, nameless, *sums).group_by(groups.c.month),
        select(_of(SEVERITY), groups.c.severity, nameless, *sums).group_by(groups.c.severity),
        select(_of(CONDUCT), _of(0), KINDS.short, *sums)
        .join_from(groups, ConductType.__table__, KINDS.id == groups.c.conduct_type_id)
        .group_by(KINDS.short),
        select(_of(CONTACT), _of(0), named.c.contact, named.c.incidents, _of(0)),
    )


def _groups(*, executive: bool) -> CTE:
    """Return the client's incidents in groups, read once and from the index on history alone."""
    keys = (INCIDENTS.month, INCIDENTS.conduct_type_id, INCIDENTS.severity, INCIDENTS.contact)
    # As integers: PostgreSQL would add up big ones to a number of arbitrary precision.
    count = cast(func.count(), Integer).label("incidents")
    minutes = cast(func.coalesce(func.sum(INCIDENTS.minutes_lost), 0), Integer)
    return (
        select(*keys, count, minutes.label("minutes_lost"))
        .where(*_wanted(executive=executive))
        .group_by(*keys)
        .cte("groups")
    )


def _wanted(*, executive: bool) -> Iterator[ColumnElement[bool]]:
    yield INCIDENTS.client_id == bindparam("client")
    yield INCIDENTS.occurred_at >= bindparam("since", type_=UtcDateTime)
    yield INCIDENTS.month.between(bindparam("first"), bindparam("last"))
    yield INCIDENTS.counts.is_(True)
    if not executive:
        own = INCIDENTS.reporter_id == bindparam("viewer", type_=String)
        yield or_(INCIDENTS.confidential.is_(False), own)


def _of(number: int) -> ColumnElement[int]:
    return literal_column(str(number), Integer)


def _most_frequent(groups: CTE) -> Select[str, int]:
    """Return the contacts as they were written, most frequent first."""
    count = func.sum(groups.c.incidents).label("incidents")
    return (
        select(groups.c.contact, count)
        .where(groups.c.contact != "")
        .group_by(groups.c.contact)
        .order_by(desc(count), groups.c.contact)
        .limit(NAMES_COMPARED)
    )


def _summed(sums: Iterable[Sum], months: Sequence[int]) -> Glance:
    by_month, severities = Counter[int](), Counter[int]()
    conducts, contacts = Counter[str](), Counter[str]()
    minutes = 0
    for of, number, name, count, lost in sums:
        if of == MONTH:
            by_month[number] = count
            minutes += lost
        elif of == SEVERITY:
            severities[number] = count
        else:
            (conducts if of == CONDUCT else contacts)[name] = count
    return Glance(
        total=by_month.total(),
        by_conduct=_in_order(conducts),
        by_severity=tuple(
            (severity.label, severities[severity])
            for severity in sorted(Severity, reverse=True)
            if severities[severity]
        ),
        months=tuple(by_month[month] for month in months),
        top_contact=_most_named(_in_order(contacts)),
        named=contacts.total(),
        minutes_lost=minutes,
        span=(months[0], months[-1]),
    )


def _in_order(counts: Counter[str]) -> Counts:
    """Return them most frequent first."""
    return tuple(sorted(counts.items(), key=lambda found: (-found[1], found[0])))


def _most_named(contacts: Counts) -> tuple[str, int] | None:
    """Return the contact named most; spellings that fold alike are one person."""
    spelt: dict[str, str] = {}
    counts = Counter[str]()
    for name, count in contacts:
        spelt.setdefault(fold(name), name)
        counts[fold(name)] += count
    if not counts:
        return None
    folded, count = _in_order(counts)[0]
    return spelt[folded], count
