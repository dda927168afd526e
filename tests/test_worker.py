import shutil
import signal
import sys
import time

import psutil
import pytest

from sandbox.driver import running
from tests.bot_process import (
    PATIENCE,
    fill_in,
    person,
    ran,
    settings,
    started,
    submitted_while_it_stops,
    worker,
)
from tests.silent_line import SilentLine
from tests.waiting import wait_until


pytestmark = pytest.mark.usefixtures("processes")


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
        bot.wait_for("line_moves reason=refresh_requested")
        wait_until(lambda: bot.said.count(" connected") == 2, seconds=PATIENCE)
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


def test_a_line_that_just_ends_is_back_within_five_seconds_and_nothing_spins(
    slack, sqlite_url, tmp_path
):
    host, port = slack.base_url.removeprefix("http://").split(":")
    wire = SilentLine((host, int(port)))
    slack.app(link_url=f"ws://127.0.0.1:{wire.port}")
    with worker(slack, sqlite_url, tmp_path) as bot:
        bot.wait_for("connected")
        wire.cut()
        before = used(bot)
        wait_until(lambda: bot.said.count(" connected") == 2, seconds=5)
        time.sleep(1)
        assert used(bot) - before < 0.3
        assert person(slack).command("/client-incident").ok
        assert bot.stop()[0] == 0
    wire.close()


def used(bot) -> float:
    """The seconds of processor time that the bot has used so far."""
    times = psutil.Process(bot.process.pid).cpu_times()
    return times.user + times.system


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
        bot.wait_for("cannot_connect error=SlackApiError slack=ratelimited next_try_in=1")
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
        bot.wait_for("next_try_in=60")
        status, took = bot.stop()
        assert (status, took < 20) == (0, True)


IMPATIENT = """
import os
from bot import config, logs, socket_mode
logs.set_up("INFO", "console")
raise SystemExit(socket_mode.run(config.from_env(os.environ), patience=1))
"""


def test_a_slack_that_stays_out_of_reach_ends_it_with_a_failure(sqlite_url):
    told = settings("http://127.0.0.1:9/api/", sqlite_url, SLACK_APP_TOKEN="xapp-sandbox")
    ended = ran([sys.executable, "-c", IMPATIENT], told)
    assert "slack_out_of_reach seconds=1" in ended.stderr
    assert ended.returncode == 1


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
