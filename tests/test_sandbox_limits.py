"""Each of Slack's limits: what just fits is taken, one more is refused, with Slack's own error."""

import json

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.driver import running
from sandbox.limits.views import view_problems
from tests.sandbox_bolt import actions, modal, options, plain, question, web_client


MESSAGE, MODAL, HOME = "message", "modal", "home"
ROWS = [{"type": "raw_text", "text": "x"}]


@pytest.fixture(scope="module")
def slack():
    with running() as slack:
        slack.settings(rate_limits=False)
        yield slack


def show(slack, surface, blocks):
    """Send blocks to where people see them, as the real client sends them."""
    client = web_client(slack)
    if surface == MESSAGE:
        return client.chat_postMessage(channel="C_GENERAL", text="x", blocks=blocks)
    if surface == HOME:
        return client.views_publish(user_id="U_TARA", view={"type": "home", "blocks": blocks})
    trigger = slack.triggers("U_TARA")[0]
    return client.views_open(trigger_id=trigger, view=modal(*blocks))


def refused(slack, surface, blocks) -> dict:
    with pytest.raises(SlackApiError) as caught:
        show(slack, surface, blocks)
    return caught.value.response.data


def section(**fields):
    return [{"type": "section", **fields}]


def text_of(size):
    return {"type": "mrkdwn", "text": "x" * size}


def button(**fields):
    return [{"type": "actions", "elements": [{"type": "button", "text": plain("Go"), **fields}]}]


def select(**fields):
    return [question("q", {"type": "static_select", "options": options(1), **fields})]


def confirm(**fields):
    dialog = {name: plain("x") for name in ("title", "text", "confirm", "deny")}
    return button(confirm={**dialog, **fields})


def one_option(text="x", value="x", **more):
    return [{"text": plain(text), "value": value, **more}]


def radio(count):
    return {"type": "radio_buttons", "options": options(count)}


def group(count):
    return {"label": plain("g"), "options": options(count)}


def rich(*elements):
    section = {"type": "rich_text_section", "elements": list(elements)}
    return {"type": "rich_text", "elements": [section]}


