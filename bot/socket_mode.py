"""Socket Mode: the process that asks Slack for a line instead of being reached by it."""

import logging
import os
import signal
import threading
from functools import partial

from bot.app import build
from bot.config import Settings
from bot.line import PATIENCE, Line
from bot.slack.http import POSTING_SECONDS, web_client


log = logging.getLogger(__name__)
LONGEST_END = 22.0
"""Seconds after which the process ends though something hangs: platforms kill after 30."""


def run(settings: Settings, *, patience: float = PATIENCE) -> int:
    """Work until SIGTERM or Ctrl-C; return the exit status, 1 where Slack stayed out of reach."""
    stop = threading.Event()
    _stop_on_signal(stop)
    runtime = build(settings)
    slack = web_client(settings.bot_token, settings.api_url, POSTING_SECONDS)
    line = Line(runtime.app.dispatch, slack, settings.app_token)
    runtime.start()
    given_up = threading.Event()
    keep = partial(_keep_open, line, patience, given_up, stop)
    threading.Thread(target=keep, name="line-keeper", daemon=True).start()
    stop.wait()
    status = int(given_up.is_set())
    log.info("stopping")
    _end_in_time(status)
    line.hang_up()
    runtime.close()
    return status


def _keep_open(
    line: Line, patience: float, given_up: threading.Event, stop: threading.Event
) -> None:
    """Keep the line open; where that fails for too long, have the process end."""
    kept = False
    try:
        kept = line.keep_open(patience=patience)
    finally:
        if not kept:
            log.critical("slack_out_of_reach", extra={"seconds": round(patience)})
            given_up.set()
        stop.set()


def _stop_on_signal(stop: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        nohup = number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN
        if not nohup:
            signal.signal(number, lambda *_: stop.set())


def _end_in_time(status: int) -> None:
    last_resort = threading.Timer(LONGEST_END, os._exit, [status])
    last_resort.daemon = True
    last_resort.start()
