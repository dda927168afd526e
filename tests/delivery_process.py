"""Outboxes in processes of their own, to be killed; `Nursery` is the test's end of it.

Every line on standard input forks a process with those options; its id is the answer. Forking
spares each of them the start of Python.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Self

from sqlalchemy import event
from sqlalchemy.orm import configure_mappers

from bot.delivery.clocks import Steady
from bot.slack.http import web_client
from models import Database
from tests.delivery_slack import TOKEN, make_outbox, save_incident
from tests.waiting import wait_until


class Nursery:
    """Starts processes with an outbox each; at the end all of them are gone."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.delivery_process"],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._program.communicate()

    def start(self, database_url: str, api_url: str, **options: object) -> int:
        """Return the process id of a new outbox, see `live` for the options."""
        self._program.stdin.write(f"{json.dumps([database_url, api_url, options])}\n")
        self._program.stdin.flush()
        return int(self._program.stdout.readline())

    def wait(self, pid: int, seconds: float = 30.0) -> None:
        """Wait until a process is gone."""
        wait_until(lambda: not Path(f"/proc/{pid}").exists(), seconds=seconds)

    def kill(self, pid: int) -> None:
        """End a process as the kernel does, wherever it is."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.wait(pid)


def live(
    database_url: str,
    api_url: str,
    *,
    saves: list[int],
    die: str = "",
    lease: float = 30.0,
    pause: float = 0.0,
    patience: float = 1.5,
) -> None:
    """Save incidents and send until SIGTERM; `die` names the point where to fall dead.

    Points: "before METHOD", "after METHOD", "before commit NUMBER".
    """
    stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    database = Database(database_url)
    slack = web_client(TOKEN, api_url, 5)
    slack.api_call = dying(slack.api_call, die)
    commits = (f"before commit {number}" for number in range(1, 1000))
    event.listen(database.engine, "commit", lambda _connection: die_at(next(commits), die))
    outbox = make_outbox(
        database,
        api_url,
        now,
        slack=slack,
        steady=Steady(database),
        lease=lease,
        pause=pause,
        patience=patience,
    )
    outbox.start()
    for subject in saves:
        save_incident(database, now(), subject)
        outbox.wake()
    while not stopping:
        signal.sigtimedwait([], 0.02)
    sys.exit(0 if outbox.stop(30) else 1)


def now() -> datetime:
    return datetime.now(UTC)


def dying(call, die: str):
    """The client's call, with death before and after it."""

    def call_and_maybe_die(method: str, **given):
        die_at(f"before {method}", die)
        answer = call(method, **given)
        die_at(f"after {method}", die)
        return answer

    return call_and_maybe_die


def die_at(point: str, die: str) -> None:
    if point == die:
        os.kill(os.getpid(), signal.SIGKILL)


def main(orders: Iterator[str]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead leave at once
    configure_mappers()
    import_module("psycopg")  # so that nobody imports it after the fork
    for order in orders:
        database_url, api_url, options = json.loads(order)
        pid = os.fork()
        if not pid:
            live(database_url, api_url, **options)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(iter(sys.stdin.readline, ""))
