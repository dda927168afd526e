"""The line to Slack is lost in every way there is, each for real, and comes back."""

import json
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

import pytest
import trustme
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import serve

from bot.app import bolt_app
from bot.line import ANSWERABLE, OPENING, Line
from bot.slack.http import web_client
from sandbox.driver import Address, Slack, running
from tests.silent_line import Proxy, SilentLine
from tests.waiting import wait_until


SOON = 5.0
"""Seconds within which a line that ended is to be back."""


@pytest.fixture(scope="module")
def workspace():
    with running(socket_mode=True) as slack:
        yield slack


@dataclass
class Room:
    """Answers /note when it may, with as many characters as it is told to."""

    may_answer: threading.Event = field(default_factory=threading.Event)
    words: str = "Done."
    seen: list[str] = field(default_factory=list)

    def answer(self, ack, body):
        self.seen.append(body["text"])
        self.may_answer.wait(10)
        ack(self.words)


@dataclass
class Ends:
    """Both ends of a line, and the wire between."""

    slack: Slack
    wire: SilentLine
    line: Line
    room: Room

    @property
    def connections(self) -> int:
        return self.slack.get("workspace")["app"]["connections"]

    def works(self) -> bool:
        return self.slack.person("U_TARA").hurried().command("/note").ok

    def back_after(self, most: float = SOON) -> float:
        """The seconds until a command is answered again."""
        began = time.monotonic()
        while not self.works():
            assert time.monotonic() - began < most, "the line is not back"
            time.sleep(0.05)
        return time.monotonic() - began


