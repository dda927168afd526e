"""Conversations in the page: what people and the app write, threads, files, what only one sees."""

import pytest
from playwright.sync_api import expect
from slack_sdk import WebClient

from tests.browser_steps import become, go, message, modal, write


pytest_plugins = ["tests.browser"]
SCRIPT = "<img src=x onerror=alert(1)> <b>bold</b> & more"


@pytest.fixture
def page(page_of):
    return page_of("U_TARA", at="C_GENERAL")


@pytest.fixture
def client(slack):
    """The app's own way of calling, without the app."""
    return WebClient("xoxb-sandbox", base_url=slack.api_url, retry_handlers=[])


def open_menu(page, said):
    said.hover()
    said.get_by_role("toolbar").get_by_role("button", name="More actions").click()
    return page.get_by_role("menu")


def test_what_people_write_is_marked_up_as_slack_does(page):
    write(
        page, "*Bold* _leaning_ ~gone~ `x = 1` :tada: @miguel #bright-dental https://example.com/a."
    )

    said = message(page, "Bold")
    expect(said.locator("strong").last).to_have_text("Bold")
    expect(said.locator("em")).to_have_text("leaning")
    expect(said.locator("s")).to_have_text("gone")
    expect(said.locator("code")).to_have_text("x = 1")
    expect(said.locator(".mention")).to_have_text(["@Miguel Ortega", "#bright-dental"])
    expect(said.get_by_role("link")).to_have_attribute("href", "https://example.com/a")
    expect(said).to_contain_text("🎉")
    said.get_by_role("button", name="#bright-dental").click()
    expect(page.get_by_role("heading", name="bright-dental")).to_be_visible()


@pytest.mark.parametrize("kind", ["mrkdwn", "plain_text"])
def test_words_never_become_markup(page, client, kind):
    write(page, SCRIPT)
    expect(message(page, SCRIPT)).to_be_visible()
    text = SCRIPT if kind == "plain_text" else SCRIPT.replace("&", "&amp;").replace("<", "&lt;")
    blocks = [
        {"type": "section", "text": {"type": kind, "text": text}},
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": SCRIPT}]}
            ],
        },
    ]
    client.chat_postMessage(channel="C_GENERAL", text="x", blocks=blocks)

    said = message(page, SCRIPT).filter(has=page.locator("blockquote"))
    expect(said.locator(".section-text")).to_have_text(SCRIPT)
    expect(said.locator("blockquote")).to_have_text(SCRIPT)
    expect(page.locator(".message b, .message img:not(.avatar)")).to_have_count(0)


def test_dates_are_shown_in_the_zone_of_who_reads(page_of, client):
    text = "<!date^1795000200^{date_num} at {time}|once>"
    client.chat_postMessage(channel="C_GENERAL", text=text)

    expect(page_of("U_TARA", at="C_GENERAL").get_by_text("2026-11-18 at 12:10 PM")).to_be_visible()
    expect(page_of("U_MIGUEL", at="C_GENERAL").get_by_text("2026-11-18 at 6:10 AM")).to_be_visible()


def test_a_slash_offers_the_apps_commands_with_hint_and_description(page):
    composer = page.locator(".main .composer-input")
    composer.press_sequentially("/s")

    options = page.get_by_role("option")
    expect(options).to_have_text(
        [
            "/stack [title]Modals on modals",
            "/say [words]Post what is said",
            "/silentNever answer",
        ]
    )
    composer.press("ArrowDown")
    composer.press("Enter")
    expect(composer).to_have_value("/say ")
    expect(page.locator(".command-hint")).to_contain_text("[words]")


def test_a_command_that_fails_is_told_by_slackbot_to_the_person_alone(page, slack):
    slack.settings(ack_seconds=0.3)
    write(page, "/silent")

    told = message(page, '/silent failed with the error "operation_timeout"')
    expect(told).to_contain_text("Slackbot")
    expect(told).to_contain_text("Only visible to you")
    write(page, "/unheard of")
    expect(message(page, "/unheard is not a valid command")).to_have_class(
        "message grouped ephemeral"
    )


