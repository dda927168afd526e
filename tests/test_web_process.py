import http.client
import json
import shutil
import socket
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import psutil
import pytest
from sqlalchemy import func, select, text

from models import Database, Incident
from sandbox.driver import running
from tests.bot_process import (
    fill_in,
    free_port,
    open_form,
    person,
    ran,
    settings,
    started,
    submitted_while_it_stops,
    wait_until_alive,
    web,
)
from tests.door_room import command, signed


pytestmark = pytest.mark.usefixtures("processes")
BURST = 200


@pytest.fixture(scope="module")
def workspace():
    with running() as slack:
        yield slack


@pytest.fixture
def slack(workspace):
    workspace.clear_faults()
    workspace.reset()
    workspace.clear_traffic()
    workspace.settings(rate_limits=False, ack_seconds=15, trigger_seconds=15)
    return workspace


@pytest.fixture
def sqlite_url(migrated_sqlite, tmp_path):
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}"


def record(somebody, client="Acme"):
    """Put an incident on record."""
    return fill_in(somebody, client).submit()


def incidents(url):
    database = Database(url)
    with database.read() as session:
        found = session.scalar(select(func.count()).select_from(Incident))
    database.dispose()
    return found


@pytest.fixture(scope="module")
def shared_url(migrated_sqlite, tmp_path_factory):
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path_factory.mktemp('shared'))}"


@pytest.fixture(scope="module")
def shared(workspace, shared_url, tmp_path_factory):
    """One bot with default settings for the tests that leave it as it is."""
    with web(workspace, shared_url, tmp_path_factory.mktemp("log")) as bot:
        yield bot


@pytest.fixture
def bot(slack, shared):
    slack.reach(f"http://127.0.0.1:{shared.port}/slack/events")
    return shared


def test_it_lives_is_ready_and_does_its_work(slack, bot, shared_url):
    assert bot.get("/healthz") == (200, {"alive": True})
    assert bot.get("/readyz") == (200, {"ready": True})
    before = incidents(shared_url)
    assert record(person(slack, "U_TARA")).ok
    assert incidents(shared_url) == before + 1
    assert slack.refused() == []


def test_a_database_at_another_migration_is_not_ready(bot, shared_url):
    database = Database(shared_url)
    with database.write() as session:
        kept = session.scalar(text("SELECT version_num FROM alembic_version"))
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    status, told = bot.get("/readyz")
    assert (status, told["ready"]) == (503, False)
    assert "older than its database" in told["reason"]
    assert bot.get("/healthz")[0] == 200
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :kept"), {"kept": kept})
    database.dispose()
    assert bot.get("/readyz")[0] == 200


