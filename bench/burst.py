"""Two hundred commands in one second, with Slack at its usual pace and with Slack stalled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, zip_longest
from operator import attrgetter

from bench import signed
from bench.commands import PAYLOAD, cost
from bench.figures import Figure, at_most, percentile
from bench.load import OK, Answer, Waves, spread
from bench.rounds import interleaved
from bench.scale import Scale
from bench.server import Server
from bench.sides import Sides, sides
from bench.slack import StandIn
from bench.submissions import Forms, a_filled_form, is_saved


COMMANDS, SUBMISSIONS = 200, 50
USUAL, STALLED = 0.3, 5.0
"""Seconds that Slack takes for an answer."""

LIMIT = 3.0
"""Seconds in which Slack wants its own request answered, and in which a trigger is good."""


@dataclass(frozen=True)
class Burst:
    """One burst: milliseconds, or numbers of commands."""

    p50: float
    p99: float
    slowest: float
    opened_p99: float
    failed: float
    late: float
    never_opened: float


MEASURES = (
    ("acknowledged, p50", "ms", attrgetter("p50"), at_most(1000 * LIMIT)),
    ("acknowledged, p99", "ms", attrgetter("p99"), at_most(1000 * LIMIT)),
    ("acknowledged, the slowest", "ms", attrgetter("slowest"), at_most(1000 * LIMIT)),
    ("views.open arrived, p99", "ms", attrgetter("opened_p99"), at_most(1000 * LIMIT)),
    ("failed", "", attrgetter("failed"), at_most(0)),
    ("acknowledged after 3 s", "", attrgetter("late"), at_most(0)),
    ("never opened, or after 3 s", "", attrgetter("never_opened"), at_most(0)),
)


def run(scale: Scale) -> Iterator[Figure]:
    """Measure on new connections, whatever was answered; floor: Bolt alone."""
    with sides(scale, "command") as both:
        forms = Forms(a_filled_form(both.stand_in, both.ours))
        for server in (both.ours, both.floor):
            cost(both.stand_in, server, Waves(16, 0.15, 64))  # to be warm
        both.stand_in.slack.latency(USUAL)
        found = interleaved(
            scale.pick(5, 1),
            {
                "ours": partial(_burst, both.stand_in, both.ours),
                "floor": partial(_burst, both.stand_in, both.floor),
            },
        )
        yield from _figures(found["ours"], found["floor"])
        yield from _stalled(both, forms, scale.pick(3, 1))


def _burst(stand_in: StandIn, server: Server) -> Burst:
    triggers = stand_in.triggers(COMMANDS)
    sent = {signed.command(PAYLOAD, trigger): trigger for trigger in triggers}
    answers = spread(server.port, list(sent), 1.0)
    arrived = stand_in.arrivals(triggers)
    opened = [
        arrived[sent[each.request]] - each.sent_at
        for each in answers
        if sent[each.request] in arrived
    ]
    took = [each.took for each in answers]
    return Burst(
        p50=1000 * percentile(took, 0.5),
        p99=1000 * percentile(took, 0.99),
        slowest=1000 * max(took),
        opened_p99=1000 * percentile(opened, 0.99),
        failed=sum(each.status != OK for each in answers),
        late=sum(seconds > LIMIT for seconds in took),
        never_opened=COMMANDS - sum(seconds <= LIMIT for seconds in opened),
    )


def _figures(ours: Sequence[Burst], floor: Sequence[Burst]) -> Iterator[Figure]:
    for name, unit, value, target in MEASURES:
        mine, theirs = ([value(each) for each in side] for side in (ours, floor))
        yield Figure(f"{COMMANDS} in a second, {name}", unit, mine, theirs, target)


def _stalled(both: Sides, forms: Forms, rounds: int) -> Iterator[Figure]:
    """Send submissions among the commands while Slack answers nothing for five seconds."""
    slack = both.stand_in.slack
    slack.latency(STALLED)
    found = []
    for _ in range(rounds):
        triggers = both.stand_in.triggers(COMMANDS - SUBMISSIONS)
        commands = [signed.command(PAYLOAD, trigger) for trigger in triggers]
        submissions = forms.take(SUBMISSIONS)
        found.append((_mixed(both.ours, commands, submissions), set(submissions)))
        slack.clear_traffic()
    for name, of_submissions in (("a submission", True), ("a command", False)):
        answers = [
            [each for each in answers if (each.request in submissions) is of_submissions]
            for answers, submissions in found
        ]
        slowest = [1000 * max(each.took for each in of_round) for of_round in answers]
        p99 = [1000 * percentile([each.took for each in one], 0.99) for one in answers]
        failed = [float(sum(_failed(each, of_submissions) for each in one)) for one in answers]
        title = f"Slack stalled {STALLED:g} s, {name}"
        yield Figure(f"{title}, p99", "ms", p99, (), at_most(1000 * LIMIT))
        yield Figure(f"{title}, the slowest", "ms", slowest, (), at_most(1000 * LIMIT))
        yield Figure(f"{title}, failed", "", failed, (), at_most(0))


def _failed(answer: Answer, of_submissions: bool) -> bool:  # noqa: FBT001 - one of two kinds
    """Return whether it was refused; a form is saved once it has turned into the confirmation."""
    return answer.status != OK or (of_submissions and not is_saved(answer))


def _mixed(server: Server, commands: Sequence[bytes], submissions: Sequence[bytes]) -> list[Answer]:
    """Send every submission after three commands, 200 requests in a second."""
    each_third = [iter(commands)] * 3
    rows = zip_longest(*each_third, submissions)
    mixed = [request for request in chain.from_iterable(rows) if request]
    return spread(server.port, mixed, 1.0)
