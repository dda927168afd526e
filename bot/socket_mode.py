"""Socket Mode: the process that asks Slack for a line instead of being reached by it."""

import logging
import os
import signal
import threading
from functools import partial
from queue import SimpleQueue

from bot.app import build
from bot.config import Settings
from bot.line import PATIENCE, Line
from bot.slack.http import POSTING_SECONDS, web_client


log = logging.getLogger(__name__)
LONGEST_END = 22.0
"""Seconds after which the process ends though something hangs: platforms kill after 30."""


def run(settings: Settings, *, patience: float = PATIENCE) -> int:
    """Work until SIGTERM or Ctrl-C; return the exit status, 1 where Slack stayed out of reach."""
    ended: SimpleQueue[int] = SimpleQueue()  # safe to put into from a signal handler
    _end_on_signal(ended)
    runtime = build(settings)
    slack = web_client(settings.bot_token, settings.api_url, POSTING_SECONDS)
    line = Line(runtime.app.dispatch, slack, settings.app_token)
    runtime.start()
    keep = partial(_keep_open, line, patience, ended)
    threading.Thread(target=keep, name="line-keeper", daemon=True).start()
    status = ended.get()
    log.info("stopping")
    _end_in_time(status)
    line.hang_up()
    runtime.close()
    return status


def _keep_open(line: Line, patience: float, ended: SimpleQueue[int]) -> None:
    """Keep the line open; where that fails, have the process end: without a line it is deaf."""
    kept = False
    try:
        kept = line.keep_open(patience=patience)
    finally:
        if not kept:
            log.critical("slack_out_of_reach", extra={"seconds": round(patience)})
            ended.put(1)


def _end_on_signal(ended: SimpleQueue[int]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        nohup = number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN
        if not nohup:
            signal.signal(number, lambda *_: ended.put(0))


def _end_in_time(status: int) -> None:
    last_resort = threading.Timer(LONGEST_END, os._exit, [status])
    last_resort.daemon = True
    last_resort.start()
