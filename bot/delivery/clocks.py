"""Two clocks: the wall clock, which people read and set, and a steady one that nobody sets.

A lease or a pause by the wall clock goes wrong as soon as somebody sets that clock, or if two
machines disagree.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from models import Database
from models.delivery import LONG_AGO


ASK_AGAIN = 30.0
"""Seconds after which the database server is asked for its time again: it may have been set."""

_UPTIME = getattr(time, "CLOCK_BOOTTIME", None)


@dataclass(frozen=True)
class Instant:
    """A moment by both clocks; leases, pauses and rests go by `steady` alone."""

    wall: datetime
    steady: datetime


class Steady:
    """The database server's clock, carried on by this machine's uptime.

    On SQLite it is the uptime alone: all its processes share one machine.
    """

    def __init__(self, database: Database) -> None:
        """Ask nothing yet."""
        self._database = database
        self._start, self._asked = LONG_AGO, float("-inf")

    def __call__(self) -> datetime:
        """Return the time; raises DatabaseUnavailable if the database server does not tell it."""
        if not self._database.is_sqlite and uptime() - self._asked > ASK_AGAIN:
            self._ask()
        return self._start + timedelta(seconds=uptime())

    def _ask(self) -> None:
        with self._database.read() as session:
            told = session.scalar(select(func.clock_timestamp()))
        if told is not None:
            self._asked = uptime()
            self._start = told - timedelta(seconds=self._asked)


def uptime() -> float:
    """Return the seconds since this machine started, the same for all its processes."""
    return time.monotonic() if _UPTIME is None else time.clock_gettime(_UPTIME)
