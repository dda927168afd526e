"""Rate limits, and faults one can order, as slack_sdk's client meets them."""

import http.client
import time

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.driver import running
from tests.sandbox_bolt import modal, question, web_client


@pytest.fixture(scope="module")
def workspace():
    with running() as slack:
        yield slack


@pytest.fixture
def slack(workspace):
    workspace.reset()
    return workspace


@pytest.fixture
def client(slack):
    return web_client(slack)


def post(client, channel="C_GENERAL", text="x"):
    return client.chat_postMessage(channel=channel, text=text)


def caught(call, *arguments, **more) -> SlackApiError:
    with pytest.raises(SlackApiError) as error:
        call(*arguments, **more)
    return error.value


def texts(slack, channel="C_EXEC"):
    return [each["text"] for each in slack.messages(channel)]


def test_a_channel_takes_one_message_a_second(slack, client):
    post(client)
    error = caught(post, client)
    assert (error.response.status_code, error.response["error"]) == (429, "ratelimited")
    assert error.response.headers["Retry-After"] == "1"
    post(client, "C_EXEC")
    slack.advance(1)
    post(client)


def test_a_burst_may_be_allowed(slack, client):
    slack.settings(post_burst=3)
    for _ in range(3):
        post(client)
    caught(post, client)
    slack.advance(10)
    for _ in range(3):
        post(client)
    caught(post, client)


def test_refused_posts_do_not_put_the_next_one_off(slack, client):
    post(client)
    slack.advance(0.9)
    caught(post, client)
    slack.advance(0.2)
    post(client)


@pytest.mark.parametrize(
    ("method", "arguments", "most"),
    [
        ("users.list", {}, 20),
        ("conversations.info", {"channel": "C_EXEC"}, 50),
        ("users.info", {"user": "U_TARA"}, 100),
    ],
)
def test_each_tier_has_its_number_a_minute(slack, client, method, arguments, most):
    for _ in range(most):
        client.api_call(method, params=arguments)
    error = caught(client.api_call, method, params=arguments)
    assert error.response.status_code == 429
    assert 1 <= int(error.response.headers["Retry-After"]) <= 60
    client.auth_test()
    slack.advance(60)
    client.api_call(method, params=arguments)


def test_tiers_can_be_set_and_limits_left_off(slack, client):
    slack.settings(tiers={"2": 1})
    client.users_list()
    caught(client.users_list)
    slack.settings(rate_limits=False)
    for _ in range(3):
        client.users_list()
        post(client)


def test_an_unknown_setting_is_refused(slack):
    with pytest.raises(ValueError, match="no such setting: speed"):
        slack.settings(speed=1)


def test_a_method_without_a_tier_is_not_counted(client):
    answers = [client.auth_test() for _ in range(150)]
    assert all(each["ok"] for each in answers)


def test_429_can_be_ordered_a_number_of_times(slack, client):
    slack.fault("chat.postMessage", "ratelimited", 2, seconds=30)
    for _ in range(2):
        assert caught(post, client).response.headers["Retry-After"] == "30"
    assert post(client)["ok"]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_slack_may_answer_with_an_error_page(slack, client, status):
    slack.fault("chat.postMessage", "status", status=status)
    error = caught(post, client, "C_EXEC")
    assert error.response.status_code == status
    assert error.response.headers["content-type"].startswith("text/html")
    assert texts(slack) == []


def test_any_of_slacks_errors_can_be_ordered(slack, client):
    slack.fault("*", "error", code="fatal_error")
    assert caught(client.auth_test).response["error"] == "fatal_error"
    assert client.auth_test()["ok"]


def test_a_fault_may_be_for_one_channel(slack, client):
    slack.fault("chat.postMessage", "error", code="is_archived", channel="C_EXEC")
    post(client)
    assert caught(post, client, "C_EXEC").response["error"] == "is_archived"


def test_a_lost_answer_leaves_the_message_posted(slack, client):
    slack.fault("chat.postMessage", "lost")
    with pytest.raises(http.client.RemoteDisconnected):
        post(client, "C_EXEC", "done")
    assert texts(slack) == ["done"]
    call = slack.calls("chat.postMessage")[0]
    assert (call["status"], call["fault"], call["answer"]["ok"]) == (0, "lost", True)


def test_a_dropped_request_does_nothing(slack, client):
    slack.fault("chat.postMessage", "dropped")
    with pytest.raises(http.client.RemoteDisconnected):
        post(client, "C_EXEC")
    assert texts(slack) == []


def test_a_slow_answer_is_done_in_the_end(slack):
    slack.fault("chat.postMessage", "slow", seconds=0.3)
    with pytest.raises(TimeoutError):
        post(web_client(slack, timeout=0.1), "C_EXEC", "late")
    assert slack.wait_for_message("C_EXEC", "late")


def test_a_hanging_request_is_never_done(slack):
    slack.fault("chat.postMessage", "hang", seconds=0.1)
    with pytest.raises(http.client.RemoteDisconnected):
        post(web_client(slack), "C_EXEC", "never")
    assert texts(slack) == []


def test_a_method_can_take_its_time(slack, client):
    slack.latency(0.2, "auth.test")
    started = time.monotonic()
    client.auth_test()
    assert time.monotonic() - started >= 0.2
    slack.latency(0.0, "auth.test")


def test_ordered_faults_can_be_called_off(slack, client):
    slack.fault("auth.test", "status", 5)
    slack.clear_faults()
    assert client.auth_test()["ok"]


def test_a_fault_that_does_not_exist_is_refused(slack):
    with pytest.raises(ValueError, match="no such fault: fire"):
        slack.fault("auth.test", "fire")


def test_every_call_is_written_down_without_its_token(slack, client):
    client.auth_test()
    caught(client.views_open, trigger_id="x", view=modal(question("q"), title="x"))
    first, second = slack.calls()
    assert (first["method"], first["status"], first["answer"]["ok"]) == ("auth.test", 200, True)
    assert 0 <= first["took"] < 1
    assert "xoxb" not in str(slack.calls())
    assert second["problems"] == ["[ERROR] must be an object [json-pointer:/view/title]"]
    assert [each["method"] for each in slack.refused()] == ["views.open"]


def test_only_so_many_calls_are_kept(slack, client):
    slack.settings(traffic_kept=3)
    for _ in range(5):
        client.auth_test()
    assert len(slack.calls()) == 3
    slack.clear_traffic()
    assert slack.calls() == []


def test_a_late_post_stands_after_the_connection_is_gone(slack, client):
    slack.fault("chat.postMessage", "late", seconds=0.3)
    with pytest.raises(http.client.RemoteDisconnected):
        post(client, "C_EXEC")
    assert texts(slack) == []
    slack.wait_for_message("C_EXEC", "x")


def test_an_answer_may_be_json_of_any_shape(slack, client):
    slack.fault("chat.postMessage", "json", status=200, body={"ok": False})
    assert caught(post, client, "C_EXEC").response.data == {"ok": False}
    slack.fault("chat.postMessage", "json", status=200, body=["x"])
    with pytest.raises(AttributeError):
        post(client, "C_EXEC")
    assert texts(slack) == []
