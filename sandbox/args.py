"""Reading a request's arguments, however the client sent them."""

import json
from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.errors import SlackError
from sandbox.wire import Json


async def read_args(request: Request) -> tuple[Json, int]:
    """Return the arguments from the query and the body, and the body's length in bytes."""
    args: Json = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/json":
        args |= _json(body)
    elif kind == "multipart/form-data":
        form = await request.form()
        args |= {name: value for name, value in form.items() if isinstance(value, str)}
    elif body:
        args |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    return args, len(body)


def _json(body: bytes) -> Json:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(found, dict):
        raise SlackError("json_not_object")
    return found