@pytest.fixture
def opened(workspace):
    """Open lines to the stand-in, over a wire of their own each."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(line_to(workspace, **options))


@pytest.fixture
def ends(opened):
    return opened()


@contextmanager
def line_to(slack, proxy=None, context=None, **options):
    slack.clear_faults()
    slack.reset()
    slack.settings(rate_limits=False, ack_seconds=1)
    scheme, host, port = slack.base_url.replace("//", "").split(":")
    wire = SilentLine((host, int(port)))
    slack.app(link_url=f"{scheme.replace('http', 'ws')}://{host}:{wire.port}")
    client = web_client("xoxb-sandbox", slack.api_url, 2)
    client.proxy, client.ssl = proxy, context
    app, room = bolt_app("xoxb-sandbox", "secret", client), Room()
    room.may_answer.set()
    app.command("/note")(room.answer)
    line = Line(app.dispatch, client, "xapp-sandbox", **options)
    keeper = threading.Thread(target=line.keep_open)
    keeper.start()
    ends = Ends(slack, wire, line, room)
    try:
        wait_until(line.is_open, seconds=SOON)
        yield ends
    finally:
        room.may_answer.set()
        line.hang_up()
        keeper.join(10)
        wire.close()
        assert not keeper.is_alive()
        wait_until(lambda: not ends.connections, seconds=SOON)


def processor_seconds(seconds: float) -> float:
    began = time.process_time()
    time.sleep(seconds)
    return time.process_time() - began


@pytest.mark.parametrize("lost", ["cut", "reset"])
def test_a_line_whose_stream_ends_without_a_word_is_back_at_once_and_nothing_spins(ends, lost):
    assert ends.works()
    getattr(ends.wire, lost)()
    assert processor_seconds(1.0) < 0.4
    assert ends.back_after() < 1
    assert ends.connections == 1


@pytest.fixture(scope="module")
def over_tls(tmp_path_factory):
    """A workspace with a certificate, and what trusts it."""
    authority, folder = trustme.CA(), tmp_path_factory.mktemp("tls")
    issued, file = authority.issue_cert("localhost"), str(folder / "cert.pem")
    issued.private_key_and_cert_chain_pem.write_to_path(file)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    address = Address(certificate=file, key=file)
    with running(socket_mode=True, address=address, context=context) as slack:
        yield slack, context


@pytest.mark.parametrize("lost", ["cut", "reset"])
def test_over_tls_it_is_the_same(over_tls, lost):
    slack, context = over_tls
    with line_to(slack, context=context) as ends:
        assert ends.works()
        getattr(ends.wire, lost)()
        assert processor_seconds(1.0) < 0.4
        assert ends.back_after() < 1
        assert ends.slack.person("U_TARA").command("/note", "ü" * 100_000).ok


def test_the_line_goes_through_the_proxy_that_calls_go_through(over_tls):
    slack, context = over_tls
    proxy = Proxy()
    with line_to(slack, proxy=f"http://127.0.0.1:{proxy.port}", context=context) as ends:
        assert ends.works()
        assert (proxy.accepted, ends.wire.accepted) == (2, 1)
    proxy.close()


def test_a_line_that_fell_silent_is_noticed_within_two_pings(opened):
    ends = opened(ping=0.5)
    ends.wire.fall_silent()
    assert ends.line.is_open()
    wait_until(lambda: ends.wire.accepted == 2, seconds=2 * 0.5 + 1 + 2)
    ends.back_after()


def test_a_quiet_line_that_works_stays(opened):
    ends = opened(ping=0.5)
    time.sleep(2)
    assert ends.wire.accepted == 1
    assert ends.works()


def test_a_peer_that_takes_no_more_bytes_does_not_hold_the_line_for_ever(opened):
    ends = opened(ping=0.5)
    ends.room.words = "x" * 4_000_000
    ends.room.may_answer.clear()
    with ThreadPoolExecutor(4) as people:
        for _ in range(4):
            people.submit(ends.works)
        wait_until(lambda: len(ends.room.seen) == 4, seconds=SOON)
        ends.wire.fall_silent()
        ends.room.may_answer.set()
        wait_until(lambda: ends.wire.accepted == 2, seconds=10)
    ends.room.words = "Done."
    ends.back_after()


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
def test_when_slack_sends_us_away_there_is_a_new_line(ends, reason):
    ends.slack.disconnect(reason)
    wait_until(lambda: ends.wire.accepted == 2, seconds=SOON)
    assert ends.back_after() < 2
    assert ends.connections == 1


def test_a_warning_leaves_the_old_line_in_use_until_the_new_one_is_there():
    sent, talks = threading.Event(), []

    def talk(socket):
        talks.append(socket)
        socket.send(json.dumps({"type": "hello"}))
        if len(talks) > 1:
            socket.recv()  # until the line hangs up
            return
        socket.send(json.dumps({"type": "disconnect", "reason": "warning"}))
        wait_until(lambda: len(talks) == 2, seconds=SOON)
        socket.send(json.dumps(envelope("late")))
        sent.set()
        socket.recv()

    with raw_slack(talk) as (_, seen):
        assert sent.wait(SOON)
        wait_until(lambda: seen == ["late"], seconds=SOON)


def test_too_many_lines_are_waited_out(opened, workspace):
    ends = opened()
    client = web_client("xoxb-sandbox", workspace.api_url, 2)
    with ExitStack() as others:
        workspace.app(link_url="")
        for _ in range(9):
            url = client.apps_connections_open(app_token="xapp-sandbox")["url"]
            others.enter_context(connect(url)).recv(5)
        workspace.app(link_url=f"ws://127.0.0.1:{ends.wire.port}")
        extra = others.enter_context(connect(url))
        assert json.loads(extra.recv(5))["reason"] == "too_many_websockets"
        workspace.fault("apps.connections.open", "slow", seconds=1)  # the other one is first
        ends.wire.cut()
        wait_until(lambda: not ends.line.is_open(), seconds=SOON)
        assert json.loads(others.enter_context(connect(url)).recv(5))["type"] == "hello"
        wait_until(lambda: ends.wire.accepted >= 3, seconds=SOON)
    assert ends.back_after() < SOON


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("ratelimited", {"seconds": 1}),
        ("ratelimited", {"seconds": -5}),
        ("error", {"code": "internal_error"}),
        ("status", {"status": 503}),
        ("dropped", {}),
        ("hang", {"seconds": 3}),
    ],
)
def test_an_address_that_slack_does_not_give_is_asked_for_again(ends, kind, more):
    ends.slack.fault("apps.connections.open", kind, 1, **more)
    ends.wire.cut()
    assert ends.back_after(6) < 6


def test_a_pause_that_slack_asks_for_is_kept(ends):
    ends.slack.fault("apps.connections.open", "ratelimited", 1, seconds=3)
    ends.wire.cut()
    assert ends.back_after() > 2.5


def test_an_address_where_nobody_listens_is_not_asked_twice(ends):
    ends.slack.app(link_url="ws://127.0.0.1:1")
    ends.wire.cut()
    wait_until(lambda: not ends.line.is_open(), seconds=SOON)
    time.sleep(0.3)
    ends.slack.app(link_url=f"ws://127.0.0.1:{ends.wire.port}")
    ends.back_after()


def test_a_server_that_takes_the_connection_and_says_nothing_is_given_up(ends):
    ends.wire.answer_nobody()
    ends.wire.cut()
    wait_until(lambda: ends.wire.accepted == 2, seconds=SOON)
    ends.wire.answer_nobody(deaf=False)
    assert ends.back_after(OPENING + SOON) < OPENING + SOON


def test_a_line_that_is_lost_again_and_again_is_asked_for_more_and_more_slowly(ends):
    until = time.monotonic() + 6
    while time.monotonic() < until:
        if ends.line.is_open():
            ends.wire.cut()
        time.sleep(0.02)
    assert 3 <= ends.wire.accepted <= 6


def test_what_was_being_answered_when_the_line_broke_is_answered_over_the_new_one(ends, caplog):
    ends.slack.settings(ack_seconds=5)
    ends.room.may_answer.clear()
    with ThreadPoolExecutor(1) as people:
        asked = people.submit(ends.works)
        wait_until(lambda: ends.room.seen, seconds=SOON)
        ends.wire.cut()
        wait_until(lambda: "line_lost" in caplog.messages, seconds=SOON)
        ends.room.may_answer.set()
        assert asked.result()
    assert len(ends.room.seen) == 1


def test_an_answer_that_finds_no_line_in_time_is_dropped_and_said_so(ends, caplog):
    ends.slack.fault("apps.connections.open", "status", 2, status=503)
    ends.room.may_answer.clear()
    with ThreadPoolExecutor(1) as people:
        asked = people.submit(ends.works)
        wait_until(lambda: ends.room.seen, seconds=SOON)
        ends.wire.cut()
        wait_until(lambda: not ends.line.is_open(), seconds=SOON)
        ends.room.may_answer.set()
        assert not asked.result()
    wait_until(lambda: "answer_lost" in caplog.messages, seconds=ANSWERABLE + SOON)
    ends.back_after(10)


def test_a_request_of_two_megabytes_is_read(ends):
    words = "ü" * 1_000_000
    assert ends.slack.person("U_TARA").command("/note", words).ok
    assert ends.room.seen == [words]


def test_sixteen_requests_are_answered_at_once(ends):
    ends.room.may_answer.clear()
    with ThreadPoolExecutor(16) as people:
        asked = [people.submit(ends.works) for _ in range(16)]
        wait_until(lambda: len(ends.room.seen) == 16, seconds=SOON)
        ends.room.may_answer.set()
        assert all(each.result() for each in asked)


def test_what_is_being_answered_is_answered_before_we_hang_up(ends):
    ends.room.may_answer.clear()
    with ThreadPoolExecutor(2) as people:
        asked = people.submit(ends.works)
        wait_until(lambda: ends.room.seen, seconds=SOON)
        hung_up = people.submit(ends.line.hang_up)
        time.sleep(0.2)
        ends.room.may_answer.set()
        hung_up.result(5)
        assert asked.result()


def test_losing_and_finding_the_line_is_logged_once_each(ends, caplog):
    with caplog.at_level("INFO"):
        ends.wire.cut()
        ends.back_after()
    told = [each.message for each in caplog.records if each.name == "bot.line"]
    assert told == ["line_lost", "connected"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/api/", "http://localhost:9/api/"])
def test_a_slack_that_stays_out_of_reach_is_given_up(url):
    line = Line(lambda _request: None, web_client("xoxb-sandbox", url, 1), "xapp-sandbox")
    assert line.keep_open(patience=0.5) is False
    line.hang_up()


def test_a_slack_out_of_reach_is_left_at_once_when_we_hang_up():
    client = web_client("xoxb-sandbox", "http://127.0.0.1:9/api/", 1)
    line = Line(lambda _request: None, client, "xapp-sandbox")
    with ThreadPoolExecutor(1) as pool:
        kept = pool.submit(line.keep_open)
        time.sleep(0.3)
        line.hang_up()
        assert kept.result(2) is True


NONSENSE = [
    "no JSON",
    "[]",
    "null",
    b"\x00\xff",
    json.dumps({"type": "events_api"}),
    json.dumps({"type": "what Slack invents next", "envelope_id": "1", "payload": {}}),
    json.dumps({"type": "interactive", "envelope_id": "1", "payload": 5}),
    json.dumps({"type": "interactive", "envelope_id": [], "payload": None}),
]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_a_frame_that_means_nothing_does_no_harm(nonsense):
    answers = []

    def talk(socket):
        socket.send(json.dumps({"type": "hello"}))
        socket.send(nonsense)
        socket.send(json.dumps(envelope("sense")))
        while True:
            answers.append(json.loads(socket.recv()))

    with raw_slack(talk) as (dialled, seen):
        wait_until(
            lambda: "sense" in seen and any(each["envelope_id"] == "2" for each in answers),
            seconds=SOON,
        )
        assert len(dialled) == 1


def envelope(text: str) -> dict:
    """A command as Slack sends it."""
    payload = {"command": "/note", "text": text, "user_id": "U_TARA", "team_id": "T_HOME"}
    return {"type": "slash_commands", "envelope_id": "2", "payload": payload}


@contextmanager
def raw_slack(talk):
    """Run a line to a Slack that says what `talk` says; gives who dialled, and what was asked."""
    dialled, seen = [], []

    def talking(socket):
        dialled.append(socket)
        with suppress(ConnectionClosed):
            talk(socket)

    with running(socket_mode=True) as slack, serve(talking, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        slack.app(link_url=f"ws://127.0.0.1:{server.socket.getsockname()[1]}")
        client = web_client("xoxb-sandbox", slack.api_url, 2)
        app = bolt_app("xoxb-sandbox", "secret", client)
        app.command("/note")(lambda ack, body: (seen.append(body["text"]), ack()))
        line = Line(app.dispatch, client, "xapp-sandbox")
        keeper = threading.Thread(target=line.keep_open)
        keeper.start()
        try:
            yield dialled, seen
        finally:
            line.hang_up()
            keeper.join(5)
            server.shutdown()
