"""What was measured, what it is measured against, and whether that will do."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import ceil
from statistics import median


class Of(Enum):
    """What a target speaks of."""

    RATIO = "ratio"
    CHEAPER = "cheaper"
    OURS = "ours"


@dataclass(frozen=True)
class Target:
    """A bound on the median over the rounds."""

    of: Of
    bound: float
    at_least: bool = False

    def meets(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def words(self, unit: str) -> str:
        sign = "≥" if self.at_least else "≤"
        if self.of is Of.OURS:
            return f"{sign} {amount(self.bound)} {unit}"
        return f"{sign} {self.bound:g} x{' cheaper' if self.of is Of.CHEAPER else ''}"


def at_most_times(bound: float) -> Target:
    return Target(Of.RATIO, bound)


def times_cheaper(bound: float) -> Target:
    return Target(Of.CHEAPER, bound, at_least=True)


def at_most(bound: float) -> Target:
    return Target(Of.OURS, bound)


def at_least(bound: float) -> Target:
    return Target(Of.OURS, bound, at_least=True)


@dataclass(frozen=True)
class Figure:
    """One measure, a value a round; `floor` has the same rounds, or nothing to compare with."""

    name: str
    unit: str
    ours: Sequence[float]
    floor: Sequence[float] = ()
    target: Target | None = None

    @property
    def ratios(self) -> list[float]:
        """What ours costs for each one of the floor, round by round; none without a floor."""
        if not self.floor:
            return []
        return [mine / theirs for mine, theirs in zip(self.ours, self.floor, strict=True) if theirs]

    @property
    def compared(self) -> list[float]:
        """The values that the target speaks of, a round each."""
        if self.target and self.target.of is Of.CHEAPER:
            return [1 / ratio for ratio in self.ratios]
        if self.target and self.target.of is Of.OURS:
            return list(self.ours)
        return self.ratios

    @property
    def verdict(self) -> str:
        """Met, MISSED, or nothing where there is no target."""
        if self.target is None:
            return ""
        return MET if self.target.meets(median(self.compared)) else MISSED


def amount(value: float) -> str:
    """Return a number as short as it is still exact enough to read."""
    for least, digits in ((1000, 0), (100, 0), (10, 1)):
        if abs(value) >= least:
            return f"{value:,.{digits}f}"
    return f"{value:.2f}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share (0 to 1) of them does not exceed."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


MET, MISSED = "met", "MISSED"
HEAD = ("", "ours", "floor", "ratio [min to max]", "target", "")
WIDTHS = (58, 14, 14, 22, 14, 6)


def line(figure: Figure) -> str:
    """Return a figure as a line under HEAD."""
    cells = (
        f"  {figure.name}",
        _with_unit(figure.ours, figure.unit),
        _with_unit(figure.floor, figure.unit) if figure.floor else "-",
        _spread(_ratios(figure)) if _ratios(figure) else f"[{_range(figure.ours)}]",
        figure.target.words(figure.unit) if figure.target else "",
        figure.verdict,
    )
    return row(cells)


def row(cells: Sequence[str]) -> str:
    """Return cells in the table's columns: names to the left, figures to the right."""
    first, *others = cells
    aligned = (cell.rjust(width) for cell, width in zip(others, WIDTHS[1:], strict=True))
    return "  ".join((first.ljust(WIDTHS[0]), *aligned)).rstrip()


def _with_unit(values: Sequence[float], unit: str) -> str:
    return f"{amount(median(values))} {unit}"


def _spread(values: Sequence[float]) -> str:
    return f"{median(values):.2f} [{_range(values)}]"


def _ratios(figure: Figure) -> list[float]:
    cheaper = figure.target and figure.target.of is Of.CHEAPER
    return figure.compared if cheaper else figure.ratios


def _range(values: Sequence[float]) -> str:
    return f"{amount(min(values))} to {amount(max(values))}"
