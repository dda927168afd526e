import shutil
import signal
import sys
import threading
import time

import pytest

from bot.socket_mode import watch
from sandbox.driver import running
from tests.bot_process import (
    fill_in,
    person,
    ran,
    settings,
    started,
    submitted_while_it_stops,
    worker,
)


@pytest.fixture(scope="module")
def workspace():
    with running(socket_mode=True) as slack:
        yield slack


@pytest.fixture
def slack(workspace):
    workspace.clear_faults()
    workspace.reset()
    workspace.clear_traffic()
    workspace.app(socket_mode=True)
    workspace.settings(rate_limits=False, ack_seconds=15, trigger_seconds=15)
    return workspace


@pytest.fixture
def sqlite_url(migrated_sqlite, tmp_path):
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}"


def test_it_works_reconnects_and_finishes_what_was_accepted(slack, sqlite_url, tmp_path):
    with worker(slack, sqlite_url, tmp_path) as bot:
        bot.wait_for("connected")
        tara = person(slack)
        assert tara.command("/client-incident").ok
        assert tara.modal
        slack.disconnect()
        bot.wait_for("Connected to a new endpoint")
        tara.close(everything=True)
        assert tara.command("/client-incident").ok
        assert tara.modal
        slack.latency(1.0, "views.open")
        sam = person(slack, "U_SAM")
        assert sam.command("/client-incident").ok
        status, took = bot.stop()
        assert (status, took < 12) == (0, True)
        assert sam.modals
    assert "work_given_up" not in bot.said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_form_under_way_is_answered_before_it_ends(slack, sqlite_url, tmp_path, number):
    with worker(slack, sqlite_url, tmp_path) as bot:
        bot.wait_for("connected")
        outcome = submitted_while_it_stops(bot, fill_in(person(slack)), sqlite_url, number)
        assert outcome.trouble == ""
        assert bot.process.wait(25) == 0


def test_an_odd_time_to_wait_is_no_reason_to_give_up(slack, sqlite_url, tmp_path):
    slack.fault("apps.connections.open", "ratelimited", 1, seconds=-5)
    with worker(slack, sqlite_url, tmp_path) as bot:
        bot.wait_for("cannot_connect error=ValueError")
        bot.wait_for("connected")
        assert bot.stop()[0] == 0


def test_it_stays_when_its_terminal_goes_and_that_was_to_be_ignored(sqlite_url, tmp_path):
    told = settings("http://127.0.0.1:9/api/", sqlite_url, SLACK_APP_TOKEN="xapp-sandbox")
    nohup = "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
    nohup += "os.execv(sys.executable, [sys.executable, '-m', 'bot'])"
    with started(["-c", nohup], told, tmp_path) as bot:
        bot.wait_for("cannot_connect")
        bot.process.send_signal(signal.SIGHUP)
        time.sleep(1.5)
        assert bot.process.poll() is None
        assert bot.stop()[0] == 0


def test_a_slack_that_takes_no_connection_is_tried_again(slack, sqlite_url, tmp_path):
    slack.fault("apps.connections.open", "status", 1, status=503)
    slack.fault("apps.connections.open", "error", 1, code="internal_error")
    with worker(slack, sqlite_url, tmp_path) as bot:
        bot.wait_for("cannot_connect error=SlackApiError slack=internal_error next_try_in=2")
        bot.wait_for("connected")
        assert bot.stop()[0] == 0


def test_it_ends_at_once_while_slack_cannot_be_reached(sqlite_url, tmp_path):
    told = settings("http://127.0.0.1:9/api/", sqlite_url, SLACK_APP_TOKEN="xapp-sandbox")
    with started(["-m", "bot"], told, tmp_path) as bot:
        bot.wait_for("cannot_connect")
        status, took = bot.stop()
        assert (status, took < 10) == (0, True)


def test_it_ends_in_time_while_slack_makes_it_wait(slack, sqlite_url, tmp_path):
    slack.fault("apps.connections.open", "ratelimited", 9, seconds=60)
    with worker(slack, sqlite_url, tmp_path) as bot:
        bot.wait_for("Rate limited")
        status, took = bot.stop()
        assert (status, took < 20) == (0, True)


def test_bad_settings_end_it_with_every_one_named():
    told = {"SLACK_APP_TOKEN": "xapp-x", "EXECUTIVE_CHANNEL": "#executives", "TIMEZONE": "Mars"}
    ended = ran([sys.executable, "-m", "bot"], told)
    named = [line.split()[0] for line in ended.stderr.splitlines()[1:]]
    assert (ended.returncode, ended.stdout) == (2, "")
    assert named == ["SLACK_BOT_TOKEN", "EXECUTIVE_CHANNEL", "TIMEZONE"]


def test_a_worker_without_its_token_says_so_and_never_serves_http():
    told = settings("http://127.0.0.1:9/api/", "sqlite:///x.db")
    ended = ran([sys.executable, "-m", "bot", "worker"], told)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "SLACK_APP_TOKEN is missing" in ended.stderr


def test_a_line_that_is_down_for_too_long_ends_the_process():
    assert watch(lambda: False, threading.Event(), patience=0.05, interval=0.01) == 1


def test_a_line_that_is_down_now_and_then_does_not():
    stop, states = threading.Event(), iter([False, True] * 20)

    def is_open():
        try:
            return next(states)
        except StopIteration:
            stop.set()
            return True

    assert watch(is_open, stop, patience=0.2, interval=0.01) == 0


def test_it_stops_watching_when_it_is_told_to():
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    began = time.monotonic()
    assert watch(lambda: True, stop, interval=10) == 0
    assert time.monotonic() - began < 5


def test_losing_and_finding_the_line_is_logged_once_each(caplog):
    stop, states = threading.Event(), iter([False, True, True, False, False, True])

    def is_open():
        try:
            return next(states)
        except StopIteration:
            stop.set()
            return True

    with caplog.at_level("INFO"):
        watch(is_open, stop, interval=0.001)
    assert [each.message for each in caplog.records] == ["connected", "line_lost", "connected"]
