"""Runs the migrations: one at a time on each database, however many are started."""

import os
import sys
from pathlib import Path
from typing import Any, Literal

from alembic import context
from dotenv import load_dotenv
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError, OperationalError

from models import Base, Database
from models.base import UtcDateTime
from models.database import wanted_url


SETTINGS = Path(__file__).resolve().parent.parent / ".env"
"""The file that the bot reads, and no other: a folder above may hold another program's."""

ONE_UPGRADE_AT_A_TIME = 7_241_108_733
BAD_URL = (
    "Nothing was migrated: DATABASE_URL is malformed, or .env cannot be read. Set DATABASE_URL to "
    "sqlite:///file.db or postgresql://user:password@host/name, and save .env in UTF-8."
)
FAILED = "Nothing was migrated. The database of DATABASE_URL refuses: {}."
AWAY = "Nothing was migrated: the database of DATABASE_URL does not answer. Is it running?"


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:  # noqa: ANN401 - alembic's own signature
    """Write our column type as SQLAlchemy's, so that a migration never imports the models."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    """Bring this connection's database to the wanted revision, or compare it with the models."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def url_of_settings() -> str:
    """Return DATABASE_URL, from the environment or .env; ends with status 2 where it does not do.

    What is said of it never repeats it: it may hold a password.
    """
    try:
        load_dotenv(SETTINGS)
        return wanted_url(os.environ)
    except (OSError, ValueError):
        sys.stderr.write(f"{BAD_URL}\n")
        sys.exit(2)


def connected(database: Database) -> Connection:
    """Return a connection that may write; ends with status 1 where the database is away."""
    try:
        return database.engine.execution_options(on_record_write=True).connect()
    except OperationalError:
        sys.stderr.write(f"{AWAY}\n")
        sys.exit(1)


def migrate_by_url() -> None:
    """Migrate the database of DATABASE_URL; ends with status 1 where that refuses it."""
    database = Database(url_of_settings(), patience=None)
    try:
        migrate_alone(database)
    except DatabaseError as error:
        sys.stderr.write(f"{FAILED.format(str(error.orig).splitlines()[0])}\n")
        sys.exit(1)
    database.dispose()


def migrate_alone(database: Database) -> None:
    """Migrate under a lock, so that two releases at once are safe."""
    with connected(database) as connection:
        if not database.is_sqlite:
            connection.execute(
                text("SELECT pg_advisory_lock(:key)"), {"key": ONE_UPGRADE_AT_A_TIME}
            )
            connection.commit()
        migrate(connection)
        connection.commit()


given = context.config.attributes.get("connection")
if given is None:
    migrate_by_url()
else:
    migrate(given)
