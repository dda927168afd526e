"""The main job in a browser, as people do it: the bot in its own process behind the page."""

import json
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import product

import pytest
from playwright.sync_api import expect

from bot.clients.add import get_or_add
from models import Database
from sandbox.driver import running
from sandbox.seed import read_workspace
from tests.bot_process import web, worker
from tests.browser_steps import choose, go, message, modal, nameless, pages_at, write
from tests.conftest import ROOT


pytest_plugins = ["tests.browser"]
MANIFEST = json.loads((ROOT / "manifest.json").read_text())
LINES, DATABASES = {"web": web, "worker": worker}, ("sqlite", "postgresql")
PATIENT = {"ack_seconds": 15, "trigger_seconds": 15}
WHAT = "Karen Moss called at 10:05 about a printer and shouted twice."
JUDGING = "She is an idiot and always shouts on purpose."
KEY, THINK = 0.28, 1.35  # seconds for a key and to make up one's mind, of an average typist


@contextmanager
def migrated(kind, request, tmp_path_factory):
    """The URL of a migrated database of this kind."""
    if kind == "sqlite":
        template = request.getfixturevalue("migrated_sqlite")
        yield f"sqlite:///{shutil.copy(template, tmp_path_factory.mktemp('database'))}"
    else:
        with request.getfixturevalue("migrated_postgres").fresh_database() as url:
            yield url


@pytest.fixture(params=product(LINES, DATABASES), ids="-".join, scope="module")
def office(request, tmp_path_factory):
    """A workspace and its bot, by each kind of line and on each kind of database."""
    line, kind = request.param
    folder = tmp_path_factory.mktemp("bot")
    with (
        migrated(kind, request, tmp_path_factory) as url,
        running(read_workspace() | {"manifest": MANIFEST}) as slack,
    ):
        add_client(url, "Bright Dental", slack_team_id="T_CLIENT")
        add_client(url, "Harbour Café")
        add_client(url, "Kestrel Fitness")
        slack.app(socket_mode=line == "worker")
        with LINES[line](slack, url, folder) as bot:
            if line == "worker":
                bot.wait_for("connected")
            yield slack


@pytest.fixture
def desk(office):
    """The workspace with nothing said in it yet."""
    office.reset()
    office.settings(**PATIENT)
    return office


@pytest.fixture
def page_at(pages, desk):
    """Opens the page of `desk`."""
    with pages_at(pages, desk.base_url) as opened:
        yield opened


def add_client(database_url, name, **fields):
    database = Database(database_url)
    with database.write() as session:
        client = get_or_add(session, name, now=datetime.now(UTC))
        for field, value in fields.items():
            setattr(client, field, value)
    database.dispose()


def fill_in(form, *, severity="4 · Critical", what=WHAT):
    choose(form, "What kind of conduct?", "Abusive towards staff")
    form.get_by_role("radio", name=severity).check()
    form.get_by_label("What happened, in order").fill(what)


def put_on_record(form):
    form.get_by_role("button", name="Put on record").click()


def test_an_incident_goes_from_a_technician_to_the_executives_and_back(page_at, desk):
    erin = page_at("U_ERIN", at="C_EXEC")
    tara = page_at("U_TARA", at="C_GENERAL")
    write(tara, "/client-incident kestrel")
    form = modal(tara, "Client incident")
    expect(form.get_by_role("combobox", name="Client")).to_have_value("Kestrel Fitness")
    fill_in(form, what=JUDGING)
    put_on_record(form)
    question = modal(tara, "One question first")
    expect(question).to_contain_text("idiot")
    question.get_by_role("button", name="Change it").click()
    form.get_by_label("What happened, in order").fill(WHAT)
    put_on_record(form)
    expect(modal(tara, "On record")).to_contain_text("is on record")

    summary = message(erin, "Kestrel Fitness")
    expect(summary.locator("blockquote")).to_have_text(WHAT)
    summary.get_by_role("button", name="I'll take it").click()
    expect(message(erin, "Kestrel Fitness")).to_contain_text("Erin Walsh")

    tara.keyboard.press("Escape")
    app = tara.locator("#sidebar").get_by_role("button", name="On Record")
    expect(app.locator(".badge")).to_have_text("1")
    app.click()
    expect(message(tara, "Kestrel Fitness")).to_contain_text("Erin Walsh")
    expect(tara.get_by_text("Sending messages to this app has been turned off.")).to_be_visible()
    go(tara, "general")
    write(tara, "/client-history kestrel")
    history = modal(tara, "Client history")
    expect(history).to_contain_text("1 incident")
    expect(history).to_contain_text(WHAT)
    assert desk.refused() == []


