"""The live feed: every change, numbered, for those who watch and those who react."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sandbox.wire import Json


KEPT = 2000


@dataclass(frozen=True)
class Change:
    """One change; `facts` are plain values that go to the page as they are."""

    seq: int
    kind: str
    facts: Json

    def as_json(self) -> Json:
        return {"seq": self.seq, "kind": self.kind, **self.facts}


Listener: TypeAlias = Callable[[Change], None]


class Feed:
    """Numbers changes from 1 and keeps the last of them."""

    def __init__(self) -> None:
        self.seq = 0
        self.listeners: list[Listener] = []
        self._kept: deque[Change] = deque(maxlen=KEPT)
        self._waiting: set[asyncio.Future[None]] = set()

    def publish(self, kind: str, **facts: object) -> None:
        self.seq += 1
        change = Change(self.seq, kind, facts)
        self._kept.append(change)
        for listener in self.listeners:
            listener(change)
        for each in self._waiting:
            if not each.done():
                each.set_result(None)

    def since(self, seq: int) -> list[Change]:
        """Return the changes after `seq`, oldest first, as far as they are kept."""
        fresh = min(self.seq - seq, len(self._kept))
        return [self._kept[place] for place in range(len(self._kept) - fresh, len(self._kept))]

    async def wait(self, seq: int, seconds: float) -> list[Change]:
        """Return the changes after `seq`; wait for the first of them at most `seconds`."""
        if self.seq <= seq:
            future = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            try:
                await asyncio.wait_for(future, seconds)
            except TimeoutError:
                return []
            finally:
                self._waiting.discard(future)
        return self.since(seq)
