"""From saved to posted: how soon the executives' channel has what must be heard at once."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient

from bench.databases import BOTH, ONE
from bench.figures import Figure, at_most
from bench.load import OK, Connection
from bench.scale import Scale
from bench.server import PATIENCE
from bench.sides import Sides, sides
from bench.slack import EXECUTIVE_CHANNEL, StandIn
from bench.submissions import Forms, a_filled_form


CRITICAL = 4
APART = 1.2
"""Seconds: a conversation takes one message a second."""


@dataclass(frozen=True)
class Post:
    """Milliseconds until chat.postMessage arrived: since the press, since it was answered."""

    pressed: float
    answered: float


def run(scale: Scale) -> Iterator[Figure]:
    """Measure against a bare client that posts the same message."""
    for kind in scale.pick(BOTH, ONE):
        with sides(scale, "command", kind) as both:
            forms = Forms(a_filled_form(both.stand_in, both.ours, CRITICAL))
            first = _arrival(both.stand_in, 0)
            client = WebClient("xoxb-sandbox", base_url=both.stand_in.slack.api_url)
            ours, floor = [], []
            for number in range(scale.pick(12, 4) + 1):
                time.sleep(APART)
                posted = _posted(both.stand_in, client, first["args"]), _ours(both, forms)
                if number:  # the first is to be warm
                    floor.append(posted[0])
                    ours.append(posted[1])
        answered, pressed = [post.answered for post in ours], [post.pressed for post in ours]
        yield Figure(f"saved and answered until posted, {kind}", "ms", answered, floor, at_most(50))
        yield Figure(f"button pressed until posted, {kind}", "ms", pressed, floor)


def _ours(both: Sides, forms: Forms) -> Post:
    connection, since = Connection(both.ours.port), both.stand_in.slack.seq()
    answer = connection.ask(*forms.take(1))
    connection.close()
    assert answer.status == OK, answer
    at = _arrival(both.stand_in, since)["at"]
    pressed = at - answer.sent_at
    return Post(1000 * pressed, 1000 * (pressed - answer.took))


def _posted(stand_in: StandIn, client: WebClient, message: dict[str, Any]) -> float:
    since, started = stand_in.slack.seq(), time.time()
    client.chat_postMessage(**message | {"channel": EXECUTIVE_CHANNEL})
    return 1000 * (float(_arrival(stand_in, since)["at"]) - started)


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
