"""Which records of a client are wanted, and where in them somebody is. Travels with the view."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models.text import clean


LONGEST_WORDS = 200
LONGEST_CODE = 50
PERIODS = ("30", "90", "year")
"""Thirty days, ninety, and the twelve months of the glance; empty is everything."""

_HIGHEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Place:
    """A record's place in the order of time."""

    occurred_at: datetime
    incident_id: int


@dataclass(frozen=True)
class Turn:
    """Show what is older than a place, or newer."""

    older: bool
    place: Place


@dataclass(frozen=True)
class Filters:
    """Which records: a conduct's code, a severity, a period, words. Empty takes everything."""

    conduct: str = ""
    severity: int = 0
    period: str = ""
    words: str = ""
    turn: Turn | None = None

    @property
    def narrow(self) -> bool:
        """Return whether some records may be left out."""
        return bool(self.conduct or self.severity or self.period or self.words)


@dataclass(frozen=True)
class Shown:
    """What a view shows: the client, the filters, the first and the last record on it."""

    client_id: int
    filters: Filters
    first: Place | None
    last: Place | None


def written(shown: Shown) -> str:
    """Return what is shown in at most 3,000 characters, to travel with the view."""
    filters = shown.filters
    parts = {
        "client": shown.client_id,
        "conduct": filters.conduct,
        "severity": filters.severity,
        "period": filters.period,
        "words": filters.words[:LONGEST_WORDS],
        "first": _pair(shown.first),
        "last": _pair(shown.last),
    }
    return json.dumps({name: part for name, part in parts.items() if part}, ensure_ascii=False)


def read(metadata: str) -> Shown | None:
    """Return what a view says that it shows; what was tampered with is left out.

    None where it names no client. Who may see what is checked again at each look.
    """
    try:
        parts = json.loads(metadata)
    except (ValueError, RecursionError):
        return None
    if not isinstance(parts, dict) or not _is_id(parts.get("client")):
        return None
    return Shown(parts["client"], _filters(parts), _place(parts, "first"), _place(parts, "last"))


def _filters(parts: dict[str, Any]) -> Filters:
    severity, period = parts.get("severity"), parts.get("period")
    return Filters(
        conduct=_text(parts, "conduct", LONGEST_CODE),
        severity=severity if isinstance(severity, int) and severity in range(1, 5) else 0,
        period=period if isinstance(period, str) and period in PERIODS else "",
        words=_text(parts, "words", LONGEST_WORDS),
    )


def _text(parts: dict[str, Any], name: str, longest: int) -> str:
    text = parts.get(name)
    return clean(text)[:longest] if isinstance(text, str) else ""


def _pair(place: Place | None) -> list[str | int]:
    return [place.occurred_at.isoformat(), place.incident_id] if place else []


def _place(parts: dict[str, Any], name: str) -> Place | None:
    match parts.get(name):
        case [str(moment), number] if _is_id(number):
            try:
                return Place(datetime.fromisoformat(moment).astimezone(UTC), number)
            except (ValueError, OverflowError):
                return None
    return None


def _is_id(part: object) -> bool:
    return isinstance(part, int) and not isinstance(part, bool) and 0 < part <= _HIGHEST_ID
