"""What is asked of a client's records: by whom, which form the query has, and its values."""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from bot.clients.known import Viewer
from bot.escalations.rules import window_start
from bot.glance.months import month_starts
from bot.history.filters import Filters
from models.text import fold


MOST_WORDS = 8


@dataclass(frozen=True)
class Form:
    """Which of the filters a query has; `upwards` leads from older records to newer ones."""

    executive: bool
    conduct: bool
    severity: bool
    period: bool
    words: int
    turned: bool
    upwards: bool


def form_of(viewer: Viewer, filters: Filters) -> Form:
    """Return the form of the query for these filters."""
    return Form(
        executive=viewer.executive,
        conduct=bool(filters.conduct),
        severity=bool(filters.severity),
        period=bool(filters.period),
        words=len(_words(filters)),
        turned=filters.turn is not None,
        upwards=filters.turn is not None and not filters.turn.older,
    )


def values_of(
    client_id: int, viewer: Viewer, filters: Filters, *, now: datetime, timezone: tzinfo
) -> dict[str, Any]:
    """Return the values of these filters for a query of their form."""
    values: dict[str, Any] = {"client": client_id, "viewer": viewer.id}
    values |= {"conduct": filters.conduct, "severity": filters.severity}
    values |= {f"word_{place}": word for place, word in enumerate(_words(filters))}
    if filters.period:
        values["since"] = _begin(filters.period, now, timezone)
    if filters.turn:
        values |= {
            "moment": filters.turn.place.occurred_at,
            "number": filters.turn.place.incident_id,
        }
    return values


def words_of(filters: Filters) -> list[str]:
    """Return the words that are searched for, folded."""
    return fold(filters.words).split()[:MOST_WORDS]


def _words(filters: Filters) -> list[str]:
    """Return the words as they are searched, none of them a pattern."""
    return [re.sub(r"([%_/])", r"/\1", word) for word in words_of(filters)]


def _begin(period: str, now: datetime, timezone: tzinfo) -> datetime:
    if period == "year":
        return month_starts(now, timezone)[0]
    return window_start(now, int(period), timezone)
