from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from bot.errors import UserError
from bot.escalations import posts
from bot.escalations.act import settle, snooze, take, take_over
from bot.escalations.raise_ import consider
from models import AuditEvent, Database, Delivery, Escalation
from tests.factories import NOW, make_incident


@dataclass
class Somebody:
    id: str
    name: str


ERIN, OMAR = Somebody("U_ERIN", "Erin"), Somebody("U_OMAR", "Omar")
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


@pytest.fixture
def escalation_id(session) -> int:
    """An escalation of three incidents, by Tara and by Miguel."""
    for reporter in ("U_TARA", "U_MIGUEL", "U_TARA"):
        incident = make_incident(session, reporter_id=reporter, conduct="other")
    return consider(session, incident, now=NOW).escalation_id


def told(session, kind: str) -> list[str]:
    wanted = select(Delivery.lane).where(Delivery.kind == kind).order_by(Delivery.id)
    return list(session.scalars(wanted))


def reminders(session) -> list[tuple]:
    wanted = select(Delivery.due_at, Delivery.status).where(Delivery.kind == posts.REMINDER)
    return [tuple(row) for row in session.execute(wanted.order_by(Delivery.id))]


def acts(session) -> list[tuple]:
    wanted = select(AuditEvent.action, AuditEvent.actor_id).order_by(AuditEvent.id)
    return [tuple(row) for row in session.execute(wanted)][1:]


def wanted(session) -> int:
    return session.scalars(select(Delivery.wanted).where(Delivery.kind == posts.SUMMARY)).one()


def state(session, escalation_id) -> tuple:
    found = session.get_one(Escalation, escalation_id)
    return found.status, found.owner_id, found.owner_name


def test_who_takes_it_owns_it_and_the_reporters_are_told_once(session, escalation_id):
    before = wanted(session)
    take(session, escalation_id, ERIN, now=LATER)
    assert state(session, escalation_id) == ("owned", "U_ERIN", "Erin")
    assert session.get_one(Escalation, escalation_id).owned_at == LATER
    assert told(session, posts.SEEN) == ["U_MIGUEL", "U_TARA"]
    assert reminders(session) == [(NOW + timedelta(hours=24), "void")]
    assert wanted(session) == before + 1
    assert acts(session) == [("escalation.taken", "U_ERIN")]


def test_taking_it_twice_is_taking_it_once(session, escalation_id):
    take(session, escalation_id, ERIN, now=LATER)
    before = wanted(session)
    take(session, escalation_id, ERIN, now=LATER)
    assert (wanted(session), len(acts(session))) == (before, 1)


def test_who_comes_second_is_told_who_has_it_and_nothing_changes(session, escalation_id):
    take(session, escalation_id, ERIN, now=LATER)
    with pytest.raises(UserError, match=r"Erin has it already.*Take over"):
        take(session, escalation_id, OMAR, now=LATER)
    assert state(session, escalation_id)[1] == "U_ERIN"
    assert len(acts(session)) == 1


def test_another_takes_it_over_and_the_reporters_are_not_told_again(session, escalation_id):
    take(session, escalation_id, ERIN, now=NOW)
    take_over(session, escalation_id, OMAR, from_id="U_ERIN", now=LATER)
    take_over(session, escalation_id, OMAR, from_id="U_ERIN", now=LATER)
    assert state(session, escalation_id) == ("owned", "U_OMAR", "Omar")
    assert told(session, posts.SEEN) == ["U_MIGUEL", "U_TARA"]
    assert acts(session) == [("escalation.taken", "U_ERIN"), ("escalation.taken", "U_OMAR")]


def test_a_button_that_shows_a_former_owner_takes_nothing_over(session, escalation_id):
    take(session, escalation_id, ERIN, now=NOW)
    take_over(session, escalation_id, OMAR, from_id="U_ERIN", now=NOW)
    with pytest.raises(UserError, match="Omar has it by now"):
        take_over(session, escalation_id, Somebody("U_ANA", "Ana"), from_id="U_ERIN", now=NOW)
    assert state(session, escalation_id)[1] == "U_OMAR"


def test_an_executive_who_reported_it_is_not_written_to_about_taking_it(session, escalation_id):
    make_incident(session, reporter_id="U_ERIN", escalation_id=escalation_id)
    take(session, escalation_id, ERIN, now=LATER)
    assert told(session, posts.SEEN) == ["U_MIGUEL", "U_TARA"]


def test_who_withdrew_their_report_is_not_written_to(session, escalation_id):
    make_incident(session, reporter_id="U_SAM", escalation_id=escalation_id, withdrawn_at=NOW)
    take(session, escalation_id, ERIN, now=LATER)
    assert told(session, posts.SEEN) == ["U_MIGUEL", "U_TARA"]


def test_snoozing_moves_the_reminder_and_says_who(session, escalation_id):
    snooze(session, escalation_id, ERIN, days=3, now=LATER)
    until = LATER + timedelta(days=3)
    assert session.get_one(Escalation, escalation_id).snoozed_until == until
    assert [due for due, status in reminders(session) if status == "pending"] == [until]
    assert acts(session) == [("escalation.snoozed", "U_ERIN")]


