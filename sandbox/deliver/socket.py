"""Socket Mode: envelopes over the WebSockets that the app has opened."""

import asyncio
import itertools
import json
import secrets

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.deliver.packet import EVENT, FAILED, TIMEOUT, Answer, Packet
from sandbox.state.app import App
from sandbox.wire import Json


MOST_CONNECTIONS = 10
LARGEST_FRAME = 20_480
"""Bytes of a frame of the app's; above it Slack ends the connection for all that it carries."""

TOO_BIG = 1009


class SocketLine:
    """Reaches the app through any one of its connections."""

    def __init__(self) -> None:
        self._open: list[WebSocket] = []
        self._turns = itertools.count()
        self._waiting: dict[str, asyncio.Future[object]] = {}

    @property
    def connections(self) -> int:
        """How many connections the app holds."""
        return len(self._open)

    async def send(self, app: App, packet: Packet, seconds: float) -> Answer:  # noqa: ARG002 - as HttpLine has it
        """Send one envelope and return what came back with its acknowledgement."""
        if not self._open:
            return Answer(trouble=FAILED)
        envelope_id = secrets.token_hex(16)
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = future
        try:
            await self._next().send_text(json.dumps(_envelope(envelope_id, packet)))
            content = await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return Answer(trouble=TIMEOUT)
        except (WebSocketDisconnect, RuntimeError):
            return Answer(trouble=FAILED)
        finally:
            del self._waiting[envelope_id]
        return Answer(200, content)

    async def serve(self, socket: WebSocket, app: App) -> None:
        """Keep one of the app's connections until it ends."""
        await socket.accept()
        if len(self._open) >= MOST_CONNECTIONS:
            await socket.send_text(
                json.dumps({"type": "disconnect", "reason": "too_many_websockets"})
            )
            await socket.close()
            return
        self._open.append(socket)
        try:
            await socket.send_text(json.dumps(self._hello(app)))
            while len((text := await socket.receive_text()).encode()) <= LARGEST_FRAME:
                self._take(text)
            await socket.close(TOO_BIG)
        except WebSocketDisconnect:
            pass
        finally:
            if socket in self._open:
                self._open.remove(socket)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to go and close it, as Slack does every few hours."""
        leaving, self._open = self._open, []
        for socket in leaving:
            told = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
            await socket.send_text(json.dumps(told))
            await socket.close()

    async def close(self) -> None:
        """Close every connection."""
        await self.disconnect("link_disabled")

    def _next(self) -> WebSocket:
        return self._open[next(self._turns) % len(self._open)]

    def _take(self, text: str) -> None:
        try:
            acknowledged = json.loads(text)
        except ValueError:
            return
        future = self._waiting.get(acknowledged.get("envelope_id", ""))
        if future and not future.done():
            future.set_result(_content(acknowledged.get("payload")))

    def _hello(self, app: App) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": app.id},
        }


def _envelope(envelope_id: str, packet: Packet) -> Json:
    told: Json = {
        "envelope_id": envelope_id,
        "payload": packet.payload,
        "type": packet.kind,
        "accepts_response_payload": packet.kind != EVENT,
    }
    if packet.kind == EVENT:
        told |= {"retry_attempt": packet.retry, "retry_reason": packet.reason}
    return told


def _content(payload: object) -> object:
    return "" if payload is None or payload == {} else payload
