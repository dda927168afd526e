"""Whether this process can do its work: the database answers and knows the newest tables."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError

from sqlalchemy import column, inspect, select, table
from sqlalchemy.orm import Session

from bot.config import UPGRADE
from models import Database, DatabaseUnavailable
from models.base import REVISION


AWAY = "the database of DATABASE_URL does not answer"
BEHIND = f"the database is not at the newest migration: run `{UPGRADE}`"
AHEAD = "this program is older than its database: deploy the newest release of On Record"


class Migrations:
    """Compares a database with the migrations of this program."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def trouble(self) -> str:
        """Return why the database cannot be used, or "" where it can."""
        if not self._database.is_made:
            return BEHIND
        try:
            with self._database.read() as session:
                reached = _reached(session)
        except DatabaseUnavailable:
            return AWAY
        if reached == REVISION:
            return ""
        return AHEAD if reached > REVISION else BEHIND


def _reached(session: Session) -> str:
    """Return the migration that the database is at; asked directly, for alembic takes 14 MB."""
    noted = "alembic_version"
    if not inspect(session.connection()).has_table(noted):
        return ""
    return session.scalar(select(column("version_num")).select_from(table(noted))) or ""


class Readiness:
    """Asks one question at a time, and waits no longer than `seconds` for its answer.

    A question that is older than `lost` seconds is given up, and asked again.
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
        """Return why no work can be done, or "" where it can; others who ask meanwhile wait too."""
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
        except Exception as error:  # noqa: BLE001 - raised where the answer is waited for
            asked.set_exception(error)
