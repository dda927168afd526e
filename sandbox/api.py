"""The Web API over HTTP: tokens, limits, faults, the log, and the methods behind them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.args import Asked, read_call
from sandbox.desk import Desk
from sandbox.errors import SlackError
from sandbox.faults import Fault
from sandbox.methods.call import Call, Method
from sandbox.methods.table import METHODS
from sandbox.state import traffic
from sandbox.state.app import App
from sandbox.wire import Json


Drop: TypeAlias = Callable[[Request], Awaitable[None]]
TOO_MANY, NO_ANSWER = 429, 444
_HTML = "<!DOCTYPE html><html><body><h1>Server Error</h1></body></html>"


@dataclass(frozen=True)
class Reply:
    """An answer of the Web API. `status` 0: the connection is dropped instead."""

    status: int
    body: Json = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    html: str = ""
    json: object = None

    def response(self) -> Response:
        """Return it for HTTP."""
        if self.html:
            return Response(self.html, self.status, self.headers, "text/html")
        if self.json is not None:
            return JSONResponse(self.json, self.status, self.headers)
        return JSONResponse(self.body, self.status or NO_ANSWER, self.headers)


async def answer(request: Request, desk: Desk, drop: Drop) -> Response:
    """Answer one call of a method; `drop` ends the connection without an answer."""
    started = time.perf_counter()
    try:
        asked = await read_call(request)
    except SlackError as error:
        return JSONResponse(error.answer())
    fault = desk.faults.take(asked.method, asked.channel)
    await _pause(desk.faults.delay(asked.method), fault)
    if fault and fault.kind == "late":
        desk.start(_do_later(desk, asked, fault.seconds, desk.faults.called_off))
    reply = _reply(desk, asked, fault)
    response = reply.response()
    _log(desk, asked, reply, bytes(response.body), time.perf_counter() - started, fault)
    if not reply.status:
        await drop(request)
    return response


def respond(desk: Desk, asked: Asked) -> Reply:
    """Return the answer to a call that nothing goes wrong with."""
    world = desk.world
    method = METHODS.get(asked.method)
    if method is None:
        return _refused(world.app, SlackError("unknown_method", req_method=asked.method))
    wait = desk.rates.wait(world.settings, asked.method, method, asked.channel, world.clock.now())
    if wait:
        return _too_many(wait)
    call = Call(world, asked.args, asked.size)
    try:
        _require_token(world.app, method, asked.token)
        call.require_scope(*method.scopes)
        body = method.run(call)
    except SlackError as error:
        return _refused(world.app, error)
    return Reply(200, {"ok": True, **body}, _headers(world.app))


def _reply(desk: Desk, asked: Asked, fault: Fault | None) -> Reply:
    if fault is None or fault.kind == "slow":
        return respond(desk, asked)
    if fault.kind == "ratelimited":
        return _too_many(int(fault.seconds))
    if fault.kind in {"status", "json"}:
        return Reply(fault.status, html=_HTML if fault.kind == "status" else "", json=fault.body)
    if fault.kind == "error":
        return _refused(desk.world.app, SlackError(fault.code))
    if fault.kind == "lost":
        return Reply(0, respond(desk, asked).body)
    return Reply(0)


async def _do_later(desk: Desk, asked: Asked, seconds: float, now: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(now.wait(), seconds)
    respond(desk, asked)


def _too_many(seconds: int) -> Reply:
    return Reply(TOO_MANY, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(seconds)})


def _refused(app: App, error: SlackError) -> Reply:
    return Reply(200, error.answer(), _headers(app))


def _headers(app: App) -> dict[str, str]:
    return {"x-oauth-scopes": ",".join(app.scopes)} if app.scopes is not None else {}


def _require_token(app: App, method: Method, token: str) -> None:
    if method.token == "none":  # noqa: S105 - a kind of token
        return
    if not token:
        raise SlackError("not_authed")
    if token not in (app.bot_token, app.app_token):
        raise SlackError("invalid_auth")
    if token != (app.app_token if method.token == "app" else app.bot_token):  # noqa: S105 - a kind of token
        raise SlackError("not_allowed_token_type")


async def _pause(latency: float, fault: Fault | None) -> None:
    if fault and fault.kind in {"slow", "hang"}:
        latency += fault.seconds
    if latency:
        await asyncio.sleep(latency)


def _log(
    desk: Desk, asked: Asked, reply: Reply, answered: bytes, took: float, fault: Fault | None
) -> None:
    world = desk.world
    world.log_call(
        traffic.Call(
            world.feed.seq + 1,
            world.clock.now() - took,
            asked.method,
            asked.sent,
            b"{}" if reply.html else answered,
            reply.status,
            took,
            fault.kind if fault else "",
            refused=reply.body.get("ok") is False,
        )
    )
