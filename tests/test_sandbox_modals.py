"""Pressing, entering, submitting and closing: what the app gets, and what its answers do."""

import pytest
from slack_sdk.webhook import WebhookClient

from sandbox.driver import NotOnScreen, at
from tests import sandbox_room as room
from tests.sandbox_bolt import (
    actions,
    modal,
    opened,
    options,
    plain,
    posted,
    question,
    web_client,
)


both, slack, bot, tara = room.both, room.slack, room.bot, room.tara


def test_a_press_replaces_or_removes_its_message(bot, slack, tara):
    message = posted(slack, actions("go"))
    tara.press("go")
    hook = WebhookClient(bot.payload["response_url"])
    hook.send(text="Gone by", replace_original=True)
    after = slack.messages("C_GENERAL")[-1]
    assert (after["ts"], after["text"], after.get("blocks")) == (message["ts"], "Gone by", None)
    hook.send(delete_original=True)
    assert message["ts"] not in {each["ts"] for each in slack.messages("C_GENERAL")}


def test_a_press_in_a_message_tells_where_it_was(bot, slack, tara):
    message = posted(slack, actions("go"))
    assert tara.press("go", at(message)).ok
    payload = bot.payload
    assert payload["type"] == "block_actions"
    assert payload["user"] == {
        "id": "U_TARA",
        "username": "tara",
        "name": "tara",
        "team_id": "T_HOME",
    }
    assert payload["container"] == {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": "C_GENERAL",
        "is_ephemeral": False,
    }
    assert payload["channel"] == {"id": "C_GENERAL", "name": "general"}
    assert payload["message"]["ts"] == message["ts"]
    assert payload["state"] == {"values": {}}
    action = payload["actions"][0]
    assert (action["type"], action["action_id"], action["block_id"]) == ("button", "go", "buttons")
    assert action["text"] == plain("go")
    assert action["action_ts"]


def test_a_press_in_an_ephemeral_message_does_not_carry_the_message(bot, tara):
    bot.says({"text": "x", "blocks": [actions("go")]})
    tara.command("/note")
    tara.press("go")
    assert "message" not in bot.payload
    assert bot.payload["container"]["is_ephemeral"]


def test_a_message_in_a_thread_says_which(bot, slack, tara):
    client = web_client(slack)
    parent = client.chat_postMessage(channel="C_GENERAL", text="x")["ts"]
    client.chat_postMessage(channel="C_GENERAL", text="x", thread_ts=parent, blocks=[actions("go")])
    tara.press("go")
    assert bot.payload["container"]["thread_ts"] == parent


def test_a_button_that_fails_shows_a_warning(bot, slack, tara):
    posted(slack, actions("go"))
    bot.answers.append(TimeoutError())
    outcome = tara.press("go")
    assert (outcome.trouble, outcome.notice) == ("operation_timeout", "⚠ operation_timeout")


def test_a_press_in_a_view_carries_all_that_is_entered(bot, slack, tara):
    view = opened(slack, question("q"), actions("more"))
    tara.fill({"q": "words"})
    assert bot.got == []
    tara.press("more")
    payload = bot.payload
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert payload["view"]["state"]["values"]["q"]["v"]["value"] == "words"
    assert payload["view"]["hash"] == view["hash"]
    assert "channel" not in payload
    assert "response_url" not in payload
    pushed = web_client(slack).views_push(
        trigger_id=payload["trigger_id"], view=modal(question("q"))
    )
    assert pushed["view"]["previous_view_id"] == view["id"]


def test_an_input_that_dispatches_tells_the_app_at_once(bot, slack, tara):
    select = {"type": "static_select", "options": options(2)}
    opened(slack, question("q", select, dispatch_action=True))
    tara.choose("q", "Option 1")
    action = bot.payload["actions"][0]
    assert (action["type"], action["selected_option"]["value"]) == ("static_select", "1")
    assert bot.payload["view"]["state"]["values"]["q"]["v"]["selected_option"]["value"] == "1"


