"""A stand-in for the tests of one module, as it was at first for each of them.

A module takes what it needs by its name, so that other rooms may have a `slack` of their own:
`both, slack, tara = room.both, room.slack, room.tara`.
"""

import pytest

from tests.sandbox_bolt import afresh, stand_in, web_client


@pytest.fixture(scope="module")
def both():
    """The stand-in, and an app that only notes what it gets."""
    with stand_in() as both:
        yield both


@pytest.fixture
def slack(both):
    """The stand-in without rate limits, with nothing said in it yet."""
    afresh(*both)
    return both[0]


@pytest.fixture
def bot(both):
    """The app."""
    return both[1]


@pytest.fixture
def client(slack):
    """slack_sdk's client with the app's token."""
    return web_client(slack)


@pytest.fixture
def tara(slack):
    """A technician without any patience."""
    return slack.person("U_TARA").hurried()
