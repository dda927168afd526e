"""Twelve months in twelve characters."""

from collections.abc import Sequence


BARS = "▁▂▃▄▅▆▇█"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def sparkline(months: Sequence[int]) -> str:
    """Return one bar a month, the tallest for the busiest; the lowest bar is kept for none."""
    most = max(months, default=0)
    return "".join(_bar(count, most) for count in months)


def spanned(span: tuple[int, int]) -> str:
    """Return "Dec 2025 to Nov 2026"."""
    return " to ".join(f"{MONTHS[month % 100 - 1]} {month // 100}" for month in span)


def _bar(count: int, most: int) -> str:
    if count <= 0:
        return BARS[0]
    steps = len(BARS) - 1
    return BARS[-(-count * steps // most)]
