"""The gunicorn worker of HTTP mode: only whole requests take a thread.

With gunicorn's own, as many connections as it has threads stop it by sending half a request
each and waiting, long before any signature could be checked.
"""

import time
from collections.abc import Callable
from functools import partial
from selectors import EVENT_READ
from socket import SHUT_WR, socket
from typing import TYPE_CHECKING, Any

from gunicorn.http import get_parser  # type: ignore[import-untyped]  # it comes without types
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]  # the same

from bot.arrival import Arrival, arrival


if TYPE_CHECKING:
    from concurrent.futures import Future

PATIENCE = 5.0
"""Seconds for a request to arrive, and again for the other side to close."""

PIECE = 65_536
TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class WholeRequests(ThreadWorker):  # type: ignore[misc]  # gunicorn is not typed
    """Gathers each request on the main thread, without waiting, before a thread answers it."""

    def enqueue_req(self, conn: TConn) -> None:
        """Have the next request on this connection answered once it has arrived."""
        if self.cfg.is_ssl:  # its bytes are not ours to read
            super().enqueue_req(conn)
            return
        conn.sock.settimeout(0)
        ahead = conn.parser.unreader.take_buffered() if conn.parser else b""
        self._look(conn, bytearray(ahead))

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Keep the connection where the answer said so; gunicorn would wait here for its end."""
        failed = fs.cancelled() or fs.exception()
        if failed or not fs.result():
            self._let_go(conn)
        else:
            super().finish_request(conn, fs)

    def _look(self, conn: TConn, arrived: bytearray) -> None:
        found = arrival(arrived)
        if found is Arrival.PARTIAL:
            self._await(conn, partial(self._gather, conn, arrived))
        elif found is Arrival.WHOLE:
            self._hand_over(conn, arrived)
        else:
            _send_at_once(conn.sock, TOO_LARGE)
            self._let_go(conn)

    def _await(self, conn: TConn, heard: Callable[[socket], None]) -> None:
        conn.timeout = time.monotonic() + PATIENCE
        self.pending_conns.append(conn)  # closed by gunicorn's loop when its time is up
        self.poller.register(conn.sock, EVENT_READ, heard)

    def _await_no_more(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)

    def _gather(self, conn: TConn, arrived: bytearray, sock: socket) -> None:
        piece = _received(sock)
        if piece is None:
            return
        arrived += piece
        if not piece:
            self._await_no_more(conn)
            self._close(conn)
        elif arrival(arrived) is not Arrival.PARTIAL:
            self._await_no_more(conn)
            self._look(conn, arrived)

    def _hand_over(self, conn: TConn, arrived: bytearray) -> None:
        # The parser gets these bytes and no socket: no thread can come to wait for more.
        conn.parser = get_parser(self.cfg, [bytes(arrived)], conn.client)
        conn.initialized = conn.data_ready = True
        super().enqueue_req(conn)

    def _let_go(self, conn: TConn) -> None:
        """Close it once the other side has read the answer; at once, it might be cut off."""
        try:
            conn.sock.settimeout(0)
            conn.sock.shutdown(SHUT_WR)
        except OSError:
            self._close(conn)
        else:
            self._await(conn, partial(self._drain, conn))

    def _drain(self, conn: TConn, sock: socket) -> None:
        if _received(sock) == b"":
            self._await_no_more(conn)
            self._close(conn)

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()


def _received(sock: socket) -> bytes | None:
    """Return what there is; nothing at the end, None where there was no word after all."""
    try:
        return sock.recv(PIECE)
    except (BlockingIOError, InterruptedError):
        return None
    except OSError:
        return b""


def _send_at_once(sock: socket, answer: bytes) -> None:
    try:
        sock.send(answer)
    except OSError:
        return
