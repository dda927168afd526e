"""How much is measured."""

from dataclasses import dataclass
from typing import TypeVar


T = TypeVar("T")


@dataclass(frozen=True)
class Scale:
    """A whole run, or a quick one that shows the direction; `profile` says where the time goes."""

    quick: bool = False
    profile: bool = False

    def pick(self, whole: T, quick: T) -> T:
        return quick if self.quick else whole