def test_an_ephemeral_answer_is_seen_by_one_person_only(page, page_of):
    other = page_of("U_MIGUEL", at="C_GENERAL")
    write(page, "/whisper between us")
    expect(message(page, "between us")).to_contain_text("Only visible to you")
    write(page, "aloud")

    expect(message(other, "aloud")).to_be_visible()
    expect(other.get_by_text("between us")).to_have_count(0)


def test_what_one_writes_arrives_at_the_others_without_reloading(page, page_of):
    other = page_of("U_MIGUEL", at="C_GENERAL")
    write(page, "Are you there?")
    expect(message(other, "Are you there?")).to_contain_text("Tara Lind")
    expect(other.locator("#announcer")).to_have_text("Tara Lind: Are you there?")
    write(other, "I am.")
    expect(message(page, "I am.")).to_be_visible()


def test_an_unread_channel_stands_out_until_it_is_looked_at(page, slack):
    slack.person("U_KAREN").write("C_CONNECT", "Anybody?")
    unread = page.locator("#sidebar").get_by_role("button", name="bright-dental")
    expect(unread).to_have_accessible_name("bright-dental, shared with Bright Dental, 2 unread")
    expect(unread).to_have_class("place unread")
    unread.click()
    expect(message(page, "Anybody?")).to_be_visible()
    expect(unread).to_have_accessible_name("bright-dental, shared with Bright Dental")


def test_a_direct_message_of_the_app_counts_beside_its_name(page, client):
    dm = client.conversations_open(users="U_TARA")["channel"]["id"]
    client.chat_postMessage(channel=dm, text="For you")
    app = page.locator("#sidebar").get_by_role("button", name="Tryout")
    expect(app.locator(".badge")).to_have_text("1")
    app.click()
    expect(message(page, "For you")).to_be_visible()
    expect(app.locator(".badge")).to_have_count(0)


def test_new_messages_are_divided_from_those_already_read(page, slack):
    slack.person("U_KAREN").write("C_CONNECT", "Read already")
    slack.person("U_TARA").read("C_CONNECT")
    slack.person("U_KAREN").write("C_CONNECT", "Quite new")
    go(page, "bright-dental")

    rows = page.locator(".main .messages > *")
    expect(rows.last).to_contain_text("Quite new")
    expect(rows.nth(-2)).to_have_text("New")


def test_a_thread_opens_beside_the_channel_and_is_answered_there(page, slack):
    write(page, "/say Something")
    said = message(page, "Something")
    said.hover()
    said.get_by_role("button", name="Reply in thread").click()
    thread = page.get_by_role("complementary", name="Thread")
    reply = thread.get_by_role("textbox", name="Reply")
    expect(reply).to_be_focused()
    reply.fill("Only in the thread")
    reply.press("Enter")

    expect(thread.get_by_text("Only in the thread")).to_be_visible()
    expect(said.get_by_role("button", name="1 reply")).to_be_visible()
    expect(page.locator(".main").get_by_text("Only in the thread")).to_have_count(0)
    reply.fill("/say no")
    reply.press("Enter")
    expect(thread.get_by_text("/say is not supported in threads. Sorry!")).to_be_visible()
    thread.get_by_role("button", name="Close thread").click()
    expect(thread).to_be_hidden()
    assert [each["text"] for each in slack.messages("C_GENERAL")][-1] == "Only in the thread"


def test_a_press_changes_the_message_in_place_for_everybody(page, page_of):
    other = page_of("U_MIGUEL", at="C_GENERAL")
    write(page, "/say Shall we?")
    message(other, "Shall we?").get_by_role("button", name="Agree").click()

    agreed = message(page, "@Miguel Ortega agrees.")
    expect(agreed.get_by_role("button", name="1 reply")).to_be_visible()
    agreed.get_by_role("button", name="1 reply").click()
    expect(page.get_by_text("Noted in the thread", exact=True)).to_be_visible()


def test_selects_and_menus_in_messages_reach_the_app(page, tryout):
    write(page, "/say Choose")
    said = message(page, "Choose")
    said.get_by_role("combobox").click()
    said.get_by_role("option", name="Large").click()
    said.get_by_role("button", name="More actions").first.click()
    page.get_by_role("menuitem", name="Reply").click()

    expect(message(page, "Only you read this")).to_contain_text("Only visible to you")
    assert tryout.said("chosen") == ["large", "reply"]


