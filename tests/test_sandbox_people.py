"""Who and what there is: users, groups, conversations, the team and the app itself."""

import json
from urllib.request import Request, urlopen

import pytest
from slack_sdk.errors import SlackApiError

from tests import sandbox_room as room
from tests.sandbox_bolt import multipart, web_client


both, slack, client = room.both, room.slack, room.client


def refusal(call, **arguments):
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response["error"]


def test_the_token_names_the_bot_and_its_scopes(client):
    answer = client.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T_HOME", "U_BOT", "B_BOT")
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(
    ("token", "error"),
    [
        (None, "not_authed"),
        ("xoxb-other", "invalid_auth"),
        ("xapp-sandbox", "not_allowed_token_ty"),
    ],
)
def test_without_the_right_token_nothing_is_done(slack, token, error):
    assert refusal(web_client(slack, token).auth_test).startswith(error)


def test_a_socket_is_opened_with_the_app_token_alone(slack, client):
    opened = web_client(slack, "xapp-sandbox").apps_connections_open(app_token="xapp-sandbox")
    assert opened["url"].startswith("ws://")
    assert refusal(client.apps_connections_open, app_token="xoxb-sandbox") == (
        "not_allowed_token_type"
    )


def test_a_missing_scope_is_named(slack, client):
    slack.app(scopes=["chat:write"])
    with pytest.raises(SlackApiError) as caught:
        client.users_info(user="U_TARA")
    answer = caught.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "users:read",
        "chat:write",
    )


@pytest.mark.parametrize(
    ("channel", "needed"),
    [("C_GENERAL", "channels:history"), ("C_EXEC", "groups:history")],
)
def test_each_kind_of_conversation_has_its_own_scope(slack, client, channel, needed):
    slack.app(scopes=["im:history"])
    with pytest.raises(SlackApiError) as caught:
        client.conversations_history(channel=channel)
    assert caught.value.response["needed"] == needed
    client.conversations_history(channel=slack.dm("U_TARA"))


def test_a_full_member_is_described(client):
    user = client.users_info(user="U_TARA")["user"]
    assert (user["team_id"], user["deleted"], user["is_bot"]) == ("T_HOME", False, False)
    assert (user["is_restricted"], user["is_ultra_restricted"]) == (False, False)
    assert (user["tz"], user["profile"]["real_name"]) == ("Europe/Berlin", "Tara Lind")
    assert user["profile"]["image_48"].endswith("/avatars/U_TARA")


def test_guests_bots_and_owners_are_marked(client):
    def told(person):
        return client.users_info(user=person)["user"]

    assert told("U_GUEST")["is_restricted"]
    assert told("U_SINGLE")["is_ultra_restricted"]
    assert told("U_SINGLE")["is_restricted"]
    assert told("U_OTHERBOT")["profile"]["bot_id"] == "B_OTHER"
    assert told("U_ERIN")["is_admin"]


def test_slack_says_little_about_the_deactivated_and_about_foreigners(slack, client):
    gone = client.users_info(user="U_GONE")["user"]
    assert gone["deleted"]
    assert "is_restricted" not in gone
    karen = client.users_info(user="U_KAREN")["user"]
    assert (karen["team_id"], karen["is_stranger"]) == ("T_CLIENT", False)
    assert "is_restricted" not in karen
    slack.change_channel("C_CONNECT", remove=["U_BOT"])
    assert client.users_info(user="U_KAREN")["user"]["is_stranger"]


def test_nobody_is_not_found(client):
    assert refusal(client.users_info, user="U_NOBODY") == "user_not_found"


def test_lists_come_in_pages(client):
    pages = [[each["id"] for each in page["members"]] for page in client.users_list(limit=5)]
    assert [len(page) for page in pages] == [5, 5, 2]
    assert len({each for page in pages for each in page}) == 12


@pytest.mark.parametrize(
    ("paging", "error"),
    [
        ({"limit": 1001}, "invalid_limit"),
        ({"limit": "x"}, "invalid_limit"),
        ({"cursor": "x"}, "invalid_cursor"),
    ],
)
def test_a_page_that_cannot_be_is_refused(client, paging, error):
    assert refusal(client.users_list, **paging) == error


def test_user_groups_list_those_who_can_sign_in(slack, client):
    slack.change_person("U_SAM", deleted=True)
    assert client.usergroups_users_list(usergroup="S_TECHS")["users"] == ["U_TARA", "U_MIGUEL"]
    group = client.usergroups_list(include_users=True)["usergroups"][0]
    assert (group["handle"], group["user_count"]) == ("techs", 3)


def test_a_group_that_is_not_there_or_disabled_is_no_subteam(slack, client):
    assert refusal(client.usergroups_users_list, usergroup="S_NONE") == "no_such_subteam"
    slack.change_usergroup("S_TECHS", disabled=True)
    assert refusal(client.usergroups_users_list, usergroup="S_TECHS") == "no_such_subteam"
    assert client.usergroups_list()["usergroups"] == []


