"""The server: Web API, response URLs, files, Socket Mode, the control interface and the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from sandbox import api
from sandbox.avatars import avatar
from sandbox.control.requests import desk_of
from sandbox.control.routes import control_routes
from sandbox.deliver import response_urls
from sandbox.desk import Desk
from sandbox.errors import SlackError
from sandbox.page.routes import page_routes


NOT_FOUND, GONE_WRONG = 404, 400


def build_app(desk: Desk, drop: api.Drop) -> Starlette:
    """Return the ASGI application of a stand-in; `drop` cuts a connection off."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await desk.close()

    async def web_api(request: Request) -> Response:
        return await api.answer(request, desk, drop)

    app = Starlette(
        routes=[
            Route("/api/{method}", web_api, methods=["GET", "POST"]),
            Route("/response/{team}/{key}", respond, methods=["POST"]),
            Route("/upload/{file}", upload, methods=["POST"]),
            Route("/files/{file}", download),
            Route("/files/{file}/download", download),
            Route("/avatars/{person}", portrait),
            WebSocketRoute("/link", link),
            *control_routes(),
            *page_routes(),
        ],
        lifespan=lifespan,
    )
    app.state.desk = desk
    return app


async def respond(request: Request) -> Response:
    """Take what an app sends to a response URL."""
    desk = desk_of(request)
    fault = desk.faults.take("response_url", "")
    if fault and fault.kind == "status":
        return PlainTextResponse("Server Error", fault.status)
    try:
        response_urls.use(desk.world, request.path_params["key"], await request.body())
    except SlackError as error:
        status = NOT_FOUND if error.code.endswith("_url") else GONE_WRONG
        return JSONResponse(error.answer(), status)
    return PlainTextResponse("ok")


async def upload(request: Request) -> Response:
    """Take the bytes of a file that an app announced."""
    file = desk_of(request).world.files.get(request.path_params["file"])
    if file is None or file.complete:
        return PlainTextResponse("unknown file", NOT_FOUND)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            sent = next(each for each in form.values() if not isinstance(each, str))
            file.content = await sent.read()
    else:
        file.content = await request.body()
    return PlainTextResponse(f"OK - {len(file.content)}")


async def download(request: Request) -> Response:
    """Give a file's bytes to the app, which shows its token; others are sent away to sign in."""
    world = desk_of(request).world
    if request.headers.get("authorization") != f"Bearer {world.app.bot_token}":
        return RedirectResponse(world.base_url + "/", 302)
    file = world.files.get(request.path_params["file"])
    if file is None:
        return PlainTextResponse("unknown file", NOT_FOUND)
    return Response(file.content, media_type=file.mimetype)


async def portrait(request: Request) -> Response:
    """Draw a person's picture."""
    person = desk_of(request).world.people.get(request.path_params["person"])
    if person is None:
        return PlainTextResponse("nobody", NOT_FOUND)
    return Response(avatar(person), media_type="image/svg+xml")


async def link(socket: WebSocket) -> None:
    """Serve one Socket Mode connection."""
    desk: Desk = socket.app.state.desk
    await desk.socket.serve(socket, desk.world.app)
