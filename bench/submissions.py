"""A submitted form, from the button until it is saved and answered."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from operator import attrgetter
from statistics import median
from typing import Any

from bench import signed
from bench.databases import BOTH, ONE
from bench.figures import Figure, at_most, at_most_times
from bench.load import OK, Answer, Waves, in_waves
from bench.names import client_names
from bench.rounds import interleaved
from bench.scale import Scale
from bench.server import Server
from bench.sides import CLIENTS, Sides, sides
from bench.slack import REPORTER, StandIn


FILLED = {
    "What happened, in order": (
        "Rang at nine about the printer in the front office. Was told that a part is on its way. "
        "Shouted for ten minutes that this is no way to treat a customer, then hung up."
    ),
}


@dataclass(frozen=True)
class Cost:
    """What one round of submissions took, in milliseconds for one; how many were not saved."""

    cpu: float
    answered: float
    failed: float


@dataclass
class Forms:
    """Makes filled forms out of one: each its own view, about the next client."""

    payload: dict[str, Any]
    numbers: "count[int]" = field(default_factory=count)

    def take(self, wanted: int) -> list[bytes]:
        """Return so many signed submissions, no client twice before all had their turn."""
        numbers = [next(self.numbers) for _ in range(wanted)]
        return [
            signed.submission(self.payload, f"V{number:010d}", number % CLIENTS + 1)
            for number in numbers
        ]


def run(scale: Scale) -> Iterator[Figure]:
    """Measure against Bolt alone with a two-row transaction."""
    loads = (Waves(1, 0.03, scale.pick(80, 40)), Waves(16, 0.3, scale.pick(160, 96)))
    for kind in scale.pick(BOTH, ONE):
        with sides(scale, "submission", kind) as both:
            payload = a_filled_form(both.stand_in, both.ours)
            forms = {"ours": Forms(payload), "floor": Forms(payload)}
            for waves in loads:
                found = _in_turns(scale.pick(5, 3), both, forms, waves)
                yield from _figures(f"{waves.size} at once, {kind}", found)


def a_filled_form(stand_in: StandIn, server: Server, severity: int = 2) -> dict[str, Any]:
    """Return the payload with which Slack sends a filled form; it was filled by hand."""
    slack = stand_in.slack
    slack.reach(f"http://127.0.0.1:{server.port}/slack/events")
    person, client = slack.person(REPORTER), client_names(CLIENTS)[-1]
    person.command("/client-incident")
    while client not in person.type_ahead("Client", client):
        time.sleep(0.05)  # the directory is being read
    person.fill({"Client": client, "What kind of conduct?": "Abusive towards staff"})
    person.fill(FILLED | {"How serious?": str(severity)})
    outcome = person.submit()
    assert outcome.ok, outcome
    *_, sent = slack.deliveries("view_submission")
    payload: dict[str, Any] = sent["payload"]
    return payload


def _in_turns(
    rounds: int, both: Sides, forms: dict[str, Forms], waves: Waves
) -> dict[str, list[Cost]]:
    for name, server in (("ours", both.ours), ("floor", both.floor)):
        cost(server, forms[name], replace(waves, count=20))  # to be warm
    return interleaved(
        rounds,
        {
            "ours": partial(cost, both.ours, forms["ours"], waves),
            "floor": partial(cost, both.floor, forms["floor"], waves),
        },
    )


def cost(server: Server, forms: Forms, waves: Waves) -> Cost:
    """Return what a submission costs."""
    requests = forms.take(waves.count)
    before = server.cpu()
    answers = in_waves(server.port, requests, waves)
    used = server.cpu() - before
    return Cost(
        cpu=1000 * used / waves.count,
        answered=1000 * median(answer.took for answer in answers),
        failed=sum(not is_saved(answer) for answer in answers),
    )


def is_saved(answer: Answer) -> bool:
    """Return whether the form has turned into the confirmation."""
    return answer.status == OK and b'"update"' in answer.body


def _figures(how: str, found: dict[str, list[Cost]]) -> Iterator[Figure]:
    measures = (
        ("CPU a submission", "ms", attrgetter("cpu"), at_most_times(1.5)),
        ("until it is answered, p50", "ms", attrgetter("answered"), at_most_times(1.5)),
        ("not saved, in a round", "", attrgetter("failed"), at_most(0)),
    )
    for name, unit, value, target in measures:
        ours, floor = ([value(each) for each in found[side]] for side in ("ours", "floor"))
        yield Figure(f"{name}, {how}", unit, ours, floor, target)
