"""Modals in the page: every input, errors beside fields, typeahead, the stack, trouble."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser_steps import choose, message, modal, write


pytest_plugins = ["tests.browser"]


@pytest.fixture
def page(page_of):
    return page_of("U_TARA", at="C_GENERAL")


@pytest.fixture
def form(page):
    """The form with one of everything."""
    write(page, "/everything")
    return modal(page, "Everything")


def send(form):
    form.get_by_role("button", name="Send").click()


def fill_required(form, name="Bright Dental"):
    form.get_by_label("Name", exact=True).fill(name)
    choose(form, "Size", "Large")
    choose(form, "Fruit", "Apricot", typed="ap")
    form.get_by_role("radio", name="Small").check()


def test_what_is_entered_in_every_kind_of_input_arrives_as_slack_sends_it(form, tryout):
    fill_required(form)
    form.get_by_label("Story").fill("First line\nSecond <b>line</b>")
    choose(form, "More fruit (optional)", "Banana")
    choose(form, "More fruit (optional)", "Cherry")
    choose(form, "Tags (optional)", "Small")
    choose(form, "Who (optional)", "Miguel", typed="mig")
    choose(form, "Team (optional)", "Erin")
    choose(form, "Team (optional)", "Omar")
    choose(form, "Where (optional)", "bright-dental")
    choose(form, "Channel (optional)", "#random")
    form.get_by_role("checkbox", name="Large").check()
    form.get_by_label("Day").fill("2026-12-24")
    form.get_by_label("Hour").fill("18:45")
    form.get_by_role("group", name="Moment").get_by_label("Date").fill("2026-07-01")
    form.get_by_role("group", name="Moment").get_by_label("Time").fill("08:05")
    form.get_by_label("Count").fill("42")
    form.get_by_label("Email").fill("karen@example.com")
    form.get_by_label("Address").fill("https://example.com/a")
    form.get_by_label("Rich").fill("- *one*\n- two\n> three")
    form.locator("input[type=file]").set_input_files(
        {"name": "log.txt", "mimeType": "text/plain", "buffer": b"what happened"}
    )
    expect(form.get_by_text("log.txt")).to_be_visible()
    send(form)
    expect(form).to_be_hidden()

    [values] = tryout.said("values")
    assert values["name"]["value"] == "Bright Dental"
    assert values["story"]["value"] == "First line\nSecond <b>line</b>"
    assert values["size"]["selected_option"]["value"] == "large"
    assert values["fruit"]["selected_option"]["value"] == "apricot"
    assert [each["value"] for each in values["fruits"]["selected_options"]] == ["banana", "cherry"]
    assert [each["value"] for each in values["tags"]["selected_options"]] == ["small"]
    assert values["who"]["selected_user"] == "U_MIGUEL"
    assert values["team"]["selected_users"] == ["U_ERIN", "U_OMAR"]
    assert values["where"]["selected_conversation"] == "C_CONNECT"
    assert values["channel"]["selected_channel"] == "C_RANDOM"
    assert values["how"]["selected_option"]["value"] == "small"
    assert [each["value"] for each in values["extras"]["selected_options"]] == ["large"]
    assert values["day"]["selected_date"] == "2026-12-24"
    assert values["hour"]["selected_time"] == "18:45"
    berlin = datetime(2026, 7, 1, 8, 5, tzinfo=ZoneInfo("Europe/Berlin"))
    assert values["moment"]["selected_date_time"] == int(berlin.timestamp())
    assert values["count"]["value"] == "42"
    assert values["email"]["value"] == "karen@example.com"
    assert values["url"]["value"] == "https://example.com/a"
    assert values["files"]["files"][0]["name"] == "log.txt"
    listed, quote = values["rich"]["rich_text_value"]["elements"]
    assert listed["elements"][0]["elements"] == [
        {"type": "text", "text": "one", "style": {"bold": True}}
    ]
    assert (len(listed["elements"]), quote["type"]) == (2, "rich_text_quote")


def test_a_field_that_is_missing_is_named_beside_it_and_comes_into_focus(form, tryout):
    form.get_by_label("Story").fill("Kept")
    send(form)

    name = form.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description(
        "Please complete this required field. As on the door"
    )
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Story")).to_have_value("Kept")
    assert tryout.said("values") == []


def test_the_apps_own_error_stands_beside_the_field_and_nothing_typed_is_lost(form):
    fill_required(form, "Nobody")
    form.get_by_label("Story").fill("A long account")
    send(form)

    expect(form.get_by_text("We know nobody of that name.")).to_be_visible()
    expect(form.get_by_label("Name", exact=True)).to_have_value("Nobody")
    expect(form.get_by_label("Story")).to_have_value("A long account")
    expect(form.get_by_role("combobox", name="Fruit", exact=True)).to_have_value("Apricot")
    form.get_by_label("Name", exact=True).fill("Somebody")
    send(form)
    expect(form).to_be_hidden()


def test_the_counter_tells_how_much_is_left_and_too_much_is_refused(form):
    fill_required(form, "x" * 43)

    expect(form.locator(".counter")).to_have_text("-3")
    send(form)
    expect(form.get_by_text("Please use 40 characters or fewer.")).to_be_visible()


def test_typing_asks_the_app_for_options_once_enough_is_typed(form, tryout):
    box = form.get_by_role("combobox", name="Fruit", exact=True)
    box.click()
    expect(form.get_by_text("Type a letter to search")).to_be_visible()
    assert tryout.said("typed") == []
    box.press_sequentially("ch")
    expect(form.get_by_role("option")).to_have_text(["Cherrya fruit"])
    assert tryout.said("typed")[-1] == "ch"
    box.fill("zzz")
    expect(form.get_by_text("No matches")).to_be_visible()


def test_options_that_never_come_are_said_to_be_missing(slack, form):
    slack.app(signing_secret="another")
    box = form.get_by_role("combobox", name="Fruit", exact=True)
    box.click()
    box.press_sequentially("a")
    expect(form.get_by_text("Something went wrong. Try again.")).to_be_visible()


def test_no_more_is_chosen_than_the_app_allows_and_choices_can_be_taken_back(form):
    for fruit in ("Apple", "Banana", "Cherry"):
        choose(form, "More fruit (optional)", fruit)

    expect(form.locator(".chip")).to_have_text(["Apple✕", "Banana✕"])
    form.get_by_role("button", name="Remove Apple").click()
    expect(form.locator(".chip")).to_have_text(["Banana✕"])


def test_modals_stack_change_and_close_as_the_app_says(page):
    write(page, "/stack Bottom")
    bottom = modal(page, "Bottom")
    bottom.get_by_label("Note").fill("still here")
    bottom.get_by_role("button", name="Send").click()
    modal(page, "Second").get_by_role("button", name="Cancel").click()

    expect(modal(page, "Bottom").get_by_label("Note")).to_have_value("still here")
    page.get_by_role("button", name="Push").click()
    modal(page, "Second").get_by_role("button", name="Send").click()
    third = modal(page, "Third")
    expect(third.locator("s")).to_have_text("Three")
    third.get_by_role("button", name="Send").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_cross_closes_every_modal_at_once(page, slack):
    write(page, "/stack")
    modal(page, "First").get_by_role("button", name="Push").click()
    modal(page, "Second").get_by_role("button", name="Close", exact=True).click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    assert slack.person("U_TARA").modals == []


@pytest.mark.parametrize("quick", [False, True])
def test_each_escape_closes_one_of_three_modals_and_others_open_afterwards(page, slack, quick):
    write(page, "/stack")
    modal(page, "First").get_by_label("Note").fill("still here")
    page.get_by_role("button", name="Push").click()
    modal(page, "Second").get_by_role("button", name="Go deeper").click()
    modal(page, "Third")
    page.keyboard.press("Escape")
    if not quick:
        modal(page, "Second")
    page.keyboard.press("Escape")
    expect(modal(page, "First").get_by_label("Note")).to_have_value("still here")
    assert slack.wait_for(lambda: len(slack.person("U_TARA").modals) == 1, 5)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert slack.wait_for(lambda: slack.person("U_TARA").modals == [], 5)

    write(page, "/everything")
    modal(page, "Everything")


def test_a_question_is_put_away_by_escape_and_the_form_below_stays(page):
    write(page, "/say Gone soon")
    said = message(page, "Gone soon")
    for _ in range(3):
        said.get_by_role("button", name="Remove").press("Enter")
        modal(page, "Remove it?")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    said.get_by_role("button", name="Remove").click()
    modal(page, "Remove it?").get_by_role("button", name="Yes, remove").click()
    expect(said).to_be_hidden()


def test_a_choice_changes_the_form_and_keeps_what_was_typed(page):
    write(page, "/stack")
    form = modal(page, "First")
    form.get_by_label("Note").press_sequentially("half a sen")
    choose(form, "Kind (optional)", "Large")

    changed = modal(page, "Changed")
    expect(changed.get_by_text("About Large")).to_be_visible()
    expect(changed.get_by_label("Why Large?")).to_be_visible()
    expect(changed.get_by_label("Note")).to_have_value("half a sen")
    expect(changed.get_by_role("combobox")).to_be_focused()


def test_an_update_while_one_types_takes_neither_focus_nor_words(page, slack):
    write(page, "/stack")
    note = modal(page, "First").get_by_label("Note")
    note.press_sequentially("I am wri")
    view = slack.person("U_TARA").modal
    blocks = [*view["blocks"], {"type": "section", "text": {"type": "plain_text", "text": "Late"}}]
    update = {"type": "modal", "title": view["title"], "submit": view["submit"], "blocks": blocks}
    page.context.request.post(
        f"{slack.api_url}views.update",
        headers={"Authorization": "Bearer xoxb-sandbox"},
        data={"view_id": view["id"], "view": update},
    )

    expect(page.get_by_text("Late")).to_be_visible()
    expect(note).to_be_focused()
    note.press_sequentially("ting")
    expect(note).to_have_value("I am writing")


def test_an_app_that_does_not_answer_gives_a_banner_and_loses_nothing(slack, form):
    fill_required(form, "Silence")
    slack.settings(ack_seconds=0.3)
    send(form)

    expect(form.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    expect(form.get_by_label("Name", exact=True)).to_have_value("Silence")


def test_a_button_may_ask_first(page):
    write(page, "/say Gone soon")
    said = message(page, "Gone soon")
    said.get_by_role("button", name="Remove").click()
    modal(page, "Remove it?").get_by_role("button", name="Keep it").click()
    expect(said).to_be_visible()
    said.get_by_role("button", name="Remove").click()
    modal(page, "Remove it?").get_by_role("button", name="Yes, remove").click()
    expect(said).to_be_hidden()


def test_a_form_is_filled_in_and_sent_by_keyboard_alone(page, tryout):
    page.keyboard.press("Tab")
    page.locator(".main .composer-input").focus()
    for typed in ("/ev", "Tab", "Enter"):
        page.keyboard.press(typed) if typed.isalpha() else page.keyboard.type(typed)
    form = modal(page, "Everything")
    expect(form.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Bright Dental")
    for _ in range(2):
        page.keyboard.press("Tab")
    for key in ("ArrowDown", "ArrowDown", "Enter", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("ban")
    expect(form.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    form.get_by_role("radio", name="Small").focus()
    page.keyboard.press("Space")
    form.get_by_label("Name", exact=True).focus()
    page.keyboard.press("Enter")

    expect(form).to_be_hidden()
    [values] = tryout.said("values")
    assert values["size"]["selected_option"]["value"] == "large"
    assert values["fruit"]["selected_option"]["value"] == "banana"
    expect(page.locator(".main .composer-input")).to_be_focused()


def test_focus_stays_in_the_modal_and_escape_closes_list_then_modal(page, form):
    box = form.get_by_role("combobox", name="Size", exact=True)
    box.press("ArrowDown")
    expect(form.get_by_role("option")).to_have_count(2)
    box.press("Escape")
    expect(form.get_by_role("option")).to_have_count(0)
    inside = "document.querySelector('dialog').contains(document.activeElement)"
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(f"document.activeElement === document.body || {inside}")
    box.focus()
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()


def test_the_app_hears_that_a_form_was_closed(form, slack, tryout):
    form.get_by_role("button", name="Cancel").click()
    expect(form).to_be_hidden()
    [view] = slack.wait_for(lambda: tryout.said("closed"), 5)
    assert view["callback_id"] == "everything"
