"""Reading a control request and answering it."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.desk import Desk
from sandbox.errors import BadWorkspace, NotPossible, SlackError
from sandbox.wire import Json


Handler: TypeAlias = Callable[[Request], Awaitable[Response]]
Work: TypeAlias = Callable[[Desk, Request, Json], Awaitable[object]]
REFUSED, WRONG, NOT_JSON = 409, 400, 415


def desk_of(request: Request) -> Desk:
    """Return the desk of the stand-in that got the request."""
    desk: Desk = request.app.state.desk
    return desk


def control(work: Work) -> Handler:
    """Return an endpoint that does the work and answers with JSON.

    Only JSON bodies are taken, so that no foreign web page can send one.
    """

    async def endpoint(request: Request) -> Response:
        sent = await request.body()
        if sent and not request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse({"error": "send application/json"}, NOT_JSON)
        try:
            body = await request.json() if sent else {}
            return JSONResponse(await work(desk_of(request), request, body))
        except (NotPossible, SlackError) as refusal:
            return JSONResponse({"error": str(refusal)}, REFUSED)
        except (BadWorkspace, KeyError, TypeError, ValueError) as wrong:
            return JSONResponse({"error": f"{type(wrong).__name__}: {wrong}"}, WRONG)

    return endpoint
