"""views.* as slack_sdk calls them."""

import pytest
from slack_sdk.errors import SlackApiError

from tests import sandbox_room as room
from tests.sandbox_bolt import actions, modal, options, question, web_client


both, slack, client, tara = room.both, room.slack, room.client, room.tara


def open_form(slack, *blocks, **more):
    trigger = slack.triggers("U_TARA")[0]
    view = modal(*(blocks or [question("q")]), **more)
    return web_client(slack).views_open(trigger_id=trigger, view=view)["view"]


def test_an_opened_view_comes_back_whole(slack):
    view = open_form(slack, question("q"), private_metadata="m", external_id="e")
    assert view["id"].startswith("V")
    assert view["root_view_id"] == view["id"]
    assert view["previous_view_id"] is None
    assert (view["team_id"], view["app_id"], view["bot_id"]) == ("T_HOME", "A_BOT", "B_BOT")
    assert (view["private_metadata"], view["external_id"], view["callback_id"]) == (
        "m",
        "e",
        "form",
    )
    assert view["state"]["values"] == {"q": {"v": {"type": "plain_text_input", "value": None}}}
    assert view["hash"]


def test_ids_that_are_missing_are_made_up(slack):
    block = {**question("q"), "element": {"type": "plain_text_input"}}
    del block["block_id"]
    made = open_form(slack, block)["blocks"][0]
    assert made["block_id"]
    assert made["element"]["action_id"]


def test_a_trigger_opens_one_view(slack, client):
    trigger = slack.triggers("U_TARA")[0]
    client.views_open(trigger_id=trigger, view=modal(question("q")))
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        client.views_open(trigger_id=trigger, view=modal(question("q")))


def test_a_trigger_lives_three_seconds(slack, client):
    young, old = slack.triggers("U_TARA", 2)
    slack.advance(2.5)
    client.views_open(trigger_id=young, view=modal(question("q")))
    slack.advance(0.6)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        client.views_open(trigger_id=old, view=modal(question("q")))


def test_a_made_up_trigger_opens_nothing(client):
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        client.views_open(trigger_id="1.T_HOME.2", view=modal(question("q")))


def test_a_refused_view_does_not_use_the_trigger_up(slack, client):
    trigger = slack.triggers("U_TARA")[0]
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.views_open(trigger_id=trigger, view={"type": "modal"})
    assert client.views_open(trigger_id=trigger, view=modal(question("q")))["ok"]


def test_a_view_must_be_sent(slack, client):
    with pytest.raises(SlackApiError, match="missing required field: view"):
        client.api_call("views.open", json={"trigger_id": slack.triggers("U_TARA")[0]})


def test_three_views_stack_and_a_fourth_does_not(slack, client, tara):
    first = open_form(slack)
    triggers = slack.triggers("U_TARA", 3)
    for trigger in triggers[:2]:
        last = client.views_push(trigger_id=trigger, view=modal(question("q")))["view"]
    assert tara.modals[0]["id"] == first["id"]
    assert last["root_view_id"] == first["id"]
    assert last["previous_view_id"] == tara.modals[1]["id"]
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        client.views_push(trigger_id=triggers[2], view=modal(question("q")))


def test_nothing_is_pushed_onto_no_modal(slack, client):
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_push(trigger_id=slack.triggers("U_TARA")[0], view=modal(question("q")))


def test_a_second_modal_takes_the_place_of_the_first(slack, client, tara):
    first, second = open_form(slack), open_form(slack)
    assert [each["id"] for each in tara.modals] == [second["id"]]
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_update(view_id=first["id"], view=modal(question("q")))


def test_an_update_keeps_what_was_entered_under_the_same_ids(slack, client, tara):
    view = open_form(slack, question("kept"), question("renamed"))
    tara.fill({"kept": "mine", "renamed": "lost"})
    again = {"type": "plain_text_input", "initial_value": "app's"}
    client.views_update(view_id=view["id"], view=modal(question("kept", again), question("new")))
    assert tara.values == {
        "kept": {"v": {"type": "plain_text_input", "value": "mine"}},
        "new": {"v": {"type": "plain_text_input", "value": None}},
    }


def test_an_update_that_changes_the_kind_of_input_resets_it(slack, client, tara):
    view = open_form(slack, question("q"))
    tara.fill({"q": "words"})
    select = {"type": "static_select", "options": options(2), "initial_option": options(2)[1]}
    client.views_update(view_id=view["id"], view=modal(question("q", select)))
    assert tara.values["q"]["v"]["selected_option"]["value"] == "1"


def test_an_update_may_insist_on_the_hash_it_saw(slack, client):
    view = open_form(slack)
    fresh = client.views_update(view_id=view["id"], hash=view["hash"], view=modal(question("q")))
    assert fresh["view"]["hash"] != view["hash"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_update(view_id=view["id"], hash=view["hash"], view=modal(question("q")))


def test_a_view_is_found_by_its_external_id(slack, client, tara):
    open_form(slack, external_id="mine")
    client.views_update(external_id="mine", view=modal(question("other"), external_id="mine"))
    assert tara.modal["blocks"][0]["block_id"] == "other"
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_update(external_id="other", view=modal(question("q")))


def test_an_external_id_is_given_once(slack):
    open_form(slack, external_id="mine")
    trigger = slack.triggers("U_MIGUEL")[0]
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        web_client(slack).views_open(
            trigger_id=trigger, view=modal(question("q"), external_id="mine")
        )


def test_an_update_needs_to_say_which_view(client):
    with pytest.raises(SlackApiError, match="missing required field: view_id"):
        client.api_call("views.update", json={"view": modal(question("q"))})


def test_home_is_published_and_replaced(slack, client):
    first = client.views_publish(user_id="U_TARA", view={"type": "home", "blocks": []})["view"]
    home = {"type": "home", "blocks": [actions("go")]}
    second = client.views_publish(user_id="U_TARA", hash=first["hash"], view=home)["view"]
    assert second["id"] == first["id"]
    assert slack.person("U_TARA").screen()["home"]["blocks"] == second["blocks"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_publish(user_id="U_TARA", hash=first["hash"], view=home)


def test_home_is_published_for_people_there_are_and_only_where_the_app_has_one(slack, client):
    home = {"type": "home", "blocks": []}
    with pytest.raises(SlackApiError, match="user_not_found"):
        client.views_publish(user_id="U_NOBODY", view=home)
    slack.app(home_tab=False)
    with pytest.raises(SlackApiError, match="not_enabled"):
        client.views_publish(user_id="U_TARA", view=home)


def test_a_modal_is_no_home_and_a_home_no_modal(slack, client):
    with pytest.raises(SlackApiError, match="enum value: home"):
        client.views_publish(user_id="U_TARA", view=modal(question("q")))
    with pytest.raises(SlackApiError, match="enum value: modal"):
        client.views_open(
            trigger_id=slack.triggers("U_TARA")[0], view={"type": "home", "blocks": []}
        )
