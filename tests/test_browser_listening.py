"""The page as a screen reader has it: landmarks, headings, names, focus, and what is said aloud."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser_steps import message, modal, nameless, write


pytest_plugins = ["tests.browser"]
MISSING = "Please complete this required field."


@pytest.fixture
def page(page_of):
    return page_of("U_TARA", at="C_GENERAL")


@pytest.fixture
def form(page):
    """The form with every kind of input."""
    page.locator(".main .composer-input").focus()
    write(page, "/everything")
    return modal(page, "Everything")


def test_landmarks_lead_to_each_part_of_the_page(page):
    expect(page.get_by_role("banner")).to_have_count(1)
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("navigation", name="Channels and messages")).to_be_visible()
    expect(page.get_by_role("region", name="Messages in general")).to_be_visible()
    expect(page.get_by_role("complementary")).to_have_count(0)
    page.get_by_role("button", name="Traffic").click()
    expect(page.get_by_role("complementary", name="Traffic")).to_be_visible()
    skip = page.get_by_role("link", name="Skip to the conversation")
    expect(skip).to_have_attribute("href", "#main")


def test_headings_tell_the_conversation_and_its_days(page):
    expect(page.get_by_role("heading", level=1)).to_have_accessible_name("general")
    levels = (
        page.get_by_role("main")
        .get_by_role("heading")
        .evaluate_all("all => all.map((each) => each.tagName)")
    )
    assert levels == ["H1", "H2"]


def test_everything_that_can_be_used_in_a_form_has_a_name(form):
    assert nameless(form) == []


def test_everything_that_can_be_used_on_the_page_has_a_name(page):
    write(page, "/say hello")
    expect(message(page, "hello")).to_be_visible()
    page.get_by_role("button", name="Traffic").click()
    expect(page.get_by_role("complementary", name="Traffic")).to_contain_text("/say")
    assert nameless(page.locator("body")) == []


def test_a_message_says_who_wrote_it_and_when(page):
    write(page, "hello")
    said = page.get_by_role("article", name=re.compile(r"^Tara Lind, Today \d+:\d\d [AP]M$")).last
    expect(said).to_contain_text("hello")


def test_a_modal_is_a_dialog_that_takes_the_focus_and_gives_it_back(page, form):
    expect(form).to_have_accessible_name("Everything")
    expect(form.get_by_role("heading", name="Everything")).to_be_visible()
    expect(form.get_by_role("textbox", name="Name")).to_be_focused()
    for outside in ("banner", "contentinfo"):
        expect(form.get_by_role(outside)).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Message #general")).to_be_focused()


def test_a_field_says_whether_it_is_required_and_what_it_is_for(form):
    name, story = form.get_by_label("Name", exact=True), form.get_by_label("Story (optional)")
    expect(name).to_have_attribute("aria-required", "true")
    expect(name).to_have_accessible_description("As on the door")
    assert story.get_attribute("aria-required") is None
    expect(form.get_by_role("combobox", name="Size")).to_have_attribute("aria-required", "true")
    expect(form.get_by_role("radiogroup", name="How")).to_have_attribute("aria-required", "true")


def test_an_error_is_read_with_its_field(form):
    form.get_by_role("button", name="Send").click()
    name = form.get_by_role("textbox", name="Name")
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description(f"{MISSING} As on the door")
    wrong = [name, form.get_by_role("combobox", name="Size"), form.get_by_role("radio").first]
    for each in wrong:
        expect(each).to_have_attribute("aria-invalid", "true")
    for each in (wrong[1], form.get_by_role("radiogroup", name="How")):
        expect(each).to_have_accessible_description(MISSING)


def test_what_others_write_is_said_aloud_as_it_was_written(page, slack):
    aloud = page.locator("[aria-live=polite]")
    expect(aloud).to_be_attached()
    slack.person("U_MIGUEL").write("C_GENERAL", "Rowan &amp; Sons called <@U_TARA>: 1 &lt; 2")
    expect(aloud).to_have_text("Miguel Ortega: Rowan & Sons called Tara Lind: 1 < 2")


def test_a_select_without_a_label_is_called_by_its_placeholder_or_what_it_shows_first(page, slack):
    options = [{"text": {"type": "plain_text", "text": each}, "value": each} for each in "ab"]
    first = {"type": "static_select", "action_id": "f", "options": options}
    blocks = [
        {"type": "actions", "elements": [first | {"initial_option": options[1]}]},
        {"type": "actions", "elements": [first | {"placeholder": options[0]["text"]}]},
    ]
    page.context.request.post(
        f"{slack.api_url}chat.postMessage",
        headers={"Authorization": "Bearer xoxb-sandbox"},
        data={"channel": "C_GENERAL", "text": "Filters", "blocks": blocks},
    )
    filters = message(page, "Tryout").get_by_role("combobox")
    expect(filters.first).to_have_accessible_name("b")
    expect(filters.last).to_have_accessible_name("a")
