"""Blocks in the page: each type drawn, each element usable, the unknown said to be unknown."""

import pytest
from playwright.sync_api import expect
from slack_sdk import WebClient

from tests.browser_bot import button, mrkdwn, option, plain
from tests.browser_steps import message


pytest_plugins = ["tests.browser"]


@pytest.fixture
def page(page_of):
    return page_of("U_TARA", at="C_GENERAL")


@pytest.fixture
def show(slack, page):
    """Posts blocks and returns the message they make."""
    client = WebClient("xoxb-sandbox", base_url=slack.api_url, retry_handlers=[])

    def shown(*blocks, **more):
        ts = client.chat_postMessage(channel="C_GENERAL", text="blocks", blocks=blocks, **more)[
            "ts"
        ]
        said = page.locator(f'.main article[data-ts="{ts}"]')
        expect(said).to_be_visible()
        return said

    return shown


def rich(*elements):
    return {"type": "rich_text", "elements": list(elements)}


def text(words, **style):
    return {"type": "text", "text": words, **({"style": style} if style else {})}


MARKED = {
    "*bold* and*not* * nor this *": "<strong>bold</strong> and*not* * nor this *",
    "_a *b* c_ snake_case_name": "<em>a <strong>b</strong> c</em> snake_case_name",
    "`*code* <@U_TARA>` ~gone~": "<code>*code* &lt;@U_TARA&gt;</code> <s>gone</s>",
    "a\n> b\n> c\nd": "a<blockquote>b<br>c</blockquote>d",
    "x ```*as*\n  is``` y": "x <pre>*as*\n  is</pre> y",
    "&lt;b&gt; &amp;amp; 1 < 2": "&lt;b&gt; &amp;amp; 1 &lt; 2",
    "10:30:45 :nope: :+1::skin-tone-3:": "10:30:45 :nope: 👍🏼",
    "<javascript:alert(1)|click>": "<span>click</span>",
    "<!subteam^S_X|@them> <@U_NOBODY>": (
        '<span class="mention">@them</span> <span class="mention">@U_NOBODY</span>'
    ),
}
MOMENT = 1_795_000_200  # 18 November 2026, a Wednesday, 11:10:00 in UTC
DATES = {
    "{date_num} {time_secs}": "2026-11-18 12:10:00 PM",
    "{date}": "November 18th, 2026",
    "{date_short}": "Nov 18, 2026",
    "{date_long}": "Wednesday, November 18th, 2026",
    "at {time} {unknown}": "at 12:10 PM {unknown}",
}


def test_mrkdwn_is_read_as_slack_reads_it(page):
    read = """async (cases) => {
        const main = document.querySelector("script").src;
        const { mrkdwn } = await import(new URL("render/mrkdwn.js", main));
        return cases.map((words) => {
            const made = document.createElement("div");
            made.append(...mrkdwn(words));
            return made.innerHTML;
        });
    }"""
    assert dict(zip(MARKED, page.evaluate(read, list(MARKED)), strict=True)) == MARKED


def test_dates_are_worded_as_slack_words_them(page):
    read = """async ([seconds, formats]) => {
        const main = document.querySelector("script").src;
        const { formatted } = await import(new URL("render/dates.js", main));
        const day = 86400;
        const now = Math.floor(Date.now() / 1000);
        const near = [now - day, now, now + day].map((at) => formatted(at, "{date_pretty}"));
        return [formats.map((format) => formatted(seconds, format)), near];
    }"""
    told, near = page.evaluate(read, [MOMENT, list(DATES)])
    assert dict(zip(DATES, told, strict=True)) == DATES
    assert near == ["Yesterday", "Today", "Tomorrow"]


def test_sections_headers_fields_context_and_dividers_look_as_in_slack(show):
    said = show(
        {"type": "header", "text": plain("A header :wave:")},
        {"type": "section", "text": mrkdwn("Told"), "accessory": button("Open", "open")},
        {"type": "section", "fields": [mrkdwn("*Why*\nbecause"), plain("*plain*")]},
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("_small_"), plain("print")]},
    )
    expect(said.get_by_role("heading")).to_have_text("A header 👋")
    expect(said.get_by_role("button", name="Open")).to_be_visible()
    expect(said.locator(".fields > div")).to_have_text(["Whybecause", "*plain*"])
    expect(said.get_by_role("separator")).to_be_visible()
    expect(said.locator(".context em")).to_have_text("small")


