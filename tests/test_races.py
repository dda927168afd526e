"""Two people at the same moment, on a real PostgreSQL: neither waits for the other for long."""

import http.client
import itertools
import json
import os
import random
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select, text

from bot.verify import findings
from models import Database, Escalation
from sandbox.driver import running
from tests import races
from tests.bot_process import Bot, web
from tests.door_room import signed
from tests.races import ACTS, NEEDS, OPEN, SETTLED, Scene


ROUNDS = int(os.environ.get("ON_RECORD_RACES", "10"))
"""Of each pair. A deadlock shows within three; ON_RECORD_RACES=30 for a long look."""

PAIRS = list(itertools.combinations_with_replacement(ACTS, 2))
WAIT = 30.0
FORM = {"content-type": "application/x-www-form-urlencoded"}


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


def status_for(pair) -> str:
    wanted = {NEEDS.get(act, OPEN) for act in pair}
    return next((status for status in (SETTLED, races.OWNED) if status in wanted), OPEN)


@dataclass
class Arena:
    """A bot on a PostgreSQL, and two people who each have a connection to it."""

    database: Database
    bot: Bot
    senders: list[Sender]
    scenes: int = 0
    sent: int = 0
    seen: int = 0

    def new_scenes(self, count: int, status: str) -> list[Scene]:
        """Store so many clients, each with an escalation of that status."""
        found = [Scene(self.scenes + number) for number in range(1, count + 1)]
        self.scenes += count
        with self.database.engine.begin() as connection:
            races.set_up(connection, [(scene, status) for scene in found])
        return found

    def race(self, pair, scene: Scene, jitter: float) -> None:
        """Have both do their act at the same moment."""
        at_once(self.senders, [act(scene) for act in pair], jitter)
        self.sent += len(pair)

    def outcomes(self) -> Counter:
        """Wait until all is done that was sent; return the outcomes not returned before."""
        until = time.monotonic() + WAIT
        while True:
            lines = [json.loads(line) for line in self.bot.said.splitlines() if line[:1] == "{"]
            done = [line["outcome"] for line in lines if line.get("entry")]
            if len(done) >= self.sent:
                break
            assert time.monotonic() < until, f"{len(done)} of {self.sent}"
            time.sleep(0.05)
        new, self.seen = done[self.seen :], len(done)
        return Counter(new)

    def deadlocks(self) -> int:
        with self.database.read() as session:
            session.execute(text("SELECT pg_stat_force_next_flush()"))
            own = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            return session.scalar(own)

    def escalations(self, scene: Scene) -> int:
        with self.database.read() as session:
            of_client = Escalation.client_id == scene.number
            return session.scalar(select(func.count()).where(of_client))


@pytest.fixture(scope="module")
def arena(migrated_postgres, tmp_path_factory):
    folder = tmp_path_factory.mktemp("races")
    with ExitStack() as stack:
        url = stack.enter_context(migrated_postgres.fresh_database())
        database = Database(url)
        stack.callback(database.dispose)
        with database.engine.begin() as connection:
            races.leave_room(connection)
        slack = stack.enter_context(running())
        bot = stack.enter_context(web(slack, url, folder, LOG_FORMAT="json"))
        yield Arena(database, bot, stack.enter_context(connections(bot, 2)))


def name_of(pair) -> str:
    return " and ".join(act.__name__ for act in pair)


@pytest.mark.parametrize("pair", PAIRS, ids=name_of)
def test_two_who_write_about_a_client_at_once_neither_deadlock_nor_decide_twice(arena, pair):
    luck = random.Random(7)
    scenes = arena.new_scenes(ROUNDS, status_for(pair))
    for scene in scenes:
        arena.race(pair, scene, luck.choice((0, 0.001, 0.003)))
    outcomes = arena.outcomes()
    assert outcomes.keys() <= {"done", "UserError", "Refused"}, outcomes
    assert "transaction_gave_way" not in arena.bot.said
    assert arena.deadlocks() == 0
    is_reason = {races.record_critical, races.send_again} & set(pair)
    assert is_reason or {arena.escalations(scene) for scene in scenes} == {1}


def test_after_all_of_that_the_record_is_whole(arena):
    assert [str(found) for found in findings(arena.database) if found.mend] == []


def test_fifty_who_record_about_one_client_at_once_all_come_to_their_turn(arena):
    [scene] = arena.new_scenes(1, OPEN)
    bodies = [races.incident_form(scene, "U_SAM", f"K{number}", 1) for number in range(50)]
    with connections(arena.bot, 50) as senders:
        senders[0](races.incident_form(scene, "U_SAM", "warm", 1))
        answers = at_once(senders, bodies, 0)
    arena.sent += len(bodies) + 1
    assert all("is on record" in answer for answer in answers)
