"""What an idle process costs."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

import psutil
import psycopg

from bench import sampler
from bench.databases import KINDS
from bench.figures import Figure, at_most
from bench.scale import Scale
from bench.server import BOLT_WORKER, OUR_WORKER, Server, cpu_of, working
from bench.sides import Stage, stage


SETTLING = 8.0
"""Seconds for what a process does by itself after its start."""

BOUND = 0.3
"""Milliseconds of CPU in a second."""

Used = dict[str, float]
"""Seconds of CPU, by what used them."""


@dataclass(frozen=True)
class Idle:
    """Four processes on one stand-in Slack, ours on a database each."""

    servers: dict[str, Server]
    databases: dict[str, str]

    def used(self) -> Used:
        """Return what each process has used so far."""
        return {name: server.cpu() for name, server in self.servers.items()}

    def backends(self) -> dict[str, dict[int, float]]:
        """Return for each of our processes what PostgreSQL's own have used for it, by their id."""
        return {name: _backends(url) for name, url in self.databases.items()}


def run(scale: Scale) -> Iterator[Figure]:
    """Measure all at the same time; floor: Bolt alone, served by gunicorn, or on a line."""
    with ExitStack() as stack:
        stages = {kind: stack.enter_context(stage(scale, "command", kind)) for kind in KINDS}
        idle = {kind: _started(stack, staged, kind) for kind, staged in stages.items()}
        time.sleep(SETTLING)
        seconds = scale.pick(60, 20)
        before = {kind: (each.used(), each.backends()) for kind, each in idle.items()}
        time.sleep(seconds)
        for kind, each in idle.items():
            used, backends = before[kind]
            yield from _figures(kind, used, each.used(), seconds)
            yield from _server_figures(kind, backends, each.backends(), seconds)
        if scale.profile:
            for staged in stages.values():
                sampler.table(staged.profile)


def _started(stack: ExitStack, staged: Stage, kind: str) -> Idle:
    """Start our web process and our worker, each with a database of its own, and two floors."""
    staged.stand_in.slack.app(socket_mode=True)
    enter = stack.enter_context
    servers = {
        "web": enter(staged.serving("ours")),
        "worker": enter(_on_a_line(staged, OUR_WORKER, 1)),
        "floor of web": enter(staged.serving("floor")),
        "floor of worker": enter(_on_a_line(staged, BOLT_WORKER, 2)),
    }
    sides = {"web": "ours", "worker": "floor"} if kind == "PostgreSQL" else {}
    urls = {name: staged.starts[side][1]["DATABASE_URL"] for name, side in sides.items()}
    return Idle(servers, urls)


def _on_a_line(
    staged: Stage, command: tuple[str, ...], lines: int
) -> AbstractContextManager[Server]:
    """Run a process that asks Slack for a line, on the database that a floor cares nothing for."""
    _, environ = staged.starts["floor"]
    log = staged.folder / f"line-{lines}.log"
    return working(command, environ, log, lambda: staged.stand_in.lines() >= lines)


def _backends(url: str) -> dict[int, float]:
    with psycopg.connect(url, autocommit=True) as connection:
        pids = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        ).fetchall()
    return {pid: cpu_of(psutil.Process(pid)) for (pid,) in pids}


def _figures(kind: str, before: Used, after: Used, seconds: float) -> Iterator[Figure]:
    spent = {name: 1000 * (after[name] - before[name]) / seconds for name in after}
    for name in ("web", "worker"):
        ours, floor = [spent[name]], [spent[f"floor of {name}"]]
        yield Figure(f"an idle {name}, {kind}", "ms/s", ours, floor, at_most(BOUND))


def _server_figures(
    kind: str,
    before: dict[str, dict[int, float]],
    after: dict[str, dict[int, float]],
    seconds: float,
) -> Iterator[Figure]:
    for name, now in after.items():
        spent = sum(used - before[name].get(pid, 0.0) for pid, used in now.items())
        yield Figure(f"  and {kind}'s own part for the {name}", "ms/s", [1000 * spent / seconds])
