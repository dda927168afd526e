"""A way to a server that ends in every bad way: silent, cut off, reset, or never answering."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.postgres import DATABASE, PostgresServer


Address = str | tuple[str, int]
AT_ONCE = struct.pack("ii", 1, 0)


class SilentLine:
    """Passes bytes between a port of this machine and a server at a path or a host and port."""

    def __init__(self, server: Address) -> None:
        self.server = server
        self.accepted = 0
        self._fell_silent = [threading.Event()]
        self._ends: list[socket.socket] = []
        self._deaf = False
        self._closed = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """The port of this machine that leads to the server."""
        return self._listener.getsockname()[1]

    def fall_silent(self) -> None:
        """Pass nothing more on the connections there are; new ones work."""
        self._fell_silent[-1].set()
        self._fell_silent.append(threading.Event())

    def answer_nobody(self, *, deaf: bool = True) -> None:
        """Accept new connections and never say a word on them."""
        self._deaf = deaf

    def cut(self) -> None:
        """End the connections there are as a process that dies does: the stream just ends."""
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """End the connections there are as a firewall does: with a RST."""
        for end in self._ends:
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                end.shutdown(socket.SHUT_RD)
                end.close()

    def close(self) -> None:
        """Take no more connections, and end those there are."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._closed.set()
        self.cut()
        for end in self._ends:
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self.accepted += 1
                self._ends.append(near)
                if not self._deaf:
                    self._join(near, self._connect(near))

    def _join(self, near: socket.socket, far: socket.socket) -> None:
        self._ends.append(far)
        for ends in ((near, far), (far, near)):
            given = (*ends, self._fell_silent[-1])
            threading.Thread(target=self._pass_on, args=given, daemon=True).start()

    def _connect(self, _near: socket.socket) -> socket.socket:
        if not isinstance(self.server, str):
            return socket.create_connection(self.server)
        far = socket.socket(socket.AF_UNIX)
        far.connect(self.server)
        return far

    def _pass_on(self, source: socket.socket, goal: socket.socket, silent: threading.Event) -> None:
        with suppress(OSError), source:
            while (piece := source.recv(65_536)) and not silent.is_set():
                goal.sendall(piece)
            if silent.is_set():
                self._closed.wait(60)
            goal.shutdown(socket.SHUT_WR)


class PostgresLine(SilentLine):
    """A way to PostgreSQL."""

    @property
    def url(self) -> str:
        """Return the URL of the database named DATABASE by this way."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{DATABASE}"


class Proxy(SilentLine):
    """A proxy that leads to wherever it is asked to by CONNECT."""

    def __init__(self) -> None:
        super().__init__("")

    def _connect(self, near: socket.socket) -> socket.socket:
        host, _, port = near.recv(4096).split()[1].decode().rpartition(":")
        near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        return socket.create_connection((host, int(port)))


@contextmanager
def silent_line(server: PostgresServer) -> Iterator[PostgresLine]:
    """Yield a way to the server."""
    line = PostgresLine(str(server.home / ".s.PGSQL.5432"))
    try:
        yield line
    finally:
        line.close()
