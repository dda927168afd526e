"""Notes and withdrawals, however often they are sent and whatever happens at the same time."""

import threading

import pytest
from sqlalchemy import select, text

from bot.clients.lock import lock_incident
from bot.escalations.raise_ import consider
from bot.incidents.addenda import add_note, withdraw
from bot.slack.people import Person
from models import Addendum, AddendumKind, Delivery, Incident
from sandbox.driving.words import words_of
from tests.factories import NOW, make_incident
from tests.office import open_office
from tests.waiting import wait_until


TARA = Person("U_TARA", "Tara", executive=False)


def recorded(database) -> int:
    with database.write() as session:
        return make_incident(session).id


def add(database, words: str, form_key: str | None = "V9") -> None:
    with database.write() as session:
        add_note(session, session.get(Incident, 1), TARA, words, now=NOW, form_key=form_key)


def take_back(database, reason: str) -> None:
    with database.write() as session:
        incident = session.get(Incident, 1)
        withdraw(session, incident, TARA, reason, executive=False, now=NOW, form_key="V9")


def open_note_form(office, person) -> None:
    """Have this person find the record and type a note, ready to be sent."""
    office.bot.deps.directory.renew()
    person.home()
    person.command("/client-history", "brightwater dental")
    office.slack.wait_for(lambda: "INC-" in words_of(person.modal), 5)
    person.press("Open")
    office.slack.wait_for(lambda: "Add something" in words_of(person.modal), 5)
    person.press("Add something")
    person.fill({"What would you like to add?": "They called."})


def notes(database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Addendum.text).order_by(Addendum.id)))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (["They called.", "They called."], ["They called."]),
        (
            ["They called.", "They called. They threatened Ada by name."] * 2,
            ["They called.", "They threatened Ada by name."],
        ),
        (
            ["One.", "One. Two.", "One. Two.\nThree.", "One. Two.\nThree."],
            ["One.", "Two.", "Three."],
        ),
        (["They called.", "She called."] * 2, ["They called.", "She called."]),
        (["They call", "They called back"], ["They call", "They called back"]),
    ],
    ids=["the same", "longer", "longer again", "another", "longer in mid-word"],
)
def test_what_is_new_in_a_note_that_is_sent_again_is_a_further_note(database, sent, kept):
    recorded(database)
    for words in sent:
        add(database, words)
    assert notes(database) == kept


def test_the_reason_of_a_withdrawal_sent_again_is_kept_as_far_as_it_is_new(database):
    recorded(database)
    for reason in ("Wrong client.", "Wrong client. It was Harbour Café.") * 2:
        take_back(database, reason)
    assert notes(database) == ["Wrong client.", "It was Harbour Café."]
    with database.read() as session:
        kinds = list(session.scalars(select(Addendum.kind).order_by(Addendum.id)))
    assert kinds == [AddendumKind.WITHDRAWAL, AddendumKind.NOTE]


def wanted(database) -> int:
    """How often the summary was asked to say how things stand."""
    with database.read() as session:
        return session.scalars(select(Delivery.wanted).filter_by(kind="escalation_summary")).one()


@pytest.mark.parametrize("what", ["note", "withdrawal"])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_is_said_while_a_record_comes_before_the_executives_reaches_them(database, what):
    recorded(database)
    with database.write() as slow:
        incident = slow.get(Incident, 1)
        with database.write() as session:
            other = make_incident(session, reporter_id="U_MIGUEL", severity=4)
            consider(session, other, now=NOW)
            session.get(Incident, 1).escalation_id = other.escalation_id
        before = wanted(database)
        lock_incident(slow, incident)
        if what == "note":
            add_note(slow, incident, TARA, "They called.", now=NOW)
        else:
            withdraw(slow, incident, TARA, "Wrong client.", executive=False, now=NOW)
    assert wanted(database) == before + 1


def wait_for_a_writer(database) -> None:
    """Return when somebody waits for a row that another transaction has locked."""

    def waits() -> int:
        with database.read() as session:
            return session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))

    wait_until(waits, seconds=10)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_note_that_arrives_while_the_record_becomes_confidential_is_refused(database_url):
    with open_office(database_url) as office:
        database = office.bot.deps.database
        recorded(database)
        miguel = office.miguel
        open_note_form(office, miguel)
        with database.write() as session:
            incident = session.get(Incident, 1)
            lock_incident(session, incident)
            incident.confidential = True
            session.flush()
            sending = threading.Thread(target=miguel.submit)
            sending.start()
            wait_for_a_writer(database)
        sending.join()
        assert "no such record" in miguel.modal["errors"]["note"]
        assert miguel.values["note"]["note"]["value"] == "They called."
        assert notes(database) == []


def test_a_note_sent_four_times_at_once_is_one_note_and_nobody_hears_of_trouble(database_url):
    with open_office(database_url) as office:
        recorded(office.bot.deps.database)
        tara = office.tara
        answers: list[object] = []
        open_note_form(office, tara)
        assert tara.submit().ok
        (sent,) = office.slack.deliveries("view_submission")
        with office.bot.deps.database.write() as session:
            session.delete(session.scalars(select(Addendum)).one())
        again = [
            threading.Thread(target=lambda: answers.append(office.slack.send_again(sent)))
            for _ in range(4)
        ]
        for thread in again:
            thread.start()
        for thread in again:
            thread.join()
        assert notes(office.bot.deps.database) == ["They called."]
        assert "Something went wrong" not in str(answers)
