"""Many rows in one statement, as JSON: row by row, Python would hold the database for seconds."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, ColumnElement, Text, cast, column, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session


def given(session: Session, rows: Sequence[Sequence[Any]]) -> ColumnElement[Any]:
    """Return the column of these rows, for a statement to select from."""
    each = func.json_each if _is_sqlite(session) else func.json_array_elements
    return each(literal(rows, JSON)).table_valued(column("value", JSON)).c.value


def kept(session: Session, *columns: InstrumentedAttribute[Any]) -> str:
    """Return the columns of every row as a JSON list of lists, for `json.loads`."""
    rows, row = func.json_agg, func.json_build_array
    if _is_sqlite(session):
        rows, row = func.json_group_array, func.json_array
    return session.scalar(select(cast(rows(row(*columns)), Text))) or "[]"


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