def test_a_burst_of_commands_is_answered_and_every_form_opens(slack, bot):
    open_form(person(slack, "U_TARA"))  # the bot is warm from here on
    slack.latency(0.3)
    slack.clear_traffic()
    answers = burst(bot, slack)
    opened = slack.wait_for(lambda: all_opened(slack), 10)
    took = sorted(seconds for _, seconds in answers)
    p50, p99 = took[BURST // 2], took[BURST * 99 // 100]
    sys.stdout.write(f"{BURST} commands in a second: p50 {p50:.3f} s, p99 {p99:.3f} s\n")
    assert {status for status, _ in answers} == {200}
    assert took[-1] < 3
    assert opened, Counter(json.dumps(call["answer"])[:60] for call in slack.calls("views.open"))


def test_a_submission_does_not_wait_for_a_slack_that_stalls(slack, bot):
    tara = fill_in(person(slack, "U_TARA"))
    slack.latency(5.0)
    for _ in range(100):
        assert bot.post(command(name="/client-incident", user="U_TARA"))[0] == 200
    began = time.monotonic()
    outcome = tara.submit()
    took = time.monotonic() - began
    assert (outcome.trouble, outcome.errors) == ("", {})
    assert took < 1.0


def test_it_works_on_postgresql_and_says_when_that_hangs(slack, postgres_server, tmp_path):
    with web(slack, postgres_server.url, tmp_path) as bot:
        assert record(person(slack, "U_TARA")).ok
        assert bot.get("/readyz")[0] == 200
        postgres_server.pause()
        began = time.monotonic()
        status, told = bot.get("/readyz")
        assert time.monotonic() - began < 2.5
        assert (status, "does not answer" in told["reason"]) == (503, True)
        postgres_server.resume()
        assert bot.stop()[0] == 0
    assert incidents(postgres_server.url) == 1


def test_workers_share_a_file_and_finish_what_was_accepted(slack, sqlite_url, tmp_path):
    with web(slack, sqlite_url, tmp_path, WEB_CONCURRENCY=2) as bot:
        assert len(psutil.Process(bot.process.pid).children()) == 2
        assert record(person(slack, "U_TARA")).ok
        assert record(person(slack, "U_MIGUEL"), "Birch Legal").ok
        slack.latency(1.0, "views.open")
        sam = person(slack, "U_SAM")
        assert sam.command("/client-incident").ok
        status, took = bot.stop()
        assert (status, took < 10) == (0, True)
        assert sam.modals
    assert "work_given_up" not in bot.said
    assert incidents(sqlite_url) == 2


def test_a_form_under_way_is_answered_before_it_ends(slack, sqlite_url, tmp_path):
    with web(slack, sqlite_url, tmp_path) as bot:
        outcome = submitted_while_it_stops(bot, fill_in(person(slack)), sqlite_url)
        assert outcome.trouble == ""
        assert bot.process.wait(25) == 0
    assert incidents(sqlite_url) == (0 if outcome.errors else 1)  # what was said is so


def test_it_ends_in_time_though_slack_hangs(slack, sqlite_url, tmp_path):
    with web(slack, sqlite_url, tmp_path) as bot:
        slack.latency(20.0)
        for number in range(20):
            assert bot.post(command(name="/client-incident", user=f"U_{number}"))[0] == 200
        status, took = bot.stop()
        assert (status, took < 25) == (0, True)


LINES = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n"
STALLING = {
    "says nothing": b"",
    "stops in the head": LINES + b"X-A: ",
    "stops in the body": LINES + b"Content-Length: 100000\r\n\r\nabc",
    "stops in a chunk": LINES + b"Transfer-Encoding: chunked\r\n\r\nff\r\nabc",
    "sends rubbish and stays": b"rubbish\r\n\r\n",
    "sends too much": LINES + b"Content-Length: 100000000\r\n\r\nabc",
    "asks and stays": b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("sent", STALLING.values(), ids=STALLING)
def test_connections_that_stall_hold_nobody_up_and_are_ended(bot, sent):
    with ExitStack() as ending:
        stalled = [ending.enter_context(connected(bot)) for _ in range(40)]
        for each in stalled:
            each.sendall(sent)
        time.sleep(0.5)
        began = time.monotonic()
        assert bot.post(command(name="/client-incident"))[0] == 200
        assert time.monotonic() - began < 3
        for each in stalled:
            each.settimeout(15)
            while each.recv(4096):
                pass
        assert time.monotonic() - began < 12


def test_a_request_in_pieces_is_answered_and_so_is_the_next_on_its_connection(bot):
    body = command(name="/client-incident").encode()
    head = [f"{name}: {value}" for name, value in signed(body.decode()).items()]
    head += [f"Content-Length: {len(body)}", "Content-Type: application/x-www-form-urlencoded"]
    whole = LINES + "\r\n".join([*head, "", ""]).encode() + body
    with connected(bot) as line:
        line.settimeout(5)
        for start in range(0, len(whole), 100):
            line.sendall(whole[start : start + 100])
            time.sleep(0.01)
        assert line.recv(4096).startswith(b"HTTP/1.1 200")
        line.sendall(2 * b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        heard = b""
        while heard.count(b"alive") < 2:
            heard += line.recv(4096)


def test_a_request_in_chunks_is_answered(bot):
    body = command(name="/client-incident")
    connection = http.client.HTTPConnection("127.0.0.1", bot.port, timeout=5)
    form = {"content-type": "application/x-www-form-urlencoded"} | signed(body)
    pieces = (piece.encode() for piece in (body[:50], body[50:]))
    connection.request("POST", "/slack/events", pieces, form, encode_chunked=True)
    assert connection.getresponse().status == 200
    connection.close()


def test_a_request_that_is_too_large_is_refused_before_it_arrives(bot):
    with connected(bot) as line:
        line.settimeout(5)
        line.sendall(LINES + b"Content-Length: 4000001\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 413")


def connected(bot):
    return socket.create_connection(("127.0.0.1", bot.port))


def burst(bot, slack):
    """Send 200 commands within one second, each with a trigger of its own."""
    triggers = slack.triggers("U_TARA", BURST)
    began = time.monotonic() + 0.1

    def send(number):
        time.sleep(max(0.0, began + number / BURST - time.monotonic()))
        sent = time.monotonic()
        status, _ = bot.post(command(name="/client-incident", trigger_id=triggers[number]))
        return status, time.monotonic() - sent

    with ThreadPoolExecutor(BURST) as pool:
        return list(pool.map(send, range(BURST)))


def all_opened(slack):
    calls = slack.calls("views.open")
    return len(calls) == BURST and all(call["answer"].get("ok") for call in calls)


def test_bad_settings_end_it_with_every_one_named():
    told = {"PORT": "http", "LOG_FORMAT": "xml", "SLACK_APP_TOKEN": "wrong", "TIMEZONE": "Mars"}
    for words in (["-m", "bot", "web"], ["-m", "gunicorn", "--config", "gunicorn.conf.py"]):
        ended = ran([sys.executable, *words], told)
        assert (ended.returncode, ended.stdout) == (2, "")
        named = [line.split()[0] for line in ended.stderr.splitlines()[1:]]
        assert sorted(named) == sorted(
            [*told, "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "EXECUTIVE_CHANNEL"]
        )


PLANTED = {
    "SLACK_BOT_TOKEN": "xoxb-sandbox",
    "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
    "SLACK_APP_TOKEN": "xapp-planted-in-vain",
    "SLACK_CLIENT_ID": "planted.client.id",
    "SLACK_CLIENT_SECRET": "planted-client-secret",
    "SLACK_VERIFICATION_TOKEN": "planted-verification",
}
TYPED = ("shouted", "Acme", "Nowhere", "Unheard", "Unreadable", "Forged")


def test_foreign_settings_change_nothing_and_nothing_private_is_logged(slack, sqlite_url, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    more = {**PLANTED, "HOME": home, "LOG_LEVEL": "DEBUG", "LOG_FORMAT": "json"}
    with web(slack, sqlite_url, tmp_path, **more) as bot:
        assert bot.ask("GET", "/slack/install")[0] == 404
        assert bot.post("ssl_check=1&token=planted-verification")[0] == 200
        assert record(person(slack, "U_TARA")).ok
        person(slack, "U_TARA").command("/client-history", "Acme Corporation of Nowhere")
        slack.fault("*", "status", 50, status=503)
        person(slack, "U_SAM").command("/client-history", "Unheard Of Limited")
        assert bot.post('payload={"Unreadable Words')[0] == 400
        assert bot.post("Forged", **{"x-slack-signature": "v0=" + "0" * 64})[0] == 401
        assert bot.stop()[0] == 0
    assert list(home.iterdir()) == []
    assert [hush for hush in (*list(PLANTED.values())[1:], *TYPED) if hush in bot.said] == []
    lines = [json.loads(line) for line in bot.said.splitlines()]
    assert {"malformed_request", "signature_refused", "request"} <= {
        each["event"] for each in lines
    }
    references = {each["reference"] for each in lines if each["event"] == "request"}
    assert len(references) > 3


def test_it_comes_up_while_slack_and_database_are_away(tmp_path):
    port = free_port()
    away = {"slack_url": "http://127.0.0.1:9/api/", "database_url": "postgresql://127.0.0.1:9/no"}
    with started(["-m", "bot", "web"], settings(**away, PORT=port), tmp_path, port) as bot:
        wait_until_alive(bot)
        assert bot.get("/readyz")[0] == 503
        assert bot.post(command(name="/client-incident"))[0] == 200
        assert bot.stop()[0] == 0
