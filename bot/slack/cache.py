"""Answers of Slack, remembered for a while."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar


K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Remembers `load(key)`: new for `fresh` seconds, then renewed behind the asker's back.

    Older than `stale` seconds it is loaded again before it is given. What `load` raises is
    raised only where nothing usable is remembered.
    """

    def __init__(
        self,
        load: Callable[[K], V],
        later: Callable[[Callable[[], None]], None],
        *,
        fresh: float = 60.0,
        stale: float = 900.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`later` runs a renewal in the background; `clock` counts seconds."""
        self._load, self._later, self._clock = load, later, clock
        self._fresh, self._stale = fresh, stale
        self._kept: dict[K, tuple[float, V]] = {}
        self._renewing: set[K] = set()
        self._turns: dict[K, threading.Lock] = {}
        self._lock = threading.Lock()

    def known(self, key: K) -> V | None:
        """Return what is remembered and usable, without waiting; else None."""
        kept = self._kept.get(key)
        if kept is None or self._clock() - kept[0] > self._stale:
            return None
        if self._clock() - kept[0] > self._fresh and self._starts_renewal(key):
            self._later(lambda: self._renew(key))
        return kept[1]

    def get(self, key: K) -> V:
        """Return what is remembered, or load it now; raises what loading raises."""
        known = self.known(key)
        if known is not None:
            return known
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        with turn:  # whoever asks meanwhile waits for this one answer instead of asking again
            known = self.known(key)
            return self._store(key) if known is None else known

    def put(self, key: K, value: V) -> None:
        """Remember what was learnt another way."""
        self._kept[key] = (self._clock(), value)

    def _store(self, key: K) -> V:
        value = self._load(key)
        self.put(key, value)
        return value

    def _starts_renewal(self, key: K) -> bool:
        with self._lock:
            if key in self._renewing:
                return False
            self._renewing.add(key)
            return True

    def _renew(self, key: K) -> None:
        try:
            self._store(key)
        finally:
            self._renewing.discard(key)