def test_the_team_and_those_connected_to_it_are_described(client):
    assert client.team_info()["team"]["name"] == "Northgate IT"
    assert client.team_info(team="T_CLIENT")["team"]["domain"] == "brightdental"
    assert refusal(client.team_info, team="T_NONE") == "team_not_found"


def test_bots_are_described(client):
    assert client.bots_info(bot="B_BOT")["bot"]["user_id"] == "U_BOT"
    assert client.bots_info(bot="B_OTHER")["bot"]["app_id"] == "A_OTHER"
    assert refusal(client.bots_info, bot="B_NONE") == "bot_not_found"


def test_a_private_channel_is_described_to_its_members(client):
    channel = client.conversations_info(channel="C_EXEC", include_num_members=True)["channel"]
    assert (channel["is_private"], channel["is_group"], channel["is_channel"]) == (
        True,
        True,
        False,
    )
    assert (channel["is_member"], channel["num_members"]) == (True, 3)
    assert (channel["is_shared"], channel["is_ext_shared"]) == (False, False)
    assert refusal(client.conversations_info, channel="C_SECRET") == "channel_not_found"


def test_a_public_channel_is_described_to_everybody(client):
    assert client.conversations_info(channel="C_RANDOM")["channel"]["is_member"] is False


def test_a_channel_shared_with_another_organisation_says_so(slack, client):
    channel = client.conversations_info(channel="C_CONNECT")["channel"]
    assert (channel["is_ext_shared"], channel["is_shared"]) == (True, True)
    assert channel["shared_team_ids"] == ["T_HOME", "T_CLIENT"]
    assert channel["context_team_id"] == "T_HOME"
    slack.change_channel("C_EXEC", pending_with=["T_CLIENT"])
    pending = client.conversations_info(channel="C_EXEC")["channel"]
    assert pending["is_pending_ext_shared"]
    assert pending["pending_shared"] == ["T_CLIENT"]
    slack.change_channel("C_EXEC", is_org_shared=True)
    assert client.conversations_info(channel="C_EXEC")["channel"]["is_org_shared"]


def test_the_members_of_a_channel_are_listed(client):
    assert client.conversations_members(channel="C_EXEC")["members"] == [
        "U_ERIN",
        "U_OMAR",
        "U_BOT",
    ]
    pages = client.conversations_members(channel="C_GENERAL", limit=3)
    assert [len(page["members"]) for page in pages] == [3, 3, 2]
    assert refusal(client.conversations_members, channel="C_SECRET") == "channel_not_found"


def test_channels_are_listed_by_kind(client):
    def listed(**asked):
        return {each["id"] for each in client.conversations_list(**asked)["channels"]}

    public = {"C_GENERAL", "C_CONNECT", "C_RANDOM", "C_OLD", "C_NEWS"}
    assert listed() == public
    assert listed(exclude_archived=True) == public - {"C_OLD"}
    assert listed(types="private_channel") == {"C_EXEC"}
    assert refusal(client.conversations_list, types="secret") == "invalid_types"


def test_the_bot_knows_where_it_is(client):
    theirs = client.users_conversations(types="public_channel,private_channel")["channels"]
    assert {each["id"] for each in theirs} == {
        "C_GENERAL",
        "C_EXEC",
        "C_CONNECT",
        "C_OLD",
        "C_NEWS",
    }
    assert refusal(client.users_conversations, user="U_NOBODY") == "user_not_found"


def test_a_direct_message_is_opened_once(slack, client):
    opened = client.conversations_open(users="U_TARA")["channel"]["id"]
    assert opened == slack.dm("U_TARA")
    assert client.conversations_open(users=["U_TARA"])["channel"]["id"] == opened
    told = client.conversations_open(channel=opened, return_im=True)["channel"]
    assert (told["is_im"], told["user"]) == (True, "U_TARA")
    assert client.conversations_open(users="U_TARA,U_SAM")["channel"]["id"].startswith("G")


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("", "users_list_not_supplied"),
        ("U_NOBODY", "user_not_found"),
        ("U_GONE", "user_disabled"),
        ("U_OTHERBOT", "cannot_dm_bot"),
        (",".join(["U_TARA"] * 9), "too_many_users"),
    ],
)
def test_not_everybody_can_be_written_to(client, users, error):
    assert refusal(client.conversations_open, users=users) == error


def test_a_stranger_cannot_be_written_to(slack, client):
    assert client.conversations_open(users="U_KAREN")["ok"]
    slack.change_channel("C_CONNECT", remove=["U_BOT"])
    assert refusal(client.conversations_open, users="U_KAREN") == "user_not_visible"


