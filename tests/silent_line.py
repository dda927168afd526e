"""A way to a PostgreSQL server that can fall silent: nothing is reset, and nothing arrives."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.postgres import DATABASE, PostgresServer


class SilentLine:
    """Passes bytes between a port of this machine and a server's socket."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fell_silent = [threading.Event()]
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Return the URL of the database named DATABASE by this way."""
        port = self._listener.getsockname()[1]
        return f"postgresql://postgres@127.0.0.1:{port}/{DATABASE}"

    def fall_silent(self) -> None:
        """Pass nothing more on the connections there are; new ones work."""
        self._fell_silent[-1].set()
        self._fell_silent.append(threading.Event())

    def close(self) -> None:
        """Take no more connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self._path))
                for ends in ((near, far), (far, near)):
                    given = (*ends, self._fell_silent[-1])
                    threading.Thread(target=self._pass_on, args=given, daemon=True).start()

    def _pass_on(self, source: socket.socket, goal: socket.socket, silent: threading.Event) -> None:
        with suppress(OSError), source:
            while (piece := source.recv(65_536)) and not silent.is_set():
                goal.sendall(piece)
            if silent.is_set():
                threading.Event().wait(60)
            goal.shutdown(socket.SHUT_WR)


@contextmanager
def silent_line(server: PostgresServer) -> Iterator[SilentLine]:
    """Yield a way to the server."""
    line = SilentLine(server.home / ".s.PGSQL.5432")
    try:
        yield line
    finally:
        line.close()
