"""The declarative base: constraint names, times in UTC, enums kept by their value."""

from datetime import UTC, datetime
from enum import Enum as PythonEnum
from typing import Annotated, Any

from sqlalchemy import DateTime, Dialect, Enum, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, mapped_column


NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


REVISION = "0004"
"""The migration that these tables are of: the newest in alembic/versions, which count up."""


class Base(DeclarativeBase):
    """Every table descends from this, so that every constraint has a name a migration can use."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept in UTC and handed back aware. A naive one is refused: it names no moment."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC, without zone where the database keeps none."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a moment needs a time zone"
            raise ValueError(msg)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        """Return the moment aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def by_value(kind: type[PythonEnum], name: str) -> Enum:
    """Return a column type that keeps an enum's value and lets the database refuse any other."""

    def values(members: type[PythonEnum]) -> list[Any]:
        return [member.value for member in members]

    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=values,
    )


Key = Annotated[int, mapped_column(primary_key=True)]
ID_LENGTH = 32
SlackId = Annotated[str, mapped_column(String(ID_LENGTH))]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