def test_the_bot_may_join_public_channels(client):
    assert client.conversations_join(channel="C_RANDOM")["channel"]["is_member"]
    assert client.conversations_join(channel="C_RANDOM")["warning"] == "already_in_channel"
    assert refusal(client.conversations_join, channel="C_OLD") == "is_archived"
    assert refusal(client.conversations_join, channel="C_EXEC") == (
        "method_not_supported_for_channel_type"
    )


def test_history_is_newest_first_without_the_answers_in_threads(client):
    parent = client.chat_postMessage(channel="C_EXEC", text="one")["ts"]
    client.chat_postMessage(channel="C_EXEC", text="answer", thread_ts=parent)
    client.chat_postMessage(channel="C_EXEC", text="two")
    found = client.conversations_history(channel="C_EXEC")
    assert [each["text"] for each in found["messages"]] == ["two", "one"]
    assert found["has_more"] is False
    thread = client.conversations_replies(channel="C_EXEC", ts=parent)["messages"]
    assert [each["text"] for each in thread] == ["one", "answer"]


def test_history_is_read_in_pages_and_periods(client):
    stamps = [client.chat_postMessage(channel="C_EXEC", text=str(n))["ts"] for n in range(5)]

    def texts(**asked):
        pages = client.conversations_history(channel="C_EXEC", **asked)
        return [each["text"] for page in pages for each in page["messages"]]

    assert texts(limit=2) == ["4", "3", "2", "1", "0"]
    assert texts(oldest=stamps[1], latest=stamps[3]) == ["2"]
    assert texts(oldest=stamps[1], latest=stamps[3], inclusive=True) == ["3", "2", "1"]
    assert (
        refusal(client.conversations_history, channel="C_EXEC", oldest="x") == "invalid_ts_oldest"
    )
    assert (
        refusal(client.conversations_history, channel="C_EXEC", latest="x") == "invalid_ts_latest"
    )


def test_metadata_is_told_to_those_who_ask(client):
    mark = {"event_type": "delivery", "event_payload": {"id": 7}}
    ts = client.chat_postMessage(channel="C_EXEC", text="x", metadata=mark)["ts"]
    silent = client.conversations_history(channel="C_EXEC")["messages"][0]
    told = client.conversations_history(channel="C_EXEC", include_all_metadata=True)["messages"][0]
    assert "metadata" not in silent
    assert told["metadata"] == mark
    thread = client.conversations_replies(channel="C_EXEC", ts=ts, include_all_metadata=True)
    assert thread["messages"][0]["metadata"] == mark


@pytest.mark.parametrize(
    ("channel", "error"), [("C_RANDOM", "not_in_channel"), ("C_SECRET", "channel_not_found")]
)
def test_only_members_read_history(client, channel, error):
    assert refusal(client.conversations_history, channel=channel) == error
    assert refusal(client.conversations_replies, channel=channel, ts="1.1") == error


def test_a_thread_that_is_not_there_is_not_found(client):
    assert refusal(client.conversations_replies, channel="C_EXEC", ts="1.1") == "thread_not_found"


def test_a_method_that_does_not_exist_is_unknown(client):
    assert refusal(client.api_call, api_method="chat.shout") == "unknown_method"


def test_api_test_gives_back_what_it_got(client):
    assert client.api_test(foo="bar")["args"]["foo"] == "bar"
    assert refusal(client.api_test, error="my_error") == "my_error"


@pytest.mark.parametrize(("body", "error"), [("{", "invalid_json"), ("[]", "json_not_object")])
def test_a_body_that_is_no_json_object_is_refused(slack, body, error):
    headers = {"Content-Type": "application/json"}
    request = Request(f"{slack.api_url}auth.test", body.encode(), headers)
    with urlopen(request) as answer:
        assert json.load(answer) == {"ok": False, "error": error}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "token=xoxb-sandbox&user=U_TARA"),
        ("application/json", '{"token": "xoxb-sandbox", "user": "U_TARA"}'),
        (
            "multipart/form-data; boundary=x",
            multipart(('name="token"', "xoxb-sandbox"), ('name="user"', "U_TARA")),
        ),
    ],
)
def test_arguments_may_come_in_any_of_three_forms(slack, kind, body):
    request = Request(f"{slack.api_url}users.info", body.encode(), {"Content-Type": kind})
    with urlopen(request) as answer:
        assert json.load(answer)["user"]["id"] == "U_TARA"
    assert slack.calls()[-1]["args"] == {"user": "U_TARA"}


def test_a_reset_brings_back_the_workspace_as_it_was(slack, client):
    before = slack.get("workspace")
    slack.change_person("U_TARA", deleted=True)
    slack.change_channel("C_EXEC", is_archived=True, remove=["U_BOT"])
    slack.change_usergroup("S_TECHS", users=[])
    client.chat_postMessage(channel="C_GENERAL", text="x")
    slack.reset()
    after = slack.get("workspace")
    assert after["people"] == before["people"]
    assert after["channels"] == before["channels"]
    assert after["usergroups"] == before["usergroups"]
    assert len(slack.messages("C_GENERAL")) == 1
