"""Databases to measure on: migrated, in temporary folders, as durable as in earnest."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import insert

from bench.names import client_names
from bench.server import ROOT
from models import Client, ClientStatus, Database
from models.text import fold
from tests.postgres import PostgresServer


Makes = Callable[[], contextlib.AbstractContextManager[str]]
"""Gives the URL of a new, migrated database, which goes when the block ends."""


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="on-record-bench-") as name:
        yield Path(name)


@contextlib.contextmanager
def sqlite() -> Iterator[Makes]:
    """Give what makes SQLite files."""

    @contextlib.contextmanager
    def make() -> Iterator[str]:
        with temporary_folder() as folder:
            yield _migrated(f"sqlite:///{folder}/on_record.db")

    yield make


@contextlib.contextmanager
def postgresql() -> Iterator[Makes]:
    """Give what makes databases in one PostgreSQL, which keeps what it says it has kept."""
    with PostgresServer(durable=True) as server:
        _migrated(server.url)
        yield server.fresh_database
        time.sleep(0.5)  # what served the closed connections ends before the server is stopped


KINDS = {"SQLite": sqlite, "PostgreSQL": postgresql}
BOTH, ONE = tuple(KINDS), ("SQLite",)


@contextlib.contextmanager
def opened(url: str) -> Iterator[Database]:
    """Give the database as the bot would open it, without a limit on time."""
    database = Database(url, patience=None)
    try:
        yield database
    finally:
        database.dispose()


def add_clients(database: Database, count: int) -> None:
    """Add so many clients, numbered from 1."""
    now = datetime.now(UTC)
    rows = [
        {
            "id": number,
            "name": name,
            "normalised": fold(name),
            "status": ClientStatus.ACTIVE,
            "added_at": now,
        }
        for number, name in enumerate(client_names(count), 1)
    ]
    with database.write() as session:
        session.execute(insert(Client), rows)


def _migrated(url: str) -> str:
    config = Config(ROOT / "alembic.ini")
    with opened(url) as database:
        engine = database.engine.execution_options(on_record_write=True)
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return url
