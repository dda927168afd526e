"""Sends requests and notes when each was sent and answered, with little work of its own."""

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial


PATIENCE = 30.0
OK = 200


@dataclass(frozen=True)
class Answer:
    """One request's fate; `sent_at` in seconds since 1970. `status` 0: no answer."""

    request: bytes
    sent_at: float
    took: float
    status: int
    body: bytes = b""


@dataclass(frozen=True)
class Waves:
    """So many requests: `size` of them at once, and the next so many `every` seconds later."""

    size: int
    every: float
    count: int


class Connection:
    """A connection that is kept, or opened again where the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> Answer:
        """Send a request and wait for its answer."""
        sent_at, started = time.time(), time.perf_counter()
        try:
            status, body = self._exchange(request)
        except OSError:
            status, body = 0, b""
            self.close()
        return Answer(request, sent_at, time.perf_counter() - started, status, body)

    def close(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket = None

    def _exchange(self, request: bytes) -> tuple[int, bytes]:
        again = self._socket is not None
        try:
            return self._once(request)
        except ConnectionError:
            if not again:
                raise
            self.close()  # it was kept too long: the server had let go of it
            return self._once(request)

    def _once(self, request: bytes) -> tuple[int, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        head, body = self._received(self._socket)
        if b"connection: close" in head:
            self.close()
        return int(head[9:12]), body

    def _received(self, source: socket.socket) -> tuple[bytes, bytes]:
        got = b""
        while b"\r\n\r\n" not in got:
            got += _some(source)
        head, _, body = got.partition(b"\r\n\r\n")
        head = head.lower()
        _, _, length = head.partition(b"content-length:")
        while len(body) < int(length.partition(b"\r\n")[0] or 0):
            body += _some(source)
        return head, body


def in_waves(port: int, requests: Sequence[bytes], waves: Waves) -> list[Answer]:
    """Send them in waves on kept connections."""
    begin = time.perf_counter() + 0.01
    return _together(
        partial(_in_time, port, requests[place :: waves.size], begin, waves.every)
        for place in range(waves.size)
    )


def spread(port: int, requests: Sequence[bytes], seconds: float) -> list[Answer]:
    """Send each on a connection of its own, evenly over the time, whatever was answered."""
    begin, step = time.perf_counter() + 0.05, seconds / len(requests)
    return _together(
        partial(_in_time, port, [request], begin + place * step, 0.0)
        for place, request in enumerate(requests)
    )


def _in_time(port: int, requests: Sequence[bytes], begin: float, every: float) -> list[Answer]:
    """Send the first at `begin`, and each other so much later, or as soon as that is possible."""
    with closing(Connection(port)) as connection:
        answers = []
        for number, request in enumerate(requests):
            time.sleep(max(0.0, begin + number * every - time.perf_counter()))
            answers.append(connection.ask(request))
        return answers


def _together(lanes: Iterable[Callable[[], list[Answer]]]) -> list[Answer]:
    """Run each on a thread of its own and return what all of them got, in the order of sending."""
    work = list(lanes)
    with ThreadPoolExecutor(len(work)) as threads:
        found = threads.map(lambda lane: lane(), work)
        return sorted((each for lane in found for each in lane), key=lambda each: each.sent_at)


def _some(source: socket.socket) -> bytes:
    got = source.recv(65_536)
    if not got:
        raise ConnectionResetError
    return got
