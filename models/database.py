"""Engine and sessions from one URL, on SQLite and on PostgreSQL alike."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry


if TYPE_CHECKING:
    from models.impatient import Impatient

T = TypeVar("T")
log = logging.getLogger(__name__)
PATIENCE = 2.0
"""Seconds that anything here waits for a lock, a connection or a statement."""

UNSET = "sqlite:///on_record.db"
"""The database where DATABASE_URL is not set."""

SILENCE = 5.0
"""Seconds without a word after which a server that should have given up by itself is gone."""

_NOTICING = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""What has the kernel notice a lost machine in ten seconds, and not after hours."""

_GAVE_WAY = frozenset({"40001", "40P01"})
"""PostgreSQL's codes for a serialization failure and for a deadlock."""

_UNDEFINED = frozenset({"42P01", "42703"})
_FILES = frozenset({"sqlite", "sqlite+pysqlite"})
_AWAY = (OperationalError, InterfaceError, InternalError, ProgrammingError, PoolTimeoutError)


class DatabaseUnavailable(Exception):  # noqa: N818 - it reads as what happened
    """The database did not take or give what was asked; nothing of the transaction was kept."""


class GaveWay(DatabaseUnavailable):
    """The database rolled the transaction back for another one: a retry may succeed."""


class NotMigrated(DatabaseUnavailable):
    """The database answers, and lacks a table or a column that this program knows."""


def database_url(text: str) -> URL:
    """Return the URL with the driver we ship: `postgres://` and `postgresql://` mean psycopg 3."""
    url = make_url(text.replace("postgres://", "postgresql://", 1))
    if url.drivername == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    return url


def usable_url(text: str) -> URL:
    """Return the URL if it names a database that we work with; raises ValueError, without it."""
    with suppress(ArgumentError):
        url = database_url(text)
        name = url.database or ""
        if url.drivername == "postgresql+psycopg":
            return url
        if url.drivername in _FILES and name and ":memory:" not in name:
            return url
    raise ValueError("not the URL of a database that we work with")


def wanted_url(environ: Mapping[str, str]) -> str:
    """Return DATABASE_URL, or what it is where nobody set it; raises ValueError, without it."""
    url = environ.get("DATABASE_URL", "").strip() or UNSET
    usable_url(url)
    return url


class Database:
    """Short transactions on one database: `read()` looks, `write()` commits when the block ends.

    Both raise DatabaseUnavailable after PATIENCE seconds at the latest where the server says so.
    """

    def __init__(self, url: str, *, patience: float | None = PATIENCE) -> None:
        """`patience=None` lifts the statement limit, for long exports and migrations."""
        self.url = database_url(url)
        self.patience = patience
        self.engine = self._engine()
        self._writers = self.engine.execution_options(on_record_write=True)
        self._turn = threading.Lock()

    @property
    def is_sqlite(self) -> bool:
        """Return whether this is the file database, which takes one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    @property
    def is_made(self) -> bool:
        """Return whether there is one to look at: to open an SQLite file would make it."""
        if not self.is_sqlite or self.url.query:
            return True
        path = Path(self.url.database or "")
        return path.exists() or not path.parent.is_dir()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that is rolled back at the end."""
        with _saying_away(), Session(self.engine, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session; commit when the block ends, roll back if it raises."""
        with _saying_away(), self._my_turn(), Session(self._writers, autoflush=False) as session:
            yield session
            session.commit()

    def transact(self, work: Callable[[Session], T]) -> T:
        """Return what `work` returns, committed; retry it once if it gave way to another."""
        try:
            return self._transacted(work)
        except GaveWay:
            log.warning("transaction_gave_way")
            return self._transacted(work)

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    def _transacted(self, work: Callable[[Session], T]) -> T:
        with self.write() as session:
            return work(session)

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        # SQLite's own lock is unfair between threads of a process (waits of a second); ours is not.
        if not self.is_sqlite:
            yield
            return
        if not self._turn.acquire(timeout=PATIENCE if self.patience is None else self.patience):
            msg = "another write holds the database"
            raise DatabaseUnavailable(msg)
        try:
            yield
        finally:
            self._turn.release()

    def _engine(self) -> Engine:
        if self.url.get_backend_name() == "sqlite":
            timeout = self.patience or 60.0
            engine = create_engine(
                self.url, connect_args={"timeout": timeout, "check_same_thread": False}
            )
            event.listen(engine, "connect", partial(_tune_sqlite, timeout))
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        engine = create_engine(
            self.url,
            pool_size=10,
            max_overflow=20,
            pool_timeout=PATIENCE,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 2, "application_name": "on-record", **_NOTICING},
        )
        event.listen(engine, "do_connect", self._connect_postgresql)
        event.listen(engine, "connect", self._tune_postgresql)
        return engine

    def _connect_postgresql(
        self,
        _dialect: Dialect,
        _entry: ConnectionPoolEntry,
        given: list[Any],
        named: dict[str, Any],
    ) -> "Impatient":
        from models.impatient import Impatient  # noqa: PLC0415 - SQLite needs no psycopg

        connection = Impatient.connect(*given, **named)
        connection.patience = SILENCE if self.patience else None
        return connection

    def _tune_postgresql(self, connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 - a driver's connection
        limit = int((self.patience or 0) * 1000)
        connection.autocommit = True
        connection.execute(f"SET statement_timeout = {limit}")
        connection.execute(f"SET lock_timeout = {limit}")
        connection.autocommit = False


def _tune_sqlite(
    timeout: float, connection: sqlite3.Connection, _entry: ConnectionPoolEntry
) -> None:
    # FULL: evidence survives a power cut. isolation_level None: we say BEGIN ourselves.
    connection.isolation_level = None
    _use_wal(connection, time.monotonic() + timeout)
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _use_wal(connection: sqlite3.Connection, until: float) -> None:
    # SQLite's own timeout does not hold for this switch: two who open a new file would collide.
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("on_record_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _saying_away() -> Iterator[None]:
    try:
        yield
    except _AWAY as error:
        raise _kind_of(error)(type(error).__name__) from error


def _kind_of(error: Exception) -> type[DatabaseUnavailable]:
    if getattr(getattr(error, "orig", None), "sqlstate", None) in _GAVE_WAY:
        return GaveWay
    return NotMigrated if _lacks_something(error) else DatabaseUnavailable


def _lacks_something(error: Exception) -> bool:
    original = getattr(error, "orig", None)
    missing = str(original).startswith(("no such table", "no such column"))
    return missing or getattr(original, "sqlstate", None) in _UNDEFINED
