"""Putting messages into the outbox: once each, in the transaction that caused them."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select

from bot.delivery.claim import EVERYTHING, claim
from bot.delivery.clocks import Instant
from bot.delivery.enqueue import EXECUTIVES, enqueue, refresh, void
from bot.delivery.finish import Stands, finish
from bot.delivery.held import held
from bot.delivery.trouble import Trouble, Waits
from models import Database, Delivery, DeliveryStatus, Lane, Urgency
from tests.delivery_slack import at, next_due, take


NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""For what SQLite cannot do: two writers at a time."""


def put(session, subject=1, **fields):
    fields = {"kind": "summary", "lane": EXECUTIVES, "now": NOW} | fields
    return enqueue(session, subject_id=subject, **fields)


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def test_a_message_is_due_at_once_and_named_after_its_subject(session):
    delivery = put(session)
    assert delivery.key == "summary:1:executives"
    assert (delivery.status, delivery.due_at) == (DeliveryStatus.PENDING, NOW)
    assert (delivery.wanted, delivery.attempts, delivery.ts) == (1, 0, None)


def test_the_same_message_twice_is_one_message_as_it_was(session):
    first = put(session)
    again = put(session, now=NOW + HOUR)
    assert again.id == first.id
    assert again.created_at == NOW


def test_another_key_is_another_message(session):
    assert put(session).id != put(session, key="summary:1:again").id


def test_what_is_rolled_back_was_never_enqueued(database):
    with pytest.raises(ZeroDivisionError), database.write() as session:
        put(session)
        raise ZeroDivisionError
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_many_at_once_agree_on_one_lane_and_one_message(database):
    def work():
        ready.wait()
        with database.write() as session:
            found.append(put(session, lane="U_TARA").id)

    found = []
    ready = threading.Barrier(6)
    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1


@on_postgresql
def test_enqueueing_does_not_wait_for_a_message_being_claimed_in_that_lane(database):
    with database.write() as session:
        put(session)
    with database.write() as claiming, database.write() as saving:
        assert take(claiming, NOW)
        put(saving, subject=2)
        saving.flush()


@on_postgresql
def test_claiming_does_not_pass_over_a_lane_that_somebody_enqueues_into(database):
    with database.write() as session:
        put(session)
    with database.write() as saving, database.write() as claiming:
        put(saving, subject=2)
        saving.flush()
        assert take(claiming, NOW)


def test_a_refresh_makes_a_sent_message_due_again(session):
    delivery = put(session)
    delivery.status = DeliveryStatus.SENT
    refresh(session, delivery, NOW + HOUR)
    assert (delivery.status, delivery.wanted) == (DeliveryStatus.PENDING, 2)
    assert delivery.due_at == NOW + HOUR


def test_a_refresh_of_a_held_message_leaves_it_in_sight(session):
    delivery = put(session)
    delivery.status, delivery.error = DeliveryStatus.HELD, "is_archived"
    refresh(session, delivery, NOW + HOUR)
    assert delivery.status == DeliveryStatus.HELD


@pytest.mark.parametrize("status", [DeliveryStatus.PENDING, DeliveryStatus.HELD])
def test_a_refresh_does_not_make_what_waits_look_younger(session, status):
    delivery = put(session)
    delivery.status = status
    refresh(session, delivery, NOW + HOUR)
    assert (delivery.wanted, delivery.due_at) == (2, NOW)


def test_two_refreshes_that_saw_the_same_count_count_twice(database):
    with database.write() as session:
        delivery_id = put(session).id
    copies = []
    for _ in range(2):
        with database.read() as session:
            copies.append(session.get_one(Delivery, delivery_id))
    for copy in copies:
        with database.write() as session:
            session.add(copy)
            refresh(session, copy, NOW)
    with database.read() as session:
        assert session.get_one(Delivery, delivery_id).wanted == 3


def test_taking_back_spares_what_was_sent_and_what_is_of_another(session):
    waiting, sent = put(session), put(session, key="sent")
    other, of_another = put(session, subject=2), put(session, kind="reply")
    sent.status = DeliveryStatus.SENT
    void(session, kind="summary", subject_id=1)
    assert [each.status for each in (waiting, sent, other, of_another)] == [
        DeliveryStatus.VOID,
        DeliveryStatus.SENT,
        DeliveryStatus.PENDING,
        DeliveryStatus.PENDING,
    ]


def test_a_message_taken_is_in_doubt_and_in_one_hand_for_a_lease(session):
    delivery = put(session)
    taken = take(session, NOW)
    assert (taken.id, taken.wanted, taken.attempts, taken.doubt) == (delivery.id, 1, 1, None)
    session.refresh(delivery)
    assert delivery.in_doubt_since == NOW
    assert take(session, NOW + timedelta(seconds=29)) is None
    again = take(session, NOW + timedelta(seconds=30))
    assert (again.id, again.doubt) == (delivery.id, NOW)


