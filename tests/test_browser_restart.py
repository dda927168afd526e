"""A page that stays open while the workspace behind it stops and starts again."""

from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from sandbox.driver import Address, running
from sandbox.seed import read_workspace
from tests.browser_bot import MANIFEST, Tryout
from tests.browser_steps import PATIENCE, go, message, modal, write


pytest_plugins = ["tests.browser"]


class Office:
    """A workspace with its app, at one address from start to start."""

    def __init__(self):
        self.port, self._stack = 0, None

    def start(self):
        described = read_workspace() | {"manifest": MANIFEST, "settings": {"rate_limits": False}}
        described["app"] = described["app"] | {"name": "Tryout"}
        tryout = Tryout()
        self._stack = ExitStack()
        slack = self._stack.enter_context(
            running(described, bot=tryout, address=Address(port=self.port))
        )
        self.port = urlsplit(slack.base_url).port
        tryout.connect(slack.api_url)
        return slack

    def stop(self):
        self._stack.close()


@pytest.fixture
def office():
    office = Office()
    yield office
    office.stop()


def test_a_page_left_open_over_a_restart_is_as_one_freshly_opened(office, pages):
    slack = office.start()
    for number in range(20):
        slack.person("U_ERIN").write("C_GENERAL", f"Message {number}")
    with pages.lent() as page:
        page.set_default_timeout(PATIENCE)
        page.goto(f"{slack.base_url}/?as=U_MIGUEL&in=C_GENERAL")
        expect(message(page, "Message 19")).to_be_visible()
        office.stop()
        expect(page.get_by_text("The workspace does not answer")).to_be_visible()
        slack = office.start()

        expect(page.get_by_text("Message 19")).to_have_count(0)
        expect(page.get_by_text("The workspace does not answer")).to_be_hidden()
        expect(page.locator("#me")).to_contain_text("Miguel Ortega")
        page.get_by_role("button", name="Traffic").click()
        write(page, "/stack")
        modal(page, "First").get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("complementary", name="Traffic")).to_contain_text("views.open")
        go(page, "Tryout")
        expect(page.get_by_text("Pressed 0 times")).to_be_visible()


def test_the_workspace_names_its_run(office):
    slack = office.start()
    run = slack.get("workspace")["run"]
    slack.reset()
    assert slack.get("workspace")["run"] == run
    office.stop()
    assert office.start().get("workspace")["run"] != run
