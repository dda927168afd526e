"""A form that is sent a second time: nothing typed meanwhile is lost, nothing is told twice."""

from dataclasses import fields, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.escalations import posts
from bot.escalations.act import settle
from bot.incidents.addenda import withdraw
from bot.incidents.look import look
from bot.incidents.new import NewEvidence, NewIncident, Recorded
from bot.incidents.submit import SentBefore, Submission
from bot.slack.people import Person
from models import Delivery, Escalation, Evidence, Incident, Witness
from tests.factories import NOW, make_client, make_incident


TARA = Person("U_TARA", "Tara Lind", executive=False)
ERIN = Person("U_ERIN", "Erin", executive=True)
BERLIN = ZoneInfo("Europe/Berlin")
SHOT = NewEvidence("file", file_id="F1", file_name="shot.png")
MESSAGE = NewEvidence("message", "useless", "U_KAREN", "Karen Moss", NOW, "https://x.example")
FIRST = NewIncident("V1", "Brightwater Dental", "abuse", 2, "Shouted twice.", NOW)


def send(database, form: NewIncident, now=NOW) -> Recorded:
    """Send the form as its listener does."""
    press = Submission(TARA, executive=False, now=now, timezone=BERLIN)
    try:
        with database.write() as session:
            return press.form(session, form)
    except (IntegrityError, SentBefore):
        with database.write() as session:
            return replace(press, second_try=True).form(session, form)


def card(database, incident_id: int = 1):
    with database.write() as session:
        return look(session, incident_id, "U_TARA", executive=False, now=NOW)


def notes(database) -> list[str]:
    return [note.text for note in card(database).notes]


def count(database, table) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


CHANGES = {
    "client": ("Harbour Café", "Client: Harbour Café"),
    "conduct": ("non_payment", "Conduct: Left invoices unpaid"),
    "severity": (3, "Severity: 3 · Serious"),
    "what_happened": ("Shouted thrice.", "What happened: Shouted thrice."),
    "occurred_at": (NOW - timedelta(hours=1), "When: 23 Nov 2026, 10:30 CET"),
    "contact": ("Karen Holt", "Contact: Karen Holt"),
    "medium": ("on_site", "How: On site"),
    "exact_words": ("You are useless.", "Exact words: You are useless."),
    "heard": ("second_hand", "Words: Somebody told me"),
    "what_we_did": ("Stayed calm.", "What we did: Stayed calm."),
    "told_before": ("unknown", "Told before: I don't know"),
    "our_part": ("A day late.", "Our own part: A day late."),
    "minutes_lost": (0, "Minutes lost: 0"),
    "ticket": ("T-1", "Ticket: T-1"),
    "comfort": ("with_support", "Comfortable again: With support"),
    "answers": ({"aimed_at": "Ada"}, "Who was it aimed at?: Ada"),
    "witnesses": (("U_SAM",), "Witnesses added: 1"),
    "witness_names": (("Ana",), "Witnesses added: 1"),
    "evidence": ((SHOT,), "Evidence added: shot.png"),
}
MARKED = {"confidential", "attention"}
"""What stands in the record itself once it is asked for."""


def test_every_field_of_a_form_is_compared():
    assert {field.name for field in fields(NewIncident)} == {"form_key", *CHANGES, *MARKED}


@pytest.mark.parametrize("field", CHANGES)
def test_what_was_changed_before_a_form_was_sent_again_is_noted_in_words(database, field):
    value, words = CHANGES[field]
    first = send(database, FIRST)
    again = send(database, replace(FIRST, **{field: value}))
    assert (again.number, count(database, Incident)) == (first.number, 1)
    assert notes(database) == [f"Changed before the form was sent again:\n{words}"]


def test_the_original_stays_as_it_was_first_written(database):
    send(database, FIRST)
    before = card(database)
    texts = ("client", "conduct", "severity", "what_happened", "occurred_at", "our_part")
    send(database, replace(FIRST, **{name: CHANGES[name][0] for name in texts}))
    assert replace(card(database), notes=()) == before


REQUIRED = {"client", "conduct", "severity", "what_happened", "occurred_at"}
ROWS = {"witnesses", "witness_names", "evidence"}


@pytest.mark.parametrize("field", sorted(CHANGES.keys() - REQUIRED - ROWS))
def test_what_was_emptied_before_a_form_was_sent_again_is_noted_too(database, field):
    value, words = CHANGES[field]
    send(database, replace(FIRST, **{field: value}))
    send(database, replace(FIRST, **{field: getattr(FIRST, field)}))
    label = words.rpartition(": ")[0]
    assert notes(database) == [f"Changed before the form was sent again:\n{label}: left empty"]


def test_the_last_note_says_how_the_form_stands_however_often_it_went_back_and_forth(database):
    hit, not_hit = "What happened: He hit Ada.", "What happened: He did not hit Ada."
    send(database, FIRST)
    for words in ("He hit Ada.", "He did not hit Ada.", "He hit Ada.", "He hit Ada."):
        send(database, replace(FIRST, what_happened=words))
    for _ in range(2):
        send(database, FIRST)
    said = [
        note.removeprefix("Changed before the form was sent again:\n") for note in notes(database)
    ]
    assert said == [hit, not_hit, hit, "Everything again as it was written first."]


def test_what_was_emptied_of_several_changes_is_not_taken_for_known(database):
    for form in (FIRST, replace(FIRST, our_part="Late.", ticket="T-9")):
        send(database, form)
    send(database, replace(FIRST, ticket="T-9"))
    assert notes(database)[1] == "Changed before the form was sent again:\nTicket: T-9"


