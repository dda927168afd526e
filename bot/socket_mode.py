"""Socket Mode: the process that asks Slack for a line instead of being reached by it."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from itertools import chain, repeat

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.app import Runtime, build
from bot.config import Settings
from bot.slack.http import POSTING_SECONDS, web_client
from bot.slack.people import FAILURES, what_failed


log = logging.getLogger(__name__)
REQUESTS_AT_ONCE = 16
PATIENCE = 300.0
"""Seconds without a line after which a fresh start is worth trying; the SDK reconnects before."""

PAUSES = (1, 2, 4, 8, 15)
LAST_WORDS = 3.0
"""Seconds that the line stays open for what is being answered: closing it first loses that."""

CLOSING = 5.0
LONGEST_END = 22.0
"""Seconds after which the process ends though something hangs: platforms kill after 30."""


class Line(SocketModeHandler):
    """The line to Slack, which knows whether something is being answered just now."""

    def __init__(self, runtime: Runtime, settings: Settings) -> None:
        """Ask Slack for nothing yet."""
        super().__init__(
            runtime.app,
            settings.app_token,
            web_client=web_client(settings.bot_token, settings.api_url, POSTING_SECONDS),
            concurrency=REQUESTS_AT_ONCE,
            logger=logging.getLogger("slack_sdk.socket_mode"),
        )
        self._answering = 0
        self._quiet = threading.Condition()

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as the base class itself
        """Answer one request."""
        with self._quiet:
            self._answering += 1
        try:
            super().handle(client, req)
        finally:
            with self._quiet:
                self._answering -= 1
                self._quiet.notify_all()

    def is_open(self) -> bool:
        """Return whether Slack can reach us."""
        return bool(self.client.is_connected())

    def hang_up(self) -> None:
        """Close the line as soon as nothing is being answered, in bounded time."""
        with self._quiet:
            self._quiet.wait_for(lambda: not self._answering, LAST_WORDS)
        closing = threading.Thread(target=self.close, name="hang-up", daemon=True)
        closing.start()
        closing.join(CLOSING)


def run(settings: Settings) -> int:
    """Work until SIGTERM or Ctrl-C; return the exit status, 1 where Slack stayed out of reach."""
    stop = threading.Event()
    _stop_on_signal(stop)
    runtime = build(settings)
    line = Line(runtime, settings)
    runtime.start()
    threading.Thread(target=connect, args=(line, stop), name="connect", daemon=True).start()
    status = watch(line.is_open, stop)
    log.info("stopping")
    _end_in_time(status)
    line.hang_up()
    runtime.close()
    return status


def _stop_on_signal(stop: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        nohup = number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN
        if not nohup:
            signal.signal(number, lambda *_: stop.set())


def connect(line: Line, stop: threading.Event) -> None:
    """Open the line, however long it takes; from then on the SDK keeps it open."""
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        try:
            line.client.connect()
        except (*FAILURES, ValueError) as error:  # the SDK trips over an odd Retry-After
            log.warning("cannot_connect", extra={**what_failed(error), "next_try_in": pause})
        else:
            return
        if stop.wait(pause):
            return


def watch(
    is_open: Callable[[], bool],
    stop: threading.Event,
    *,
    patience: float = PATIENCE,
    interval: float = 1.0,
) -> int:
    """Return 0 once told to stop, 1 once the line was down for longer than `patience` seconds."""
    seen, was_open = time.monotonic(), False
    while not stop.wait(interval):
        now = is_open()
        if now != was_open:
            log.log(logging.INFO if now else logging.WARNING, "connected" if now else "line_lost")
        was_open = now
        if now:
            seen = time.monotonic()
        elif time.monotonic() - seen > patience:
            log.critical("slack_out_of_reach", extra={"seconds": round(patience)})
            return 1
    return 0


def _end_in_time(status: int) -> None:
    last_resort = threading.Timer(LONGEST_END, os._exit, [status])
    last_resort.daemon = True
    last_resort.start()
