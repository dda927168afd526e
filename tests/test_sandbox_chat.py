"""chat.*, files.* and reactions as slack_sdk calls them."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_sdk.errors import SlackApiError

from tests import sandbox_room as room
from tests.sandbox_bolt import actions, multipart, options, question


both, slack, client = room.both, room.slack, room.client
EPHEMERAL = {"channel": "C_GENERAL", "user": "U_TARA", "text": "x"}
EVENT = {"event_type": "delivery", "event_payload": {"id": 7}}


def post(client, channel="C_GENERAL", text="Hello", **more):
    return client.chat_postMessage(channel=channel, text=text, **more)


def test_a_posted_message_comes_back_as_the_bots_own(slack, client):
    answer = post(client, blocks=[actions("go")], metadata=EVENT)
    message = answer["message"]
    assert answer["channel"] == "C_GENERAL"
    assert message["ts"] == answer["ts"]
    assert (message["user"], message["bot_id"], message["app_id"]) == ("U_BOT", "B_BOT", "A_BOT")
    assert message["bot_profile"]["name"] == "Bot"
    assert message["blocks"][0]["block_id"] == "buttons"
    assert message["metadata"] == EVENT
    assert slack.messages("C_GENERAL")[-1]["text"] == "Hello"


def test_timestamps_only_rise(client):
    stamps = [post(client)["ts"] for _ in range(5)]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C_NOWHERE", "channel_not_found"),
        ("C_SECRET", "channel_not_found"),
        ("C_RANDOM", "not_in_channel"),
        ("C_OLD", "is_archived"),
        ("C_NEWS", "restricted_action"),
        ("U_GONE", "channel_not_found"),
        ("U_OTHERBOT", "channel_not_found"),
        ("", "channel_not_found"),
    ],
)
def test_where_the_bot_may_not_post_it_is_told_why(client, channel, error):
    with pytest.raises(SlackApiError) as caught:
        post(client, channel)
    assert caught.value.response["error"] == error


def test_with_another_scope_it_may_post_into_public_channels(slack, client):
    slack.app(scopes=["chat:write", "chat:write.public"])
    assert post(client, "C_RANDOM")["ok"]
    with pytest.raises(SlackApiError, match="channel_not_found"):
        post(client, "C_SECRET")


def test_a_channel_may_be_named(client):
    assert post(client, "#executives")["channel"] == "C_EXEC"


def test_a_message_to_a_person_lands_with_slackbot(slack, client):
    answer = post(client, "U_TARA")
    assert answer["channel"] != slack.dm("U_TARA")
    assert slack.messages(slack.dm("U_TARA")) == []
    assert slack.messages(answer["channel"])[0]["text"] == "Hello"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"blocks": []}, "no_text"),
        ({"blocks": "{"}, "invalid_blocks_format"),
        ({"blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"text": "x", "attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"text": "x", "attachments": "x"}, "invalid_attachments"),
        ({"text": "x", "markdown_text": "x"}, "markdown_text_conflict"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"text": "x", "thread_ts": "1.1"}, "thread_not_found"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {**EVENT, "id": 1}}, "invalid_metadata_format"),
        (
            {"text": "x", "metadata": {"event_type": "x", "event_payload": {"x": "x" * 16_000}}},
            "metadata_too_large",
        ),
    ],
)
def test_content_that_slack_refuses_is_refused(client, content, error):
    with pytest.raises(SlackApiError) as caught:
        client.api_call("chat.postMessage", json={"channel": "C_GENERAL", **content})
    assert caught.value.response["error"] == error


def test_just_fitting_content_is_taken(client):
    for content in (
        {"text": "x", "attachments": [{"text": "x"}] * 100},
        {"markdown_text": "x" * 12_000},
    ):
        assert client.api_call("chat.postMessage", json={"channel": "C_GENERAL", **content})["ok"]


def test_long_text_is_cut_off_silently(client):
    assert len(post(client, text="x" * 40_000)["message"]["text"]) == 40_000
    assert len(post(client, text="x" * 40_001)["message"]["text"]) == 40_000


def test_blocks_may_come_as_a_form(client):
    form = {"channel": "C_GENERAL", "text": "x", "blocks": '[{"type": "divider"}]'}
    assert client.api_call("chat.postMessage", params=form)["message"]["blocks"]


def test_answers_belong_to_their_thread(slack, client):
    parent = post(client)["ts"]
    first = post(client, thread_ts=parent)["ts"]
    second = post(client, thread_ts=first, reply_broadcast=True)["ts"]
    top, answer, shown = slack.messages("C_GENERAL")[-3:]
    assert (top["reply_count"], top["latest_reply"], top["reply_users"]) == (2, second, ["U_BOT"])
    assert (answer["thread_ts"], answer["in_channel"]) == (parent, False)
    assert (shown["thread_ts"], shown["in_channel"]) == (parent, True)


def test_an_ephemeral_message_is_seen_by_one(slack, client):
    client.chat_postEphemeral(channel="C_GENERAL", user="U_TARA", text="For you")
    assert slack.person("U_TARA").ephemerals()[0]["text"] == "For you"
    assert slack.person("U_SAM").ephemerals() == []
    assert len(client.conversations_history(channel="C_GENERAL")["messages"]) == 1


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"user": "U_KAREN"}, "user_not_in_channel"),
        ({"text": ""}, "no_text"),
        ({"text": "x" * 4001}, "msg_too_long"),
        ({"channel": "C_OLD"}, "is_archived"),
        ({"channel": "C_RANDOM"}, "not_in_channel"),
    ],
)
def test_an_ephemeral_message_has_its_own_refusals(client, sent, error):
    with pytest.raises(SlackApiError) as caught:
        client.api_call("chat.postEphemeral", json={**EPHEMERAL, **sent})
    assert caught.value.response["error"] == error


def test_an_ephemeral_message_cannot_be_changed(client):
    answer = client.chat_postEphemeral(channel="C_GENERAL", user="U_TARA", text="x")
    with pytest.raises(SlackApiError, match="message_not_found"):
        client.chat_update(channel="C_GENERAL", ts=answer["message_ts"], text="y")


def test_an_update_replaces_the_words(slack, client):
    sent = post(client, blocks=[actions("go")], metadata=EVENT)
    client.chat_update(channel="C_GENERAL", ts=sent["ts"], text="Now this")
    message = slack.messages("C_GENERAL")[-1]
    assert (message["text"], message.get("blocks")) == ("Now this", None)
    assert message["edited"]["user"] == "U_BOT"
    assert message["metadata"] == EVENT


def test_an_update_with_blocks_is_not_marked_as_edited(slack, client):
    sent = post(client)
    client.chat_update(channel="C_GENERAL", ts=sent["ts"], text="x", blocks=[actions("go")])
    assert "edited" not in slack.messages("C_GENERAL")[-1]


def test_an_update_has_at_most_four_thousand_characters(client):
    ts = post(client)["ts"]
    assert client.chat_update(channel="C_GENERAL", ts=ts, text="x" * 4000)["ok"]
    with pytest.raises(SlackApiError, match="msg_too_long"):
        client.chat_update(channel="C_GENERAL", ts=ts, text="x" * 4001)


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"ts": "1.1"}, "message_not_found"),
        ({"text": None}, "no_text"),
        ({"channel": "C_NOWHERE"}, "channel_not_found"),
        ({"channel": "C_OLD"}, "is_inactive"),
        ({"blocks": [{"type": "sparkle"}]}, "invalid_blocks"),
    ],
)
def test_an_update_that_slack_refuses_is_refused(client, sent, error):
    arguments = {"channel": "C_GENERAL", "ts": post(client)["ts"], "text": "x", **sent}
    with pytest.raises(SlackApiError) as caught:
        client.api_call("chat.update", json=arguments)
    assert caught.value.response["error"] == error


def test_only_ones_own_messages_are_changed_and_removed(slack, client):
    theirs = slack.messages("C_GENERAL")[0]["ts"]
    with pytest.raises(SlackApiError, match="cant_update_message"):
        client.chat_update(channel="C_GENERAL", ts=theirs, text="x")
    with pytest.raises(SlackApiError, match="cant_delete_message"):
        client.chat_delete(channel="C_GENERAL", ts=theirs)


def test_a_removed_answer_leaves_its_thread(slack, client):
    parent = post(client)["ts"]
    answer = post(client, thread_ts=parent)["ts"]
    client.chat_delete(channel="C_GENERAL", ts=answer)
    assert "reply_count" not in slack.messages("C_GENERAL")[-1]


def test_a_permalink_leads_to_the_message(slack, client):
    parent = post(client)["ts"]
    answer = post(client, thread_ts=parent)["ts"]
    link = client.chat_getPermalink(channel="C_GENERAL", message_ts=parent)["permalink"]
    assert link == f"{slack.base_url}/archives/C_GENERAL/p{parent.replace('.', '')}"
    link = client.chat_getPermalink(channel="C_GENERAL", message_ts=answer)["permalink"]
    assert link.endswith(f"?thread_ts={parent}&cid=C_GENERAL")
    with pytest.raises(SlackApiError, match="message_not_found"):
        client.chat_getPermalink(channel="C_GENERAL", message_ts="1.1")


def test_a_message_may_carry_inputs(slack, client):
    select = {"type": "static_select", "options": options(2), "initial_option": options(2)[0]}
    post(client, blocks=[question("q", select)])
    values = slack.messages("C_GENERAL")[-1]["values"]
    assert values["q"]["v"]["selected_option"]["value"] == "0"


def test_a_reaction_is_added_once(slack, client):
    sent = {"channel": "C_GENERAL", "timestamp": post(client)["ts"]}
    client.reactions_add(name="eyes", **sent)
    found = slack.messages("C_GENERAL")[-1]["reactions"]
    assert found == [{"name": "eyes", "users": ["U_BOT"], "count": 1}]
    with pytest.raises(SlackApiError, match="already_reacted"):
        client.reactions_add(name="eyes", **sent)
    with pytest.raises(SlackApiError, match="invalid_name"):
        client.reactions_add(name="not a name", **sent)
    with pytest.raises(SlackApiError, match="message_not_found"):
        client.reactions_add(name="eyes", channel="C_GENERAL", timestamp="1.1")


def test_a_file_is_announced_sent_and_shared(slack, client):
    uploaded = client.files_upload_v2(
        channel="C_GENERAL", content="evidence", filename="log.txt", initial_comment="Look"
    )
    file = client.files_info(file=uploaded["file"]["id"])["file"]
    assert (file["name"], file["size"], file["filetype"]) == ("log.txt", 8, "txt")
    message = slack.messages("C_GENERAL")[-1]
    assert (message["text"], message["files"][0]["id"]) == ("Look", file["id"])


def test_a_file_nobody_finished_is_not_found(client):
    announced = client.files_getUploadURLExternal(filename="x", length=1)
    for call in (
        lambda: client.files_info(file=announced["file_id"]),
        lambda: client.files_completeUploadExternal(files=[{"id": announced["file_id"]}]),
    ):
        with pytest.raises(SlackApiError, match="file_not_found"):
            call()


def test_a_file_is_shared_where_the_bot_is(client):
    with pytest.raises(SlackApiError, match="not_in_channel"):
        client.files_upload_v2(channel="C_RANDOM", content="x", filename="x.txt")


def test_a_file_may_come_as_a_form_and_must_have_been_announced(slack, client):
    place = client.files_getUploadURLExternal(filename="x.txt", length=4)["upload_url"]
    form = multipart(('name="file"; filename="x.txt"', "words"))
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    with urlopen(Request(place, form.encode(), headers)) as answer:
        assert answer.read() == b"OK - 5"
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(f"{slack.base_url}/upload/F_NONE", b"x"))
    with caught.value:
        assert caught.value.code == 404


def test_a_file_has_a_length_and_a_message_its_files(client):
    for method, sent in (
        ("files.getUploadURLExternal", {"filename": "x", "length": 0}),
        ("files.completeUploadExternal", {}),
        ("files.completeUploadExternal", {"files": ["F_NONE"]}),
    ):
        with pytest.raises(SlackApiError, match="invalid_arguments"):
            client.api_call(method, json=sent)


def test_an_update_may_change_attachments_and_metadata_alone(slack, client):
    ts = post(client)["ts"]
    client.api_call(
        "chat.update",
        json={"channel": "C_GENERAL", "ts": ts, "attachments": [{"text": "x"}], "metadata": EVENT},
    )
    message = slack.messages("C_GENERAL")[-1]
    assert (message["text"], message["attachments"]) == ("Hello", [{"text": "x"}])
    assert message["metadata"] == EVENT