LIMITS = {
    "blocks in a message": (MESSAGE, 50, lambda n: [{"type": "divider"}] * n),
    "blocks in a modal": (MODAL, 100, lambda n: [{"type": "divider"}] * n),
    "blocks in a home": (HOME, 100, lambda n: [{"type": "divider"}] * n),
    "section text": (MESSAGE, 3000, lambda n: section(text=text_of(n))),
    "section fields": (MESSAGE, 10, lambda n: section(fields=[text_of(1)] * n)),
    "section field": (MESSAGE, 2000, lambda n: section(fields=[text_of(n)])),
    "header": (MESSAGE, 150, lambda n: [{"type": "header", "text": plain("😀" * n)}]),
    "context elements": (
        MESSAGE,
        10,
        lambda n: [{"type": "context", "elements": [text_of(1)] * n}],
    ),
    "actions elements": (MESSAGE, 25, lambda n: [actions(*(f"b{each}" for each in range(n)))]),
    "block_id": (MESSAGE, 255, lambda n: [{"type": "divider", "block_id": "x" * n}]),
    "action_id": (MESSAGE, 255, lambda n: button(action_id="x" * n)),
    "button text": (MESSAGE, 75, lambda n: button(text=plain("x" * n))),
    "button value": (MESSAGE, 2000, lambda n: button(value="x" * n)),
    "button url": (MESSAGE, 3000, lambda n: button(url="x" * n)),
    "accessibility label": (MESSAGE, 75, lambda n: button(accessibility_label="x" * n)),
    "agent prompt": (MESSAGE, 4000, lambda n: button(agent_prompt="x" * n)),
    "confirm title": (MESSAGE, 100, lambda n: confirm(title=plain("x" * n))),
    "confirm text": (MESSAGE, 300, lambda n: confirm(text=plain("x" * n))),
    "confirm yes": (MESSAGE, 30, lambda n: confirm(confirm=plain("x" * n))),
    "confirm no": (MESSAGE, 30, lambda n: confirm(deny=plain("x" * n))),
    "image alt text": (
        MESSAGE,
        2000,
        lambda n: [{"type": "image", "image_url": "http://x", "alt_text": "x" * n}],
    ),
    "image title": (
        MESSAGE,
        2000,
        lambda n: [{"type": "image", "image_url": "x", "alt_text": "x", "title": plain("x" * n)}],
    ),
    "image url": (
        MESSAGE,
        3000,
        lambda n: [{"type": "image", "image_url": "x" * n, "alt_text": "x"}],
    ),
    "label": (MODAL, 2000, lambda n: [question("q", label="x" * n)]),
    "hint": (MODAL, 2000, lambda n: [question("q", hint=plain("x" * n))]),
    "placeholder": (MODAL, 150, lambda n: select(placeholder=plain("x" * n))),
    "options of a select": (MODAL, 100, lambda n: select(options=options(n))),
    "option text": (MODAL, 75, lambda n: select(options=one_option("x" * n))),
    "option value": (MODAL, 75, lambda n: select(options=one_option(value="x" * n))),
    "option description": (
        MODAL,
        75,
        lambda n: select(options=one_option(description=plain("x" * n))),
    ),
    "option groups": (
        MODAL,
        100,
        lambda n: [question("q", {"type": "static_select", "option_groups": [group(1)] * n})],
    ),
    "options of a group": (
        MODAL,
        100,
        lambda n: [question("q", {"type": "static_select", "option_groups": [group(n)]})],
    ),
    "group label": (
        MODAL,
        75,
        lambda n: [
            question(
                "q",
                {
                    "type": "static_select",
                    "option_groups": [{**group(1), "label": plain("x" * n)}],
                },
            )
        ],
    ),
    "radio buttons": (MODAL, 10, lambda n: [question("q", radio(n))]),
    "checkboxes": (
        MODAL,
        10,
        lambda n: [question("q", {"type": "checkboxes", "options": options(n)})],
    ),
    "overflow options": (
        MESSAGE,
        5,
        lambda n: [{"type": "actions", "elements": [{"type": "overflow", "options": options(n)}]}],
    ),
    "initial text": (
        MODAL,
        3000,
        lambda n: [question("q", {"type": "plain_text_input", "initial_value": "x" * n})],
    ),
    "max_length": (
        MODAL,
        3000,
        lambda n: [question("q", {"type": "plain_text_input", "max_length": n})],
    ),
    "min_length": (
        MODAL,
        3000,
        lambda n: [question("q", {"type": "plain_text_input", "min_length": n})],
    ),
    "max_files": (MODAL, 10, lambda n: [question("q", {"type": "file_input", "max_files": n})]),
    "max_lines": (
        MODAL,
        100,
        lambda n: [question("q", {"type": "rich_text_input", "max_lines": n})],
    ),
    "markdown": (MESSAGE, 12_000, lambda n: [{"type": "markdown", "text": "x" * n}]),
    "table rows": (MESSAGE, 100, lambda n: [{"type": "table", "rows": [ROWS] * n}]),
    "table columns": (MESSAGE, 20, lambda n: [{"type": "table", "rows": [ROWS * n]}]),
    "tables": (MESSAGE, 1, lambda n: [{"type": "table", "rows": [ROWS]}] * n),
    "alert": (MODAL, 200, lambda n: [{"type": "alert", "text": text_of(n)}]),
    "card title": (MESSAGE, 150, lambda n: [{"type": "card", "title": text_of(n)}]),
    "card body": (MESSAGE, 200, lambda n: [{"type": "card", "body": text_of(n)}]),
    "cards": (
        MESSAGE,
        10,
        lambda n: [{"type": "carousel", "elements": [{"type": "card", "body": text_of(1)}] * n}],
    ),
    "blocks of a container": (
        MESSAGE,
        10,
        lambda n: [
            {"type": "container", "title": plain("x"), "child_blocks": [{"type": "divider"}] * n}
        ],
    ),
    "list indent": (
        MESSAGE,
        8,
        lambda n: [
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_list",
                        "style": "bullet",
                        "indent": n,
                        "elements": [{"type": "rich_text_section", "elements": []}],
                    }
                ],
            }
        ],
    ),
    "focused elements": (
        MODAL,
        1,
        lambda n: [
            question(f"q{each}", {"type": "plain_text_input", "focus_on_load": True})
            for each in range(n)
        ],
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_what_just_fits_is_taken_and_one_more_is_refused(slack, name):
    surface, most, make = LIMITS[name]
    assert show(slack, surface, make(most))["ok"]
    answer = refused(slack, surface, make(most + 1))
    assert answer["error"] == ("invalid_blocks" if surface == MESSAGE else "invalid_arguments")
    assert "[json-pointer:/" in answer["response_metadata"]["messages"][0]


@pytest.mark.parametrize("field", ["title", "submit", "close"])
def test_the_words_round_a_modal_have_twenty_four_characters(field):
    assert view_problems(modal(question("q"), **{field: plain("x" * 24)}), MODAL) == []
    assert view_problems(modal(question("q"), **{field: plain("x" * 25)}), MODAL) == [
        f"must be less than 25 characters [json-pointer:/view/{field}/text]"
    ]


@pytest.mark.parametrize(
    ("field", "most"), [("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)]
)
def test_what_a_view_carries_along_is_limited(field, most):
    assert view_problems(modal(question("q"), **{field: "x" * most}), MODAL) == []
    assert view_problems(modal(question("q"), **{field: "x" * (most + 1)}), MODAL)


def test_a_view_may_have_a_quarter_of_a_megabyte(slack):
    client = web_client(slack)
    now, later = slack.triggers("U_TARA", 2)
    assert client.views_open(trigger_id=now, view=view_of(250_000))["ok"]
    with pytest.raises(SlackApiError, match="view_too_large"):
        client.views_open(trigger_id=later, view=view_of(250_001))


def view_of(size):
    """A view that is so many bytes of JSON."""
    full = [section(text=text_of(2900))[0] for _ in range(84)]
    view = modal(*full, *section(text=text_of(0)))
    missing = size - len(json.dumps(view, separators=(",", ":")))
    return modal(*full, *section(text=text_of(missing)))


def test_the_texts_of_a_message_have_twelve_thousand_characters_together(slack):
    fitting = [section(text=text_of(3000))[0]] * 4
    assert show(slack, MESSAGE, fitting)["ok"]
    assert refused(slack, MESSAGE, [*fitting, *section(text=text_of(1))])["error"] == (
        "msg_blocks_too_long"
    )


def test_two_markdown_blocks_share_their_limit(slack):
    def halves(size):
        return [{"type": "markdown", "text": "x" * size}, {"type": "markdown", "text": "x" * 6000}]

    assert show(slack, MESSAGE, halves(6000))["ok"]
    assert refused(slack, MESSAGE, halves(6001))["error"] == "invalid_blocks"


@pytest.mark.parametrize(
    ("surface", "blocks", "problem"),
    [
        (MESSAGE, [{"type": "sparkle"}], "unsupported type: sparkle [json-pointer:/blocks/0]"),
        (MESSAGE, [{"type": "alert", "text": text_of(1)}], "unsupported type: alert"),
        (MODAL, [{"type": "markdown", "text": "x"}], "unsupported type: markdown"),
        (HOME, [{"type": "table", "rows": [ROWS]}], "unsupported type: table"),
        (HOME, [{"type": "file", "source": "remote"}], "unsupported type: file"),
        (MESSAGE, [question("q", {"type": "file_input"})], "unsupported type: file_input"),
        (MESSAGE, section(text=text_of(1), colour="red"), "invalid additional property: colour"),
        (MESSAGE, section(), "must have at least one of: text, fields"),
        (MESSAGE, section(text=text_of(0)), "must be more than 0 characters"),
        (MESSAGE, section(text="words"), "must be an object"),
        (MESSAGE, [{"type": "header", "text": text_of(1)}], "unsupported type: mrkdwn"),
        (MESSAGE, button(text=text_of(1)), "unsupported type: mrkdwn"),
        (MESSAGE, button(style="calm"), "must be a valid enum value: primary, danger"),
        (MESSAGE, button(value=None), "must be a string"),
        (MODAL, [{"type": "input", "label": plain("x")}], "missing required field: element"),
        (MODAL, select(options=[]), "no less than 1 items allowed"),
        (MODAL, select(initial_option=options(2)[1]), "must match exactly one of the options"),
        (MODAL, [question("q", {"type": "static_select"})], "exactly one of: options, option_gro"),
        (MODAL, [question("q", {"type": "number_input"})], "required field: is_decimal_allowed"),
        (MODAL, [question("q", {"type": "datepicker", "initial_date": "1.2.26"})], "YYYY-MM-DD"),
        (MODAL, [question("q", {"type": "timepicker", "initial_time": "25:00"})], "HH:mm"),
        (MODAL, [question("q"), question("q")], "`block_id` must be unique: q"),
        (MESSAGE, [actions("same", "same")], "`action_id` must be unique within a block: same"),
        (MESSAGE, [rich({"type": "text", "text": ""})], "must be more than 0 characters"),
        (MESSAGE, [rich({"type": "sound"})], "unsupported type: sound"),
        (MESSAGE, ["words"], "must be an object"),
        (MODAL, [], "no less than 1 items allowed"),
    ],
)
def test_what_slack_does_not_know_is_refused(slack, surface, blocks, problem):
    assert problem in refused(slack, surface, blocks)["response_metadata"]["messages"][0]


def test_a_modal_with_a_question_has_a_submit_button():
    form = modal(question("q"))
    del form["submit"]
    assert view_problems(form, MODAL) == ["missing required field: submit [json-pointer:/view]"]
    assert view_problems({**form, "blocks": [{"type": "divider"}]}, MODAL) == []


def test_a_view_as_slack_sends_it_cannot_be_sent_back(slack):
    trigger = slack.triggers("U_TARA")[0]
    client = web_client(slack)
    view = client.views_open(trigger_id=trigger, view=modal(question("q")))["view"]
    with pytest.raises(SlackApiError, match="invalid additional property: id"):
        client.views_update(view_id=view["id"], view=view)


def test_blocks_can_be_checked_without_being_sent(slack):
    client = web_client(slack)
    assert client.blocks_validate(blocks=section(text=text_of(3000)))["ok"]
    with pytest.raises(SlackApiError) as caught:
        client.blocks_validate(blocks=section(text=text_of(3001)))
    told = caught.value.response["errors"][0]
    assert told["pointer"] == "/blocks/0/text/text"
    for sent in ({"view": {"type": "home"}}, {"message": {"blocks": [{}]}}, {"view": "x"}):
        with pytest.raises(SlackApiError, match="invalid_"):
            client.api_call("blocks.validate", json=sent)
    with pytest.raises(SlackApiError, match="exactly one"):
        client.api_call("blocks.validate", json={})


def test_every_block_of_a_rich_kind_is_known(slack):
    link = {"type": "link", "url": "https://example.org", "text": "there", "style": {"bold": True}}
    date = {"type": "date", "timestamp": 1_700_000_000, "format": "{date}", "fallback": "then"}
    emoji, user = {"type": "emoji", "name": "wave"}, {"type": "user", "user_id": "U_TARA"}
    quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]}
    code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]}
    blocks = [rich(link, date, emoji, user), {"type": "rich_text", "elements": [quote, code]}]
    assert show(slack, MESSAGE, blocks)["ok"]
