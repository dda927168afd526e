"""The page round the conversations: the app's Home, traffic, keyboard, narrow and dark screens."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser_steps import become, go, message, modal, write
from tests.conftest import ROOT


pytest_plugins = ["tests.browser"]
MODULES = sorted((ROOT / "sandbox" / "static").rglob("*.js"))


@pytest.fixture
def page(page_of):
    return page_of("U_TARA", at="C_GENERAL")


def test_the_apps_home_is_shown_and_used(page):
    go(page, "Tryout")
    expect(page.get_by_text("Pressed 0 times")).to_be_visible()
    page.get_by_role("button", name="Press", exact=True).click()
    expect(page.get_by_text("Pressed 1 times")).to_be_visible()
    page.get_by_role("button", name="Messages").click()
    expect(page.get_by_role("textbox", name="Message Tryout")).to_be_visible()
    become(page, "Miguel Ortega")
    go(page, "Tryout")
    expect(page.get_by_text("Pressed 0 times")).to_be_visible()


def test_traffic_shows_each_request_and_call_with_its_time_and_json(page):
    page.get_by_role("button", name="Traffic").click()
    traffic = page.get_by_role("complementary", name="Traffic")
    write(page, "/say Measured")

    call = traffic.locator("details").filter(has_text="chat.postMessage")
    request = traffic.locator("details").filter(has_text="To the app")
    expect(request).to_contain_text(re.compile(r"/say\s*Tara Lind · Measured\s*\d+ ms"))
    call.locator("summary").click()
    expect(call.locator("dl")).to_contain_text("3 of 50")
    expect(call.locator("pre").first).to_contain_text('"channel": "C_GENERAL"')
    expect(call.locator("pre").last).to_contain_text('"ok": true')


def test_a_refused_call_is_red_with_slacks_error_and_pointer(page, tryout):
    write(page, "/broken")
    expect(page.locator("#refusals")).to_have_text("1")
    page.get_by_role("button", name="Traffic").click()
    page.get_by_label("Only what went wrong").check()

    entry = page.get_by_role("complementary", name="Traffic").locator("details")
    expect(entry).to_have_count(1)
    expect(entry.locator("summary")).to_contain_text("invalid_blocks")
    expect(entry.locator(".problem")).to_have_text(
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    )
    red = page.evaluate("getComputedStyle(document.querySelector('.why')).color")
    assert red == "rgb(179, 23, 61)"
    assert tryout.said("refused") == ["invalid_blocks"]


def test_the_workspace_is_used_by_keyboard_alone(page):
    page.locator("body").press("Tab")
    expect(page.get_by_role("link", name="Skip to the conversation")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("article")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Reply in thread")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    keep = modal(page, "Keep this")
    page.keyboard.press("Escape")
    expect(keep).to_be_hidden()
    expect(page.get_by_role("toolbar").get_by_role("button", name="More actions")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".main .composer-input")).to_be_focused()


def test_the_arrow_keys_walk_through_messages(page, slack):
    for number in range(3):
        slack.person("U_ERIN").write("C_GENERAL", f"Message {number}")
    expect(message(page, "Message 2")).to_be_visible()
    message(page, "Message 2").focus()
    page.keyboard.press("ArrowUp")
    expect(message(page, "Message 1")).to_be_focused()
    page.keyboard.press("Home")
    expect(message(page, "Good morning")).to_be_focused()


def test_a_phone_wide_screen_folds_the_sidebar_and_cuts_nothing_off(page_of):
    page = page_of("U_TARA", width=380, height=720, at="C_GENERAL")
    sidebar = page.locator("#sidebar")
    expect(sidebar).to_be_hidden()
    page.get_by_role("button", name="Channels").click()
    expect(sidebar).to_be_visible()
    go(page, "random")
    expect(sidebar).to_be_hidden()
    expect(page.get_by_role("heading", name="random")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="general")).to_be_visible()
    write(page, "/say " + "word " * 40 + "x" * 90)
    expect(message(page, "word")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    write(page, "/everything")
    dialog = modal(page, "Everything")
    box = dialog.bounding_box()
    assert (box["x"], box["width"]) == (0, 380)
    assert page.evaluate("document.querySelector('.modal-body').scrollWidth") <= 380


@pytest.mark.parametrize("dark", [False, True])
def test_words_stand_out_from_what_is_behind_them_by_day_and_by_night(page_of, dark):
    page = page_of("U_TARA", dark=dark, at="C_GENERAL")
    write(page, "/whisper softly")
    expect(message(page, "softly")).to_be_visible()
    write(page, "/everything")
    modal(page, "Everything")
    page.evaluate(CONTRAST)
    low = page.evaluate("lowContrast(4.5)")
    assert low == []


CONTRAST = """
window.lowContrast = (least) => {
  const channel = (value) =>
    value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const worded = "p, h1, h2, h3, label, span, button, time, strong, a";
  for (const element of document.querySelectorAll(worded)) {
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!words || !element.checkVisibility() || element.closest(":disabled")) continue;
    const [one, two] = [light(numbers(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    if (ratio < least) found.push(`${element.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return found;
};
"""


def test_a_reload_comes_back_to_the_same_person_and_place(page):
    become(page, "Erin Walsh")
    go(page, "executives")
    expect(page.get_by_role("heading", name="executives")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="executives")).to_be_visible()
    expect(page.locator("#me")).to_contain_text("Erin Walsh")
    page.go_back()
    expect(page.get_by_role("heading", name="general")).to_be_visible()


def test_what_is_being_written_survives_changes_in_the_workspace(page, slack):
    page.locator(".main .composer-input").fill("Half a sen")
    slack.change_person("U_MIGUEL", real_name="Miguel Renamed")
    slack.change_channel("C_RANDOM", name="renamed")

    expect(page.locator("#sidebar").get_by_role("button", name="renamed")).to_be_visible()
    expect(page.locator(".main .composer-input")).to_have_value("Half a sen")
    slack.reset()
    expect(page.locator("#sidebar").get_by_role("button", name="random")).to_be_visible()


def test_the_page_fetches_nothing_from_elsewhere(page, slack):
    policy = page.context.request.get(slack.base_url).headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    fetched = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    assert fetched
    assert [each for each in fetched if not each.startswith(slack.base_url)] == []


def test_modules_are_small_and_write_no_markup():
    markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|DOMParser"
    for path in MODULES:
        words = path.read_text()
        assert len(words.splitlines()) < 250, path
        assert re.findall(markup, words) == [], path
    assert len(MODULES) > 40
