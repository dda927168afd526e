"""Reading a request's arguments, however the client sent them."""

import json
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.errors import SlackError
from sandbox.wire import Json


@dataclass(frozen=True)
class Asked:
    """A call as it arrived. `sent` is its arguments as JSON, `size` the bytes of the body."""

    method: str
    args: Json
    token: str
    sent: bytes
    size: int

    @property
    def channel(self) -> str:
        """The channel it is about, if any."""
        return str(self.args.get("channel") or "")


async def read_call(request: Request) -> Asked:
    """Return the call that a request makes; SlackError where its body cannot be read."""
    query = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    posted = await _posted(request, body, kind)
    args = {**query, **posted}
    among_them = str(args.pop("token", ""))
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip() or among_them
    as_sent = kind == "application/json" and body and args == posted
    sent = body if as_sent else json.dumps(args).encode()
    return Asked(request.path_params["method"], args, token, sent, len(body))


async def _posted(request: Request, body: bytes, kind: str) -> Json:
    if kind == "application/json":
        return _json(body)
    if kind == "multipart/form-data":
        form = await request.form()
        return {name: value for name, value in form.items() if isinstance(value, str)}
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


def _json(body: bytes) -> Json:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(found, dict):
        raise SlackError("json_not_object")
    return found
