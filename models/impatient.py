"""A connection to PostgreSQL that does not wait for ever for a server that fell silent."""

from typing import TypeVar

from psycopg import Connection, OperationalError
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow


RV = TypeVar("RV")


class Impatient(Connection[TupleRow]):
    """Gives up a question after `patience` seconds, and with it the connection.

    The server's own limits are of no help where its machine, or the way to it, is gone.
    """

    patience: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Return what the server answers; raises OperationalError where it does not in time."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # an answer that comes now would be taken for another's
            raise
