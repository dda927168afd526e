"""Keeps a client's counts by month in step with its records, in the same transaction."""

from functools import cache
from typing import Protocol

from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Insert

from models import Base, MonthlyContact, MonthlyCount


class Counted(Protocol):
    """What counts of an incident."""

    client_id: int
    month: int
    conduct_type_id: int
    severity: int
    contact: str | None
    minutes_lost: int | None
    confidential: bool
    reporter_id: str


def count_in(session: Session, incident: Counted) -> None:
    """Count the incident from now on."""
    _add(session, incident, 1)


def count_out(session: Session, incident: Counted) -> None:
    """Count it no longer; to be said before what it is counted by changes."""
    _add(session, incident, -1)


def _add(session: Session, incident: Counted, incidents: int) -> None:
    connection = session.connection()
    dialect = connection.dialect.name
    values = {
        "client_id": incident.client_id,
        "month": incident.month,
        "reader": incident.reporter_id if incident.confidential else "",
        "incidents": incidents,
    }
    kind = {
        "conduct_type_id": incident.conduct_type_id,
        "severity": incident.severity,
        "minutes_lost": incidents * (incident.minutes_lost or 0),
    }
    connection.execute(_adding(MonthlyCount, dialect), values | kind)
    if incident.contact:
        connection.execute(_adding(MonthlyContact, dialect), values | {"contact": incident.contact})


@cache
def _adding(kept: type[Base], dialect: str) -> Insert:
    """Return what adds to the row of these keys, made where there is none."""
    table = Base.metadata.tables[kept.__tablename__]
    keys = list(table.primary_key.columns)
    sums = [column for column in table.columns if not column.primary_key]
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table).values(
        {column.name: bindparam(column.name) for column in table.columns}
    )
    more = {column.name: column + insert.excluded[column.name] for column in sums}
    return insert.on_conflict_do_update(index_elements=keys, set_=more)
