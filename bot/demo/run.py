"""Runs the demo: the real bot in a process of its own, against a stand-in Slack in the browser.

DEMO_PORT and RESET are for the person who tries it; DEMO_FOLDER keeps its data apart, for
`make pictures`.
"""

import contextlib
import errno
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import DatabaseError

from bot.demo.folder import InUse, NotWritable, empty, held
from bot.demo.seed import is_empty, seed
from bot.demo.stories import HERE
from bot.errors import BadSettings
from bot.health import Migrations
from models import Database, DatabaseUnavailable


ROOT = HERE.parent.parent
FOLDER = ROOT / ".demo"
NEEDED = ROOT / "requirements-demo.in"
PORT, OTHER_PORT, HIGHEST_PORT = 3000, 3100, 65_535
PATIENCE = 20.0
"""Seconds for a process to start, and again to stop."""

THINGS_TO_TRY = """
On Record is running in a made-up MSP: {url}

  1. As Tara, in #general, type /client-incident brightwater and put something on record.
     Write “he is an idiot” and see what the form asks.
  2. Switch to Erin, the owner: #executives has one explained message about Brightwater
     Dental. Press “I'll take it”, then look at Tara's messages.
  3. As Erin, type /client-history brightwater printer. Then be Gail, a guest, and try the same.

  In #brightwater-dental, the client's own channel: as Tara, open the menu of Karen's message
  and choose “Put on record”. As Karen you will see nothing of it.

Ctrl-C stops it. `make demo RESET=1` starts afresh.
"""


@dataclass(frozen=True)
class Demo:
    """One run of the demo: its ports and made-up secrets."""

    port: int
    bot_port: int
    folder: Path
    signing_secret: str
    bot_token: str

    @property
    def url(self) -> str:
        """Return the address of the workspace page."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_test(self) -> str:
        """Return an address of the stand-in that answers once it is up."""
        return f"{self.url}/api/api.test"

    @property
    def health(self) -> str:
        """Return an address of the bot that answers once it is up."""
        return f"http://127.0.0.1:{self.bot_port}/healthz"

    def environment(self) -> dict[str, str]:
        """Return what the bot's process is started with; no setting of the user's own."""
        kept = {"PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV"}
        inherited = {name: value for name, value in os.environ.items() if name in kept}
        return inherited | {
            "PYTHON_DOTENV_DISABLED": "1",
            "SLACK_BOT_TOKEN": self.bot_token,
            "SLACK_SIGNING_SECRET": self.signing_secret,
            "SLACK_API_URL": f"{self.url}/api/",
            "EXECUTIVE_CHANNEL": "C_EXEC",
            "DATABASE_URL": f"sqlite:///{self.folder / 'on_record.db'}",
            "TIMEZONE": "Europe/Berlin",
            "PORT": str(self.bot_port),
            "LOG_LEVEL": "WARNING",
        }

    def slack(self) -> list[str]:
        """Return the command that starts the stand-in Slack."""
        return [
            *(sys.executable, "-m", "sandbox", "--port", str(self.port)),
            *(
                "--workspace",
                str(HERE / "workspace.json"),
                "--manifest",
                str(ROOT / "manifest.json"),
            ),
            *("--keep", str(self.folder / "workspace.json")),
            *("--request-url", f"http://127.0.0.1:{self.bot_port}/slack/events"),
            *("--signing-secret", self.signing_secret, "--bot-token", self.bot_token),
        ]

    def bot(self) -> list[str]:
        """Return the command that starts the bot as the Procfile's `web` does, for us alone."""
        config = str(ROOT / "gunicorn.conf.py")
        here = f"127.0.0.1:{self.bot_port}"
        return [sys.executable, "-m", "gunicorn", "--config", config, "--bind", here]


def run(environ: Mapping[str, str], out: TextIO) -> int:
    """Run until Ctrl-C; return the exit status."""
    demo = _made(environ)
    if problem := _missing() or _port_problem(demo.port):
        out.write(f"{problem}\n")
        return 1
    try:
        with held(demo.folder, demo.url):
            return _run(demo, out, afresh=bool(environ.get("RESET")))
    except InUse as other:
        out.write(f"A demo runs from here already, at {other}; use that one, or stop it first.\n")
    except NotWritable as why:
        out.write(
            f"The demo cannot keep its data in {demo.folder}: {why}. "
            "Try: DEMO_FOLDER=/tmp/on-record-demo make demo\n"
        )
    return 1


