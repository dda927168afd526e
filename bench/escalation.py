"""A critical incident: from the button until it is saved, and until the executives have it."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

from slack_sdk import WebClient

from bench.databases import BOTH, ONE
from bench.figures import Figure, at_most
from bench.load import Connection
from bench.rounds import interleaved
from bench.scale import Scale
from bench.server import PATIENCE, Server
from bench.sides import Sides, sides
from bench.slack import EXECUTIVE_CHANNEL, StandIn
from bench.submissions import Forms, a_filled_form, is_saved


CRITICAL = 4
APART = 1.2
"""Seconds: a conversation takes one message a second."""

SETTLING = 0.2
"""Seconds after the post in which it is written down that it stands; that costs too."""

CPU, SAVED, POSTED = 12, 6, 12
"""Milliseconds that one may take."""


@dataclass(frozen=True)
class Cost:
    """Milliseconds of CPU, until it was saved and answered, and until the post arrived."""

    cpu: float
    saved: float
    posted: float


MEASURES = (
    ("CPU a critical submission, posted", attrgetter("cpu"), at_most(CPU)),
    ("until it is saved, p50", attrgetter("saved"), at_most(SAVED)),
    ("until it is posted, p50", attrgetter("posted"), at_most(POSTED)),
)


def run(scale: Scale) -> Iterator[Figure]:
    """Measure against Bolt alone with a two-row transaction, and a bare client that posts."""
    for kind in scale.pick(BOTH, ONE):
        with sides(scale, "submission", kind) as both:
            found = _in_turns(scale.pick(20, 8), both)
        for name, value, target in MEASURES:
            ours, floor = ([value(each) for each in found[side]] for side in ("ours", "floor"))
            yield Figure(f"{name}, {kind}", "ms", ours, floor, target)


def _in_turns(rounds: int, both: Sides) -> dict[str, list[Cost]]:
    payload = a_filled_form(both.stand_in, both.ours, CRITICAL)
    message = _arrival(both.stand_in, 0)["args"]
    with closing(Connection(both.ours.port)) as ours, closing(Connection(both.floor.port)) as floor:
        sides = {
            "ours": partial(_ours, both, ours, Forms(payload)),
            "floor": partial(_floor, both, floor, Forms(payload), message),
        }
        interleaved(2, sides)  # to be warm
        return interleaved(rounds, sides)


def _ours(both: Sides, connection: Connection, forms: Forms) -> Cost:
    time.sleep(APART)
    since, before = both.stand_in.slack.seq(), both.ours.cpu()
    answer = connection.ask(*forms.take(1))
    time.sleep(SETTLING)
    used = both.ours.cpu() - before
    assert is_saved(answer), answer
    posted = _arrival(both.stand_in, since)["at"] - answer.sent_at
    return Cost(1000 * used, 1000 * answer.took, 1000 * posted)


def _floor(both: Sides, connection: Connection, forms: Forms, message: dict[str, Any]) -> Cost:
    """Return what the floor takes; nothing of what the bare client costs is in its CPU."""
    time.sleep(APART)
    saved, used = _saved(both.floor, connection, forms)
    posted = _posted(both.stand_in, message)
    return Cost(1000 * used, 1000 * saved, 1000 * (saved + posted))


def _saved(server: Server, connection: Connection, forms: Forms) -> tuple[float, float]:
    """Return the seconds until it is answered, and of CPU."""
    before = server.cpu()
    answer = connection.ask(*forms.take(1))
    time.sleep(SETTLING)
    assert is_saved(answer), answer
    return answer.took, server.cpu() - before


def _posted(stand_in: StandIn, message: dict[str, Any]) -> float:
    """Return the seconds until a bare client's message arrives."""
    client = WebClient("xoxb-sandbox", base_url=stand_in.slack.api_url)
    since, started = stand_in.slack.seq(), time.time()
    client.chat_postMessage(**message | {"channel": EXECUTIVE_CHANNEL})
    return float(_arrival(stand_in, since)["at"]) - started


def _arrival(stand_in: StandIn, since: int) -> dict[str, Any]:
    """Return the first post after that change, waited for."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        calls = stand_in.slack.calls("chat.postMessage", since)
        if calls:
            first: dict[str, Any] = calls[0]
            return first
        time.sleep(0.02)
    raise AssertionError("nothing was posted")
