"""The page on a phone: nothing is cut off, nothing is covered, what is wrong comes into view."""

import pytest
from playwright.sync_api import expect

from tests.browser_steps import become, go, modal, write


pytest_plugins = ["tests.browser"]
LONG = "x" * 120


@pytest.fixture
def page(page_of):
    return page_of("U_TARA", at="C_GENERAL", width=380, height=720, has_touch=True)


def box(locator):
    """The left, top, right and bottom edge of a part."""
    found = locator.bounding_box()
    return (found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"])


def overlap(one, other):
    left, top, right, bottom = box(one)
    return (
        box(other)[0] < right
        and left < box(other)[2]
        and box(other)[1] < bottom
        and top < box(other)[3]
    )


def test_a_long_word_is_broken_wherever_it_stands_in_a_screen(page, slack):
    write(page, "/stack")
    modal(page, "First")
    view = slack.person("U_TARA").modal
    quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": LONG}]}
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": LONG}},
        {"type": "rich_text", "elements": [quote]},
        {"type": "header", "text": {"type": "plain_text", "text": LONG}},
        {"type": "context", "elements": [{"type": "plain_text", "text": LONG}]},
    ]
    changed = {"type": "modal", "title": view["title"], "blocks": blocks}
    page.context.request.post(
        f"{slack.api_url}views.update",
        headers={"Authorization": "Bearer xoxb-sandbox"},
        data={"view_id": view["id"], "view": changed},
    )
    expect(page.get_by_role("heading", name=LONG)).to_be_visible()
    wide = page.evaluate(
        "[...document.querySelectorAll('.modal-body, .modal-body *')]"
        ".filter((each) => each.scrollWidth > 380 || each.getBoundingClientRect().right > 380)"
        ".map((each) => each.className)"
    )
    assert wide == []


def test_the_first_field_that_is_wrong_comes_into_view_with_what_is_wrong(page):
    write(page, "/everything")
    form = modal(page, "Everything")
    form.get_by_label("Name", exact=True).fill("Bright Dental")
    form.get_by_role("combobox", name="Fruit", exact=True).focus()
    body = form.locator(".modal-body")
    body.evaluate("body => { body.scrollTop = 0 }")
    story, size = form.get_by_label("Story"), form.get_by_role("combobox", name="Size")
    room = box(body)[3] - box(size)[3] - 2  # so that the field alone just fits in
    tall = story.bounding_box()["height"] + room
    story.evaluate(
        "(field, tall) => { field.style.cssText = `min-height: ${tall}px; max-height: none` }", tall
    )
    assert -4 < box(body)[3] - box(size)[3] < 4
    form.get_by_role("button", name="Send").click()

    said = form.locator(".error").first
    expect(said).to_be_visible()
    expect(form.get_by_role("combobox", name="Size")).to_be_focused()
    top, bottom = box(body)[1::2]
    assert top <= box(said)[1] < box(said)[3] <= bottom


def test_a_notice_covers_neither_the_title_nor_the_place_to_write(page):
    become(page, "Erin Walsh")
    become(page, "Miguel Ortega")
    expect(page.locator(".notice")).to_have_count(1)
    notice = page.get_by_text("You are Miguel Ortega now")
    expect(notice).to_be_visible()
    for covered in (page.locator(".channel-head"), page.locator(".composer"), page.locator(".top")):
        assert not overlap(notice, covered)


def test_a_list_that_goes_on_below_the_fold_shows_it(page):
    page.set_viewport_size({"width": 380, "height": 360})
    page.locator("#me").tap()
    menu = page.get_by_role("menu")
    expect(menu).to_be_visible()
    more = menu.locator(".more")
    expect(more).to_be_visible()
    menu.evaluate("menu => { menu.scrollTop = menu.scrollHeight }")
    expect(more).to_be_hidden()


def test_the_apps_messages_cannot_be_answered_where_it_only_tells(page, slack):
    manifest = {"features": {"app_home": {"messages_tab_enabled": True}}}
    manifest["features"]["app_home"]["messages_tab_read_only_enabled"] = True
    slack.app(manifest=manifest)
    page.reload()
    page.get_by_role("button", name="Channels").click()
    go(page, "Tryout")
    expect(page.get_by_text("Sending messages to this app has been turned off.")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)
