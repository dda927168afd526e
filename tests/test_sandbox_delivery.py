"""What Slack sends to an app, how it is signed, and what becomes of the answers."""

import time
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient

from sandbox.driver import NotOnScreen, running
from tests import sandbox_room as room
from tests.sandbox_bolt import (
    SECRET,
    actions,
    modal,
    plain,
    posted,
    question,
    web_client,
)


both, slack, bot, tara = room.both, room.slack, room.bot, room.tara
MANIFEST = {
    "features": {
        "bot_user": {"display_name": "Helper"},
        "app_home": {"home_tab_enabled": True},
        "slash_commands": [
            {"command": "/note", "description": "Note it", "should_escape": True},
            {"command": "/raw", "description": "As it is"},
        ],
        "shortcuts": [
            {"name": "New", "type": "global", "callback_id": "new", "description": "x"},
            {"name": "Keep", "type": "message", "callback_id": "keep", "description": "x"},
        ],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "users:read"]}},
    "settings": {"event_subscriptions": {"bot_events": ["message.channels", "app_mention"]}},
}


def test_every_request_is_signed(bot, tara):
    tara.command("/note", "Bright & Co")
    body, headers = bot.got[0]
    verifier = SignatureVerifier(SECRET)
    assert verifier.is_valid_request(body, {name: str(each) for name, each in headers.items()})
    assert not verifier.is_valid_request(body + b"x", dict(headers))
    assert abs(time.time() - int(headers["X-Slack-Request-Timestamp"])) < 5


def test_a_command_is_a_form_with_all_that_slack_tells(bot, slack, tara):
    tara.command("/note", "Bright & Co", channel="C_GENERAL")
    form = bot.payload
    told = {name: form[name] for name in ("command", "text", "user_id", "user_name", "team_id")}
    assert told == {
        "command": "/note",
        "text": "Bright & Co",
        "user_id": "U_TARA",
        "user_name": "tara",
        "team_id": "T_HOME",
    }
    assert (form["channel_id"], form["channel_name"]) == ("C_GENERAL", "general")
    assert (form["api_app_id"], form["is_enterprise_install"]) == ("A_BOT", "false")
    assert form["response_url"].startswith(slack.base_url)
    assert web_client(slack).views_open(trigger_id=form["trigger_id"], view=modal(question("q")))


@pytest.mark.parametrize(("channel", "name"), [("C_EXEC", "privategroup"), ("dm", "directmessage")])
def test_private_places_are_not_named(bot, slack, channel, name):
    erin = slack.person("U_ERIN")
    erin.command("/note", channel=slack.dm("U_ERIN") if channel == "dm" else channel)
    assert bot.payload["channel_name"] == name


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((500, "", {}), "dispatch_failed"),
        ((404, "", {}), "dispatch_failed"),
        ((200, "{", {"Content-Type": "application/json"}), "dispatch_failed"),
        (ConnectionRefusedError(), "dispatch_failed"),
        (TimeoutError(), "operation_timeout"),
    ],
)
def test_a_command_that_fails_says_so_to_the_person(bot, slack, tara, answer, code):
    bot.answers.append(answer)
    outcome = tara.command("/note")
    assert outcome.trouble == code
    assert outcome.notice == f'/note failed with the error "{code}"'
    assert slack.deliveries("/note")[0]["trouble"] == code


def test_an_app_without_an_address_is_not_reached():
    with running() as slack:
        assert slack.person("U_TARA").command("/note").trouble == "dispatch_failed"


def test_what_a_command_answers_is_seen_by_its_person_alone(bot, slack, tara):
    bot.says("Done.")
    tara.command("/note", channel="C_GENERAL")
    bot.says({"text": "Blocks", "blocks": [actions("go")]})
    tara.command("/note", channel="C_GENERAL")
    assert [each["text"] for each in tara.ephemerals("C_GENERAL")] == ["Done.", "Blocks"]
    assert slack.person("U_SAM").ephemerals("C_GENERAL") == []
    bot.says({"response_type": "in_channel", "text": "For all"})
    tara.command("/note", channel="C_GENERAL")
    assert slack.messages("C_GENERAL")[-1]["only_for"] == ""


def test_an_answer_with_broken_blocks_fails_the_command(bot, tara):
    bot.says({"text": "x", "blocks": [{"type": "sparkle"}]})
    assert tara.command("/note").trouble == "invalid_blocks"


def test_a_response_url_answers_five_times(bot, tara):
    tara.command("/note", channel="C_GENERAL")
    hook = WebhookClient(bot.payload["response_url"])
    answers = [hook.send(text=str(each)) for each in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body
    assert len(tara.ephemerals("C_GENERAL")) == 5


def test_a_response_url_lives_half_an_hour(bot, slack, tara):
    tara.command("/note")
    hook = WebhookClient(bot.payload["response_url"])
    slack.advance(1799)
    assert hook.send(text="x").status_code == 200
    slack.advance(2)
    assert "expired_url" in hook.send(text="x").body
    assert "invalid_url" in WebhookClient(f"{slack.base_url}/response/T/x").send(text="x").body


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x", "colour": "red"}, "invalid_arguments"),
        ({"blocks": [{"type": "sparkle"}]}, "invalid_blocks"),
        ({"delete_original": True}, "message_not_found"),
    ],
)
def test_a_response_url_refuses_what_is_no_message(bot, tara, sent, error):
    tara.command("/note")
    answer = WebhookClient(bot.payload["response_url"]).send_dict(sent)
    assert (answer.status_code, error in answer.body) == (400, True)


