import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

import pytest
from sqlalchemy import select, text

from models import Draft
from sandbox.driving.words import words_of
from tests.office import Office, open_office


FORM = {
    "Client": "Brightwater Dental",
    "What kind of conduct?": "Abusive towards staff",
    "How serious?": "4 · Critical",
    "What happened, in order": "Threatened to come by with a bat.",
}


@contextmanager
def filled_in(url: str) -> Iterator[Office]:
    """An office with a form open and filled in, the directory in memory."""
    with open_office(url) as office:
        office.add_clients("Brightwater Dental")
        office.tara.command("/client-incident")
        office.tara.fill(FORM)
        yield office


def said_in_time(office: Office) -> None:
    """The form says within three seconds that nothing is saved yet, and keeps what was typed."""
    started = time.monotonic()
    outcome = office.tara.submit()
    assert time.monotonic() - started < 3
    assert not outcome.trouble
    (said,) = outcome.errors.values()
    assert said.startswith("Not saved yet: the database does not answer. Nothing you typed is lost")
    held = office.tara.values
    assert held["what"]["what"]["value"] == FORM["What happened, in order"]
    assert held["client"]["client"]["selected_option"]["text"]["text"] == FORM["Client"]


def saved_once(office: Office) -> None:
    assert office.tara.submit().ok
    (incident,) = office.incidents()
    assert incident.number == f"INC-{incident.recorded_at.year}-0001"
    office.slack.wait_for_message("C_EXEC", "Brightwater Dental needs a decision-maker", 20)
    posted = [each for each in office.slack.messages("C_EXEC") if not each.get("thread_ts")]
    assert len(posted) == 1


def test_a_database_that_is_stopped_is_said_in_the_form_and_it_saves_later(postgres_server):
    with filled_in(postgres_server.url) as office:
        postgres_server.stop()
        said_in_time(office)
        postgres_server.start()
        saved_once(office)


def test_a_database_that_hangs_is_said_in_the_form_and_nothing_is_saved_twice(postgres_server):
    with filled_in(postgres_server.url) as office:
        postgres_server.pause()
        said_in_time(office)
        postgres_server.resume()
        saved_once(office)


def test_a_database_that_is_killed_is_said_in_the_form_and_it_saves_later(postgres_server):
    with filled_in(postgres_server.url) as office:
        postgres_server.kill()
        said_in_time(office)
        postgres_server.start()
        saved_once(office)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_somebody_holds_is_said_in_the_form_and_it_saves_later(database_url):
    with filled_in(database_url) as office:
        other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        said_in_time(office)
        other.execute("ROLLBACK")
        other.close()
        saved_once(office)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_question_that_came_too_late_to_be_seen_is_asked_again(database_url):
    judging = "He is an idiot."
    with filled_in(database_url) as office:
        database = office.bot.deps.database
        office.tara.fill({"What happened, in order": judging})
        with database.engine.connect() as first, database.engine.connect() as second:
            first.execute(text("LOCK TABLE drafts"))
            second.execute(text("LOCK TABLE incidents"))
            Timer(1.3, first.rollback).start()
            (said,) = office.tara.submit().errors.values()
            assert said.startswith("Not saved yet")
            time.sleep(0.1)
        assert office.slack.wait_for(lambda: _kept(database) == [False], 5)
        assert office.tara.submit().ok
        assert "One phrase reads as a judgement" in words_of(office.tara.modal)
        assert office.incidents() == []


def _kept(database) -> list[bool]:
    with database.read() as session:
        return [content["words_asked"] for content in session.scalars(select(Draft.content))]


def test_the_form_opens_while_the_database_is_away(postgres_server):
    with open_office(postgres_server.url) as office:
        office.add_clients("Brightwater Dental")
        postgres_server.stop()
        started = time.monotonic()
        office.tara.command("/client-incident", "brightwater")
        assert office.tara.modal["title"]["text"] == "Client incident"
        assert time.monotonic() - started < 1.5
        assert office.tara.type_ahead("Client", "bright")[0] == "Brightwater Dental"


def test_slack_that_answers_slowly_holds_up_no_submission(database_url):
    with filled_in(database_url) as office:
        office.slack.latency(5, "views.open")
        for _ in range(40):
            office.miguel.command("/client-incident")
        started = time.monotonic()
        assert office.tara.submit().ok
        assert time.monotonic() - started < 1.5
        office.slack.clear_faults()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_trigger_that_expired_is_told_to_the_asker(database_url):
    with open_office(database_url) as office:
        office.slack.fault("views.open", "error", code="expired_trigger_id")
        office.tara.command("/client-incident")
        assert office.tara.told("try again")
        assert office.tara.modals == []