def test_the_bots_screens_can_be_used_by_ear(page_at):
    tara = page_at("U_TARA", at="C_GENERAL")
    write(tara, "/client-incident harbour")
    form = modal(tara, "Client incident")
    expect(form.get_by_role("combobox", name="Client")).to_be_focused()
    put_on_record(form)
    conduct = form.get_by_role("combobox", name="What kind of conduct?")
    expect(conduct).to_have_accessible_description("Please complete this required field.")
    assert nameless(form) == []
    form.get_by_role("button", name="Cancel").click()
    expect(tara.get_by_role("dialog")).to_have_count(0)
    go(tara, "On Record")
    expect(tara.get_by_role("button", name="New incident")).to_be_visible()
    assert nameless(tara.get_by_role("main")) == []


def test_a_guest_is_refused_kindly_and_sees_nothing(desk, page_at):
    gail = page_at("U_GUEST", at="C_GENERAL")
    write(gail, "/client-incident bright")
    expect(gail.locator(".main article.ephemeral")).to_have_count(1)
    go(gail, "On Record")
    expect(gail.locator(".home")).not_to_contain_text("New incident")
    assert desk.person("U_GUEST").modals == []


def test_a_clients_message_goes_on_record_from_its_menu_unseen_by_the_client(desk, page_at):
    karen = page_at("U_KAREN", at="C_CONNECT")
    tara = page_at("U_TARA", at="C_CONNECT")
    write(karen, "You are all useless and I know where you live.")
    said = message(tara, "I know where you live")
    said.hover()
    said.get_by_role("button", name="More actions").click()
    tara.get_by_role("menuitem", name="Put on record").click()
    form = modal(tara, "Client incident")
    expect(form.get_by_role("combobox", name="Client")).to_have_value("Bright Dental")
    expect(form).to_contain_text("I know where you live")
    fill_in(form)
    put_on_record(form)
    expect(modal(tara, "On record")).to_contain_text("is on record")
    erin = page_at("U_ERIN", at="C_EXEC")
    expect(message(erin, "Bright Dental")).to_be_visible()

    write(karen, "Hello?")
    expect(message(tara, "Hello?")).to_be_attached()
    expect(karen.locator(".main article").filter(has_text="On Record")).to_have_count(0)
    assert {each["user"] for each in desk.messages("C_CONNECT")} == {"U_KAREN"}


class Hands:
    """Somebody at a keyboard, whose time is counted as an average typist's."""

    def __init__(self, page):
        self.page, self.seconds = page, 0.0

    def type(self, text):
        self.page.keyboard.type(text)
        self.seconds += KEY * len(text)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        self.seconds += KEY * len(keys)

    def think(self, locator):
        """Look at what comes next, and see that it is where the keys go."""
        expect(locator).to_be_focused()
        self.seconds += THINK


def test_by_keyboard_alone_it_takes_an_average_typist_less_than_a_minute(page_at):
    page = page_at("U_TARA", at="C_GENERAL")
    hands = Hands(page)
    page.locator(".main .composer-input").focus()
    hands.type("/client-i")
    hands.press("Tab")
    hands.type("harbour")
    hands.press("Enter")
    form = modal(page, "Client incident")
    hands.think(form.get_by_role("combobox", name="Client"))
    hands.press("Tab")
    hands.think(form.get_by_role("combobox", name="What kind of conduct?"))
    hands.press("ArrowDown", "Enter", "Tab")
    hands.think(form.get_by_role("radio").first)
    hands.press("Space", "ArrowDown", "Tab")
    hands.think(form.get_by_label("What happened, in order"))
    hands.type(WHAT)
    hands.press("Tab", "Tab", "Tab")
    put = form.get_by_role("button", name="Put on record")
    while not put.evaluate("button => button === document.activeElement"):
        hands.press("Tab")
    hands.press("Enter")

    expect(modal(page, "On record")).to_contain_text("is on record")
    assert hands.seconds < 60


def test_on_a_phone_it_is_recorded_with_taps(page_at):
    page = page_at("U_TARA", at="C_GENERAL", width=380, height=720, has_touch=True)
    page.get_by_role("button", name="Shortcuts and files").tap()
    page.get_by_role("menuitem", name="New client incident").tap()
    form = modal(page, "Client incident")
    choose(form, "Client", "Add “Acme” as a new client", typed="Acme")
    fill_in(form, severity="2 · Moderate")
    put_on_record(form)
    expect(modal(page, "On record")).to_contain_text("is on record")
    assert page.evaluate("document.querySelector('.modal-body').scrollWidth") <= 380
