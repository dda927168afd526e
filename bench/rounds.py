"""Rounds in which every side is measured, so that what disturbs one disturbs the others too."""

from collections.abc import Callable, Mapping
from typing import TypeVar


K = TypeVar("K")
T = TypeVar("T")


def interleaved(rounds: int, sides: Mapping[K, Callable[[], T]]) -> dict[K, list[T]]:
    """Return what each side gave in each round; the order turns round from one to the next."""
    found: dict[K, list[T]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            found[name].append(sides[name]())
    return found