def _missing() -> str:
    """Return what to do where packages of the stand-in Slack are missing; else nothing."""
    listed = re.findall(r"(?m)^[a-z][\w.-]*", NEEDED.read_text(encoding="utf-8"))
    missing = [name for name in listed if not _is_installed(name)]
    if not missing:
        return ""
    return f"The demo needs packages that are not here: {', '.join(missing)}. Run: make demo"


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _run(demo: Demo, out: TextIO, *, afresh: bool) -> int:
    if afresh:
        empty(demo.folder)
    try:
        _prepare(demo)
    except (subprocess.CalledProcessError, DatabaseError, DatabaseUnavailable):
        out.write(f"The data in {demo.folder} does not do; start afresh: make demo RESET=1\n")
        return 1
    return _show(demo, out)


def _show(demo: Demo, out: TextIO) -> int:
    """Run the stand-in and the bot until Ctrl-C, or until one of them ends by itself."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with contextlib.ExitStack() as running:
        parts: list[subprocess.Popen[bytes]] = []
        for command, url in ((demo.slack(), demo.api_test), (demo.bot(), demo.health)):
            parts.append(running.enter_context(_process(command, demo)))
            if failure := _wait_until_up(url, parts[-1], stop):
                out.write(f"The demo did not start: {failure}.\n")
                return 1
        if not stop.is_set():
            out.write(THINGS_TO_TRY.format(url=demo.url))
            out.flush()
        while not stop.wait(0.5):
            if any(part.poll() is not None for part in parts):
                out.write("The demo has ended by itself; the lines above say why.\n")
                return 1
    out.write("\nStopped.\n")
    return 0


def _made(environ: Mapping[str, str]) -> Demo:
    return Demo(
        port=_port(environ.get("DEMO_PORT") or str(PORT)),
        bot_port=_free_port(),
        folder=Path(environ.get("DEMO_FOLDER") or FOLDER).absolute(),
        signing_secret=secrets.token_hex(16),
        bot_token=f"xoxb-demo-{secrets.token_hex(8)}",
    )


def _port(told: str) -> int:
    if told.isdecimal() and 0 < int(told) <= HIGHEST_PORT:
        return int(told)
    raise BadSettings(
        f"DEMO_PORT is “{told}”; it is a port number, 1 to {HIGHEST_PORT}.\n"
        f"Try: make demo DEMO_PORT={OTHER_PORT}"
    )


def _prepare(demo: Demo) -> None:
    """Make the database, bring it to the newest migration, and fill it if it is empty."""
    database = Database(demo.environment()["DATABASE_URL"])
    try:
        if Migrations(database).trouble():
            upgrade = [sys.executable, "-m", "alembic", "upgrade", "head"]
            subprocess.run(upgrade, cwd=ROOT, env=demo.environment(), check=True)  # noqa: S603 - our own command
        with database.write() as session:
            if is_empty(session):
                seed(session, now=datetime.now(UTC))
    finally:
        database.dispose()


@contextlib.contextmanager
def _process(command: list[str], demo: Demo) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process of its own session, so that Ctrl-C reaches it through us, in order."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        command,
        cwd=ROOT,
        env=demo.environment(),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_up(url: str, part: subprocess.Popen[bytes], stop: threading.Event) -> str:
    """Wait until the URL answers, or until told to stop; return why it never will, or ""."""
    until = time.monotonic() + PATIENCE
    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is on this machine
    while time.monotonic() < until:
        with contextlib.suppress(OSError), directly.open(url, timeout=1):
            return ""
        if part.poll() is not None:
            return "the lines above say why"
        if stop.wait(0.05):
            return ""
    return f"nothing answers at {url} after {PATIENCE:.0f} seconds"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _port_problem(port: int) -> str:
    """Return what to do where the stand-in cannot listen at the port; else nothing."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            is_taken = error.errno == errno.EADDRINUSE
            why = "is taken" if is_taken else f"cannot be used: {error.strerror}"
            other = OTHER_PORT if port != OTHER_PORT else PORT
            return f"Port {port} {why}. Try: make demo DEMO_PORT={other}"
    return ""
