"""Trying the workspace page in a real browser; a message in its console fails the test.

A test module says `pytest_plugins = ["tests.browser"]` and asks for `page_of`, a function from a
person's id to the page as they see it: `page_of("U_TARA", width=380, dark=True, at="C_GENERAL")`.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.browser import NoBrowser, find_browser, opened_browser
from sandbox.driver import Slack, running
from sandbox.seed import read_workspace
from tests.browser_bot import MANIFEST, Tryout
from tests.browser_steps import PATIENCE, Pages, pages_at
from tests.conftest import skip_without_browser


SETTINGS = {"rate_limits": False}


@pytest.fixture(scope="session")
def browser_program() -> str:
    """The browser of this machine; where none starts, the tests that need one are skipped."""
    try:
        return find_browser()
    except NoBrowser as missing:
        skip_without_browser(missing)


@pytest.fixture(scope="module")
def chromium(browser_program) -> Iterator[Browser]:
    """A browser with an empty profile, for the tests of one module."""
    expect.set_options(timeout=PATIENCE)
    with opened_browser(browser_program) as browser:
        yield browser


@pytest.fixture(scope="module")
def workspace() -> Iterator[tuple[Slack, Tryout]]:
    """A workspace and the app in it."""
    described = read_workspace() | {"manifest": MANIFEST, "settings": SETTINGS}
    described["app"] = described["app"] | {"name": "Tryout"}
    tryout = Tryout()
    with running(described, bot=tryout) as slack:
        tryout.connect(slack.api_url)
        yield slack, tryout


@pytest.fixture
def slack(workspace) -> Slack:
    """The workspace as it was at first."""
    slack, tryout = workspace
    slack.reset()
    tryout.heard.clear()
    return slack


@pytest.fixture
def tryout(workspace) -> Tryout:
    """The app behind the page."""
    return workspace[1]


@pytest.fixture(scope="module")
def pages(chromium) -> Pages:
    """Pages for one test after the other."""
    return Pages(chromium)


@pytest.fixture
def page_of(pages, slack) -> Iterator[Callable[..., Page]]:
    """Opens the page as a person sees it."""
    with pages_at(pages, slack.base_url) as opened:
        yield opened