def test_the_next_message_of_a_lane_waits_for_an_answer_and_not_for_long(session):
    first, second = put(session), put(session, subject=2)
    assert take(session, NOW).id == first.id
    assert take(session, NOW + timedelta(seconds=0.9)) is None
    assert take(session, NOW + timedelta(seconds=1)).id == second.id


def test_the_next_moment_of_work_is_known(session):
    assert next_due(session, NOW) is None
    put(session, due_at=NOW + HOUR)
    assert next_due(session, NOW) == NOW + HOUR
    put(session, subject=2, lane="U_TARA")
    assert next_due(session, NOW) == NOW
    take(session, NOW)
    assert next_due(session, NOW) == NOW + timedelta(seconds=30)


def test_while_everything_rests_there_is_no_work(session):
    put(session)
    session.add(Lane(name=EVERYTHING, free_at=NOW + HOUR))
    session.flush()
    assert next_due(session, NOW) == NOW + HOUR
    assert take(session, NOW) is None


def test_a_lane_that_a_clock_since_reset_left_busy_is_free(session):
    put(session)
    taken = take(session, NOW + 24 * 30 * HOUR)
    then = at(NOW + 24 * 30 * HOUR)
    finish(session, taken, Stands("C1", "1.0"), at=then, pause=1, lease=30)
    put(session, subject=2)
    assert next_due(session, NOW) == NOW
    assert take(session, NOW)


def test_a_lease_that_a_clock_since_reset_left_is_over(session):
    put(session)
    taken = take(session, NOW + HOUR)
    assert next_due(session, NOW) == NOW
    assert take(session, NOW).id == taken.id


def test_a_rest_that_a_clock_since_reset_left_is_over(session):
    put(session)
    session.add(Lane(name=EVERYTHING, free_at=NOW + 24 * HOUR))
    session.flush()
    assert next_due(session, NOW) == NOW
    taken = take(session, NOW)
    rest = Trouble("ratelimited", Waits.ALL, seconds=60)
    finish(session, taken, rest, at=at(NOW), pause=0, lease=30)
    assert session.get_one(Lane, EVERYTHING).free_at == NOW + timedelta(seconds=60)


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, 24 * 30 * HOUR], ids=["hour", "behind", "month"])
def test_what_was_saved_by_another_clock_goes_out_now_and_in_its_turn(session, ahead):
    theirs = NOW + ahead
    first = enqueue(session, kind="summary", subject_id=1, lane=EXECUTIVES, now=theirs)
    second = put(session, subject=2)
    refreshed = put(session, subject=3, lane="U_TARA")
    refresh(session, refreshed, theirs)
    assert next_due(session, NOW) == NOW
    assert {take(session, NOW).id for _ in range(2)} == {first.id, refreshed.id}
    assert take(session, NOW + timedelta(seconds=1)).id == second.id


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, 24 * 30 * HOUR], ids=["hour", "behind", "month"])
def test_a_lease_does_not_go_by_the_clock_that_people_set(session, ahead):
    put(session)
    claim(session, at(NOW), lease=30, patience=1)
    skewed = Instant(NOW + ahead, NOW + timedelta(seconds=29))
    assert claim(session, skewed, lease=30, patience=1) is None
    over = Instant(NOW + ahead, NOW + timedelta(seconds=30))
    assert claim(session, over, lease=30, patience=1)


def test_a_timer_set_days_ahead_is_left_alone(session):
    put(session, due_at=NOW + 24 * 30 * HOUR)
    assert next_due(session, NOW) == NOW + 24 * 30 * HOUR
    assert take(session, NOW) is None


@on_postgresql
def test_nobody_claims_what_another_process_has_sent_since_it_looked(database, database_url):
    """PostgreSQL finds the rows first and locks them then; in between they can change."""

    def slow(_connection, _cursor, statement, parameters, *_):
        if "SKIP LOCKED" in statement:
            looking.set()
            statement = statement.replace("ORDER BY", "AND pg_sleep(0.5) IS NOT NULL ORDER BY")
        return statement, parameters

    def claim_slowly():
        with hesitant.write() as session:
            claimed.append(take(session, NOW))

    with database.write() as session:
        put(session)
    hesitant, claimed, looking = Database(database_url), [], threading.Event()
    event.listen(hesitant.engine, "before_cursor_execute", slow, retval=True)
    thread = threading.Thread(target=claim_slowly)
    thread.start()
    assert looking.wait(5)
    time.sleep(0.1)
    with database.write() as session:
        taken = take(session, NOW)
    with database.write() as session:
        finish(session, taken, Stands("C1", "1.0"), at=at(NOW), pause=0, lease=30)
    thread.join()
    hesitant.dispose()
    assert claimed == [None]


