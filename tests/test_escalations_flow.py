"""An escalation as people see it: the whole bot behind Slack's own protocol."""

import json

import pytest
from sqlalchemy import select

from bot.errors import Refused
from bot.escalations import buttons, listeners, settle_form
from bot.escalations.raise_ import consider
from bot.slack.people import Person
from models import Delivery, Escalation
from sandbox.driver import at, words_of
from tests.block_kit import action_ids_in, element
from tests.factories import make_client, make_incident
from tests.office import open_office


EXECUTIVES = "C_EXEC"
SAM = Person("U_SAM", "Sam Okafor", executive=False)
STATE = ("status", "owner_id", "snoozed_until", "settled_at", "outcome")


@pytest.fixture
def office(database_url):
    with open_office(database_url) as office:
        yield office


@pytest.fixture
def summary(office) -> dict:
    """The summary of an escalation that Tara and Miguel brought about, standing in Slack."""
    now = office.bot.deps.now()
    with office.bot.deps.database.write() as session:
        client = make_client(session)
        for reporter in ("U_TARA", "U_MIGUEL"):
            reported = {"reporter_id": reporter, "occurred_at": now}
            incident = make_incident(session, client=client, severity=3, **reported)
        consider(session, incident, now=now)
    office.bot.outbox.wake()
    return stands(office, "Brightwater Dental needs a decision-maker")


def stands(office, words: str) -> dict:
    """Return the message in the executives' channel that says so, waited for."""
    return office.slack.wait_for_message(EXECUTIVES, words)


def state(office) -> dict:
    with office.bot.deps.database.read() as session:
        escalation = session.scalars(select(Escalation)).one()
        return {name: getattr(escalation, name) for name in STATE}


def nothing_was_refused(office) -> None:
    assert [(call["method"], call["answer"]) for call in office.slack.refused()] == []


def test_an_executive_takes_it_and_the_reporters_hear_of_it(office, summary):
    office.erin.press("I'll take it", at(summary))
    taken = stands(office, "is with Erin Walsh")
    assert taken["ts"] == summary["ts"]
    assert action_ids_in(taken["blocks"]) == [buttons.SETTLE, "open_history", buttons.MORE]
    for person in ("U_TARA", "U_MIGUEL"):
        office.slack.wait_for_message(office.slack.dm(person), "*Erin Walsh* is looking after")
    nothing_was_refused(office)


def test_who_presses_second_is_told_who_has_it(office, summary):
    office.slack.latency(1.0, "chat.update")  # so that Omar still sees the button
    office.erin.press("I'll take it", at(summary))
    assert office.slack.wait_for(lambda: state(office)["owner_id"], 5)
    omar = office.slack.person("U_OMAR")
    omar.press("I'll take it", at(summary))
    assert omar.told("Erin Walsh has it already")
    assert state(office)["owner_id"] == "U_ERIN"


def test_another_executive_takes_it_over_once_they_said_yes_to_the_question(office, summary):
    office.erin.press("I'll take it", at(summary))
    taken = stands(office, "is with Erin Walsh")
    omar = office.slack.person("U_OMAR")
    omar.press("Take over", at(taken))
    assert omar.modal["title"]["text"] == "Take it over?"
    assert state(office)["owner_id"] == "U_ERIN"
    assert omar.submit().ok
    stands(office, "is with Omar Haddad")
    dm = office.slack.dm("U_TARA")
    office.slack.wait_for_message(dm, "*Omar Haddad* is looking after")
    nothing_was_refused(office)


def test_who_has_it_is_not_asked_to_take_it_over_and_hands_it_back(office, summary):
    office.erin.press("I'll take it", at(summary))
    taken = stands(office, "is with Erin Walsh")
    office.slack.wait_for_message(office.slack.dm("U_TARA"), "*Erin Walsh* is looking after")
    office.erin.press("Take over", at(taken))
    assert office.erin.told("You have it already")
    office.erin.press("Hand back", at(taken))
    back = stands(office, "Handed back")
    assert element(back["blocks"], buttons.TAKE)
    office.slack.wait_for_message(office.slack.dm("U_TARA"), "with the executives again")


def test_what_was_settled_by_mistake_is_opened_again(office, summary):
    office.erin.press("I'll take it", at(summary))
    office.erin.press("Settled…", at(stands(office, "is with Erin Walsh")))
    office.erin.fill({"What came of it?": "Talked with the owner."})
    assert office.erin.submit().ok
    settled = stands(office, "Brightwater Dental: settled")
    office.slack.wait_for_message(office.slack.dm("U_TARA"), "has settled")
    office.erin.press("Reopen", at(settled), confirm=False)
    office.erin.press("Reopen", at(settled))
    stands(office, "it had been settled with “Talked with the owner.”")
    office.slack.wait_for_message(office.slack.dm("U_TARA"), "is open again")
    nothing_was_refused(office)


