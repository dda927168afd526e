"""When the executives are told, and the sentence that says why: pure, over plain values."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Literal

from models import Comfort, Severity


@dataclass(frozen=True)
class Pattern:
    """At least `least` incidents, or technicians, within `days`, of those that meet it all.

    `conduct` is a code, empty for every kind; `severity` the least one; `comfort` the answer to
    whether the reporter is comfortable with this contact again, None for any.
    """

    least: int
    days: int
    words: str
    of: Literal["incidents", "technicians"] = "incidents"
    conduct: str = ""
    severity: int = Severity.MINOR
    comfort: Comfort | None = None


@dataclass(frozen=True)
class Tally:
    """What a pattern's window holds."""

    incidents: int = 0
    technicians: int = 0


@dataclass(frozen=True)
class Filed:
    """What the incident at hand says of itself; `counts` as in Incident."""

    number: str
    reporter_name: str
    conduct: str
    severity: int
    comfort: Comfort | None
    attention: bool
    counts: bool
    occurred_at: datetime


@dataclass(frozen=True)
class Reason:
    """Why the executives are told; `days` is its window, 0 where the incident alone is enough."""

    sentence: str
    days: int = 0


SERIOUS_ABUSE = Pattern(
    least=2, days=90, words="serious abuse reports", conduct="abuse", severity=Severity.SERIOUS
)
NOT_COMFORTABLE = Pattern(
    least=2,
    days=90,
    words="not comfortable working with them again",
    of="technicians",
    comfort=Comfort.NO,
)
SEVERAL = Pattern(least=3, days=30, words="incidents")
UNANSWERED = Pattern(least=3, days=60, words="reports of no answer", conduct="no_response")

PATTERNS = (SERIOUS_ABUSE, NOT_COMFORTABLE, SEVERAL, UNANSWERED)
"""The patterns that bring a client before the executives, strongest first."""

CRITICAL, _ASKED = "A critical incident", "asked for the executives"
_AT_ONCE = (CRITICAL, _ASKED)
_STRENGTH = (*_AT_ONCE, *(pattern.words for pattern in PATTERNS))
_COUNTED = re.compile(r"\b(one|\d+)( technicians?)?\b")


def windows_of(
    filed: Filed,
    *,
    now: datetime,
    timezone: tzinfo,
    patterns: Sequence[Pattern] = PATTERNS,
) -> dict[Pattern, datetime]:
    """Return the patterns that the incident is part of, no other can it raise, and their starts."""
    if not filed.counts:
        return {}
    starts = {pattern: window_start(now, pattern.days, timezone) for pattern in patterns}
    return {
        pattern: start
        for pattern, start in starts.items()
        if meets(filed, pattern) and filed.occurred_at >= start
    }


def meets(filed: Filed, pattern: Pattern) -> bool:
    """Return whether the incident is of the pattern's kind, whenever it happened."""
    return (
        pattern.conduct in {"", filed.conduct}
        and filed.severity >= pattern.severity
        and pattern.comfort in {None, filed.comfort}
    )


def reasons(filed: Filed, tallies: Mapping[Pattern, Tally]) -> tuple[Reason, ...]:
    """Return why this incident brings the client before the executives, strongest first.

    `tallies` holds what was counted for the patterns that it is part of.
    """
    found = (*_at_once(filed), *(_reason(*held) for held in tallies.items() if fires(*held)))
    return tuple(sorted(found, key=lambda reason: _strength(reason.sentence)))


def fires(pattern: Pattern, tally: Tally) -> bool:
    """Return whether the window holds enough."""
    held = tally.technicians if pattern.of == "technicians" else tally.incidents
    return held >= pattern.least


def sentence(pattern: Pattern, tally: Tally) -> str:
    """Return what was counted, in words that a person can check in the record."""
    technicians = "one technician" if tally.technicians == 1 else f"{tally.technicians} technicians"
    if pattern.of == "technicians":
        return f"{technicians} {pattern.words} in {pattern.days} days"
    return f"{tally.incidents} {pattern.words} by {technicians} in {pattern.days} days"


def merged(old: Sequence[str], new: Iterable[str]) -> tuple[str, ...]:
    """Return all sentences, strongest first; a new count stands in for the old one."""
    newest = {_shape(line): line for line in (*old, *new)}
    return tuple(sorted(newest.values(), key=_strength))


def adds(old: Iterable[str], new: Iterable[str]) -> bool:
    """Return whether there is a reason among the new ones that did not hold before."""
    return not {_shape(line) for line in new} <= {_shape(line) for line in old}


def window_start(now: datetime, days: int, timezone: tzinfo) -> datetime:
    """Return when the window of today and the `days` before it began, in UTC.

    Days begin at midnight in `timezone`, so that a person can check a count by dates.
    """
    first = now.astimezone(timezone).date() - timedelta(days=days)
    return datetime.combine(first, time.min, timezone).astimezone(UTC)


def _at_once(filed: Filed) -> Iterable[Reason]:
    if filed.severity >= Severity.CRITICAL:
        yield Reason(f"{CRITICAL}, {filed.number}")
    if filed.attention:
        yield Reason(f"{filed.reporter_name} {_ASKED} to look at {filed.number}")


def _reason(pattern: Pattern, tally: Tally) -> Reason:
    return Reason(sentence(pattern, tally), pattern.days)


def _strength(line: str) -> tuple[bool, int]:
    """Return the order: what needs no count first, then several reporters before a single one."""
    rank = next((rank for rank, words in enumerate(_STRENGTH) if words in line), len(_STRENGTH))
    return rank >= len(_AT_ONCE) and "one technician" in line, rank


def _shape(line: str) -> str:
    at_once = any(words in line for words in _AT_ONCE)
    return line if at_once else _COUNTED.sub("#", line)
