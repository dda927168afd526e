"""Incident numbers: INC-YYYY-NNNN, without gaps or duplicates however many record at once."""

from functools import cache

from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from models import NumberSeries


def next_number(session: Session, year: int) -> str:
    """Return the year's next number. Its row stays locked until the transaction ends.

    A transaction that is rolled back gives its number back, since the row is rolled back too.
    """
    connection = session.connection()
    statement = _one_more(connection.dialect.name)
    last: int = connection.execute(statement, {"year": year, "first": 1}).scalar_one()
    return f"INC-{year}-{last:04d}"


@cache
def _one_more(dialect: str) -> ReturningInsert[int]:
    series = NumberSeries.metadata.tables[NumberSeries.__tablename__]
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    first = insert(series).values(year=bindparam("year"), last=bindparam("first"))
    more = {"last": series.c.last + 1}
    upsert = first.on_conflict_do_update(index_elements=[series.c.year], set_=more)
    return upsert.returning(series.c.last)
