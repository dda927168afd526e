"""Starting and stopping a stand-in, in this process or in a thread of it."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import uvicorn
from starlette.requests import Request

from sandbox.desk import Desk
from sandbox.server import build_app


STOPPING = 2  # seconds an unfinished request may still take
STARTING = 10.0
BACKLOG = 512


@dataclass(frozen=True)
class Address:
    """Where to listen; port 0 takes a free one. With both files, over TLS."""

    host: str = "127.0.0.1"
    port: int = 0
    certificate: str = ""
    key: str = ""

    def url(self, port: int) -> str:
        """Return the base URL at the port that was taken."""
        scheme = "https" if self.certificate else "http"
        named = "localhost" if self.certificate else self.host
        return f"{scheme}://{named}:{port}"


class Dropping:
    """Cuts off the connection a request came by, so that its sender gets no answer."""

    def __init__(self) -> None:
        self.server: uvicorn.Server | None = None

    async def __call__(self, request: Request) -> None:
        """Cut the connection off and wait until it is gone."""
        if self.server is None or request.client is None:
            return
        for each in list(self.server.server_state.connections):
            if getattr(each, "client", None) == tuple(request.client):
                each.transport.abort()
        while (await request.receive())["type"] != "http.disconnect":
            pass


def prepare(desk: Desk, address: Address) -> tuple[uvicorn.Server, socket.socket]:
    """Return a server with its listening socket; the desk learns its own address."""
    listening = _listen(address)
    desk.world.base_url = address.url(listening.getsockname()[1])
    dropping = Dropping()
    config = uvicorn.Config(
        build_app(desk, dropping),
        log_config=None,
        access_log=False,
        ssl_certfile=address.certificate or None,
        ssl_keyfile=address.key or None,
        timeout_graceful_shutdown=STOPPING,
    )
    dropping.server = uvicorn.Server(config)
    return dropping.server, listening


@contextlib.contextmanager
def in_thread(desk: Desk, address: Address) -> Iterator[str]:
    """Serve in a thread while the block runs; gives the base URL."""
    server, listening = prepare(desk, address)
    thread = threading.Thread(target=server.run, args=([listening],), name="sandbox")
    thread.start()
    try:
        _wait_until_started(server, thread)
        yield desk.world.base_url
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def _listen(address: Address) -> socket.socket:
    """Listen; asyncio spares answers Nagle's delay only where the protocol is named."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((address.host, address.port))
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    pause = threading.Event()
    for _ in range(int(STARTING * 200)):
        if server.started or not thread.is_alive():
            break
        pause.wait(0.005)
    if not server.started:
        raise RuntimeError("the stand-in did not start")
