"""Outboxes at work: woken, paced, side by side, stopped, and with the database away."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import event, select

from bot.delivery.clocks import Steady
from bot.delivery.enqueue import EXECUTIVES, enqueue
from bot.delivery.finish import Stands, finish
from bot.delivery.work import Pace
from bot.delivery.work import take as take_work
from models import Database, Delivery, DeliveryStatus, Urgency
from sandbox.driver import running
from tests.delivery_process import Nursery
from tests.delivery_slack import (
    CHANNEL,
    PEOPLE,
    PERSON,
    at,
    expected,
    make_outbox,
    row,
    save,
    save_incident,
    standing,
    texts,
    wait_until_sent,
)
from tests.silent_line import silent_line
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def workspace():
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def slack(workspace):
    workspace.reset()
    return workspace


@pytest.fixture(scope="module")
def nursery():
    with Nursery() as program:
        yield program


@pytest.fixture
def started(slack):
    """Starts an outbox of this process; it is stopped, and its database closed, at the end."""
    with contextlib.ExitStack() as ending:

        def begin(outbox):
            ending.callback(outbox.stop, 30)
            outbox.start()
            return outbox

        def start(database, **options):
            ending.callback(database.dispose)
            return begin(make_outbox(database, slack.api_url, now, **options))

        start.call = begin
        yield start


def now():
    return datetime.now(UTC)


NEVER = 3600.0
HOUR = timedelta(hours=1)
STRICT = 30.0
"""Patience with an answer that keeps the order also on a machine that stalls for seconds."""


def test_a_saved_message_is_sent_when_woken_and_not_at_the_next_look(database, started):
    outbox = started(database, poll=NEVER)
    for subject, lane in enumerate(PEOPLE[:3]):
        time.sleep(0.1)
        save(database, now(), "seen", subject, lane=lane)
        outbox.wake()
        wait_until_sent(database)


def test_a_message_saved_by_another_process_is_sent_at_the_next_look(database, started):
    started(database)
    time.sleep(0.1)
    save(database, now())
    wait_until_sent(database)


def test_the_next_message_is_sent_when_its_turn_comes_and_not_at_the_next_look(
    database, slack, started
):
    slack.settings(rate_limits=False)
    for subject in range(4):
        save(database, now(), subject=subject)
    started(database, poll=NEVER, pause=0.1)
    wait_until_sent(database)


@pytest.mark.usefixtures("processes")
def test_two_messages_in_a_channel_are_a_second_apart_across_processes(
    nursery, database, database_url, slack
):
    for subject in (1, 2, 3):
        save(database, now(), subject=subject)
    pids = [nursery.start(database_url, slack.api_url, saves=[], pause=1.0) for _ in range(2)]
    wait_until_sent(database)
    for pid in pids:
        nursery.kill(pid)
    arrived = [call["at"] for call in slack.calls("chat.postMessage")]
    assert all(after - before >= 1.0 for before, after in pairwise(arrived))
    assert texts(slack) == ["summary 1 v1", "summary 2 v1", "summary 3 v1"]


@pytest.mark.usefixtures("processes")
def test_two_processes_share_the_work_and_keep_the_order(nursery, database, database_url, slack):
    slack.settings(rate_limits=False)
    for subject in range(1, 31):
        save_incident(database, now(), subject)
    pids = [
        nursery.start(database_url, slack.api_url, saves=[100 + each, 200 + each], patience=STRICT)
        for each in (1, 2)
    ]
    wait_until_sent(database)
    for pid in pids:
        nursery.kill(pid)
    assert standing(slack) == expected(database)
    with database.read() as session:
        backlog = session.scalars(
            select(Delivery).where(Delivery.lane == "executives", Delivery.subject_id < 100)
        ).all()
    by_arrival = sorted(backlog, key=lambda delivery: delivery.ts)
    assert [delivery.id for delivery in by_arrival] == sorted(each.id for each in backlog)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_many_who_claim_at_once_take_each_lane_in_its_order(database):
    """PostgreSQL passes over what is locked: an older message, while its lane becomes free."""
    count, lanes = 60, (*PEOPLE[:2], EXECUTIVES)
    for subject in range(count):
        for lane in lanes:
            save(database, now(), "seen", subject, lane=lane)
    taken, pace = {lane: [] for lane in lanes}, Pace(pause=0, patience=STRICT)

    def work():
        while sum(map(len, taken.values())) < count * len(lanes):
            moment = at(now())
            with database.write() as session:
                claim = take_work(session, moment, pace)
            if claim is None:
                continue
            taken[claim.lane].append(claim.id)  # nobody else has the lane
            with database.write() as session:
                stands = Stands("C1", "1.0")
                finish(session, claim, stands, at=at(now()), pause=0, lease=pace.lease)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == {lane: sorted(ids) for lane, ids in taken.items()}


def test_a_hung_answer_and_faults_hold_up_themselves_alone(database, slack, started):
    outbox = started(database, timeout=5)
    for kind in ("hang", "lost", "dropped", "hang"):
        slack.fault("chat.postMessage", kind, seconds=6)
    slack.fault("chat.postMessage", "error", code="internal_error")
    for subject in range(1, 9):
        save(database, now(), subject=subject)
    began = time.monotonic()
    outbox.wake()
    for subject in (6, 7, 8):
        slack.wait_for_message(CHANNEL, f"summary {subject} v1", 20)
    assert time.monotonic() - began < 20, "half of it on an idle machine, a minute where each waits"
    wait_until_sent(database, 60)
    assert sorted(texts(slack)) == [f"summary {subject} v1" for subject in range(1, 9)]


def test_an_urgent_post_does_not_wait_behind_forty_replies(database, slack, started):
    outbox = started(database)
    top = save(database, now())
    wait_until_sent(database)
    with database.write() as session:
        for subject in range(40):
            above = session.get_one(Delivery, top)
            enqueue(
                session,
                kind="reply",
                subject_id=subject,
                lane=EXECUTIVES,
                now=now(),
                thread_of=above,
            )
    outbox.wake()
    time.sleep(1.5)
    began = time.monotonic()
    save(database, now(), subject=2, urgency=Urgency.URGENT)
    outbox.wake()
    slack.wait_for_message(CHANNEL, "summary 2 v1", 10)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "ahead", [timedelta(hours=1), timedelta(hours=-1)], ids=["ahead", "behind"]
)
def test_two_processes_whose_clocks_differ_share_the_work(database, slack, started, ahead):
    slack.settings(rate_limits=False)
    slack.latency(0.2, "chat.postMessage")

    def theirs():
        return now() + ahead

    for subject in range(1, 5):
        save(database, (now, theirs)[subject % 2](), subject=subject)
        save(database, (now, theirs)[subject % 2](), "seen", subject, lane=PEOPLE[subject])
    for clock in (now, theirs):
        outbox = make_outbox(database, slack.api_url, clock, steady=Steady(database))
        started.call(outbox)
    wait_until_sent(database, 15)
    assert standing(slack) == expected(database)
    assert slack.calls("conversations.history") == [], "one took what another had"


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["ahead", "back"])
def test_a_clock_that_is_set_while_a_message_is_sent_neither_holds_nor_repeats_it(
    database, slack, started, jump
):
    slack.settings(rate_limits=False)
    slack.latency(0.5, "chat.postMessage")
    shows = [timedelta()]
    outboxes = [
        make_outbox(database, slack.api_url, lambda: now() + shows[0], steady=Steady(database))
        for _ in range(2)
    ]
    first = save(database, now())
    for outbox in outboxes:
        started.call(outbox)
    wait_until_claimed(database, first)
    shows[0] = jump
    save(database, now() + jump, subject=2)
    for outbox in outboxes:
        outbox.wake()
    wait_until_sent(database, 10)
    assert texts(slack) == ["summary 1 v1", "summary 2 v1"]
    assert slack.calls("conversations.history") == [], "one took what another had"


def test_an_outbox_with_nothing_to_do_sleeps(database, started):
    save(database, now(), due_at=now() + timedelta(days=1))
    started(database, poll=NEVER, steady=Steady(database))
    time.sleep(0.5)
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    time.sleep(2)
    assert asked == []


def test_stopping_finishes_what_is_being_sent_and_takes_nothing_more(database, slack):
    slack.settings(rate_limits=False)
    slack.latency(0.3, "chat.postMessage")
    outbox = make_outbox(database, slack.api_url, now, threads=1, pause=0)
    first, second = save(database, now()), save(database, now(), subject=2)
    outbox.start()
    wait_until_claimed(database, first)
    assert outbox.stop(30)
    assert row(database, first).status is DeliveryStatus.SENT
    assert row(database, second).status is DeliveryStatus.PENDING
    assert texts(slack) == ["summary 1 v1"]


def test_stopping_does_not_wait_longer_than_it_is_told(database, slack):
    slack.fault("chat.postMessage", "slow", seconds=1)
    outbox = make_outbox(database, slack.api_url, now)
    wait_until_claimed(database, start_with(outbox, database))
    assert not outbox.stop(0.1)
    assert outbox.stop(30)


def start_with(outbox, database):
    delivery_id = save(database, now())
    outbox.start()
    return delivery_id


def test_an_outbox_that_was_never_started_stops_at_once(database, slack):
    assert make_outbox(database, slack.api_url, now).stop(1)


@pytest.mark.usefixtures("processes")
def test_sigterm_finishes_what_is_being_sent(nursery, database, database_url, slack):
    slack.latency(0.3, "chat.postMessage")
    delivery_id = save(database, now())
    pid = nursery.start(database_url, slack.api_url, saves=[])
    wait_until_claimed(database, delivery_id)
    os.kill(pid, signal.SIGTERM)
    nursery.wait(pid)
    assert row(database, delivery_id).status is DeliveryStatus.SENT
    assert len(texts(slack)) == 1


def wait_until_claimed(database, delivery_id):
    wait_until(lambda: row(database, delivery_id).attempts, seconds=30)


def test_no_exception_ends_the_work(database, slack, caplog):
    moments = iter([RuntimeError(), KeyError()])

    def sometimes():
        for error in moments:
            raise error
        return now()

    outbox = make_outbox(database, slack.api_url, sometimes, threads=1)
    save(database, now())
    outbox.start()
    wait_until_sent(database)
    assert outbox.stop(30)
    assert [record.message for record in caplog.records].count("outbox_failed") == 2


def test_messages_go_out_though_what_comes_before_them_fails(database, started, caplog):
    def fail():
        raise ZeroDivisionError

    save(database, now())
    started(database, prepare=fail)
    wait_until_sent(database)
    assert [record.message for record in caplog.records].count("outbox_failed") == 1


def test_while_postgresql_is_away_the_outbox_waits_and_then_goes_on(
    postgres_server, slack, started, caplog
):
    slack.settings(rate_limits=False)
    database = Database(postgres_server.url)
    first = save(database, now())
    outbox = started(database, pause=0)
    wait_until_sent(database)
    postgres_server.stop()
    outbox.wake()
    time.sleep(2.5)
    postgres_server.start()
    second = save(database, now(), subject=2)
    wait_until_sent(database)
    assert row(database, first).ts < row(database, second).ts
    told = [record.message for record in caplog.records if record.name == "bot.delivery.outbox"]
    assert told.count("outbox_waits_for_database") == 1


def test_when_the_way_to_postgresql_falls_silent_a_message_is_sent_over_a_new_one(
    postgres_server, slack, started
):
    with silent_line(postgres_server) as line:
        near, far = Database(postgres_server.url), Database(line.url)
        save(near, now())
        started(far)
        wait_until_sent(near)
        time.sleep(1.5)  # both threads have a connection
        line.fall_silent()
        save(near, now(), subject=2)
        wait_until_sent(near, 15)
        near.dispose()
    assert texts(slack) == ["summary 1 v1", "summary 2 v1"]


def test_a_postgresql_killed_while_a_message_is_posted_leaves_one_message(
    postgres_server, slack, started
):
    slack.settings(rate_limits=False)
    slack.latency(0.4, "chat.postMessage")
    database = Database(postgres_server.url)
    started(database, pause=0)
    save(database, now())
    # From this call on it needs no database until the message stands.
    wait_until(lambda: slack.calls("conversations.info"), seconds=30)
    postgres_server.kill()
    slack.wait_for_message(CHANNEL, seconds=30)
    postgres_server.start()
    wait_until_sent(database)
    assert texts(slack) == ["summary 1 v1"]
    assert slack.calls("conversations.history") == [], "kept as soon as the database was back"


def test_without_tables_the_log_says_what_makes_them(tmp_path, started, caplog):
    started(Database(f"sqlite:///{tmp_path / 'new.db'}"))
    wait_until(lambda: any(hasattr(each, "mend") for each in caplog.records), seconds=10)
    told = [each for each in caplog.records if hasattr(each, "mend")]
    assert told[0].message == "outbox_waits_for_database"
    assert told[0].mend == "run `.venv/bin/alembic upgrade head`"


LOCK = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(3)
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("processes")
def test_a_locked_sqlite_file_holds_messages_back_and_loses_none(database, slack, started, caplog):
    save(database, now())
    save(database, now(), "seen", lane=PERSON)
    path = database.url.database
    with subprocess.Popen([sys.executable, "-c", LOCK, path], stdout=subprocess.PIPE) as locker:
        locker.stdout.readline()
        outbox = started(database)
        outbox.wake()
        locker.wait()
    wait_until_sent(database)
    assert (len(texts(slack)), len(texts(slack, slack.dm(PERSON)))) == (1, 1)
    told = [record.message for record in caplog.records if record.name == "bot.delivery.outbox"]
    assert told.count("outbox_waits_for_database") == 1