def test_a_response_url_has_no_limit_on_all_texts_together(bot, tara):
    tara.command("/note")
    section = {"type": "section", "text": plain("x" * 3000)}
    assert WebhookClient(bot.payload["response_url"]).send(blocks=[section] * 5).status_code == 200


def test_a_global_shortcut_has_no_channel(bot, slack, tara):
    assert tara.shortcut("new").ok
    payload = bot.payload
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "new")
    assert payload["user"]["team_id"] == "T_HOME"
    assert "channel" not in payload
    assert "response_url" not in payload
    assert web_client(slack).views_open(trigger_id=payload["trigger_id"], view=modal(question("q")))


def test_a_message_shortcut_carries_the_message(bot, slack, tara):
    message = slack.messages("C_CONNECT")[0]
    tara.message_shortcut("keep", "C_CONNECT", message["ts"])
    payload = bot.payload
    assert (payload["type"], payload["message_ts"]) == ("message_action", message["ts"])
    assert (payload["message"]["user"], payload["message"]["team"]) == ("U_KAREN", "T_CLIENT")
    assert payload["channel"]["id"] == "C_CONNECT"
    assert payload["response_url"]


def test_a_manifest_says_what_there_is(slack, tara):
    slack.app(manifest=MANIFEST)
    app = slack.get("workspace")["app"]
    assert (app["name"], app["scopes"]) == ("Helper", ["chat:write", "users:read"])
    assert tara.command("/note").ok
    with pytest.raises(NotOnScreen, match="/other is not a valid command"):
        tara.command("/other")
    assert tara.shortcut("new").ok
    with pytest.raises(NotOnScreen, match="offered no shortcut keep"):
        tara.shortcut("keep")
    with pytest.raises(SlackApiError, match="missing_scope"):
        web_client(slack).conversations_info(channel="C_GENERAL")


def test_names_become_links_where_the_manifest_asks_for_it(bot, slack, tara):
    slack.app(manifest=MANIFEST)
    tara.command("/note", "ask @sam in #general, not @nobody or a@b")
    assert bot.payload["text"] == ("ask <@U_SAM|sam> in <#C_GENERAL|general>, not @nobody or a@b")
    tara.command("/raw", "ask @sam")
    assert bot.payload["text"] == "ask @sam"


def test_people_outside_cannot_use_commands_or_shortcuts(bot, slack):
    karen = slack.person("U_KAREN").hurried()
    with pytest.raises(NotOnScreen, match="not a valid command"):
        karen.command("/note")
    with pytest.raises(NotOnScreen, match="offered no shortcut"):
        karen.shortcut("new")
    assert bot.got == []
    karen.command("/note", force=True)
    assert bot.payload["user_id"] == "U_KAREN"


def test_people_outside_can_press_what_they_see(bot, slack):
    posted(slack, actions("go"), channel="C_CONNECT")
    slack.person("U_KAREN").press("go")
    assert bot.payload["user"]["team_id"] == "T_CLIENT"


@pytest.mark.parametrize("person", ["U_GONE", "U_OTHERBOT", "U_NOBODY"])
def test_those_who_cannot_sign_in_do_nothing(bot, slack, person):
    with pytest.raises(NotOnScreen):
        slack.person(person).command("/note")
    assert bot.got == []


def test_a_shortcut_that_fails_says_so(slack, bot, tara):
    bot.answers += [TimeoutError(), (500, "", {})]
    assert tara.shortcut("new").trouble == "operation_timeout"
    ts = slack.messages("C_GENERAL")[0]["ts"]
    assert tara.message_shortcut("keep", "C_GENERAL", ts).trouble == "dispatch_failed"
    with pytest.raises(NotOnScreen, match="sees no message"):
        tara.message_shortcut("keep", "C_GENERAL", "1.1")


def test_a_response_url_may_fail_too(slack, bot, tara):
    tara.command("/note")
    slack.fault("response_url", "status", status=503)
    hook = WebhookClient(bot.payload["response_url"], retry_handlers=[])
    assert hook.send(text="x").status_code == 503
    assert hook.send(text="x").status_code == 200


@pytest.mark.parametrize("body", ["{", "[]"])
def test_a_response_url_takes_json_alone(bot, tara, body):
    tara.command("/note")
    with pytest.raises(HTTPError) as caught:
        urlopen(bot.payload["response_url"], body.encode())
    with caught.value:
        assert b"invalid_payload" in caught.value.read()
