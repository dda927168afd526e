"""A server under measurement: gunicorn in a process of its own, on 127.0.0.1."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil


ROOT = Path(__file__).resolve().parent.parent
OURS = ("--config", "gunicorn.conf.py")
OUR_WORKER = ("-m", "bot", "worker")
BOLT_WORKER = ("-m", "bench.floor_worker")
PATIENCE = 30.0
_SCHEDULED = 2
"""With a process id before it: Linux's clock of that process, where /proc counts hundredths."""

_INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR")
"""Settings of the person who runs the benchmark must not change what is measured."""


def floor(name: str) -> tuple[str, ...]:
    """Return gunicorn's arguments for one of the floors."""
    return "--config", "bench/floor_gunicorn.py", f"bench.floors:{name}()"


@dataclass
class Server:
    """A running process; `started` is the seconds from its start until it worked."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int = 0
    started: float = 0.0
    family: list[psutil.Process] = field(default_factory=list)

    def cpu(self) -> float:
        """Return the seconds of CPU that the server's processes have used."""
        return sum(map(cpu_of, self.family))

    def memory(self) -> tuple[float, float]:
        """Return the proportional and the resident set size in MB, of all its processes."""
        held = [each.memory_full_info() for each in self.family]
        return sum(each.pss for each in held) / 1e6, sum(each.rss for each in held) / 1e6

    def wait_until(self, works: Callable[[], bool], since: float) -> None:
        """Note how long it took until it works; RuntimeError with its log if it never does."""
        while not works():
            if self.process.poll() is not None or time.perf_counter() - since > PATIENCE:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")
            time.sleep(0.002)
        self.started = time.perf_counter() - since
        first = psutil.Process(self.process.pid)
        self.family = [first, *first.children(recursive=True)]


@contextlib.contextmanager
def serving(arguments: Sequence[str], environ: Mapping[str, str], log: Path) -> Iterator[Server]:
    """Serve while the block runs: gunicorn with these arguments, ended as a platform would."""
    port = free_port()
    command = ("-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *arguments)
    environ = {"PORT": str(port), **environ}
    with working(command, environ, log, lambda: _answers(port)) as server:
        server.port = port
        yield server


@contextlib.contextmanager
def working(
    command: Sequence[str], environ: Mapping[str, str], log: Path, works: Callable[[], bool]
) -> Iterator[Server]:
    """Run Python with these arguments while the block runs, which begins once it works."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    told = {**inherited, "PYTHON_DOTENV_DISABLED": "1", **environ}
    with log.open("ab") as output:
        since = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *command],
            env=told,
            cwd=ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = Server(process, log)
    try:
        server.wait_until(works, since)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def cpu_of(process: psutil.Process) -> float:
    """Return the seconds of CPU that a process has used, exactly where the kernel tells."""
    try:
        return time.clock_gettime(~process.pid << 3 | _SCHEDULED)
    except OSError:
        used: tuple[float, float] = process.cpu_times()[:2]
        return sum(used)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
