"""The Socket Mode line: a WebSocket that is asked for, watched, and opened again when it is lost.

Not the SDK's built-in client: that one does not see the end of a stream (slack_sdk 3.47 spins
on it for a minute), cuts frames at 65,535 bytes and loses a frame that arrives in two halves.
"""

import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import BoltRequest, BoltResponse
from slack_sdk import WebClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from bot.slack.people import FAILURES, what_failed


log = logging.getLogger(__name__)
Dispatch = Callable[[BoltRequest], BoltResponse]
REQUESTS_AT_ONCE = 16
OPENING = 5.0
"""Seconds for the handshake, and again for Slack's hello."""

PING = 8.0
"""Seconds between pings, and again for the pong: a silent peer is noticed within twice that."""

CLOSING = 1.0
LEAVING = 15.0
"""Seconds that a line stays open after Slack asked us to leave it; Slack closes it after ten."""

ANSWERABLE = 3.0
"""Seconds that an answer waits for a new line: after that Slack has given up on it."""

LARGEST = 2**24
OK = 200
PAUSES = (0, 1, 2, 4, 8, 15)
STEADY = 10.0
"""Seconds after which a line counts as working: if it is lost then, we reconnect at once."""

PATIENCE = 300.0
"""Seconds without a line after which it is worth restarting the process."""

LAST_WORDS = 3.0
"""Seconds that the line stays open for answers under way: closing it would lose them."""


class Line:
    """Takes requests from Slack and sends back the app's answers, over one line after another."""

    def __init__(
        self, dispatch: Dispatch, slack: WebClient, app_token: str, *, ping: float = PING
    ) -> None:
        """Ask Slack for nothing yet."""
        self._ping = ping
        self._dispatch, self._slack, self._app_token = dispatch, slack, app_token
        self._workers = ThreadPoolExecutor(REQUESTS_AT_ONCE, thread_name_prefix="request")
        self._changed = threading.Condition()
        self._lines: set[ClientConnection] = set()
        self._current: ClientConnection | None = None
        self._wanted = True
        self._closing = False
        self._answering = 0
        self._strikes = 0

    def keep_open(self, *, patience: float = PATIENCE) -> bool:
        """Keep a line open; return False after `patience` seconds without, else True at hang-up."""
        last_open = time.monotonic()
        while not self._closing:
            try:
                connection = self._dial()
            except Exception as error:  # noqa: BLE001 - whatever it was, without a line we are deaf
                if time.monotonic() - last_open > patience:
                    return False
                self._rest(self._log_failure(error))
            else:
                self._hold(connection)
                last_open = time.monotonic()
        return True

    def is_open(self) -> bool:
        """Return whether Slack can reach us, as far as is known."""
        return self._current is not None

    def hang_up(self) -> None:
        """Close the line as soon as nothing is being answered, in bounded time."""
        with self._changed:
            self._changed.wait_for(lambda: not self._answering, LAST_WORDS)
            self._closing, self._current = True, None
            self._changed.notify_all()
        for connection in tuple(self._lines):
            connection.close()
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _dial(self) -> ClientConnection:
        """Return a line over which Slack has said hello."""
        url = str(self._slack.apps_connections_open(app_token=self._app_token)["url"])
        connection = connect(
            url,
            ssl=self._slack.ssl if url.startswith("wss:") else None,
            proxy=self._slack.proxy or None,
            compression=None,
            open_timeout=OPENING,
            ping_interval=self._ping,
            ping_timeout=self._ping,
            close_timeout=CLOSING,
            max_size=LARGEST,
            legacy=True,
        )
        try:
            _bound_sending(connection.socket, 2 * self._ping)
            _require_hello(_message(connection.recv(OPENING)))
        except Exception:
            connection.close()
            raise
        return connection

    def _log_failure(self, error: Exception) -> float:
        """Return the seconds to wait before the next try."""
        self._strikes += 1
        pause = max(self._pause(), _wait_asked(error))
        extra = {**what_failed(error), "next_try_in": pause}
        expected = isinstance(error, (*FAILURES, WebSocketException))
        log.warning("cannot_connect", extra=extra, exc_info=None if expected else error)
        return pause

    def _pause(self) -> float:
        return PAUSES[min(self._strikes, len(PAUSES) - 1)]

    def _rest(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing, seconds)

    def _hold(self, connection: ClientConnection) -> None:
        """Use the line; return as soon as another one is to be opened."""
        began = time.monotonic()
        with self._changed:
            if self._closing:
                connection.close()
                return
            self._lines.add(connection)
            self._current, self._wanted = connection, False
            self._changed.notify_all()
        log.info("connected")
        threading.Thread(target=self._listen, args=(connection,), name="line", daemon=True).start()
        with self._changed:
            self._changed.wait_for(lambda: self._wanted or self._closing)
        if time.monotonic() - began >= STEADY:
            self._strikes = 0
        self._rest(self._pause())
        self._strikes += 1

    def _listen(self, connection: ClientConnection) -> None:
        leave_at = 0.0
        try:
            while True:
                left = max(0.0, leave_at - time.monotonic()) if leave_at else None
                message = _message(connection.recv(left))
                if message.get("type") == "disconnect":
                    leave_at = leave_at or time.monotonic() + LEAVING
                    self._ask_for_another(connection, str(message.get("reason")))
                else:
                    self._accept(message)
        except (ConnectionClosed, TimeoutError):
            pass
        finally:
            connection.close()
            self._drop(connection)

    def _ask_for_another(self, connection: ClientConnection, reason: str) -> None:
        """Have a new line opened; this one is used until then."""
        log.info("line_moves", extra={"reason": reason})
        with self._changed:
            self._wanted = self._wanted or self._current is connection
            self._changed.notify_all()

    def _drop(self, connection: ClientConnection) -> None:
        """Stop using a line that has ended."""
        with self._changed:
            self._lines.discard(connection)
            if self._current is not connection:
                return
            self._current, self._wanted = None, True
            self._changed.notify_all()
        log.warning("line_lost", extra={"code": connection.close_code})

    def _accept(self, message: dict[str, Any]) -> None:
        with self._changed:
            if not self._closing:
                self._answering += 1
                self._workers.submit(self._answer, message)

    def _answer(self, message: dict[str, Any]) -> None:
        try:
            request = SocketModeRequest.from_dict(message)
            if request:
                response = self._dispatch(_bolt_request(request))
                if response.status == OK:
                    self._send(_envelope(request, response))
        except Exception:
            log.exception("request_failed")
        finally:
            with self._changed:
                self._answering -= 1
                self._changed.notify_all()

    def _send(self, text: str) -> None:
        """Send over the line there is, or over the next one if that comes in time."""
        until = time.monotonic() + ANSWERABLE
        while connection := self._line_until(until):
            try:
                connection.send(text)
            except ConnectionClosed:
                self._drop(connection)
            else:
                return
        log.warning("answer_lost")

    def _line_until(self, until: float) -> ClientConnection | None:
        with self._changed:
            self._changed.wait_for(lambda: self._current, until - time.monotonic())
            return self._current


