"""Whether this process can do its work: the database answers and knows the newest tables."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from functools import cached_property

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.config import ROOT
from models import Database, DatabaseUnavailable


AWAY = "the database of DATABASE_URL does not answer"
BEHIND = "the database is not at the newest migration: run `alembic upgrade head`"


class Migrations:
    """Compares a database with the migrations of this program."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @cached_property
    def newest(self) -> frozenset[str]:
        """Return the revisions that a database must be at."""
        return frozenset(ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_heads())

    def trouble(self) -> str:
        """Return why the database cannot be used, or "" where it can."""
        try:
            with self._database.read() as session:
                reached = MigrationContext.configure(session.connection()).get_current_heads()
        except DatabaseUnavailable:
            return AWAY
        return "" if frozenset(reached) == self.newest else BEHIND


class Readiness:
    """Asks one question at a time, and waits no longer than `seconds` for its answer."""

    def __init__(self, trouble: Callable[[], str], seconds: float = 2.0) -> None:
        """`trouble` returns what is wrong, or nothing."""
        self._trouble, self._seconds = trouble, seconds
        self._asked: Future[str] | None = None
        self._lock = threading.Lock()

    def trouble(self) -> str:
        """Return why no work can be done, or "" where it can; whoever asks meanwhile waits too."""
        try:
            return self._question().result(timeout=self._seconds)
        except FutureTimeoutError:
            return AWAY

    def _question(self) -> Future[str]:
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                # A daemon: a database that hangs must not keep the process from ending.
                threading.Thread(target=self._ask, args=[self._asked], daemon=True).start()
            return self._asked

    def _ask(self, asked: Future[str]) -> None:
        try:
            asked.set_result(self._trouble())
        except Exception as error:  # noqa: BLE001 - whoever waits for the answer raises it
            asked.set_exception(error)