@pytest.mark.parametrize("field", sorted(ROWS))
def test_evidence_and_witnesses_stay_on_record_and_a_note_says_so(database, field):
    send(database, replace(FIRST, **{field: CHANGES[field][0]}))
    before = card(database)
    for _ in range(2):
        send(database, FIRST)
    said = {
        "witnesses": "Witnesses no longer named, kept on record: 1",
        "witness_names": "Witnesses no longer named, kept on record: 1",
        "evidence": "No longer in the form, kept on record: shot.png",
    }
    assert notes(database) == [f"Changed before the form was sent again:\n{said[field]}"]
    assert replace(card(database), notes=()) == before


def test_new_evidence_and_witnesses_join_the_record_and_what_is_there_is_not_doubled(database):
    first = replace(FIRST, evidence=(MESSAGE, SHOT), witnesses=("U_SAM",), witness_names=("Ana",))
    send(database, first)
    more = NewEvidence("file", file_id="F2", file_name="mail.eml")
    again = replace(
        first,
        evidence=(replace(MESSAGE, author_name=None), SHOT, more),
        witnesses=("U_SAM", "U_OMAR"),
        witness_names=("Ana", "Bo"),
    )
    for _ in range(2):
        send(database, again)
    record = card(database)
    assert [exhibit.name for exhibit in record.exhibits] == ["Message", "shot.png", "mail.eml"]
    assert record.witness_ids == ("U_SAM", "U_OMAR")
    assert record.witness_names == ("Ana", "Bo")
    assert (count(database, Evidence), count(database, Witness)) == (3, 4)
    said = "Changed before the form was sent again:\nEvidence added: mail.eml\nWitnesses added: 2"
    assert notes(database) == [said]


def test_the_same_changes_sent_again_are_one_note_and_other_ones_another(database):
    send(database, FIRST)
    for minutes in (40, 40, 4, 4):
        send(database, replace(FIRST, minutes_lost=minutes))
    said = [note.splitlines()[-1] for note in notes(database)]
    assert said == ["Minutes lost: 40", "Minutes lost: 4"]


def test_a_name_read_off_the_message_is_no_change_once_it_is_not_known_any_more(database):
    send(database, replace(FIRST, evidence=(MESSAGE,), contact="Karen Moss"))
    send(database, replace(FIRST, evidence=(replace(MESSAGE, author_name=None),)))
    assert notes(database) == []


def test_a_client_by_another_spelling_is_no_change(database):
    send(database, FIRST)
    send(database, replace(FIRST, client="BRIGHTWATER  dental"))
    assert notes(database) == []


def test_a_client_that_is_gone_by_now_is_no_change(database):
    send(database, FIRST)
    send(database, replace(FIRST, client=404, what_happened="He is an idiot."))
    said = "What happened: He is an idiot."
    assert notes(database) == [f"Changed before the form was sent again:\n{said}"]


def escalation(database) -> Escalation:
    with database.read() as session:
        return session.scalars(select(Escalation)).one()


def test_confidential_and_attention_may_still_be_asked_for(database):
    send(database, FIRST)
    recorded = send(database, replace(FIRST, confidential=True, attention=True))
    record = card(database)
    assert record.confidential
    assert ("Asked", "Executives should look at this now") in record.facts
    assert escalation(database).why == "Tara Lind asked for the executives to look at INC-2026-0001"
    assert recorded.escalated.startswith("The executives are being told, as you asked")


def test_a_severity_that_became_critical_reaches_the_executives_as_just_that(database):
    send(database, FIRST)
    recorded = send(database, replace(FIRST, severity=4))
    assert escalation(database).why == "A critical incident, INC-2026-0001"
    assert recorded.escalated == (
        "The executives are being told, because it is critical. "
        "You get a message as soon as one of them looks after it."
    )
    record = card(database)
    assert "Asked" not in dict(record.facts)
    assert record.severity == 2
    assert "Severity: 4 · Critical" in record.notes[0].text


def test_what_the_executives_know_already_brings_no_second_post_and_one_reason_more(database):
    send(database, replace(FIRST, attention=True))
    send(database, replace(FIRST, attention=True, severity=4))
    assert escalation(database).why.splitlines() == [
        "A critical incident, INC-2026-0001",
        "Tara Lind asked for the executives to look at INC-2026-0001",
    ]
    with database.read() as session:
        kinds = list(session.scalars(select(Delivery.kind).order_by(Delivery.id)))
    assert kinds == [posts.SUMMARY, posts.REMINDER]


def test_what_was_settled_meanwhile_stays_settled_however_often_the_form_is_sent(database):
    send(database, FIRST)
    send(database, replace(FIRST, severity=4))
    with database.write() as session:
        settle(session, escalation(database).id, ERIN, "Talked.", now=NOW)
    send(database, replace(FIRST, severity=4))
    assert escalation(database).status == "settled"


def test_what_was_withdrawn_meanwhile_reaches_nobody(database):
    send(database, FIRST)
    with database.write() as session:
        withdraw(session, session.get(Incident, 1), TARA, "No.", executive=False, now=NOW)
    recorded = send(database, replace(FIRST, severity=4, attention=True))
    assert recorded.escalated == ""
    assert count(database, Escalation) == 0


def test_the_days_of_a_pattern_are_those_where_the_msp_is(database):
    late = NOW.replace(hour=23, minute=30)  # the 24th in Berlin, so 30 days reach back less far
    long_ago = late - timedelta(days=30, hours=23, minutes=15)
    with database.write() as session:
        client = make_client(session)
        for _ in range(2):
            make_incident(session, client=client, occurred_at=long_ago)
        client_id = client.id
    form = replace(FIRST, client=client_id, occurred_at=late, conduct="other")
    send(database, form, now=late)
    assert count(database, Escalation) == 0
    send(database, replace(form, attention=True), now=late)
    assert escalation(database).why == "Tara Lind asked for the executives to look at INC-2026-0003"
