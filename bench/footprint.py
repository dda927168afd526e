"""What a web process takes: memory, and time to its first answer."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

from bench.commands import cost
from bench.figures import Figure, at_most_times
from bench.load import Waves
from bench.rounds import interleaved
from bench.scale import Scale
from bench.sides import Stage, stage


SETTLING = 1.5
"""Seconds for what a process does by itself after its start."""

COMMANDS = Waves(16, 0.15, 160)


@dataclass(frozen=True)
class Footprint:
    """Seconds to the first answer, and of CPU; megabytes of idle and of used memory."""

    start: float
    cpu: float
    idle_pss: float
    idle_rss: float
    used_pss: float
    used_rss: float


MEASURES = (
    ("start until the first 200", "s", attrgetter("start")),
    ("CPU until the first 200", "s", attrgetter("cpu")),
    ("memory at rest, PSS", "MB", attrgetter("idle_pss")),
    ("memory at rest, RSS", "MB", attrgetter("idle_rss")),
    (f"memory after {COMMANDS.count} commands, PSS", "MB", attrgetter("used_pss")),
    (f"memory after {COMMANDS.count} commands, RSS", "MB", attrgetter("used_rss")),
)


def run(scale: Scale) -> Iterator[Figure]:
    """Measure against Bolt alone with SQLAlchemy and psycopg; both on PostgreSQL."""
    with stage(scale, "submission", "PostgreSQL") as staged:
        found = interleaved(
            scale.pick(5, 2), {side: partial(_footprint, staged, side) for side in staged.starts}
        )
    for name, unit, value in MEASURES:
        ours, floor = ([value(each) for each in found[side]] for side in ("ours", "floor"))
        yield Figure(name, unit, ours, floor, at_most_times(1.5))


def _footprint(staged: Stage, side: str) -> Footprint:
    with staged.serving(side) as server:
        cpu = server.cpu()
        time.sleep(SETTLING)
        idle = server.memory()
        cost(staged.stand_in, server, COMMANDS)
        return Footprint(server.started, cpu, *idle, *server.memory())
