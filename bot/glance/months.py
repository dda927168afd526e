"""Months as the MSP's own calendar has them."""

from datetime import UTC, datetime, tzinfo


SPAN = 12
"""Months of a glance, the current one included."""


def month_of(moment: datetime, timezone: tzinfo) -> int:
    """Return the calendar month of a moment, as in 202611."""
    day = moment.astimezone(timezone)
    return day.year * 100 + day.month


def last_months(now: datetime, timezone: tzinfo, span: int = SPAN) -> tuple[int, ...]:
    """Return the last `span` months in the same form, oldest first."""
    return tuple(_written(month) for month in _counted(now, timezone, span))


def month_starts(now: datetime, timezone: tzinfo, span: int = SPAN) -> tuple[datetime, ...]:
    """Return when each of the last `span` months began, in UTC, oldest first."""
    return tuple(_start(month, timezone) for month in _counted(now, timezone, span))


def _counted(now: datetime, timezone: tzinfo, span: int) -> range:
    """Return the last months as they are counted from year 0."""
    today = now.astimezone(timezone)
    last = today.year * 12 + today.month - 1
    return range(last - span + 1, last + 1)


def _written(month: int) -> int:
    year, index = divmod(month, 12)
    return year * 100 + index + 1


def _start(month: int, timezone: tzinfo) -> datetime:
    year, index = divmod(month, 12)
    return datetime(year, index + 1, 1, tzinfo=timezone).astimezone(UTC)