def test_rich_text_keeps_every_style_and_part(show):
    said = show(
        rich(
            {
                "type": "rich_text_section",
                "elements": [
                    text("bold", bold=True),
                    text("both", italic=True, strike=True),
                    {"type": "user", "user_id": "U_MIGUEL"},
                    {"type": "channel", "channel_id": "C_CONNECT"},
                    {"type": "usergroup", "usergroup_id": "S_TECHS"},
                    {"type": "broadcast", "range": "here"},
                    {"type": "emoji", "name": "tada"},
                    {"type": "link", "url": "https://example.com", "text": "link"},
                    {"type": "date", "timestamp": 1_795_000_200, "format": "{date_num}"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "offset": 2,
                "elements": [{"type": "rich_text_section", "elements": [text("third")]}],
            },
            {"type": "rich_text_quote", "elements": [text("quoted\ntwice")]},
            {"type": "rich_text_preformatted", "elements": [text("  kept   as is")]},
        )
    )
    expect(said.locator("strong").last).to_have_text("bold")
    expect(said.locator("em s, s em")).to_have_text("both")
    expect(said.locator(".mention")).to_have_text(
        ["@Miguel Ortega", "#bright-dental", "@techs", "@here"]
    )
    expect(said.get_by_role("link", name="link")).to_have_attribute("href", "https://example.com")
    expect(said).to_contain_text("2026-11-18")
    expect(said.locator("ol")).to_have_attribute("start", "3")
    expect(said.locator("blockquote br")).to_have_count(1)
    expect(said.locator("pre")).to_have_text("  kept   as is", use_inner_text=True)


def test_pictures_of_this_workspace_are_shown_and_others_described(show, slack):
    said = show(
        {"type": "image", "alt_text": "A face", "image_url": f"{slack.base_url}/avatars/U_ERIN"},
        {"type": "image", "alt_text": "Far away", "image_url": "https://example.com/a.png"},
        {
            "type": "context",
            "elements": [
                {"type": "image", "alt_text": "Tiny", "image_url": "https://example.com/b.png"}
            ],
        },
    )
    natural = said.get_by_role("img", name="A face").evaluate("image => image.naturalWidth")
    assert natural > 0
    expect(said.get_by_role("img", name="Far away")).to_contain_text("Far away")
    expect(said.get_by_role("img", name="Tiny")).to_be_visible()


def test_tables_and_markdown_become_real_tables_headings_and_lists(show):
    cells = [
        [{"type": "raw_text", "text": each} for each in row] for row in (("A", "B"), ("1", "2"))
    ]
    said = show(
        {"type": "table", "rows": cells, "column_settings": [{"align": "right"}]},
        {"type": "markdown", "text": "# Title\n- one **bold**\n\n[a link](https://example.com)"},
    )
    expect(said.get_by_role("columnheader")).to_have_text(["A", "B"])
    expect(said.get_by_role("cell", name="1")).to_have_class("align-right")
    expect(said.get_by_role("heading", name="Title")).to_be_visible()
    expect(said.get_by_role("listitem").locator("strong")).to_have_text("bold")


def test_elements_in_messages_are_filled_in_and_reach_the_app(show, tryout, slack):
    said = show(
        {
            "type": "actions",
            "elements": [
                {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-23"},
                {"type": "users_select", "action_id": "who", "placeholder": plain("Who?")},
                {"type": "radio_buttons", "action_id": "pick", "options": [option("One")]},
                button("Elsewhere", "away", url="https://example.com/"),
            ],
        }
    )
    expect(said.locator("input[type=date]")).to_have_value("2026-11-23")
    expect(said.get_by_role("combobox", name="Who?")).to_be_visible()
    expect(said.get_by_role("link", name="Elsewhere")).to_have_attribute("target", "_blank")
    said.get_by_role("radio", name="One").check()
    expect(said.get_by_role("radio", name="One")).to_be_checked()
    assert slack.wait_for(lambda: tryout.said("chosen"), 5) == ["one"]


def test_attachments_keep_their_colour_and_their_words(show):
    said = show(
        {"type": "divider"},
        attachments=[{"color": "#2eb67d", "title": "Old", "text": "*way*", "footer": "still seen"}],
    )
    attachment = said.locator(".attachment")
    expect(attachment).to_contain_text("still seen")
    expect(attachment.locator("strong").last).to_have_text("way")
    expect(attachment).to_have_css("border-left-color", "rgb(46, 182, 125)")


def test_cards_containers_and_plans_are_shown(show):
    said = show(
        {
            "type": "card",
            "title": plain("A card"),
            "body": mrkdwn("*body*"),
            "actions": [button("Go", "go")],
        },
        {
            "type": "container",
            "title": plain("Folded"),
            "is_collapsible": True,
            "child_blocks": [{"type": "section", "text": plain("inside")}],
        },
        {"type": "plan", "title": "Plan", "tasks": [task("t1", "Done", "complete")]},
    )
    expect(said.get_by_role("button", name="Go")).to_be_visible()
    expect(said.get_by_text("inside")).to_be_visible()
    expect(said.locator(".task")).to_have_text("✓Done")


def task(task_id, title, status):
    return {"type": "task_card", "task_id": task_id, "title": title, "status": status}


def test_a_block_of_an_unknown_type_says_its_name(slack, page):
    unknown = {"type": "section", "text": plain("x")}
    slack.load(
        {
            "team": {"id": "T_HOME", "name": "Northgate IT", "domain": "northgate"},
            "people": [{"id": "U_TARA", "name": "tara", "real_name": "Tara Lind"}],
            "channels": [
                {
                    "id": "C_GENERAL",
                    "name": "general",
                    "members": ["U_TARA"],
                    "messages": [{"user": "U_TARA", "text": "before", "blocks": [unknown]}],
                }
            ],
        }
    )
    expect(message(page, "x")).to_be_visible()
    made = page.evaluate(
        """async () => {
            const main = document.querySelector("script").src;
            const { blockOf } = await import(new URL("render/blocks.js", main));
            return blockOf({ type: "hologram", block_id: "b" }).textContent;
        }"""
    )
    assert made == "This page does not know the block “hologram”."
