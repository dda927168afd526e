"""The whole bot where its channel is taken from it, or another one is named."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app import build
from bot.delivery.executives import remembered
from bot.escalations.raise_ import consider
from sandbox.driver import words_of
from tests.factories import make_client, make_incident
from tests.office import open_office


@pytest.fixture
def office(database_url):
    with open_office(database_url) as office:
        yield office


def raise_one(office, ago=timedelta()):
    """A critical incident, recorded that long ago."""
    now = office.bot.deps.now() - ago
    with office.bot.deps.database.write() as session:
        client = make_client(session)
        consider(session, make_incident(session, client=client, severity=4), now=now)
    office.bot.outbox.wake()


def test_an_open_escalation_is_posted_where_the_settings_name_another_channel(office):
    raise_one(office)
    office.slack.wait_for_message("C_EXEC", "Brightwater Dental needs")
    assert office.bot.outbox.stop(10)
    office.slack.change_channel("C_SECRET", add=["U_BOT", "U_ERIN"])
    elsewhere = build(replace(office.bot.deps.settings, executive_channel="C_SECRET"))
    elsewhere.start()
    office.slack.wait_for_message("C_SECRET", "Brightwater Dental needs", 10)
    elsewhere.close()


def test_each_executive_is_told_what_slack_refuses_and_why(office):
    people = office.bot.deps.people

    def known():
        people.executives()
        with office.bot.deps.database.read() as session:
            return remembered(session) == ["U_ERIN", "U_OMAR"]

    assert office.slack.wait_for(known, 10)
    office.slack.change_channel("C_EXEC", remove=["U_BOT"])
    raise_one(office, ago=timedelta(minutes=11))
    for person in ("U_ERIN", "U_OMAR"):
        told = office.slack.wait_for_message(office.slack.dm(person), "needs the executives", 10)
        assert "*Brightwater Dental*" in words_of(told)
        assert "/invite @On Record" in words_of(told)
    office.slack.change_channel("C_EXEC", add=["U_BOT"])
