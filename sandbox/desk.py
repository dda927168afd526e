"""What one running stand-in works with."""

import asyncio
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass, field

from sandbox.deliver.http import HttpLine
from sandbox.deliver.packet import Line
from sandbox.deliver.socket import SocketLine
from sandbox.faults import Faults
from sandbox.ratelimits import RateLimits
from sandbox.seed import build_world
from sandbox.state.world import World
from sandbox.wire import Json


@dataclass
class Desk:
    """The world and all that stands round it.

    `described` is the workspace to go back to; `run` names this run, for pages left open.
    """

    described: Json
    world: World
    http: HttpLine = field(default_factory=HttpLine)
    socket: SocketLine = field(default_factory=SocketLine)
    socket_mode: bool = False
    faults: Faults = field(default_factory=Faults)
    rates: RateLimits = field(default_factory=RateLimits)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def line(self) -> Line:
        """The way to reach the app."""
        return self.socket if self.socket_mode else self.http

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Run work in the background, stopped with the stand-in."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def load(self, described: Json) -> None:
        """Put another workspace in place; watchers stay, faults and settings are forgotten."""
        world = build_world(described)
        self._stop_work()
        world.base_url, world.feed = self.world.base_url, self.world.feed
        self.described, self.world = described, world
        self.faults, self.rates = Faults(), RateLimits()
        world.feed.publish("reset")

    def _stop_work(self) -> None:
        for task in self.tasks:
            task.cancel()

    async def close(self) -> None:
        """Stop everything under way."""
        self._stop_work()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.http.close()
        await self.socket.close()
