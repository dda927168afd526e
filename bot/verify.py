"""`python -m bot verify`: whether the record is whole, a line for each thing looked at.

Every question is one that the database adds up itself: a million records take no more memory
than ten.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import BigInteger, Row, Select, cast, func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from bot.check import Finding
from bot.health import Migrations
from bot.verify_rules import COMPARE, NUMBER, rules
from models import Database, DatabaseUnavailable, Incident, NumberSeries


NAMED = 5
"""Of what is not as it should be, how many are named before the rest is only counted."""

SOUND = "Keep a copy of the file, and go back to the last backup that is sound."
ANSWERS = "See whether it is reachable and its disk is sound, then run this again."
Look = Callable[[Session], Iterator[Finding]]


def findings(database: Database) -> Iterator[Finding]:
    """Look at everything as it is at one moment, also where some of it is not as it should be."""
    try:
        trouble = Migrations(database).trouble()
        if trouble:
            yield Finding("the record cannot be looked at", f"{trouble[0].upper()}{trouble[1:]}.")
            return
        yield from _looked_at(database)
    except (DatabaseError, DatabaseUnavailable) as error:
        yield _unanswered(error)


def _looked_at(database: Database) -> Iterator[Finding]:
    here_alone: tuple[Look, ...] = (_file, _references) if database.is_sqlite else ()
    with database.read() as session:
        if not database.is_sqlite:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        for look in (*here_alone, _numbers, _rules):
            try:
                yield from look(session)
            except DatabaseError as error:
                yield _unanswered(error)


def _unanswered(error: Exception) -> Finding:
    return Finding(f"the database could not answer ({type(error).__name__})", ANSWERS)


def _file(session: Session) -> Iterator[Finding]:
    told = session.scalars(text(f"PRAGMA integrity_check({NAMED})")).all()
    if told == ["ok"]:
        yield Finding("the SQLite file is sound")
    else:
        lines = "; ".join(" ".join(line.split()) for line in told)
        yield Finding(f"the SQLite file is damaged: {lines}", SOUND)


def _references(session: Session) -> Iterator[Finding]:
    query = text("PRAGMA foreign_key_check").execution_options(yield_per=1000)
    lost = Counter((row.table, row.parent) for row in session.execute(query))
    if not lost:
        yield Finding("every reference leads to a row")
    for (table, parent), count in lost.items():
        yield Finding(f"{count:,} of {table} lead to nothing in {parent}", COMPARE)


def _numbers(session: Session) -> Iterator[Finding]:
    """Yield a line for each year: its numbers run from 1 to the last one given out."""
    series = session.execute(select(NumberSeries.year, NumberSeries.last))
    given_out = {row.year: row.last for row in series}
    years = {int(row.year): row for row in session.execute(_by_year())}
    for year in sorted(given_out.keys() | years.keys()):
        wrong = list(_wrong_in(year, years.get(year), given_out.get(year, 0)))
        yield from wrong
        if not wrong:
            yield Finding(f"{year}: {given_out[year]:,} numbers, none missing or given out twice")


def _wrong_in(year: int, row: Row[Any] | None, last: int) -> Iterator[Finding]:
    highest = row.highest if row else 0
    if row and row.missing:
        first = f"INC-{year}-{row.first_missing:04d}"
        yield Finding(f"{year}: {row.missing:,} missing, the first is {first}", COMPARE)
    if row and row.twice:
        yield Finding(f"{year}: {row.twice:,} numbers are given out twice", COMPARE)
    if last > highest:
        end = f"INC-{year}-{last:04d}"
        yield Finding(f"{year}: the last {last - highest:,} missing, up to {end}", COMPARE)
    if last < highest:
        mend = f"Set the last number of {year} in the table number_series to {highest}."
        yield Finding(f"{year}: the next number is one that is given out already", mend)


def _by_year() -> Select[*tuple[Any, ...]]:
    year, number = func.substr(Incident.number, 5, 4), func.substr(Incident.number, 10)
    place = cast(number, BigInteger)
    before = func.lag(place, 1, 0).over(partition_by=year, order_by=place)
    each = (
        select(year.label("year"), place.label("place"), before.label("before"))
        .where(Incident.number.regexp_match(NUMBER))
        .subquery()
        .c
    )
    gap = each.place > each.before + 1
    return select(
        each.year,
        func.max(each.place).label("highest"),
        func.sum(each.place - each.before - 1).filter(gap).label("missing"),
        func.min(each.before + 1).filter(gap).label("first_missing"),
        func.count().filter(each.place == each.before).label("twice"),
    ).group_by(each.year)


def _rules(session: Session) -> Iterator[Finding]:
    for rule in rules():
        count = session.scalar(select(func.count()).select_from(rule.broken.subquery())) or 0
        if not count:
            yield Finding(rule.holds)
            continue
        names = ", ".join(session.scalars(rule.broken.limit(NAMED)))
        more = f" and {count - NAMED:,} more" if count > NAMED else ""
        yield Finding(f"{rule.fails}: {names}{more}", rule.mend)
