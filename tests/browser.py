"""Trying the workspace page in a real browser; a message in its console fails the test.

A test module says `pytest_plugins = ["tests.browser"]` and asks for `page_of`, a function from a
person's id to the page as they see it: `page_of("U_TARA", width=380, dark=True, at="C_GENERAL")`.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.driver import Slack, running
from sandbox.pictures import opened_browser
from sandbox.seed import read_workspace
from tests.browser_bot import MANIFEST, Tryout
from tests.browser_steps import PATIENCE, pages_at


SETTINGS = {"rate_limits": False}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser with an empty profile, for the tests of one module."""
    expect.set_options(timeout=PATIENCE)
    with opened_browser() as browser:
        yield browser


@pytest.fixture
def tryout() -> Tryout:
    """The app behind the page."""
    return Tryout()


@pytest.fixture
def slack(tryout) -> Iterator[Slack]:
    """A workspace with the app in it."""
    workspace = read_workspace() | {"manifest": MANIFEST, "settings": SETTINGS}
    workspace["app"] = workspace["app"] | {"name": "Tryout"}
    with running(workspace, bot=tryout) as slack:
        tryout.connect(slack.api_url)
        yield slack


@pytest.fixture
def page_of(chromium, slack) -> Iterator[Callable[..., Page]]:
    """Opens the page as a person sees it."""
    with pages_at(chromium, slack.base_url) as opened:
        yield opened
