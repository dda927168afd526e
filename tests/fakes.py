"""Small real stand-ins for what a test must hold in its hand."""

from datetime import UTC, datetime, timedelta


class Clock:
    """A clock that stands still until it is moved; `clock.now` goes where a `now()` is wanted."""

    def __init__(self, start: datetime = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the time it shows, in UTC."""
        return self._now

    def forward(self, **by: float) -> datetime:
        """Move on, as in `forward(minutes=5)`, and return the new time."""
        self._now += timedelta(**by)
        return self._now


class Seconds:
    """A clock for what is remembered for some seconds: called it says `now`, which a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the seconds it shows."""
        return self.now
