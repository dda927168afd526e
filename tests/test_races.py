"""Two people at the same moment, on a real PostgreSQL: neither waits for the other for long."""

import http.client
import itertools
import json
import random
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing, contextmanager

import pytest
from sqlalchemy import func, select, text

from bot.verify import findings
from models import Database, Escalation
from models.database import PATIENCE
from sandbox.driver import running
from tests import races
from tests.bot_process import web
from tests.door_room import signed
from tests.races import ACTS, NEEDS, OPEN, SETTLED, Scene


ROUNDS = 30
PAIRS = list(itertools.combinations_with_replacement(ACTS, 2))
WAIT = 30.0
FORM = {"content-type": "application/x-www-form-urlencoded"}
only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Sender:
    """Somebody's connection to the bot."""

    def __init__(self, port: int):
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)

    def __call__(self, body: str) -> str:
        """Send it and return what is answered."""
        self.line.request("POST", "/slack/events", body.encode(), FORM | signed(body))
        answer = self.line.getresponse()
        said = answer.read().decode()
        assert answer.status == 200, said
        return said


@contextmanager
def connections(bot, count: int):
    with ExitStack() as stack:
        senders = [Sender(bot.port) for _ in range(count)]
        for sender in senders:
            stack.enter_context(closing(sender.line))
        yield senders


def at_once(senders, bodies, jitter: float) -> list[str]:
    """Send each body by its own connection at the same moment, the second `jitter` s later."""
    answers: dict[int, str] = {}
    ready = threading.Barrier(len(bodies))

    def send(place: int) -> None:
        ready.wait(WAIT)
        time.sleep(jitter * place)
        answers[place] = senders[place](bodies[place])

    threads = [threading.Thread(target=send, args=(place,)) for place in range(len(bodies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    return [answers[place] for place in range(len(bodies))]


def wait_for_requests(bot, count: int) -> list[dict]:
    """Wait until the bot has finished so many; return what it logged of them."""
    until = time.monotonic() + WAIT
    while True:
        lines = [json.loads(line) for line in bot.said.splitlines() if line.startswith("{")]
        done = [line for line in lines if line.get("entry")]
        if len(done) >= count:
            return done
        assert time.monotonic() < until, f"{len(done)} of {count}"
        time.sleep(0.1)


def status_for(pair) -> str:
    wanted = {NEEDS.get(act, OPEN) for act in pair}
    return next((status for status in (SETTLED, races.OWNED) if status in wanted), OPEN)


@pytest.fixture
def race(database, database_url, tmp_path):
    """A bot, its database filled with a client for each round of each pair, and two connections."""
    rounds = [(pair, number) for pair in PAIRS for number in range(ROUNDS)]
    scenes = [(Scene(place), status_for(pair)) for place, (pair, _) in enumerate(rounds, start=1)]
    with database.engine.begin() as connection:
        races.set_up(connection, scenes)
    with running() as slack, web(slack, database_url, tmp_path, LOG_FORMAT="json") as bot:
        yield rounds, [scene for scene, _ in scenes], bot


def deadlocks(database: Database) -> int:
    with database.read() as session:
        session.execute(text("SELECT pg_stat_force_next_flush()"))
        own = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return session.scalar(own)


@only_postgresql
def test_whatever_two_people_do_about_a_client_at_once_nothing_deadlocks_or_drifts(database, race):
    rounds, scenes, bot = race
    luck = random.Random(7)
    with connections(bot, 2) as senders:
        for (pair, _), scene in zip(rounds, scenes, strict=True):
            at_once(senders, [act(scene) for act in pair], luck.choice((0, 0.001, 0.003)))
    done = wait_for_requests(bot, 2 * len(rounds))
    outcomes = Counter(line["outcome"] for line in done)
    assert outcomes.keys() <= {"done", "UserError", "Refused"}, outcomes
    assert "transaction_gave_way" not in bot.said
    assert deadlocks(database) == 0
    assert [str(found) for found in findings(database) if found.mend] == []
    assert opened_twice(database, rounds, scenes) == []


def opened_twice(database, rounds, scenes) -> list[str]:
    """The pairs in which nothing was a reason for a second escalation, and one was opened."""
    with database.read() as session:
        counted = select(Escalation.client_id, func.count()).group_by(Escalation.client_id)
        count = dict(session.execute(counted).all())
    reasons = {races.record_critical, races.send_again}
    return [
        f"{pair[0].__name__} and {pair[1].__name__}"
        for (pair, _), scene in zip(rounds, scenes, strict=True)
        if count[scene.number] > 1 and not reasons & set(pair)
    ]


@only_postgresql
def test_fifty_who_record_about_one_client_at_once_all_come_to_their_turn(
    database, database_url, tmp_path
):
    with database.engine.begin() as connection:
        races.set_up(connection, [(Scene(1), OPEN)])
    bodies = [races.incident_form(Scene(1), "U_SAM", f"K{number}", 1) for number in range(50)]
    with (
        running() as slack,
        web(slack, database_url, tmp_path) as bot,
        connections(bot, 50) as senders,
    ):
        senders[0](races.incident_form(Scene(1), "U_SAM", "warm", 1))
        started = time.monotonic()
        answers = at_once(senders, bodies, 0)
        took = time.monotonic() - started
    assert all("is on record" in answer for answer in answers)
    assert took < PATIENCE
