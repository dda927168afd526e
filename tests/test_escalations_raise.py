import time
from dataclasses import dataclass
from datetime import UTC, timedelta
from threading import Barrier, Event, Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.clients.lock import lock_client
from bot.escalations import posts
from bot.escalations.act import settle, take
from bot.escalations.raise_ import NEXT, consider, lines, touched
from models import AuditEvent, Database, Delivery, Escalation, Incident
from tests.factories import NOW, make_client, make_escalation, make_incident


TOLD = f"The executives are being told. {NEXT}"


@dataclass
class Somebody:
    id: str
    name: str


ERIN = Somebody("U_ERIN", "Erin")


def ago(days: float):
    return NOW - timedelta(days=days)


def filed(session, **fields):
    """Put an incident on record and return what came of it."""
    incident = make_incident(session, **fields)
    return consider(session, incident, now=NOW), incident


def the_escalation(session) -> Escalation:
    return session.scalars(select(Escalation)).one()


def kinds(session) -> list[str]:
    return list(session.scalars(select(Delivery.kind).order_by(Delivery.id)))


def delivery(session, kind: str) -> Delivery:
    return session.scalars(select(Delivery).where(Delivery.kind == kind)).one()


def acts(session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_an_ordinary_incident_brings_nothing_before_the_executives(database):
    with database.write() as session:
        raised, incident = filed(session)
        assert raised is None
        assert incident.escalation_id is None
        assert (kinds(session), acts(session)) == ([], [])


def test_the_third_incident_in_30_days_raises_one_escalation_with_all_three(database):
    with database.write() as session:
        first, second = filed(session, occurred_at=ago(20)), filed(session, occurred_at=ago(10))
        raised, third = filed(session, reporter_id="U_MIGUEL")

        escalation = the_escalation(session)
        session.expire_all()
        linked = {incident.escalation_id for _, incident in (first, second, (raised, third))}
        assert linked == {escalation.id}
        assert escalation.why == "3 incidents by 2 technicians in 30 days"
        assert raised.escalation_id == escalation.id
        assert raised.is_new
        assert raised.why_for_reporter == (
            "The executives are being told, "
            "since there are now 3 incidents by 2 technicians in 30 days. "
            "You get a message as soon as one of them looks after it."
        )
        assert acts(session) == ["escalation.raised"]


def test_raising_puts_the_summary_in_the_channel_and_the_reminder_a_day_behind(database):
    with database.write() as session:
        filed(session, severity=4)

        assert kinds(session) == [posts.SUMMARY, posts.REMINDER]
        top, reminder = delivery(session, posts.SUMMARY), delivery(session, posts.REMINDER)
        assert (top.lane, top.subject_id) == ("executives", the_escalation(session).id)
        assert (reminder.thread_of_id, reminder.due_at) == (top.id, NOW + timedelta(hours=24))


@pytest.mark.parametrize("fields", [{"severity": 4}, {"attention": True}])
def test_what_needs_no_count_is_raised_alone_however_old_it_is(database, fields):
    with database.write() as session:
        older = make_incident(session, occurred_at=ago(5))
        raised, incident = filed(session, occurred_at=ago(400), **fields)
        session.expire_all()
        assert raised.is_new
        assert incident.escalation_id == raised.escalation_id
        assert older.escalation_id is None


@pytest.mark.parametrize("fields", [{"severity": 4}, {"attention": True}])
def test_another_account_of_an_event_can_raise_it_at_once(database, fields):
    with database.write() as session:
        first = make_incident(session)
        raised, _ = filed(session, reporter_id="U_MIGUEL", same_event_as_id=first.id, **fields)
        assert raised.is_new


def test_an_event_told_by_two_technicians_is_one_event(database):
    with database.write() as session:
        first = make_incident(session, occurred_at=ago(1))
        make_incident(session, occurred_at=ago(2))
        told = {"reporter_id": "U_MIGUEL", "same_event_as_id": first.id}
        assert filed(session, **told)[0] is None


def test_a_withdrawn_incident_is_part_of_no_pattern(database):
    with database.write() as session:
        make_incident(session, occurred_at=ago(1), withdrawn_at=NOW)
        make_incident(session, occurred_at=ago(2))
        assert filed(session)[0] is None


def test_an_old_incident_filed_late_does_not_raise_a_pattern_that_it_is_not_part_of(database):
    with database.write() as session:
        for days in (1, 2, 3):
            make_incident(session, occurred_at=ago(days))
        assert filed(session, occurred_at=ago(200), recorded_at=NOW)[0] is None
        assert filed(session, occurred_at=ago(4))[0].is_new


def test_an_incident_of_another_kind_does_not_raise_a_pattern_of_this_kind(database):
    with database.write() as session:
        for days in (40, 50):
            make_incident(session, occurred_at=ago(days), severity=3)
        assert filed(session, conduct="other", severity=3)[0] is None


def test_another_clients_incidents_do_not_count(database):
    with database.write() as session:
        other = make_client(session, "Harbour Café")
        for days in (1, 2, 3):
            make_incident(session, client=other, occurred_at=ago(days))
        assert filed(session)[0] is None


def test_two_technicians_who_are_not_comfortable_are_a_reason(database):
    with database.write() as session:
        filed(session, occurred_at=ago(80), comfort="no")
        assert filed(session, occurred_at=ago(50), comfort="no")[0] is None
        raised, _ = filed(session, reporter_id="U_MIGUEL", comfort="no")
        assert raised.is_new
        assert the_escalation(session).why == (
            "2 technicians not comfortable working with them again in 90 days"
        )


def test_days_are_those_of_the_msp(database):
    """Ten in the evening UTC, 30 days ago, is the 31st day before in Kathmandu."""
    with database.write() as session:
        old = NOW.replace(hour=17, day=24, month=10)  # 22:45 in Kathmandu
        for moment in (old, ago(1)):
            make_incident(session, occurred_at=moment)
        this = make_incident(session)
        late = NOW.replace(hour=19)  # past midnight in Kathmandu: it is the 24th there
        assert consider(session, this, now=late, timezone=ZoneInfo("Asia/Kathmandu")) is None
        assert consider(session, this, now=late, timezone=UTC).is_new


def test_other_accounts_and_other_kinds_in_the_window_belong_to_it_and_older_ones_do_not(database):
    with database.write() as session:
        older = make_incident(session, occurred_at=ago(40))
        first = make_incident(session, occurred_at=ago(9))
        account = make_incident(
            session, occurred_at=ago(9), reporter_id="U_SAM", same_event_as_id=first.id
        )
        withdrawn = make_incident(session, occurred_at=ago(8), withdrawn_at=NOW)
        make_incident(session, occurred_at=ago(7), conduct="other")
        raised, _ = filed(session)
        linked = select(Incident.id).where(Incident.escalation_id == raised.escalation_id)
        assert set(session.scalars(linked)) == {
            incident.id
            for incident in session.scalars(select(Incident))
            if incident.id not in {older.id, withdrawn.id}
        }
        assert account.id in set(session.scalars(linked))


def test_a_later_incident_goes_into_the_thread_and_never_on_top(database):
    with database.write() as session:
        filed(session, severity=4)
        top = delivery(session, posts.SUMMARY)
        asked = top.wanted
        raised, later = filed(session, conduct="other", severity=1)

        assert not raised.is_new
        assert later.escalation_id == the_escalation(session).id
        assert kinds(session) == [posts.SUMMARY, posts.REMINDER, posts.REPLY]
        reply = delivery(session, posts.REPLY)
        assert (reply.subject_id, reply.thread_of_id) == (later.id, top.id)
        assert delivery(session, posts.SUMMARY).wanted == asked + 1
        assert raised.why_for_reporter == TOLD
        assert acts(session) == ["escalation.raised", "escalation.extended"]


def test_another_account_joins_what_is_before_the_executives(database):
    with database.write() as session:
        _, first = filed(session, severity=4)
        raised, account = filed(session, reporter_id="U_SAM", same_event_as_id=first.id)
        assert not raised.is_new
        assert account.escalation_id == first.escalation_id


def test_a_later_incident_that_brings_a_new_reason_says_so_in_the_thread(database):
    with database.write() as session:
        for days in (2, 1, 0):
            filed(session, occurred_at=ago(days), conduct="other")
        filed(session, reporter_id="U_MIGUEL", conduct="other")
        filed(session, severity=4, conduct="other")

        said = [kind for kind in kinds(session) if kind.startswith(posts.REPLY)]
        assert said == [posts.REPLY, posts.REPLY_WITH_WHY]
        assert lines(the_escalation(session).why) == (
            "A critical incident, INC-2026-0005",
            "5 incidents by 2 technicians in 30 days",
        )


def test_a_reporter_who_joins_what_somebody_looks_after_is_told_so(database):
    with database.write() as session:
        raised, _ = filed(session, severity=4)
        take(session, raised.escalation_id, ERIN, now=NOW)
        joined, _ = filed(session, reporter_id="U_SAM")
        assert joined.why_for_reporter == (
            "The executives are being told. Erin is looking after it."
        )
        filed(session, reporter_id="U_ERIN")
        told = select(Delivery.lane).where(Delivery.kind == posts.SEEN)
        assert set(session.scalars(told)) == {"U_TARA", "U_SAM"}


def test_a_reason_of_their_own_names_nobody_who_had_it_for_a_reason_they_may_not_see(database):
    with database.write() as session:
        raised, _ = filed(session, severity=4, confidential=True, reporter_id="U_MIGUEL")
        take(session, raised.escalation_id, ERIN, now=NOW)
        joined, _ = filed(session, severity=4)
        assert joined.why_for_reporter == (
            f"The executives are being told, because it is critical. {NEXT}"
        )


def test_a_new_reason_brings_along_what_was_recorded_before_the_escalation(database):
    with database.write() as session:
        _, before = filed(session, occurred_at=ago(2), conduct="other")
        filed(session, severity=4, confidential=True, reporter_id="U_MIGUEL", conduct="other")
        session.expire_all()
        assert before.escalation_id is None
        raised, _ = filed(session, conduct="other")
        session.expire_all()
        assert before.escalation_id == raised.escalation_id


def test_once_settled_the_next_reason_raises_a_new_escalation(database):
    with database.write() as session:
        first, incident = filed(session, severity=4)
        settle(session, first.escalation_id, ERIN, "Talked with the owner.", now=NOW)
        second, _ = filed(session, severity=4)
        assert second.is_new
        assert second.escalation_id != first.escalation_id
        session.refresh(incident)
        assert incident.escalation_id == first.escalation_id
        assert kinds(session).count(posts.SUMMARY) == 2


def test_a_reporter_reads_no_reason_that_sealed_records_of_others_give(database):
    with database.write() as session:
        for days in (3, 2):
            make_incident(session, occurred_at=ago(days), confidential=True, reporter_id="U_MIGUEL")
        raised, _ = filed(session)
        assert raised.is_new
        assert raised.why_for_reporter == ""
        assert the_escalation(session).why == "3 incidents by 2 technicians in 30 days"


def test_a_reporter_reads_counts_of_what_they_may_see_alone(database):
    with database.write() as session:
        make_incident(session, occurred_at=ago(5), confidential=True)
        make_incident(session, occurred_at=ago(4), reporter_id="U_MIGUEL")
        make_incident(session, occurred_at=ago(3), confidential=True, reporter_id="U_SAM")
        raised, _ = filed(session)
        assert "3 incidents by 2 technicians in 30 days" in raised.why_for_reporter
        assert the_escalation(session).why == "4 incidents by 3 technicians in 30 days"


def test_joining_what_confidential_records_raised_tells_the_reporter_nothing(database):
    with database.write() as session:
        filed(session, severity=4, confidential=True, reporter_id="U_MIGUEL")
        raised, _ = filed(session, confidential=False)
        assert raised.why_for_reporter == ""


def test_a_reporter_is_told_of_what_they_asked_for_themselves(database):
    with database.write() as session:
        raised, _ = filed(session, attention=True, confidential=True, severity=4)
        told = "The executives are being told, as you asked and because it is critical. "
        assert raised.why_for_reporter.startswith(told)


def test_a_name_of_two_lines_is_one_reason(database):
    with database.write() as session:
        filed(session, attention=True, reporter_name="Tara\nLind")
        assert len(lines(the_escalation(session).why)) == 1


def test_a_withdrawal_is_told_updated_by_the_summary_and_by_the_incidents_own_reply(database):
    with database.write() as session:
        _, first = filed(session, severity=4)
        _, later = filed(session)
        filed(session)
        before = {row.id: row.wanted for row in session.scalars(select(Delivery))}
        touched(session, later, now=NOW)
        session.expire_all()
        updated = {
            (row.kind, row.subject_id)
            for row in session.scalars(select(Delivery))
            if row.wanted > before[row.id]
        }
        assert updated == {(posts.SUMMARY, first.escalation_id), (posts.REPLY, later.id)}


def test_an_incident_that_is_before_nobody_touches_nothing(database):
    with database.write() as session:
        filed(session, client=make_client(session, "Harbour Café"), severity=4)
        before = delivery(session, posts.SUMMARY).wanted
        incident = make_incident(session)
        touched(session, incident, now=NOW)
        assert delivery(session, posts.SUMMARY).wanted == before


def at_once(*deeds) -> None:
    """Do it all in threads at the same time; the first failure is raised here."""
    failures: list[Exception] = []

    def run(deed) -> None:
        try:
            deed()
        except Exception as error:  # noqa: BLE001 - raised below, on the test's own thread
            failures.append(error)

    threads = [Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_two_at_once_raise_one_escalation_and_the_second_joins_it(database, database_url):
    with database.write() as session:
        client_id = make_client(session).id
    another_process = Database(database_url)
    # SQLite has one writer: there both cannot have begun. On PostgreSQL both are in the middle.
    both_began = Barrier(1 if database.is_sqlite else 2)
    results = []

    def recording(which: Database, number: str, conduct: str):
        def deed() -> None:
            with which.write() as session:
                both_began.wait(timeout=5)
                lock_client(session, client_id)
                incident = make_incident(session, severity=4, conduct=conduct, number=number)
                results.append(consider(session, incident, now=NOW))

        return deed

    at_once(
        recording(database, "INC-2026-0001", "other"),
        recording(another_process, "INC-2026-0002", "unethical"),
    )
    another_process.dispose()

    with database.read() as session:
        escalation = the_escalation(session)
        assert sorted(result.is_new for result in results) == [False, True]
        assert {result.escalation_id for result in results} == {escalation.id}
        assert set(session.scalars(select(Incident.escalation_id))) == {escalation.id}
        assert sorted(kinds(session)) == sorted(
            [posts.SUMMARY, posts.REMINDER, posts.REPLY_WITH_WHY]
        )


def test_two_critical_incidents_are_both_named(database):
    with database.write() as session:
        for number in ("INC-2026-0001", "INC-2026-0002"):
            incident = make_incident(session, severity=4, conduct="other", number=number)
            consider(session, incident, now=NOW)
    with database.read() as session:
        why = the_escalation(session).why
    assert "INC-2026-0001" in why
    assert "INC-2026-0002" in why


def test_what_was_settled_counts_in_no_new_pattern(database):
    with database.write() as session:
        for _ in range(3):
            raised = consider(session, make_incident(session, conduct="other"), now=NOW)
        settle(session, raised.escalation_id, ERIN, "All is well.", now=NOW)
    with database.write() as session:
        assert consider(session, make_incident(session, conduct="other"), now=NOW) is None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_incident_that_comes_while_it_is_being_settled_is_raised_updated(database):
    with database.write() as session:
        escalation = make_escalation(session)
        old, client_id = escalation.id, escalation.client_id
    settled, results = Event(), []

    def settling() -> None:
        with database.write() as session:
            settle(session, old, ERIN, "Talked with the owner.", now=NOW)
            settled.set()
            time.sleep(0.3)  # not committed yet, while the other one looks

    def recording() -> None:
        with database.write() as session:
            settled.wait(timeout=5)
            lock_client(session, client_id)
            incident = make_incident(session, severity=4)
            results.append(consider(session, incident, now=NOW))

    at_once(settling, recording)
    assert results[0].is_new
    assert results[0].escalation_id != old
