"""Whether this process can do its work: the database answers and knows the newest tables."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from functools import cached_property

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.config import ROOT, UPGRADE
from models import Database, DatabaseUnavailable


AWAY = "the database of DATABASE_URL does not answer"
BEHIND = f"the database is not at the newest migration: run `{UPGRADE}`"
AHEAD = "this program is older than its database: deploy the newest release of On Record"


class Migrations:
    """Compares a database with the migrations of this program."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @cached_property
    def newest(self) -> frozenset[str]:
        """Return the revisions that a database must be at."""
        return frozenset(self._script.get_heads())

    def trouble(self) -> str:
        """Return why the database cannot be used, or "" where it can."""
        if not self._database.is_made:
            return BEHIND
        try:
            with self._database.read() as session:
                reached = MigrationContext.configure(session.connection()).get_current_heads()
        except DatabaseUnavailable:
            return AWAY
        if frozenset(reached) == self.newest:
            return ""
        return BEHIND if self._known.issuperset(reached) else AHEAD

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(each.revision for each in self._script.walk_revisions())

    @cached_property
    def _script(self) -> ScriptDirectory:
        return ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))


class Readiness:
    """Asks one question at a time, and waits no longer than `seconds` for its answer.

    A question that is older than `lost` seconds is given up, and asked anew.
    """

    def __init__(
        self, trouble: Callable[[], str], seconds: float = 2.0, lost: float = 10.0
    ) -> None:
        """`trouble` returns what is wrong, or nothing."""
        self._trouble, self._seconds, self._lost = trouble, seconds, lost
        self._asked: Future[str] | None = None
        self._asked_at = 0.0
        self._lock = threading.Lock()

    def trouble(self) -> str:
        """Return why no work can be done, or "" where it can; whoever asks meanwhile waits too."""
        try:
            return self._question().result(timeout=self._seconds)
        except FutureTimeoutError:
            return AWAY

    def _question(self) -> Future[str]:
        with self._lock:
            lost = time.monotonic() - self._asked_at > self._lost
            if self._asked is None or self._asked.done() or lost:
                self._asked, self._asked_at = Future(), time.monotonic()
                # A daemon: a database that hangs must not keep the process from ending.
                threading.Thread(target=self._ask, args=[self._asked], daemon=True).start()
            return self._asked

    def _ask(self, asked: Future[str]) -> None:
        try:
            asked.set_result(self._trouble())
        except Exception as error:  # noqa: BLE001 - whoever waits for the answer raises it
            asked.set_exception(error)
