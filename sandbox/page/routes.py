"""The page's addresses: the page itself, its files, and what people do on it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.control.requests import control, desk_of
from sandbox.page import acts


HERE = Path(__file__).parent
STATIC = HERE.parent / "static"
NOT_FOUND = 404
_SHARED = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
PAGE = _SHARED | {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
}
FILE = _SHARED | {"Content-Security-Policy": "sandbox; default-src 'none'"}
KEPT = _SHARED | {"Cache-Control": "public, max-age=31536000, immutable"}
_TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
)


def page_routes() -> list[BaseRoute]:
    """Return every route of the page."""
    files = StaticFiles(directory=STATIC)
    return [
        Route("/", page),
        Route("/archives/{channel}", page),
        Route("/archives/{channel}/{message}", page),
        Route("/files/{file}/{name}", view_file),
        Route("/page/people/{person}/enter", control(acts.enter), methods=["POST"]),
        Route("/page/people/{person}/submit", control(acts.submit), methods=["POST"]),
        Route("/page/people/{person}/suggest", control(acts.suggest), methods=["POST"]),
        Mount("/static/{version}", _with_headers(files, KEPT)),
    ]


async def page(request: Request) -> Response:
    """Return the workspace page; all that it shows it asks for itself."""
    files = {each.relative_to(STATIC).as_posix(): each for each in sorted(STATIC.rglob("*.*"))}
    told = _TEMPLATES.get_template("workspace.html").render(
        team=desk_of(request).world.team.name,
        static=f"/static/{_version(files)}",
        modules=[name for name in files if name.endswith(".js")],
        styles=[name for name in files if name.endswith(".css")],
    )
    return HTMLResponse(told, headers=PAGE)


def _version(files: Mapping[str, Path]) -> str:
    """Return a name for the files as they are, so that browsers may keep them."""
    told = "".join(f"{name} {path.stat().st_mtime_ns}\n" for name, path in files.items())
    return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()


async def view_file(request: Request) -> Response:
    """Give a person a file that somebody shared, at its permalink."""
    file = desk_of(request).world.files.get(request.path_params["file"])
    if file is None:
        return PlainTextResponse("unknown file", NOT_FOUND)
    return Response(file.content, media_type=file.mimetype, headers=FILE)


def _with_headers(app: ASGIApp, headers: Mapping[str, str]) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        await app(scope, receive, sending)

    return answer
