"""Days and months as the MSP's own calendar has them."""

from datetime import UTC, datetime, time, timedelta, tzinfo


SPAN = 12
"""Months of a glance, the current one included."""


def month_starts(now: datetime, timezone: tzinfo, span: int = SPAN) -> tuple[datetime, ...]:
    """Return when each of the last `span` months began, in UTC, oldest first."""
    today = now.astimezone(timezone)
    last = today.year * 12 + today.month - 1
    return tuple(_start(month, timezone) for month in range(last - span + 1, last + 1))


def _start(month: int, timezone: tzinfo) -> datetime:
    year, index = divmod(month, 12)
    return datetime(year, index + 1, 1, tzinfo=timezone).astimezone(UTC)


def days_ago(now: datetime, days: int, timezone: tzinfo) -> datetime:
    """Return when the day `days` before today began in `timezone`, in UTC."""
    first = now.astimezone(timezone).date() - timedelta(days=days)
    return datetime.combine(first, time.min, timezone).astimezone(UTC)
