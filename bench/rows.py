"""Three years of made-up incidents, in any number, loaded as fast as each database can."""

import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count
from typing import Any

import psycopg
from sqlalchemy import Table
from sqlalchemy.schema import CreateIndex, DropIndex

from bench.databases import add_clients
from models import Database, Incident


YEARS_OF_DAYS = 3 * 365
ZIPF = 0.7
"""Of 5,000 clients the busiest then has 2.5 % of all incidents, the median one 0.01 %."""

COLUMNS = (
    *("id", "number", "client_id", "conduct_type_id", "severity", "occurred_at", "month"),
    *("recorded_at", "withdrawn_at", "counts", "confidential", "reporter_id"),
    *("reporter_name", "contact", "comfort", "minutes_lost", "what_happened", "search_text"),
    *("answers", "attention"),
)
TEXTS = tuple(
    f"Rang at {hour} about {thing}. Was told what happens next and when. {end}"
    for hour in ("eight", "nine", "ten", "noon", "two", "three", "five", "six")
    for thing in ("the printer", "an invoice", "a lost password", "the backup", "the new laptop")
    for end in (
        "Shouted that this is no way to treat a customer, then hung up.",
        "Said that nobody may open a ticket for it and that it must be done within the hour.",
        "Did not answer the three mails in which we asked for the approval.",
    )
)
HURRY = (
    *("journal_mode = OFF", "synchronous = OFF", "cache_size = -500000", "temp_store = MEMORY"),
    "ignore_check_constraints = ON",
)
Row = tuple[Any, ...]


def busiest_and_median(clients: int) -> tuple[int, int]:
    """Return the ids of the client with the most incidents, and of the one in the middle."""
    return 1, (clients + 1) // 2


def load(database: Database, incidents: int, clients: int) -> None:
    """Fill a migrated database with so many incidents of so many clients."""
    add_clients(database, clients)
    rows = made_up(incidents, clients, datetime.now(UTC))
    if database.is_sqlite:
        _into_sqlite(database, rows)
    else:
        _into_postgresql(database, rows)


def made_up(incidents: int, clients: int, now: datetime) -> Iterator[Row]:
    """Yield rows in the order of time, the same for the same numbers, up to now."""
    luck = random.Random(11)  # noqa: S311 - no secret: the same incidents each time
    weights = list(accumulate(rank**-ZIPF for rank in range(1, clients + 1)))
    whose = luck.choices(range(1, clients + 1), cum_weights=weights, k=incidents)
    kinds = luck.choices(range(1, 9), (30, 15, 15, 10, 5, 10, 10, 5), k=incidents)
    levels = luck.choices((1, 2, 3, 4), (45, 35, 15, 5), k=incidents)
    endings = luck.choices([_ending(luck) for _ in range(5000)], k=incidents)
    each = zip(count(1), _moments(incidents, now), whose, kinds, levels, endings, strict=False)
    for number, at, client, kind, level, (withdrawn, *rest) in each:
        name = f"INC-{at[:4]}-{number:07d}"
        gone, counts = (at, 0) if withdrawn else (None, 1)
        month = int(at[:4] + at[5:7])
        yield (number, name, client, kind, level, at, month, at, gone, counts, *rest)


def _ending(luck: random.Random) -> Row:
    """Return whether it was withdrawn, and the columns from `confidential` on."""
    who, text = luck.randrange(40), luck.choice(TEXTS)
    return (
        _happens(luck, 2),
        int(_happens(luck, 2)),
        f"U_TECH{who}",
        f"Technician {who}",
        f"Contact {luck.randrange(3)}" if _happens(luck, 70) else None,
        "no" if _happens(luck, 5) else None,
        luck.randrange(60) if _happens(luck, 50) else None,
        text,
        text.lower(),
        "{}",
        0,
    )


def _happens(luck: random.Random, percent: int) -> bool:
    return luck.randrange(100) < percent


def _moments(count: int, now: datetime) -> Iterator[str]:
    """Yield so many moments, evenly over the years before now, as SQLite keeps them."""
    begin = (now - timedelta(days=YEARS_OF_DAYS)).replace(hour=0, minute=0, second=0)
    days = [f"{begin + timedelta(days=day):%Y-%m-%d}" for day in range(YEARS_OF_DAYS + 1)]
    clock = [f"{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}" for at in range(86_400)]
    step = YEARS_OF_DAYS * 86_400 / count
    for number in range(count):
        day, second = divmod(int(number * step), 86_400)
        yield f"{days[day]} {clock[second]}.000000"


def _into_sqlite(database: Database, rows: Iterable[Row]) -> None:
    marks = ", ".join("?" for _ in COLUMNS)
    insert = f"INSERT INTO incidents ({', '.join(COLUMNS)}) VALUES ({marks})"  # noqa: S608 - ours
    database.dispose()  # nobody else may be connected while its journal is off
    connection = sqlite3.connect(str(database.url.database), isolation_level=None)
    with closing(connection):
        for pragma in HURRY:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        drops, creations = _indexes(database)
        for statement in drops:
            connection.execute(statement)
        connection.executemany(insert, rows)
        for statement in creations:
            connection.execute(statement)
        connection.execute("COMMIT")


def _into_postgresql(database: Database, rows: Iterable[Row]) -> None:
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        # Whom the rows name is there: to look for each would take longer than the load.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '512MB'")
        drops, creations = _indexes(database)
        for statement in drops:
            connection.execute(statement)
        with connection.cursor() as cursor, cursor.copy(_copying()) as copy:
            for block in _blocks(rows):
                copy.write(block)
        for statement in creations:
            connection.execute(statement)
        # What autovacuum would have done as the rows came over the years.
        connection.execute("VACUUM ANALYZE incidents")


def _indexes(database: Database) -> tuple[list[str], list[str]]:
    """Return what drops the indexes on incidents, and what makes them again."""
    table = Incident.__table__
    assert isinstance(table, Table)
    dialect, indexes = (
        database.engine.dialect,
        sorted(table.indexes, key=lambda each: str(each.name)),
    )
    return (
        [str(DropIndex(index).compile(dialect=dialect)) for index in indexes],
        [str(CreateIndex(index).compile(dialect=dialect)) for index in indexes],
    )


def _copying() -> bytes:
    return f"COPY incidents ({', '.join(COLUMNS)}) FROM STDIN".encode()


def _blocks(rows: Iterable[Row], size: int = 2000) -> Iterator[str]:
    lines: list[str] = []
    for row in rows:
        lines.append(_as_text(row))
        if len(lines) == size:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def _as_text(row: Sequence[Any]) -> str:
    return "\t".join("\\N" if value is None else str(value) for value in row) + "\n"
