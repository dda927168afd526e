import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.errors import FieldError, Refused, UserError
from bot.glance.counts import glance
from bot.incidents.addenda import add_note, withdraw
from bot.incidents.look import look
from bot.incidents.new import NewEvidence, NewIncident, Recorded
from bot.incidents.numbers import next_number
from bot.incidents.submit import AskSameEvent, AskWords, SentBefore, Submission
from bot.slack.people import Person
from models import (
    AddendumKind,
    AuditEvent,
    Client,
    ConductType,
    DatabaseUnavailable,
    Draft,
    Escalation,
    Evidence,
    Incident,
    NumberSeries,
)
from tests.factories import NOW, make_client, make_incident


TARA = Person("U_TARA", "Tara", executive=False)
MIGUEL = Person("U_MIGUEL", "Miguel", executive=False)
ERIN = Person("U_ERIN", "Erin", executive=True)
UTC_ZONE = ZoneInfo("UTC")


def new(client: int | str = "Brightwater Dental", form_key: str = "V1", **fields) -> NewIncident:
    told = {"conduct": "abuse", "severity": 2, "what_happened": "Shouted twice.", **fields}
    return NewIncident(form_key=form_key, client=client, occurred_at=NOW, **told)


def press(person: Person = TARA, now=NOW, timezone=UTC_ZONE) -> Submission:
    return Submission(person, person.executive, now, timezone)


def send(database, incident: NewIncident, person: Person = TARA, now=NOW):
    try:
        with database.write() as session:
            return press(person, now).form(session, incident)
    except (IntegrityError, SentBefore):
        with database.write() as session:
            return replace(press(person, now), second_try=True).form(session, incident)


def only(database, table, **where):
    with database.read() as session:
        return session.scalars(select(table).filter_by(**where)).one()


def count(database, table) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_form_becomes_a_record_with_everything_in_it(database):
    evidence = (NewEvidence("message", "useless", "U_KAREN", "Karen", NOW, "https://x"),)
    sent = new(
        contact="Karen Holt",
        medium="call",
        witnesses=("U_SAM",),
        witness_names=("Ana",),
        answers={"kind": "shouting"},
        evidence=evidence,
    )
    recorded = send(database, sent, now=NOW + timedelta(minutes=4))
    assert recorded.number == "INC-2026-0001"
    with database.read() as session:
        card = look(session, recorded.incident_id, "U_TARA", executive=False, now=NOW)
    assert (card.client_name, card.reporter_name) == ("Brightwater Dental", "Tara")
    assert card.facts == (("Contact", "Karen Holt"), ("How", "Telephone"))
    assert card.passages == (
        ("What happened", "Shouted twice."),
        ("What form did it take?", "shouting"),
    )
    assert (card.witness_ids, card.witness_names) == (("U_SAM",), ("Ana",))
    assert (card.exhibits[0].text, card.exhibits[0].author) == ("useless", "Karen")
    assert card.recorded_at - card.occurred_at == timedelta(minutes=4)


def test_a_file_of_any_size_is_evidence(database):
    recording = NewEvidence("file", file_id="F1", file_name="call.wav", size=3 * 2**30)
    send(database, new(evidence=(recording,)))
    assert only(database, Evidence).size == 3 * 2**30


def test_recording_is_noted_in_the_log(database):
    recorded = send(database, new())
    event = only(database, AuditEvent, action="incident.recorded")
    assert (event.actor_id, event.incident_id) == ("U_TARA", recorded.incident_id)


def test_the_same_form_sent_twice_is_one_incident(database):
    first, second = send(database, new()), send(database, new())
    assert first.number == second.number
    assert count(database, Incident) == 1


def test_the_year_of_a_number_is_the_one_where_the_msp_is(database):
    new_year = NOW.replace(year=2027, month=1, day=1, hour=3)
    with database.write() as session:
        recorded = press(now=new_year, timezone=ZoneInfo("America/New_York")).form(session, new())
    assert recorded.number == "INC-2026-0001"