def test_a_press_that_the_app_does_not_take_shows_a_warning(page, slack):
    write(page, "/say Broken")
    press = message(page, "Broken").get_by_role("button", name="Agree")
    expect(press).to_be_visible()
    slack.app(signing_secret="another")
    press.click()
    expect(press).to_have_class("button primary small failed")


def test_the_menu_of_a_message_has_the_apps_shortcut(page, slack):
    slack.person("U_ERIN").write("C_GENERAL", "Keep me, please")
    said = message(page, "Keep me, please")
    open_menu(page, said).get_by_role("menuitem", name="Keep this").click()

    expect(modal(page, "Keep this").get_by_text("Keep me, please")).to_be_visible()


def test_the_plus_button_has_the_global_shortcuts_and_takes_files(page, slack):
    page.get_by_role("button", name="Shortcuts and files").click()
    page.get_by_role("menuitem", name="New thing").click()
    modal(page, "New thing").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".main .composer input[type=file]").set_input_files(
        {"name": "note.txt", "mimeType": "text/plain", "buffer": b"as it was"}
    )
    expect(page.locator(".composer").get_by_text("note.txt")).to_be_visible()
    write(page, "See the file")

    link = message(page, "See the file").get_by_role("link", name="note.txt")
    got = page.context.request.get(slack.base_url + link.get_attribute("href"))
    assert (got.text(), got.headers["content-security-policy"][:7]) == ("as it was", "sandbox")


def test_a_permalink_opens_the_conversation_at_the_message(page, slack, client):
    first = client.chat_postMessage(channel="C_GENERAL", text="Found again")
    for number in range(30):
        slack.person("U_ERIN").write("C_GENERAL", f"Message {number}")
    reply = client.chat_postMessage(channel="C_GENERAL", text="Deep", thread_ts=first["ts"])
    expect(message(page, "Message 29")).to_be_visible()
    for ts, words in ((first["ts"], "Found again"), (reply["ts"], "Deep")):
        link = client.chat_getPermalink(channel="C_GENERAL", message_ts=ts)["permalink"]
        page.goto(link)
        expect(page.locator(f'.revealed[data-ts="{ts}"]')).to_be_in_viewport()
        expect(page.locator(".revealed")).to_contain_text(words)


def test_another_organisation_is_marked_wherever_it_shows(page):
    go(page, "bright-dental")
    expect(page.get_by_text("Northgate IT shares this channel with Bright Dental.")).to_be_visible()
    expect(message(page, "The printer is broken").locator(".tag")).to_have_text("Bright Dental")


def test_a_closed_channel_takes_no_messages(page):
    go(page, "announcements")
    expect(page.get_by_role("textbox", name="Message #announcements")).to_be_disabled()


def test_each_person_sees_their_own_channels_and_what_they_may_do(page):
    channels = page.locator("#sidebar section").first.get_by_role("listitem")
    expect(channels).to_have_text(["#announcements", "#bright-dental", "#general", "#random"])
    become(page, "Erin Walsh")
    expect(channels).to_have_text(["#announcements", "executives", "#general", "owners"])
    become(page, "Gail Guest")
    expect(channels).to_have_text(["#general"])
    expect(page.locator("#sidebar").get_by_role("button", name="Tryout")).to_be_visible()


def test_a_clients_user_has_neither_the_app_nor_its_commands_nor_its_shortcuts(page_of, tryout):
    page = page_of("U_KAREN")
    expect(page.get_by_role("heading", name="bright-dental")).to_be_visible()
    expect(page.locator("#sidebar").get_by_role("button", name="Tryout")).to_have_count(0)
    page.locator(".main .composer-input").press_sequentially("/s")
    expect(page.get_by_role("option")).to_have_count(0)
    write(page, "/say let me in")
    expect(message(page, "/say is not a valid command")).to_be_visible()
    menu = open_menu(page, message(page, "The printer is broken"))
    expect(menu.get_by_role("menuitem")).to_have_text(["💬Reply in thread", "🔗Copy link"])
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Shortcuts and files").click()
    expect(page.get_by_role("menuitem", name="New thing")).to_have_count(0)
    assert tryout.heard == []