def test_a_reply_is_no_work_until_the_message_above_it_stands(session):
    top = put(session, due_at=NOW + HOUR)
    put(session, subject=2, thread_of=top)
    assert next_due(session, NOW) == NOW + HOUR


def test_a_timer_is_not_told_as_waiting(session):
    stuck, timer = put(session), put(session, subject=2, due_at=NOW + HOUR)
    stuck.status, stuck.error = DeliveryStatus.HELD, "is_archived"
    session.flush()
    assert [each.count for each in held(session, NOW)] == [1]
    assert [each.count for each in held(session, timer.due_at)] == [2]


def test_what_is_due_for_more_than_a_minute_and_not_sent_is_told(session):
    put(session)
    put(session, subject=2, due_at=NOW + HOUR)
    assert held(session, NOW + timedelta(seconds=60)) == []
    [told] = held(session, NOW + timedelta(seconds=61))
    assert (told.error, told.count) == ("overdue", 1)


def urgent(session, subject, **fields):
    return put(session, subject, urgency=Urgency.URGENT, **fields)


def stand(session, delivery):
    delivery.channel, delivery.ts, delivery.status = "C1", "1.0", DeliveryStatus.SENT
    session.flush()


def taken_in_order(session, count):
    """The ids that are taken one after the other, a second apart."""
    moments = (NOW + timedelta(seconds=number) for number in range(count))
    return [take(session, moment).id for moment in moments]


def test_what_is_urgent_goes_before_replies_updates_and_other_posts(session):
    top = put(session)
    stand(session, top)
    refresh(session, top, NOW)
    reply, post = put(session, 2, kind="reply", thread_of=top), put(session, 3)
    first, second = urgent(session, 10), urgent(session, 11)
    wanted = [each.id for each in (first, second, top, reply, post)]
    assert taken_in_order(session, 5) == wanted


def test_the_update_of_an_urgent_message_waits_its_turn(session):
    top = urgent(session, 1)
    stand(session, top)
    other = put(session, 2)
    refresh(session, top, NOW)
    third = put(session, 3)
    fourth = urgent(session, 4)
    assert taken_in_order(session, 4) == [fourth.id, other.id, top.id, third.id]


def test_an_urgent_reply_goes_before_the_others_of_its_thread(session):
    top = put(session)
    stand(session, top)
    early = put(session, 2, kind="reply", thread_of=top)
    late = urgent(session, 3, kind="reply", thread_of=top)
    assert taken_in_order(session, 2) == [late.id, early.id]


def test_a_message_in_doubt_holds_its_thread_and_nothing_else(session):
    top = put(session)
    stand(session, top)
    first, second = (put(session, n, kind="reply", thread_of=top) for n in (2, 3))
    other = put(session, 4)
    assert taken_in_order(session, 2) == [first.id, other.id]
    taken = take(session, NOW + timedelta(seconds=30))
    assert taken.id == first.id
    finish(session, taken, Stands("C1", "2.0"), at=at(NOW), pause=0, lease=30)
    assert take(session, NOW + timedelta(seconds=31)).id == second.id


def test_a_reply_passes_an_earlier_one_that_slack_refuses_or_that_never_arrives(session):
    top = put(session)
    stand(session, top)
    refused, failing, timer, last = (
        put(session, n, kind="reply", thread_of=top, due_at=NOW + HOUR if n == 4 else None)
        for n in (2, 3, 4, 5)
    )
    later = NOW + timedelta(seconds=40)
    refused.status, refused.free_at = DeliveryStatus.HELD, later
    failing.attempts, failing.free_at = 6, later
    session.flush()
    assert take(session, NOW).id == last.id
    assert timer.attempts == 0


def test_an_answer_that_comes_late_does_not_free_a_lane_that_somebody_else_uses(session):
    for subject in (1, 2, 3):
        put(session, subject)
    slow, quick = take(session, NOW), take(session, NOW + timedelta(seconds=1))
    now = NOW + timedelta(seconds=1.5)
    finish(session, slow, Stands("C1", "1.0"), at=at(now), pause=0, lease=30)
    assert take(session, now) is None
    finish(session, quick, Stands("C1", "1.0"), at=at(now), pause=0, lease=30)
    assert take(session, now)


def test_what_failed_goes_behind_what_is_well(session):
    ids = [put(session, subject).id for subject in (1, 2, 3)]
    taken = take(session, NOW)
    finish(session, taken, Trouble("http_500", acted=True), at=at(NOW), pause=1, lease=30)
    new = put(session, 4)
    moments = (NOW + timedelta(seconds=number) for number in range(4, 8))
    assert [take(session, moment).id for moment in moments] == [*ids[1:], ids[0], new.id]
