"""Twelve months in twelve characters."""

from collections.abc import Sequence


BARS = "▁▂▃▄▅▆▇█"


def sparkline(months: Sequence[int]) -> str:
    """Return one bar a month, the tallest for the busiest; the lowest bar is kept for none."""
    most = max(months, default=0)
    return "".join(_bar(count, most) for count in months)


def _bar(count: int, most: int) -> str:
    if count <= 0:
        return BARS[0]
    steps = len(BARS) - 1
    return BARS[-(-count * steps // most)]
