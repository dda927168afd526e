"""Noticing cheaply that another process has saved or sent something."""

from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from models import Database


_UNSENT = (
    "SELECT count(*), coalesce(sum(wanted), 0), coalesce(max(id), 0) FROM deliveries"
    " WHERE status IN ('pending', 'held')"
)


class Watch:
    """Asks one small question on a connection of its own: the pool's checks would cost more."""

    def __init__(self, database: Database) -> None:
        """Connect only when asked."""
        self._database = database
        driver: Any = database.engine.dialect.dbapi
        self._errors = (SQLAlchemyError, driver.Error)
        self._connection: Any = None  # a driver's connection
        self._seen: object = None

    def has_changed(self) -> bool:
        """Return whether what waits has changed since the last call, or the query failed."""
        try:
            seen = self._ask()
        except self._errors:  # the look that follows says what is wrong
            self.close()
            return True
        changed, self._seen = seen != self._seen, seen
        return changed

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _ask(self) -> object:
        if self._connection is None:
            pooled = self._database.engine.raw_connection()
            self._connection = pooled.driver_connection
            pooled.detach()
            if not self._database.is_sqlite:
                self._connection.autocommit = True
        return self._connection.execute(_UNSENT).fetchone()
