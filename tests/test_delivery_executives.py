"""The last known executives, kept for the time when their channel cannot be read."""

from datetime import UTC, datetime

import pytest

from bot.delivery.executives import Memory, remembered
from bot.slack.http import web_client
from bot.slack.people import People
from sandbox.driver import running
from tests.delivery_slack import CHANNEL, TOKEN
from tests.fakes import Seconds


@pytest.fixture(scope="module")
def workspace():
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def slack(workspace):
    workspace.reset()
    workspace.settings(rate_limits=False)
    return workspace


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def people(slack, database, seconds):
    found = People(
        web_client(TOKEN, slack.api_url, 5),
        lambda task: task(),
        executive_channel=CHANNEL,
        clock=seconds,
        learnt=lambda members: memory.learn(members),  # noqa: PLW0108 - each knows the other
    )
    memory = Memory(
        database,
        lambda task: task(),
        is_colleague=found.is_colleague,
        now=lambda: datetime.now(UTC),
    )
    return found


def kept(database):
    with database.read() as session:
        return remembered(session)


def read_again(people, seconds):
    seconds.now += 300
    people.executives()


def test_who_is_in_the_channel_is_kept_without_bots_and_guests(slack, people, database):
    slack.change_channel(CHANNEL, add=["U_GUEST", "U_OTHERBOT"])
    people.executives()
    assert kept(database) == ["U_ERIN", "U_OMAR"]


def test_who_has_left_is_forgotten_and_who_is_new_is_kept(slack, people, database, seconds):
    people.executives()
    slack.change_channel(CHANNEL, remove=["U_OMAR"], add=["U_TARA"])
    read_again(people, seconds)
    assert kept(database) == ["U_ERIN", "U_TARA"]


@pytest.mark.parametrize(
    "change", [{"remove": ["U_BOT"]}, {"is_private": False}, {"shared_with": ["T_CLIENT"]}], ids=str
)
def test_the_last_known_are_kept_while_the_channel_proves_nothing(
    slack, people, database, seconds, change
):
    people.executives()
    slack.change_channel(CHANNEL, **change)
    read_again(people, seconds)
    assert people.executives() == frozenset()
    assert kept(database) == ["U_ERIN", "U_OMAR"]


def test_the_database_is_written_to_only_where_they_have_changed(people, database, seconds):
    people.executives()
    with database.write():  # nobody else can write now
        read_again(people, seconds)
    assert kept(database) == ["U_ERIN", "U_OMAR"]
