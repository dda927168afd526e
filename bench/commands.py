"""/client-incident, from the command until its form is open."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from statistics import median

from bench import signed
from bench.figures import Figure, Target, at_most, at_most_times, times_cheaper
from bench.load import OK, Waves, in_waves
from bench.rounds import interleaved
from bench.scale import Scale
from bench.server import Server
from bench.sides import Sides, sides
from bench.slack import REPORTER, StandIn


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
class Cost:
    """What one round of commands took, in milliseconds for one; how many went wrong."""

    cpu: float
    ack: float
    opened: float
    failed: float


def run(scale: Scale) -> Iterator[Figure]:
    """Measure against Bolt alone with a constant view."""
    loads = (Waves(1, 0.02, scale.pick(100, 60)), Waves(16, 0.15, scale.pick(320, 160)))
    with sides(scale, "command") as both:
        for waves in loads:
            found = _in_turns(scale.pick(5, 3), both, waves)
            yield from _figures(waves, found, at_most_times(1.5), at_most_times(1.5))


def run_documented(scale: Scale) -> Iterator[Figure]:
    """Measure against Bolt set up as in its own documentation; Slack speaks TLS."""
    waves = Waves(1, 0.06, scale.pick(40, 20))
    with sides(scale, "documented", tls=True) as both:
        found = _in_turns(scale.pick(5, 3), both, waves)
        yield from _figures(waves, found, times_cheaper(8), None)


def _in_turns(rounds: int, both: Sides, waves: Waves) -> dict[str, list[Cost]]:
    for server in (both.ours, both.floor):
        cost(both.stand_in, server, replace(waves, count=20))  # to be warm
    return interleaved(
        rounds,
        {
            "ours": partial(cost, both.stand_in, both.ours, waves),
            "floor": partial(cost, both.stand_in, both.floor, waves),
        },
    )


def _figures(
    waves: Waves, found: dict[str, list[Cost]], cpu: Target, latency: Target | None
) -> Iterator[Figure]:
    measures = (
        ("CPU a command", "ms", attrgetter("cpu"), cpu),
        ("until it is acknowledged, p50", "ms", attrgetter("ack"), latency),
        ("until views.open arrives, p50", "ms", attrgetter("opened"), latency),
        ("failed or never opened, in a round", "", attrgetter("failed"), at_most(0)),
    )
    for name, unit, value, target in measures:
        ours, floor = ([value(each) for each in found[side]] for side in ("ours", "floor"))
        yield Figure(f"{name}, {waves.size} at once", unit, ours, floor, target)


def cost(stand_in: StandIn, server: Server, waves: Waves) -> Cost:
    """Return what a command costs."""
    triggers = stand_in.triggers(waves.count)
    sent = {signed.command(PAYLOAD, trigger): trigger for trigger in triggers}
    before = server.cpu()
    answers = in_waves(server.port, list(sent), waves)
    opened = stand_in.arrivals(triggers)
    used = server.cpu() - before
    well = [each for each in answers if each.status == OK and sent[each.request] in opened]
    return Cost(
        cpu=1000 * used / waves.count,
        ack=1000 * median(answer.took for answer in answers),
        opened=1000 * median(opened[sent[each.request]] - each.sent_at for each in well),
        failed=waves.count - len(well),
    )
