"""The live feed over a WebSocket: each change as JSON, from ?since= on."""

import asyncio
import contextlib
from urllib.parse import urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.desk import Desk


BREATH = 20.0


async def live(socket: WebSocket) -> None:
    """Send changes until the watcher leaves; pages from elsewhere may not watch."""
    desk: Desk = socket.app.state.desk
    origin = socket.headers.get("origin")
    if origin and urlsplit(origin).netloc != socket.headers.get("host"):
        await socket.close()
        return
    await socket.accept()
    since = int(socket.query_params.get("since", desk.world.feed.seq))
    sending = asyncio.create_task(_send(socket, desk, since))
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
            await sending


async def _send(socket: WebSocket, desk: Desk, since: int) -> None:
    while True:
        changes = await desk.world.feed.wait(since, BREATH)
        for each in changes:
            await socket.send_json(each.as_json())
        since = changes[-1].seq if changes else since
