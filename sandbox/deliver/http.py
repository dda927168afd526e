"""Signed HTTP requests to the app's request URL."""

import asyncio
import hashlib
import hmac
import http.client
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TypeAlias
from urllib.parse import urlsplit

from sandbox.deliver.packet import FAILED, TIMEOUT, Answer, Packet, read_answer
from sandbox.state.app import App


THREADS = 64
Reply: TypeAlias = tuple[int, str, Mapping[str, str]]
Post: TypeAlias = Callable[[bytes, Mapping[str, str], float], Reply]


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return the x-slack-signature of a body."""
    signed = b"v0:%d:%b" % (timestamp, body)
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signed_headers(app: App, packet: Packet, body: bytes, content_type: str) -> dict[str, str]:
    """Return the headers Slack sends along."""
    now = int(time.time())
    headers = {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": str(now),
        "X-Slack-Signature": signature(app.signing_secret, now, body),
    }
    if packet.retry:
        headers["X-Slack-Retry-Num"] = str(packet.retry)
        headers["X-Slack-Retry-Reason"] = packet.reason
    return headers


def posting_to(url: str) -> Post:
    """Return a function that posts to this URL; it raises OSError or HTTPException."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection

    def post(body: bytes, headers: Mapping[str, str], seconds: float) -> Reply:
        with closing(kind(parts.netloc, timeout=seconds)) as connection:
            connection.request("POST", parts.path or "/", body, dict(headers))
            got = connection.getresponse()
            return got.status, got.read().decode(errors="replace"), dict(got.getheaders())

    return post


class HttpLine:
    """Reaches the app over HTTP, or in tests by any function that takes its place."""

    def __init__(self, post: Post | None = None) -> None:
        self.post = post
        self._threads = ThreadPoolExecutor(THREADS, "sandbox-http")

    async def send(self, app: App, packet: Packet, seconds: float) -> Answer:
        """Send one signed request and return its answer."""
        if self.post is None:
            return Answer(trouble=FAILED)
        body, content_type = packet.body()
        headers = signed_headers(app, packet, body, content_type)
        loop = asyncio.get_running_loop()
        posted = loop.run_in_executor(self._threads, self.post, body, headers, seconds)
        try:
            return read_answer(*await asyncio.wait_for(posted, seconds))
        except TimeoutError:
            return Answer(trouble=TIMEOUT)
        except (OSError, http.client.HTTPException):
            return Answer(trouble=FAILED)

    async def close(self) -> None:
        """Wait for the requests under way, a few seconds at most."""
        await asyncio.to_thread(self._threads.shutdown)
