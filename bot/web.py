"""HTTP mode: the WSGI application that gunicorn serves."""

import hashlib
import hmac
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from slack_bolt import BoltRequest, BoltResponse

from bot import app, config
from bot.arrival import LARGEST
from bot.health import Migrations, Readiness
from bot.logs import new_reference, watch_uncaught


if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Dispatch = Callable[[BoltRequest], BoltResponse]
log = logging.getLogger(__name__)
WINDOW = 300
"""Seconds that a signature is good for, before and after: Slack's own rule."""


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: HTTPStatus
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):  # noqa: N818 - it reads as what happened
    """This request is not taken, with this status."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Web:
    """What Slack sends, and whether we live and are ready."""

    def __init__(
        self,
        dispatch: Dispatch,
        signing_secret: str,
        readiness: Readiness,
        close: Callable[[], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`dispatch` is Bolt's; `close` ends what runs beside it; `clock` counts from 1970."""
        self.close = close
        self._dispatch, self._readiness, self._clock = dispatch, readiness, clock
        self._secret = signing_secret.encode()
        self._routes = {
            "/slack/events": ({"POST"}, self._from_slack),
            "/healthz": ({"GET", "HEAD"}, _alive),
            "/readyz": ({"GET", "HEAD"}, self._ready),
        }

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        reply = self._reply(environ)
        body = reply.body.encode()
        headers = reply.headers | {"content-length": str(len(body))}
        start_response(f"{reply.status.value} {reply.status.phrase}", list(headers.items()))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _reply(self, environ: "WSGIEnvironment") -> Reply:
        methods, route = self._routes.get(environ.get("PATH_INFO", ""), (set(), None))
        if route is None:
            return Reply(HTTPStatus.NOT_FOUND)
        if environ["REQUEST_METHOD"] not in methods:
            allowed = ", ".join(sorted(methods))
            return Reply(HTTPStatus.METHOD_NOT_ALLOWED, headers={"allow": allowed})
        try:
            return route(environ)
        except Refusal as refusal:
            return Reply(refusal.status)

    def _from_slack(self, environ: "WSGIEnvironment") -> Reply:
        headers, raw = _headers(environ), _body(environ)
        trouble = trouble_with_signature(self._secret, headers, raw, self._clock())
        if trouble:
            new_reference()
            log.warning("signature_refused", extra={"why": trouble})
            return Reply(HTTPStatus.UNAUTHORIZED)
        return _http(answer(self._dispatch, raw, headers))

    def _ready(self, _environ: "WSGIEnvironment") -> Reply:
        trouble = self._readiness.trouble()
        status = HTTPStatus.SERVICE_UNAVAILABLE if trouble else HTTPStatus.OK
        return _json(status, {"ready": not trouble} | ({"reason": trouble} if trouble else {}))


def application() -> Web:
    """Return the application of this process, at work, from the settings of the environment."""
    watch_uncaught()
    settings = config.from_env(os.environ, config.Mode.WEB)
    runtime = app.build(settings)
    runtime.start()
    readiness = Readiness(Migrations(runtime.deps.database).trouble)
    return Web(runtime.app.dispatch, settings.signing_secret, readiness, runtime.close)


def trouble_with_signature(secret: bytes, headers: dict[str, str], raw: bytes, now: float) -> str:
    """Return why this cannot be from Slack, or "" where it is.

    See https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    stamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not stamp or not signature:
        return "missing"
    if not re.fullmatch("[0-9]{1,12}", stamp) or not re.fullmatch("v0=[0-9a-f]{64}", signature):
        return "malformed"
    if abs(now - int(stamp)) > WINDOW:
        return "stale"
    wanted = hmac.new(secret, b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
    return "" if hmac.compare_digest(f"v0={wanted}", signature) else "wrong"


def answer(dispatch: Dispatch, raw: bytes, headers: Mapping[str, str]) -> BoltResponse:
    """Return what Bolt answers; 400 where the body has a shape that Slack never sends."""
    try:
        return dispatch(BoltRequest(body=raw.decode(), headers={**headers}))
    except Exception as error:  # Bolt trusts the shape of what it reads
        new_reference()
        log.warning("malformed_request", exc_info=error)
        return BoltResponse(status=400, body={"error": "malformed"})


def _alive(_environ: "WSGIEnvironment") -> Reply:
    return _json(HTTPStatus.OK, {"alive": True})


def _json(status: HTTPStatus, told: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(told), {"content-type": "application/json"})


def _headers(environ: "WSGIEnvironment") -> dict[str, str]:
    told = {
        name.removeprefix("HTTP_").lower().replace("_", "-"): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    return told | {"content-type": str(environ.get("CONTENT_TYPE", ""))}


def _body(environ: "WSGIEnvironment") -> bytes:
    length = environ.get("CONTENT_LENGTH")
    if length and int(length) > LARGEST:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if not length and not environ.get("wsgi.input_terminated"):
        return b""
    raw: bytes = environ["wsgi.input"].read(int(length) if length else LARGEST + 1)
    if len(raw) > LARGEST:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return raw


def _http(answered: BoltResponse) -> Reply:
    return Reply(HTTPStatus(answered.status), answered.body or "", answered.first_headers())