def test_a_second_snooze_counts_and_the_same_press_twice_does_not(session, escalation_id):
    snooze(session, escalation_id, ERIN, days=1, now=LATER)
    snooze(session, escalation_id, ERIN, days=1, now=LATER + timedelta(seconds=2))
    snooze(session, escalation_id, OMAR, days=7, now=LATER)
    pending = [due for due, status in reminders(session) if status == "pending"]
    assert pending == [LATER + timedelta(days=7)]
    assert acts(session) == [("escalation.snoozed", "U_ERIN"), ("escalation.snoozed", "U_OMAR")]


def test_snoozing_after_the_reminder_brings_another_one(session, escalation_id):
    reminder = session.scalars(select(Delivery).where(Delivery.kind == posts.REMINDER)).one()
    reminder.status, reminder.channel, reminder.ts = "sent", "C_EXEC", "1.2"
    session.flush()
    snooze(session, escalation_id, ERIN, days=1, now=LATER)
    due = LATER + timedelta(days=1)
    assert reminders(session) == [(reminder.due_at, "sent"), (due, "pending")]


def test_what_somebody_has_cannot_be_snoozed(session, escalation_id):
    take(session, escalation_id, ERIN, now=NOW)
    with pytest.raises(UserError, match="Erin has it"):
        snooze(session, escalation_id, OMAR, days=1, now=LATER)


def test_settling_keeps_the_outcome_and_tells_the_reporters(session, escalation_id):
    take(session, escalation_id, ERIN, now=NOW)
    settle(session, escalation_id, ERIN, "Talked with the owner.", now=LATER)
    found = session.get_one(Escalation, escalation_id)
    assert (found.status, found.settled_at) == ("settled", LATER)
    assert found.outcome == "Talked with the owner."
    assert told(session, posts.SETTLED) == ["U_MIGUEL", "U_TARA"]
    assert acts(session)[-1] == ("escalation.settled", "U_ERIN")


def test_settling_frees_the_place_for_the_next_escalation(session, escalation_id):
    settle(session, escalation_id, ERIN, "Talked with the owner.", now=LATER)
    incident = make_incident(session, severity=4)
    assert consider(session, incident, now=LATER).escalation_id != escalation_id


def test_settling_what_nobody_took_makes_the_settler_the_owner_and_stops_the_reminder(
    session, escalation_id
):
    settle(session, escalation_id, OMAR, "It was our own mistake.", now=LATER)
    assert state(session, escalation_id) == ("settled", "U_OMAR", "Omar")
    assert [status for _, status in reminders(session)] == ["void"]


def test_another_executive_may_settle_it_and_is_named(session, escalation_id):
    take(session, escalation_id, ERIN, now=NOW)
    settle(session, escalation_id, OMAR, "Talked with the owner.", now=LATER)
    assert state(session, escalation_id) == ("settled", "U_OMAR", "Omar")


def test_settling_twice_with_the_same_line_is_settling_once(session, escalation_id):
    settle(session, escalation_id, ERIN, "Talked.", now=NOW)
    before = wanted(session)
    settle(session, escalation_id, ERIN, "Talked.", now=LATER)
    assert session.get_one(Escalation, escalation_id).settled_at == NOW
    assert (wanted(session), len(acts(session))) == (before, 1)


@pytest.mark.parametrize(
    "deed",
    [
        lambda *at: take(*at, OMAR, now=LATER),
        lambda *at: take_over(*at, OMAR, from_id="U_ERIN", now=LATER),
        lambda *at: snooze(*at, OMAR, days=1, now=LATER),
        lambda *at: settle(*at, OMAR, "Something else.", now=LATER),
    ],
    ids=["take", "take over", "snooze", "settle"],
)
def test_a_button_of_what_is_settled_changes_nothing_and_says_so(session, escalation_id, deed):
    settle(session, escalation_id, ERIN, "Talked.", now=NOW)
    with pytest.raises(UserError, match="Erin has settled it already"):
        deed(session, escalation_id)
    assert session.get_one(Escalation, escalation_id).outcome == "Talked."


def test_a_button_of_what_never_was_is_answered_kindly(session):
    with pytest.raises(UserError, match="nothing to do"):
        take(session, 4711, ERIN, now=NOW)


def test_of_two_who_take_it_at_once_one_has_it_and_the_other_is_told(database, database_url):
    with database.write() as session:
        escalation_id = consider(session, make_incident(session, severity=4), now=NOW).escalation_id
    another_process = Database(database_url)
    ready, refusals = Barrier(2), []

    def taking(which: Database, by: Somebody) -> None:
        ready.wait(timeout=5)
        try:
            with which.write() as session:
                take(session, escalation_id, by, now=LATER)
        except UserError as refusal:
            refusals.append(str(refusal))

    pairs = [(database, ERIN), (another_process, OMAR)]
    threads = [Thread(target=taking, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    another_process.dispose()

    with database.read() as session:
        _, owner_id, owner_name = state(session, escalation_id)
        assert owner_id in {"U_ERIN", "U_OMAR"}
        assert len(refusals) == 1
        assert refusals[0].startswith(f"{owner_name} has it already.")
        assert acts(session) == [("escalation.taken", owner_id)]