def test_a_submission_carries_the_whole_view(bot, slack, tara):
    view = opened(slack, question("q"), private_metadata="m")
    tara.fill({"q": "words"})
    assert tara.submit().ok
    payload = bot.payload
    assert payload["type"] == "view_submission"
    assert payload["response_urls"] == []
    sent = payload["view"]
    assert (sent["id"], sent["root_view_id"], sent["hash"]) == (
        view["id"],
        view["id"],
        view["hash"],
    )
    assert (sent["private_metadata"], sent["callback_id"]) == ("m", "form")
    assert sent["state"]["values"] == {"q": {"v": {"type": "plain_text_input", "value": "words"}}}
    assert tara.modals == []


def test_a_conversation_select_brings_response_urls(bot, slack, tara):
    element = {"type": "conversations_select", "response_url_enabled": True}
    opened(slack, question("q", element))
    tara.fill({"q": "C_GENERAL"})
    tara.submit()
    given = bot.payload["response_urls"][0]
    assert (given["block_id"], given["channel_id"]) == ("q", "C_GENERAL")
    assert WebhookClient(given["response_url"]).send(text="x").status_code == 200


def test_errors_stand_beside_their_fields_and_nothing_entered_is_lost(bot, slack, tara):
    opened(slack, question("q"))
    tara.fill({"q": "words"})
    bot.says({"response_action": "errors", "errors": {"q": "Say more."}})
    assert tara.submit().errors == {"q": "Say more."}
    assert tara.modal["errors"] == {"q": "Say more."}
    assert tara.values["q"]["v"]["value"] == "words"
    assert tara.submit().ok


def test_an_update_turns_the_view_into_another(bot, slack, tara):
    view = opened(slack, question("q"))
    tara.fill({"q": "words"})
    bot.says({"response_action": "update", "view": modal({"type": "divider"})})
    tara.submit()
    assert tara.modal["id"] == view["id"]
    assert tara.modal["hash"] != view["hash"]
    assert tara.modal["blocks"][0]["type"] == "divider"


def test_a_pushed_view_closes_onto_the_one_below_as_it_was_left(bot, slack, tara):
    below = opened(slack, question("q"))
    tara.fill({"q": "words"})
    bot.says({"response_action": "push", "view": modal(question("why"))})
    tara.submit()
    assert tara.modal["previous_view_id"] == below["id"]
    tara.close()
    assert tara.modal["id"] == below["id"]
    assert tara.values["q"]["v"]["value"] == "words"


def test_clear_closes_the_whole_stack(bot, slack, tara):
    opened(slack, question("q"))
    tara.fill({"q": "x"})
    bot.says({"response_action": "push", "view": modal({"type": "divider"})})
    tara.submit()
    bot.says({"response_action": "clear"})
    tara.submit()
    assert tara.modals == []


@pytest.mark.parametrize(
    "answer",
    [
        (500, "", {}),
        TimeoutError(),
        (200, "thanks", {}),
        (200, "{}", {"Content-Type": "application/json"}),
        (200, '{"response_action": "dance"}', {"Content-Type": "application/json"}),
        (
            200,
            '{"response_action": "errors", "errors": {"other": "x"}}',
            {"Content-Type": "application/json"},
        ),
        (
            200,
            '{"response_action": "errors", "errors": {}}',
            {"Content-Type": "application/json"},
        ),
        (
            200,
            '{"response_action": "update", "view": {"type": "modal"}}',
            {"Content-Type": "application/json"},
        ),
    ],
)
def test_an_answer_slack_cannot_use_is_trouble_connecting(bot, slack, tara, answer):
    opened(slack, question("q"))
    tara.fill({"q": "words"})
    bot.answers.append(answer)
    assert tara.submit().notice == "We had some trouble connecting. Try again?"
    assert tara.values["q"]["v"]["value"] == "words"


def test_a_fourth_view_is_trouble_connecting(bot, slack, tara):
    opened(slack, {"type": "divider"})
    for _ in range(2):
        bot.says({"response_action": "push", "view": modal({"type": "divider"})})
        assert tara.submit().ok
    bot.says({"response_action": "push", "view": modal({"type": "divider"})})
    assert tara.submit().trouble == "push_limit_reached"


