"""Incident numbers: INC-YYYY-NNNN, without gaps or duplicates however many record at once."""

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import NumberSeries


def next_number(session: Session, year: int) -> str:
    """Return the year's next number. Its row stays locked until the transaction ends.

    A transaction that is rolled back gives its number back, since the row is rolled back too.
    """
    insert = _insert(session).values(year=year, last=1)
    last: int = session.execute(insert).scalar_one()
    return f"INC-{year}-{last:04d}"


def _insert(session: Session) -> Insert:
    if session.get_bind().dialect.name == "sqlite":
        lite = sqlite.insert(NumberSeries)
        return lite.on_conflict_do_update(
            index_elements=[NumberSeries.year], set_={"last": NumberSeries.last + 1}
        ).returning(NumberSeries.last)
    post = postgresql.insert(NumberSeries)
    return post.on_conflict_do_update(
        index_elements=[NumberSeries.year], set_={"last": NumberSeries.last + 1}
    ).returning(NumberSeries.last)
