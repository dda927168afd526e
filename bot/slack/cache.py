"""Answers of Slack, remembered for a while."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar


K = TypeVar("K")
V = TypeVar("V")
log = logging.getLogger(__name__)


class Cache(Generic[K, V]):
    """Remembers `load(key)`: new for `fresh` seconds, then renewed behind the asker's back.

    Older than `stale` seconds it is loaded again before it is given. What `load` raises is
    raised only where nothing usable is remembered, and for `pause` seconds to everybody who
    asks: many who wait for a Slack that does not answer must not each wait in turn.
    """

    def __init__(
        self,
        load: Callable[[K], V],
        later: Callable[[Callable[[], None]], None],
        *,
        fresh: float = 60.0,
        stale: float = 900.0,
        pause: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`later` runs a renewal in the background; `clock` counts seconds."""
        self._load, self._later, self._clock = load, later, clock
        self._fresh, self._stale, self._pause = fresh, stale, pause
        self._kept: dict[K, tuple[float, V]] = {}
        self._failed: dict[K, tuple[float, Exception]] = {}
        self._renewing: set[K] = set()
        self._turns: dict[K, threading.Lock] = {}
        self._lock = threading.Lock()

    def known(self, key: K) -> V | None:
        """Return what is remembered and usable, without waiting; else None."""
        kept = self._kept.get(key)
        if kept is None or self._clock() - kept[0] > self._stale:
            return None
        if self._clock() - kept[0] > self._fresh and self._may_renew(key):
            self._later(lambda: self._renew(key))
        return kept[1]

    def get(self, key: K) -> V:
        """Return what is remembered, or load it now; raises what loading raises."""
        known = self.known(key)
        if known is not None:
            return known
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        with turn:  # those who ask meanwhile wait for this one answer
            known = self.known(key)
            return self._load_now(key) if known is None else known

    def put(self, key: K, value: V) -> None:
        """Remember what was learnt another way."""
        self._kept[key] = (self._clock(), value)
        self._failed.pop(key, None)

    def _load_now(self, key: K) -> V:
        failure = self._recent_failure(key)
        if failure:
            raise failure.with_traceback(None)
        try:
            value = self._load(key)
        except Exception as error:
            self._failed[key] = (self._clock(), error)
            raise
        self.put(key, value)
        return value

    def _recent_failure(self, key: K) -> Exception | None:
        failed = self._failed.get(key)
        return failed[1] if failed and self._clock() - failed[0] <= self._pause else None

    def _may_renew(self, key: K) -> bool:
        with self._lock:
            if key in self._renewing or self._recent_failure(key):
                return False
            self._renewing.add(key)
            return True

    def _renew(self, key: K) -> None:
        try:
            self._load_now(key)
        except Exception as error:  # noqa: BLE001 - what is remembered serves on
            log.warning("renewal_failed", extra={"error": type(error).__name__})
        finally:
            self._renewing.discard(key)
