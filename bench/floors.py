"""What ours is measured against: Bolt with as little round it as does the job at all.

Each function returns a WSGI application for gunicorn, set up from the environment.
"""

import json
import os
import ssl
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slack_bolt import Ack, App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient


if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Wsgi = Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]
VIEW = "BENCH_VIEW"
"""Names the file with the constant view."""


def command() -> Wsgi:
    """Open a constant view in the request's own thread, with one TLS context for all calls."""
    return _alive(_opening(_app(), _view()))


def documented() -> Wsgi:
    """Open it the way Bolt's documentation has it: default mode, the client as it comes."""
    client = WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = App(
        token=os.environ["SLACK_BOT_TOKEN"],
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        client=client,
    )
    return _alive(_opening(app, _view()))


def submission() -> Wsgi:
    """Keep a submitted form in two rows, with the ORM, in one transaction; open forms too."""
    from bench.two_rows import keeper  # noqa: PLC0415 - the other floors must not pay for it

    app, keep, view = _app(), keeper(os.environ["DATABASE_URL"]), _view()

    def sent(ack: Ack, body: dict[str, Any]) -> None:
        keep(body["view"], body["user"])
        ack(response_action="update", view=view)

    app.view("incident_form")(sent)
    return _alive(_opening(app, view))


def _opening(app: App, view: dict[str, Any]) -> App:
    def asked(ack: Ack, client: WebClient, body: dict[str, Any]) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)

    app.command("/client-incident")(asked)
    return app


def _app() -> App:
    api_url = os.environ["SLACK_API_URL"]
    client = WebClient(
        os.environ["SLACK_BOT_TOKEN"],
        base_url=api_url,
        timeout=2,
        ssl=ssl.create_default_context() if api_url.startswith("https") else None,
    )
    return App(
        token=os.environ["SLACK_BOT_TOKEN"],
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        client=client,
        process_before_response=True,
    )


def _view() -> dict[str, Any]:
    view: dict[str, Any] = json.loads(Path(os.environ[VIEW]).read_text(encoding="utf-8"))
    return view


def _alive(app: App) -> Wsgi:
    handler = SlackRequestHandler(app)

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/healthz":
            return handler(environ, start_response)
        start_response("200 OK", [("content-length", "2")])
        return [b"ok"]

    return answer
