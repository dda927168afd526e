"""Killed anywhere, by SIGKILL: every message that was saved stands exactly once."""

import os
import random
import time
from datetime import UTC, datetime

import pytest

from bot.delivery.clocks import Steady
from sandbox.driver import running
from tests.delivery_process import Nursery
from tests.delivery_slack import CHANNEL, expected, make_outbox, standing, wait_until_sent
from tests.fakes import Clock


pytestmark = pytest.mark.usefixtures("processes")
KILLS = int(os.environ.get("ON_RECORD_KILLS", "100"))
"""More take long: ON_RECORD_KILLS=1000 wants `-o faulthandler_timeout=0` too."""
LEASE = 2.0
"""Long enough that a process is killed rather than overtaken, also on a busy machine."""


@pytest.fixture(scope="module")
def workspace():
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def slack(workspace):
    workspace.reset()
    workspace.settings(rate_limits=False, traffic_kept=20_000 + 50 * KILLS)
    return workspace


@pytest.fixture(scope="module")
def nursery():
    with Nursery() as program:
        yield program


POINTS = [
    "before conversations.info",
    "before chat.postMessage",
    "after chat.postMessage",
    "before commit 1",  # the incident itself
    "before commit 2",  # the claim
    "before commit 3",
    "before commit 4",
    "before commit 5",
    "before commit 6",
]


@pytest.mark.parametrize("point", POINTS)
def test_a_process_killed_at_this_point_leaves_each_message_once(
    nursery, database, database_url, slack, point
):
    pid = nursery.start(database_url, slack.api_url, saves=[1], die=point)
    nursery.wait(pid)
    clock = Clock(datetime.now(UTC))
    outbox = make_outbox(database, slack.api_url, clock.now)
    clock.forward(seconds=31)
    for _ in range(10):
        outbox.step()
        clock.forward(seconds=1)
    assert standing(slack) == expected(database)
    assert len(expected(database)) == (0 if point == "before commit 1" else 3)


def test_kills_at_random_leave_each_message_once(nursery, database, database_url, slack):
    """Three processes share the work; one of them is always being killed and replaced."""
    chance = random.Random()
    slack.latency(0.01, "chat.postMessage")
    alive = [nursery.start(database_url, slack.api_url, saves=[0], lease=LEASE)]
    began = time.monotonic()
    slack.wait_for_message(CHANNEL, "reply 0", 30)
    as_long_as_one_takes = min(time.monotonic() - began, 0.2)
    for subject in range(1, KILLS + 1):
        alive.append(nursery.start(database_url, slack.api_url, saves=[subject], lease=LEASE))
        time.sleep(chance.uniform(0, as_long_as_one_takes))
        if len(alive) == 3:
            nursery.kill(alive.pop(chance.randrange(3)))
    for pid in alive:
        nursery.kill(pid)
    heir = make_outbox(
        database,
        slack.api_url,
        lambda: datetime.now(UTC),
        steady=Steady(database),
        pause=0,
        lease=LEASE,
    )
    heir.start()
    wait_until_sent(database, 30 + KILLS / 5)
    assert heir.stop(5)
    assert standing(slack) == expected(database)
    assert len(expected(database)) > KILLS / 2
    looked_up = slack.calls("conversations.history") + slack.calls("conversations.replies")
    assert len(looked_up) > 5, "hardly any kill fell between commit and post"
