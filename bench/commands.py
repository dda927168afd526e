"""/client-incident, from the command until its form is open, and what Bolt alone would cost."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from pathlib import Path
from statistics import median

from bench import databases, signed
from bench.figures import Figure, Target, at_most_times, times_cheaper
from bench.load import OK, in_waves
from bench.rounds import interleaved
from bench.scale import Scale
from bench.server import OURS, Server, floor, serving
from bench.slack import REPORTER, StandIn, standing_in
from bot.clients.directory import SEEDED_CONDUCT
from bot.incidents.form import Form, build


CLIENTS = 5000
AT_ONCE = 16

PAYLOAD = {
    "token": "sandbox-verification",
    "team_id": "T_HOME",
    "team_domain": "northgate",
    "channel_id": "C_GENERAL",
    "channel_name": "general",
    "user_id": REPORTER,
    "user_name": "tara",
    "command": "/client-incident",
    "text": "",
    "api_app_id": "A_BOT",
    "is_enterprise_install": "false",
    "response_url": "http://127.0.0.1:9/response/T_HOME/not-used",
}


@dataclass(frozen=True)
class Load:
    """So many commands: `lanes` of them at once, and the next so many `every` seconds later."""

    lanes: int
    every: float
    count: int


@dataclass(frozen=True)
class Cost:
    """What one round of commands took, each in milliseconds for one command."""

    cpu: float
    ack: float
    opened: float


def run(scale: Scale) -> Iterator[Figure]:
    """Measure against a bare Bolt listener that opens a constant view."""
    loads = (Load(1, 0.02, scale.pick(100, 60)), Load(AT_ONCE, 0.15, scale.pick(320, 160)))
    with two_servers("command") as (stand_in, ours, bare):
        for load in loads:
            found = _in_turns(scale.pick(7, 3), load, stand_in, ours, bare)
            yield from _figures(load, found, at_most_times(1.5), at_most_times(1.5))


def run_documented(scale: Scale) -> Iterator[Figure]:
    """Measure against Bolt set up as in its own documentation; Slack speaks TLS."""
    load = Load(1, 0.06, scale.pick(40, 20))
    with two_servers("documented", tls=True) as (stand_in, ours, documented):
        found = _in_turns(scale.pick(7, 3), load, stand_in, ours, documented)
        yield from _figures(load, found, times_cheaper(8), None)


def _in_turns(
    rounds: int, load: Load, stand_in: StandIn, ours: Server, other: Server
) -> dict[str, list[Cost]]:
    sides = {
        "ours": partial(cost, stand_in, ours, load),
        "floor": partial(cost, stand_in, other, load),
    }
    return interleaved(rounds, sides)


def _figures(
    load: Load, found: dict[str, list[Cost]], cpu: Target, latency: Target | None
) -> Iterator[Figure]:
    measures = (
        ("CPU a command", attrgetter("cpu"), cpu),
        ("until it is acknowledged, p50", attrgetter("ack"), latency),
        ("until views.open arrives, p50", attrgetter("opened"), latency),
    )
    for name, value, target in measures:
        ours, other = ([value(each) for each in found[side]] for side in ("ours", "floor"))
        yield Figure(f"{name}, c{load.lanes}", "ms", ours, other, target)


@contextlib.contextmanager
def two_servers(floor_name: str, *, tls: bool = False) -> Iterator[tuple[StandIn, Server, Server]]:
    """Give a stand-in, our web process and a floor, all warm; ours knows 5,000 clients."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(databases.temporary_folder())
        stand_in = stack.enter_context(standing_in(folder, tls=tls))
        url = stack.enter_context(stack.enter_context(databases.sqlite())())
        with databases.opened(url) as database:
            databases.add_clients(database, CLIENTS)
        environ = stand_in.environ | {"DATABASE_URL": url, "BENCH_VIEW": str(form_in(folder))}
        ours = stack.enter_context(serving(OURS, environ, folder / "ours.log"))
        other = stack.enter_context(serving(floor(floor_name), environ, folder / "floor.log"))
        for server in (ours, other):
            cost(stand_in, server, Load(AT_ONCE, 0.15, 2 * AT_ONCE))
        yield stand_in, ours, other


def form_in(folder: Path) -> Path:
    """Return a file with our own form as it opens: the floors send the same one."""
    file = folder / "view.json"
    file.write_text(json.dumps(build(Form(datetime.now(UTC)), SEEDED_CONDUCT)), encoding="utf-8")
    return file


def cost(stand_in: StandIn, server: Server, load: Load) -> Cost:
    """Return what a command costs under this load."""
    triggers = stand_in.triggers(load.count)
    sent = {signed.command(PAYLOAD, trigger): trigger for trigger in triggers}
    before = server.cpu()
    answers = in_waves(server.port, list(sent), load.lanes, load.every)
    opened = stand_in.arrivals(triggers)
    used = server.cpu() - before
    assert all(answer.status == OK for answer in answers), {each.status for each in answers}
    assert len(opened) == load.count, f"{load.count - len(opened)} views were never opened"
    return Cost(
        cpu=1000 * used / load.count,
        ack=1000 * median(answer.took for answer in answers),
        opened=1000 * median(opened[sent[each.request]] - each.sent_at for each in answers),
    )