def test_a_snooze_is_ended_from_the_same_menu(office, summary):
    office.erin.choose("Snooze", "For 3 days", at(summary))
    office.erin.choose("Snooze", "End the snooze", at(stands(office, "Snoozed until")))
    assert office.slack.wait_for(lambda: state(office)["snoozed_until"] is None, 5)
    nothing_was_refused(office)


def test_snoozing_says_until_when_and_by_whom_and_moves_the_reminder(office, summary):
    office.erin.choose("Snooze", "For 3 days", at(summary))
    snoozed = stands(office, "Snoozed until")
    assert snoozed["ts"] == summary["ts"]
    assert "<@U_ERIN>" in words_of(snoozed)
    assert element(snoozed["blocks"], buttons.TAKE)
    with office.bot.deps.database.read() as session:
        waiting = select(Delivery.due_at).where(
            Delivery.kind == "escalation_reminder", Delivery.status == "pending"
        )
        assert session.scalars(waiting).all() == [state(office)["snoozed_until"]]
    nothing_was_refused(office)


def test_settling_asks_for_one_line_and_tells_it_to_the_reporters(office, summary):
    office.erin.press("I'll take it", at(summary))
    office.erin.press("Settled…", at(stands(office, "is with Erin Walsh")))
    assert office.erin.modal["title"]["text"] == "Settle this"
    office.erin.fill({"What came of it?": "  "})
    outcome = office.erin.submit()
    assert settle_form.OUTCOME in outcome.errors
    office.erin.fill({"What came of it?": "Talked with the owner. <!channel>"})
    assert office.erin.submit().ok
    assert office.erin.modals == []
    settled = stands(office, "Brightwater Dental: settled")
    assert settled["ts"] == summary["ts"]
    assert action_ids_in(settled["blocks"]) == ["open_history", buttons.REOPEN]
    for person in ("U_TARA", "U_MIGUEL"):
        told = office.slack.wait_for_message(office.slack.dm(person), "has settled")
        assert "Talked with the owner. <!channel>" in words_of(told)
    nothing_was_refused(office)


def test_the_home_of_the_person_who_acted_is_up_to_date_without_being_reopened(office, summary):
    office.erin.home()
    office.erin.press("I'll take it", at(summary))
    stands(office, "is with Erin Walsh")
    assert office.slack.wait_for(lambda: "You have it" in published(office, "U_ERIN"), 5)


def published(office, person_id: str) -> str:
    """What the last App Home says that was published for them."""
    calls = office.slack.calls("views.publish")
    shown = [call for call in calls if call["args"]["user_id"] == person_id]
    return json.dumps(shown[-1]["args"]["view"])


def test_a_later_incident_goes_into_the_thread(office, summary):
    now = office.bot.deps.now()
    with office.bot.deps.database.write() as session:
        incident = make_incident(session, conduct="other", severity=1, occurred_at=now)
        consider(session, incident, now=now)
    office.bot.outbox.wake()
    reply = stands(office, "Another incident, reported by Tara")
    assert reply["thread_ts"] == summary["ts"]
    messages = office.slack.messages(EXECUTIVES)
    on_top = [each["ts"] for each in messages if each.get("thread_ts", each["ts"]) == each["ts"]]
    assert on_top == [summary["ts"]]
    nothing_was_refused(office)


def test_a_press_by_somebody_who_is_no_executive_is_refused_to_them_alone(office, summary):
    office.bot.deps.people.executives()  # learnt before Sam is let into the channel
    office.slack.change_channel(EXECUTIVES, add=["U_SAM"])
    sam, before = office.slack.person("U_SAM"), state(office)
    sam.press("I'll take it", at(summary))
    assert sam.told("Only the executives decide about this")
    assert office.erin.ephemerals() == []
    assert state(office) == before
    nothing_was_refused(office)


DEEDS = [
    (listeners.take, "1"),
    (listeners.more, "1:hand_back"),
    (listeners.more, "1:take_over:U_ERIN"),
    (listeners.take_over, "1"),
    (listeners.reopen, "1"),
    (listeners.snooze, "1:end"),
    (listeners.snooze, "1:3"),
    (listeners.ask_for_outcome, "1"),
    (listeners.settle, "1"),
]


@pytest.mark.usefixtures("summary")
def test_nothing_here_can_be_done_by_anybody_but_an_executive(office):
    typed = {settle_form.OUTCOME: {settle_form.OUTCOME: {"value": "Done."}}}
    view = settle_form.build(1) | {"state": {"values": typed}}
    before = state(office)
    for deed, value in DEEDS:
        with pytest.raises(Refused, match="Only the executives"):
            deed(office.bot.deps, {"actions": [{"value": value}], "view": view}, SAM)
    assert state(office) == before
