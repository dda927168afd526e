"""Events, and requests that come more than once."""

import json
import time

from tests import sandbox_room as room


both, slack, bot, tara = room.both, room.slack, room.bot, room.tara
SUBSCRIBED = ["message.channels", "app_mention"]


def test_opening_home_is_an_event(bot, slack, tara):
    tara.act("home")
    slack.wait_for(lambda: bot.got, 5)
    payload = bot.payload
    event = payload["event"]
    assert (payload["type"], payload["team_id"]) == ("event_callback", "T_HOME")
    assert payload["event_id"].startswith("Ev")
    assert (event["type"], event["user"], event["tab"]) == ("app_home_opened", "U_TARA", "home")
    assert event["channel"] == slack.dm("U_TARA")


def test_messages_are_told_to_an_app_that_subscribed(bot, slack, tara):
    tara.write("C_GENERAL", "before")
    slack.app(events=SUBSCRIBED)
    tara.write("C_GENERAL", "hello <@U_BOT>")
    tara.write("C_RANDOM", "the bot is not here")
    slack.wait_for(lambda: len(bot.got) == 2, 5)
    kinds = sorted(each["payload"]["event"]["type"] for each in slack.deliveries())
    assert kinds == ["app_mention", "message"]


def test_changes_to_people_and_channels_are_events(bot, slack):
    kinds = ["user_change", "member_left_channel", "group_archive", "channel_shared"]
    slack.app(events=kinds)
    slack.change_person("U_SAM", deleted=True)
    slack.change_channel("C_EXEC", remove=["U_OMAR"])
    slack.change_channel("C_EXEC", is_archived=True)
    slack.change_channel("C_EXEC", shared_with=["T_CLIENT"])
    slack.wait_for(lambda: len(bot.got) == 4, 5)
    assert sorted(each["type"] for each in slack.deliveries()) == sorted(kinds)


def test_an_event_that_fails_comes_again_three_times(bot, slack, tara):
    slack.settings(event_retries=[0, 0, 0])
    bot.always = (500, "", {})
    tara.act("home")
    assert slack.wait_for(lambda: len(bot.got) == 4, 5)
    numbers = [headers.get("X-Slack-Retry-Num") for _, headers in bot.got]
    reasons = [headers.get("X-Slack-Retry-Reason") for _, headers in bot.got]
    assert numbers == [None, "1", "2", "3"]
    assert reasons == [None, "http_error", "http_error", "http_error"]
    bodies = {json.loads(body)["event_id"] for body, _ in bot.got}
    assert len(bodies) == 1


def test_an_app_can_ask_not_to_be_told_again(bot, slack, tara):
    slack.settings(event_retries=[0, 0, 0])
    bot.answers.append((500, "", {"x-slack-no-retry": "1"}))
    tara.act("home")
    slack.wait_for(lambda: slack.deliveries()[0]["status"] == 500, 5)
    time.sleep(0.1)
    assert len(bot.got) == 1


def test_a_request_can_be_sent_again_as_it_was(bot, slack, tara):
    tara.command("/note", "once")
    slack.send_again(slack.deliveries()[0])
    (first, _), (second, _) = bot.got
    assert first == second
