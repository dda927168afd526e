"""The bot as the platform runs it: a process, signals, a port, and what it writes to its log."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from models import Database
from sandbox.driver import NotOnScreen, Outcome, Person, Slack
from tests.door_room import SECRET, signed


ROOT = Path(__file__).parent.parent
PATIENCE = 20.0


def person(slack: Slack, user_id: str = "U_TARA") -> Person:
    """Somebody patient: tests share the machine with others."""
    return Person(slack, user_id, 8.0)


def open_form(somebody: Person, tries: int = 3) -> None:
    """Open the form, again if a busy machine let the trigger expire."""
    somebody.command("/client-incident")
    try:
        somebody.modal  # noqa: B018 - waited for
    except NotOnScreen:
        if tries == 1:
            raise
        open_form(somebody, tries - 1)


def fill_in(somebody: Person, client: str = "Acme") -> Person:
    """Open the form and fill in what it asks for."""
    open_form(somebody)
    offered: list[str] = []
    for _ in range(5):  # a person types on while a busy machine has offered nothing yet
        offered = offered or somebody.type_ahead("Client", client)
    somebody.fill({"Client": offered[0]})  # the client, once somebody has added it
    somebody.fill({"What kind of conduct?": "Abusive towards staff"})
    somebody.fill({"How serious?": "2 · Moderate"})
    somebody.fill({"What happened, in order": "They shouted at Ada."})
    return somebody


def submitted_while_it_stops(
    bot: "Bot", somebody: Person, database_url: str, number: signal.Signals = signal.SIGTERM
) -> Outcome:
    """Send the form, and the signal while the database still makes it wait."""
    database = Database(database_url)
    with ThreadPoolExecutor(1) as pool, database.write() as session:
        session.execute(text("SELECT 1"))
        sent = pool.submit(somebody.submit)
        time.sleep(0.4)
        bot.process.send_signal(number)
        time.sleep(0.4)
        session.rollback()
        outcome = sent.result()
    database.dispose()
    return outcome


def settings(slack_url: str, database_url: str, **more: object) -> dict[str, str]:
    """The settings of a bot at the stand-in Slack."""
    told = {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_SIGNING_SECRET": SECRET,
        "EXECUTIVE_CHANNEL": "C_EXEC",
        "SLACK_API_URL": slack_url,
        "DATABASE_URL": database_url,
        **more,
    }
    return {name: str(value) for name, value in told.items()}


def environment(told: dict[str, str]) -> dict[str, str]:
    """The environment of this test with these settings."""
    return {**os.environ, "PYTHON_DOTENV_DISABLED": "1", "PYTHONUNBUFFERED": "1", **told}


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@dataclass
class Bot:
    """A running bot."""

    process: subprocess.Popen
    log: Path
    port: int = 0

    @property
    def said(self) -> str:
        """Everything that it has logged."""
        return self.log.read_text()

    def wait_for(self, words: str) -> None:
        """Wait until the log has these words."""
        until = time.monotonic() + PATIENCE
        while words not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < until, self.said
            time.sleep(0.02)

    def get(self, path: str) -> tuple[int, dict]:
        """Ask over HTTP; returns status and JSON."""
        status, body = self.ask("GET", path)
        return status, json.loads(body)

    def post(self, body: str, **headers: str) -> tuple[int, bytes]:
        """Send what Slack sends."""
        form = {"content-type": "application/x-www-form-urlencoded"}
        return self.ask("POST", "/slack/events", body.encode(), form | signed(body) | headers)

    def stop(self, seconds: float = 25.0) -> tuple[int, float]:
        """Send SIGTERM; returns the exit status and the seconds it took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds), time.monotonic() - started

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict | None = None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def started(command: list[str], told: dict[str, str], folder: Path, port: int = 0):
    """Run the bot while the block lasts; whatever is left of it is killed afterwards."""
    log = folder / f"bot-{port or 'worker'}-{time.monotonic_ns()}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *command],
            env=environment(told),
            cwd=ROOT,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield Bot(process, log, port)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def web(slack, database_url: str, folder: Path, **more: object):
    """Run the `web` process while the block lasts, reached by the stand-in."""
    port = free_port()
    told = settings(slack.api_url, database_url, PORT=port, **more)
    with started(["-m", "bot", "web"], told, folder, port) as bot:
        wait_until_alive(bot)
        slack.reach(f"http://127.0.0.1:{port}/slack/events")
        yield bot


@contextmanager
def worker(slack, database_url: str, folder: Path, **more: object):
    """Run the `worker` process while the block lasts."""
    told = settings(slack.api_url, database_url, SLACK_APP_TOKEN="xapp-sandbox", **more)
    with started(["-m", "bot", "run"], told, folder) as bot:
        yield bot


def wait_until_alive(bot: Bot) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        assert bot.process.poll() is None, bot.said
        with suppress(OSError, http.client.HTTPException):
            if bot.get("/healthz")[0] == 200:
                return
        assert time.monotonic() < until, bot.said
        time.sleep(0.05)


def ran(command: list[str], told: dict[str, str]) -> subprocess.CompletedProcess:
    """Run to the end."""
    return subprocess.run(
        command,
        env=environment(told),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
