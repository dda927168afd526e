"""Socket Mode, envelope by envelope."""

import json
import threading
from contextlib import ExitStack, contextmanager

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from sandbox.deliver.socket import LARGEST_FRAME
from sandbox.driver import running
from tests.sandbox_bolt import web_client


@pytest.fixture(scope="module")
def workspace():
    with running(socket_mode=True) as slack:
        yield slack


@pytest.fixture
def slack(workspace):
    workspace.reset()
    workspace.settings(ack_seconds=1)
    return workspace


@pytest.fixture
def tara(slack):
    return slack.person("U_TARA").hurried()


def link(slack):
    """Open one connection, as the app-level token allows."""
    client = web_client(slack, "xapp-sandbox")
    return connect(client.apps_connections_open(app_token="xapp-sandbox")["url"])


@contextmanager
def answering(socket, *answers):
    """Acknowledge the next envelopes with these payloads; gives the envelopes."""
    got = []

    def answer():
        for payload in answers:
            envelope = json.loads(socket.recv(5))
            got.append(envelope)
            socket.send("no JSON at all")
            socket.send(json.dumps({"envelope_id": "of another"}))
            socket.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": payload}))

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield got
    finally:
        thread.join()


def test_slack_says_hello(slack):
    with link(slack) as socket:
        hello = json.loads(socket.recv(5))
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"] == {"app_id": "A_BOT"}


def test_a_command_comes_in_an_envelope_and_its_answer_is_shown(slack, tara):
    with link(slack) as socket:
        socket.recv(5)
        with answering(socket, {"text": "Done."}) as got:
            assert tara.command("/note", "words").ok
    assert got[0]["type"] == "slash_commands"
    assert got[0]["accepts_response_payload"]
    assert (got[0]["payload"]["command"], got[0]["payload"]["text"]) == ("/note", "words")
    assert tara.ephemerals()[0]["text"] == "Done."


def test_an_empty_acknowledgement_says_nothing(slack, tara):
    with link(slack) as socket:
        socket.recv(5)
        with answering(socket, {}):
            assert tara.command("/note").ok
    assert tara.ephemerals() == []


def test_an_event_is_told_again_with_the_reason(slack, tara):
    slack.settings(ack_seconds=0.1, event_retries=[0])
    with link(slack) as socket:
        socket.recv(5)
        tara.act("home")
        first, second = json.loads(socket.recv(5)), json.loads(socket.recv(5))
    assert (first["type"], first["retry_attempt"], first["retry_reason"]) == ("events_api", 0, "")
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "http_timeout")
    assert first["payload"]["event_id"] == second["payload"]["event_id"]


def test_silence_is_a_timeout(slack, tara):
    slack.settings(ack_seconds=0.1)
    with link(slack) as socket:
        socket.recv(5)
        assert tara.command("/note").trouble == "operation_timeout"


def test_ten_connections_may_be_open_and_share_the_work(slack, tara):
    with ExitStack() as opened:
        sockets = [opened.enter_context(link(slack)) for _ in range(10)]
        for socket in sockets:
            assert json.loads(socket.recv(5))["type"] == "hello"
        with link(slack) as eleventh:
            assert json.loads(eleventh.recv(5))["reason"] == "too_many_websockets"
        slack.settings(ack_seconds=0.02)
        for _ in range(10):
            tara.command("/note")
        assert all(json.loads(each.recv(5))["type"] == "slash_commands" for each in sockets)


def test_a_frame_that_is_too_large_ends_the_connection(slack, tara):
    with link(slack) as socket:
        socket.recv(5)
        socket.send("x" * LARGEST_FRAME)
        with answering(socket, {}):
            assert tara.command("/note").ok
        socket.send("é" * (LARGEST_FRAME // 2) + "x")
        with pytest.raises(ConnectionClosed):
            socket.recv(5)
    assert tara.command("/note").trouble == "dispatch_failed"


def test_an_app_is_sent_to_where_its_lines_are_to_go(slack):
    slack.app(link_url="ws://elsewhere")
    client = web_client(slack, "xapp-sandbox")
    url = client.apps_connections_open(app_token="xapp-sandbox")["url"]
    assert url.startswith("ws://elsewhere/link?")


def test_slack_may_send_an_app_away(slack):
    with link(slack) as socket:
        socket.recv(5)
        slack.disconnect()
        assert json.loads(socket.recv(5))["reason"] == "refresh_requested"
    assert slack.get("workspace")["app"]["connections"] == 0
