"""Requests to a stand-in's control interface."""

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from sandbox.wire import Json


REFUSED = 409
TIMEOUT = 60.0
Seen = TypeVar("Seen")


def directly(context: ssl.SSLContext | None = None) -> urllib.request.OpenerDirector:
    """Return what opens addresses on this machine: no proxy could reach those."""
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )


class NotOnScreen(Exception):  # noqa: N818 - not a fault of the program's
    """The person cannot do that now: it is not on their screen. The text says why."""


class Client:
    """Sends control requests; NotOnScreen and ValueError for those that are refused."""

    def __init__(self, base_url: str, context: ssl.SSLContext | None = None) -> None:
        self.base_url = base_url
        self._opener = directly(context)

    def get(self, path: str, **query: object) -> Any:  # noqa: ANN401 - JSON
        """Return what there is at /sandbox/{path}."""
        asked = f"?{urlencode(query)}" if query else ""
        return self._send("GET", f"{path}{asked}")

    def post(self, path: str, body: Mapping[str, object]) -> Any:  # noqa: ANN401 - JSON
        """Send a change or an act; returns its answer."""
        return self._send("POST", path, dict(body))

    def delete(self, path: str) -> None:
        """Forget what is kept at /sandbox/{path}."""
        self._send("DELETE", path)

    def seq(self) -> int:
        """Return the number of the newest change."""
        return int(self.get("changes")["seq"])

    def wait_for_any(self, since: int, seconds: float) -> list[Json]:
        """Return the changes after `since`, waiting for the first at most `seconds`."""
        wait = round(max(seconds, 0.0), 3)
        found: list[Json] = self.get("changes", since=since, wait=wait)["changes"]
        return found

    def wait_for(self, look: Callable[[], Seen | None], seconds: float) -> Seen | None:
        """Return what `look` finds, looking again after each change; None after `seconds`."""
        until = time.monotonic() + seconds
        while True:
            since = self.seq()
            found = look()
            if found or time.monotonic() >= until:
                return found or None
            self.wait_for_any(since, until - time.monotonic())

    def _send(self, method: str, path: str, body: Json | None = None) -> Any:  # noqa: ANN401 - JSON
        request = urllib.request.Request(  # noqa: S310 - our own stand-in's address
            f"{self.base_url}/sandbox/{quote(path, safe='/?=&%')}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                told = json.load(error).get("error", "")
                refused = error.code == REFUSED
            raise (NotOnScreen(told) if refused else ValueError(told)) from None
