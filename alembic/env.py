"""Runs the migrations: one at a time on each database, whoever starts them."""

import os
from typing import Any, Literal

from alembic import context
from dotenv import load_dotenv
from sqlalchemy import Connection, text

from models import Base, Database
from models.base import UtcDateTime


ONE_UPGRADE_AT_A_TIME = 7_241_108_733


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


def migrate_by_url() -> None:
    """Migrate the database of DATABASE_URL under a lock, so that two releases at once are safe."""
    load_dotenv()
    database = Database(os.environ.get("DATABASE_URL") or "sqlite:///on_record.db", patience=None)
    with database.engine.execution_options(on_record_write=True).connect() as connection:
        if not database.is_sqlite:
            connection.execute(
                text("SELECT pg_advisory_lock(:key)"), {"key": ONE_UPGRADE_AT_A_TIME}
            )
            connection.commit()
        migrate(connection)
        connection.commit()
    database.dispose()


given = context.config.attributes.get("connection")
if given is None:
    migrate_by_url()
else:
    migrate(given)