def _bound_sending(raw: socket.socket, seconds: float) -> None:
    """Have the kernel end a connection whose peer takes no bytes: a send would block for ever."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(1000 * seconds))


def _message(text: str | bytes) -> dict[str, Any]:
    """Return what Slack sent; empty if it is no JSON object."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def _require_hello(message: dict[str, Any]) -> None:
    if message.get("type") != "hello":
        raise ConnectionRefusedError(str(message.get("reason")))


def _wait_asked(error: Exception) -> float:
    """Return the seconds that Slack wants us to wait; 0 for a malformed Retry-After."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return min(max(int(headers.get("Retry-After", 0)), 0), PATIENCE)
    except ValueError:
        return 0


def _bolt_request(request: SocketModeRequest) -> BoltRequest:
    retry = {
        "x-slack-retry-num": request.retry_attempt,
        "x-slack-retry-reason": request.retry_reason,
    }
    headers: dict[str, Any] = {name: str(told) for name, told in retry.items() if told is not None}
    return BoltRequest(mode="socket_mode", body=request.payload, headers=headers)


def _envelope(request: SocketModeRequest, response: BoltResponse) -> str:
    """Return the acknowledgement as it travels: in ASCII, so that characters are bytes."""
    payload: dict[str, Any] | None = None
    if response.body:
        is_json = response.first_headers().get("content-type", "").startswith("application/json")
        payload = json.loads(response.body) if is_json else {"text": response.body}
    return json.dumps(SocketModeResponse(request.envelope_id, payload).to_dict())