def test_a_number_that_was_rolled_back_is_given_to_the_next(database):
    with pytest.raises(RuntimeError), database.write() as session:
        next_number(session, 2026)
        raise RuntimeError
    assert send(database, new()).number == "INC-2026-0001"


def at_once(count: int, work: Callable[[int], None]) -> list[Exception]:
    failures: list[Exception] = []

    def run(turn: int) -> None:
        try:
            work(turn)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failures.append(error)

    threads = [threading.Thread(target=run, args=(turn,)) for turn in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_many_at_once_get_numbers_without_gap_or_duplicate(database):
    send(database, new(form_key="V"))

    names = [f"Client {turn}" for turn in range(24)]  # or the same event would be asked

    def press_until_saved(turn: int) -> None:
        for _ in range(5):  # on a busy machine somebody may be told to press again
            with contextlib.suppress(DatabaseUnavailable):
                return send(database, new(names[turn], f"W{turn}"))
        raise DatabaseUnavailable

    assert at_once(24, press_until_saved) == []
    with database.read() as session:
        numbers = session.scalars(select(Incident.number).order_by(Incident.number)).all()
        assert session.scalar(select(NumberSeries.last)) == 25
    assert numbers == [f"INC-2026-{n:04d}" for n in range(1, 26)]


def test_one_form_sent_twice_at_the_same_moment_is_one_incident(database):
    with database.write() as session:
        client = make_client(session).id
    failures = at_once(8, lambda _turn: send(database, new(client)))
    assert count(database, Incident) == 1
    assert failures == []


def test_a_client_that_is_gone_is_named_beside_its_field(database):
    with pytest.raises(FieldError) as refusal:
        send(database, new(404))
    assert refusal.value.field == "client"


def test_a_kind_of_conduct_that_was_retired_is_named_beside_its_field(database):
    with database.write() as session:
        session.scalars(select(ConductType).filter_by(code="abuse")).one().retired = True
    with pytest.raises(FieldError) as refusal:
        send(database, new())
    assert refusal.value.field == "conduct"
    assert (count(database, Incident), count(database, Client)) == (0, 0)


def test_a_judging_word_is_asked_about_once_and_never_again(database):
    judging = new(what_happened="He is an idiot.")
    asked = send(database, judging)
    assert isinstance(asked, AskWords)
    assert (count(database, Incident), count(database, Draft)) == (0, 1)
    assert isinstance(send(database, judging), Recorded)
    assert count(database, Draft) == 0


def test_nothing_that_was_typed_is_kept_as_a_draft_once_it_is_on_record(database):
    sealed = new(what_happened="He is an idiot.", confidential=True)
    assert isinstance(send(database, sealed), AskWords)
    assert isinstance(send(database, replace(sealed, what_happened="He shouted.")), Recorded)
    assert count(database, Draft) == 0


def test_the_clients_exact_words_are_never_questioned(database):
    told = send(database, new(exact_words="You idiot, you always do this on purpose."))
    assert isinstance(told, Recorded)


def test_a_record_is_never_asked_about_again(database):
    send(database, new())
    again = send(database, new(what_happened="He is an idiot."))
    assert isinstance(again, Recorded)


def test_nobody_elses_draft_is_given(database):
    send(database, new(what_happened="He is an idiot."))
    with database.read() as session:
        with pytest.raises(UserError, match="Put on record"):
            press(MIGUEL).draft(session, "V1")
        assert press(TARA).draft(session, "V1").what_happened == "He is an idiot."


def test_drafts_are_forgotten_after_a_day(database):
    send(database, new(what_happened="He is an idiot."))
    later = NOW + timedelta(days=1, minutes=1)
    send(database, new(form_key="V2", what_happened="She is an idiot."), now=later)
    assert only(database, Draft).form_key == "V2"


def told_by_tara(database, **fields) -> int:
    with database.write() as session:
        return make_incident(session, **fields).client_id


@pytest.mark.parametrize("minutes", [-120, -5, 0, 5, 120])
def test_a_colleagues_record_within_two_hours_may_be_the_same_event(database, minutes):
    client = told_by_tara(database, occurred_at=NOW + timedelta(minutes=minutes))
    asked = send(database, new(client), MIGUEL)
    assert isinstance(asked, AskSameEvent)
    assert [event.number for event in asked.found] == ["INC-2026-0001"]


def test_a_client_that_a_colleague_added_meanwhile_is_asked_about_too(database):
    told_by_tara(database)
    assert isinstance(send(database, new("BRIGHTWATER  dental"), MIGUEL), AskSameEvent)


@pytest.mark.parametrize(
    "fields",
    [
        {"occurred_at": NOW - timedelta(minutes=121)},
        {"reporter_id": "U_MIGUEL"},
        {"withdrawn_at": NOW},
        {"confidential": True},
    ],
    ids=["another time", "my own", "withdrawn", "sealed"],
)
def test_what_can_not_be_the_same_event_is_not_offered(database, fields):
    client = told_by_tara(database, **fields)
    assert isinstance(send(database, new(client), MIGUEL), Recorded)


def test_an_executive_is_offered_a_sealed_record(database):
    client = told_by_tara(database, confidential=True)
    assert isinstance(send(database, new(client), ERIN), AskSameEvent)


def one_event(database, client: int, person: Person = MIGUEL) -> tuple[int, Recorded]:
    asked = send(database, new(client), person)
    head = asked.found[0].incident_id
    with database.write() as session:
        return head, press(person).one_event(session, new(client), head)


def test_a_second_account_of_one_event_does_not_count(database):
    client = told_by_tara(database)
    head, recorded = one_event(database, client)
    second = only(database, Incident, id=recorded.incident_id)
    assert (second.same_event_as_id, second.counts) == (head, False)
    assert recorded.same_event_as == "INC-2026-0001"


def test_an_open_account_counts_in_place_of_a_sealed_one_or_that_could_be_inferred(database):
    client = told_by_tara(database, confidential=True)
    head, recorded = one_event(database, client, ERIN)
    first, second = (
        only(database, Incident, id=head),
        only(database, Incident, number="INC-2026-0002"),
    )
    assert (first.same_event_as_id, first.counts) == (recorded.incident_id, False)
    assert (second.same_event_as_id, second.counts) == (None, True)
    assert recorded.same_event_as == "INC-2026-0001"
    assert count(database, Escalation) == 0
    with database.read() as session:
        seen = glance(session, client, now=NOW, timezone=UTC_ZONE, person_id="U_MIGUEL")
    assert seen.total == 1


def test_an_open_account_counts_once_the_first_one_is_sealed_later(database):
    first, second = new(told_by_tara(database, form_key="V0"), "V0"), new(1)
    with database.write() as session:
        recorded = press(MIGUEL).one_event(session, second, 1)
    send(database, replace(first, confidential=True))
    assert only(database, Incident, id=recorded.incident_id).counts
    assert not only(database, Incident, id=1).counts


def test_a_separate_event_counts_on_its_own(database):
    client = told_by_tara(database)
    with database.write() as session:
        recorded = press(MIGUEL).separate(session, new(client))
    assert only(database, Incident, id=recorded.incident_id).counts


def test_an_event_that_was_not_offered_can_not_be_chosen(database):
    client = told_by_tara(database, confidential=True)
    sealed = only(database, Incident).id
    with database.write() as session:
        recorded = press(MIGUEL).one_event(session, new(client), sealed)
    assert only(database, Incident, id=recorded.incident_id).counts


@pytest.mark.parametrize("others", [0, 1], ids=["nothing is left to ask", "another is left"])
def test_an_event_that_was_withdrawn_while_the_question_was_open_is_not_asked_about(
    database, others
):
    client = told_by_tara(database)
    for _ in range(others):
        told_by_tara(database, reporter_id="U_SAM")
    assert isinstance(send(database, new(client), MIGUEL), AskSameEvent)
    withdrawn(database, 1)
    with database.write() as session:
        outcome = press(MIGUEL).one_event(session, new(client), 1)
    if others:
        assert ([event.number for event in outcome.found], outcome.again) == (
            ["INC-2026-0002"],
            True,
        )
    else:
        assert outcome.number == "INC-2026-0002"
    assert count(database, Draft) == others


def test_both_accounts_lead_to_each_other(database):
    head, recorded = one_event(database, told_by_tara(database))
    with database.write() as session:
        first = look(session, head, "U_SAM", executive=False, now=NOW)
        second = look(session, recorded.incident_id, "U_SAM", executive=False, now=NOW)
    assert [account.reporter_name for account in first.accounts] == ["Miguel"]
    assert [account.number for account in second.accounts] == ["INC-2026-0001"]


def withdrawn(database, incident_id: int, person: Person = TARA) -> None:
    with database.write() as session:
        incident = session.get(Incident, incident_id)
        withdraw(session, incident, person, "Wrong client", executive=person.executive, now=NOW)


def test_a_withdrawn_record_stays_with_its_reason_and_no_longer_counts(database):
    recorded = send(database, new())
    withdrawn(database, recorded.incident_id)
    with database.read() as session:
        incident = session.scalars(select(Incident)).one()
        assert (incident.counts, incident.withdrawn_at) == (False, NOW)
        assert [(note.kind, note.text) for note in incident.addenda] == [
            (AddendumKind.WITHDRAWAL, "Wrong client")
        ]


def test_when_the_first_account_is_withdrawn_the_next_one_counts(database):
    head, second = one_event(database, told_by_tara(database))
    withdrawn(database, head)
    other = only(database, Incident, id=second.incident_id)
    assert (other.counts, other.same_event_as_id) == (True, None)


def test_only_the_reporter_or_an_executive_withdraws(database):
    recorded = send(database, new())
    with pytest.raises(Refused):
        withdrawn(database, recorded.incident_id, MIGUEL)
    withdrawn(database, recorded.incident_id, ERIN)
    with pytest.raises(UserError, match="already"):
        withdrawn(database, recorded.incident_id)


def test_the_same_note_sent_twice_is_one_note(database):
    recorded = send(database, new())
    for _ in range(2):
        with database.write() as session:
            incident = session.get(Incident, recorded.incident_id)
            add_note(session, incident, MIGUEL, "I was there", now=NOW, form_key="V9")
    with database.read() as session:
        assert [note.author_name for note in session.scalars(select(Incident)).one().addenda] == [
            "Miguel"
        ]


def test_a_note_can_be_found_by_its_words(database):
    recorded = send(database, new())
    with database.write() as session:
        incident = session.get(Incident, recorded.incident_id)
        add_note(session, incident, MIGUEL, "Überfällig", now=NOW)
    assert only(database, Incident).search_text == "shouted twice uberfallig"


@pytest.mark.parametrize(
    ("person", "sees"), [(TARA, True), (ERIN, True), (MIGUEL, False)], ids=["own", "exec", "other"]
)
def test_a_sealed_record_is_there_for_its_reporter_and_executives_alone(database, person, sees):
    recorded = send(database, new(confidential=True))
    with database.write() as session:
        if sees:
            assert look(
                session, recorded.incident_id, person.id, executive=person.executive, now=NOW
            ).confidential
        else:
            with pytest.raises(Refused, match="no such record"):
                look(session, recorded.incident_id, person.id, executive=False, now=NOW)


def test_each_look_at_a_record_is_noted_in_its_log(database):
    recorded = send(database, new())
    with database.write() as session:
        look(session, recorded.incident_id, "U_MIGUEL", executive=False, now=NOW)
    event = only(database, AuditEvent, action="record.viewed")
    assert (event.actor_id, event.incident_id) == ("U_MIGUEL", recorded.incident_id)