def test_an_app_hears_of_a_closed_view_only_if_it_asked_to(bot, slack, tara):
    opened(slack, question("q"))
    tara.close()
    assert bot.got == []
    opened(slack, question("q"), notify_on_close=True)
    tara.close()
    assert (bot.payload["type"], bot.payload["is_cleared"]) == ("view_closed", False)


def test_the_x_closes_the_stack_and_names_its_root(bot, slack, tara):
    root = opened(slack, {"type": "divider"}, notify_on_close=True)
    bot.says({"response_action": "push", "view": modal({"type": "divider"})})
    tara.submit()
    tara.close(everything=True)
    assert tara.modals == []
    assert (bot.payload["view"]["id"], bot.payload["is_cleared"]) == (root["id"], True)


def test_a_typeahead_offers_what_the_app_answers(bot, slack, tara):
    opened(slack, question("q", {"type": "external_select", "min_query_length": 2}))
    assert tara.type_ahead("q", "b") == []
    bot.says({"options": options(2)})
    assert tara.type_ahead("q", "br") == ["Option 0", "Option 1"]
    payload = bot.payload
    assert (payload["type"], payload["value"]) == ("block_suggestion", "br")
    assert (payload["action_id"], payload["block_id"]) == ("v", "q")
    assert payload["container"]["view_id"] == payload["view"]["id"]
    tara.fill({"q": "Option 1"})
    assert tara.values["q"]["v"]["selected_option"]["value"] == "1"


def test_a_typeahead_may_offer_groups(bot, slack, tara):
    opened(slack, question("q", {"type": "external_select", "min_query_length": 0}))
    bot.says({"option_groups": [{"label": plain("Near"), "options": options(1)}]})
    tara.fill({"q": "Option 0"})
    assert tara.values["q"]["v"]["selected_option"]["value"] == "0"


@pytest.mark.parametrize(
    "offer",
    [
        {"options": options(101)},
        {"options": [{"text": plain("x" * 76), "value": "x"}]},
        {"options": [], "option_groups": []},
        {},
        "words",
    ],
)
def test_an_offer_slack_cannot_show_is_an_error(bot, slack, tara, offer):
    opened(slack, question("q", {"type": "external_select", "min_query_length": 0}))
    bot.says(offer)
    with pytest.raises(NotOnScreen, match="Something went wrong"):
        tara.type_ahead("q", "x")


def test_a_hundred_options_are_shown(bot, slack, tara):
    opened(slack, question("q", {"type": "external_select", "min_query_length": 0}))
    bot.says({"options": options(100)})
    assert len(tara.type_ahead("q", "x")) == 100


def test_a_modal_without_a_submit_button_cannot_be_submitted(slack, tara):
    view = modal({"type": "divider"})
    del view["submit"]
    web_client(slack).views_open(trigger_id=slack.triggers("U_TARA")[0], view=view)
    with pytest.raises(NotOnScreen, match="no submit button"):
        tara.submit()


def test_only_typeaheads_look_things_up(slack, tara):
    opened(slack, question("q"))
    with pytest.raises(NotOnScreen, match="looks nothing up"):
        tara.type_ahead("q", "x")


def test_a_typeahead_nobody_answers_is_an_error(slack, bot, tara):
    opened(slack, question("q", {"type": "external_select", "min_query_length": 0}))
    bot.answers.append(TimeoutError())
    with pytest.raises(NotOnScreen, match="operation_timeout"):
        tara.type_ahead("q", "x")


def test_what_fails_while_filling_in_stops_there(slack, bot, tara):
    select = {"type": "static_select", "options": options(2)}
    opened(slack, question("one", select, dispatch_action=True), question("two"))
    bot.answers.append(TimeoutError())
    assert tara.fill({"one": "0", "two": "words"}).trouble == "operation_timeout"
    assert tara.values["two"]["v"]["value"] is None


def test_a_view_gone_meanwhile_is_not_closed_again(slack, bot, tara):
    opened(slack, {"type": "divider"})
    replaced = []
    bot.meanwhile = lambda: replaced.append(opened(slack, {"type": "divider"}))
    assert tara.submit().ok
    assert [each["id"] for each in tara.modals] == [replaced[0]["id"]]
