"""A small Bolt app on the other side of the stand-in, reached over real HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from sandbox.driver import Slack


TOKEN, SECRET = "xoxb-sandbox", "sandbox-signing-secret"


def web_client(slack: Slack, token: str = TOKEN, **options) -> WebClient:
    """slack_sdk's client, without its retries, pointed at the stand-in."""
    return WebClient(token, base_url=slack.api_url, retry_handlers=[], **options)


def bolt_app(slack: Slack, secret: str = SECRET) -> App:
    return App(client=web_client(slack), signing_secret=secret, process_before_response=True)


@contextmanager
def serving(app: App) -> Iterator[str]:
    """Serve the app's request URL while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = app.dispatch(BoltRequest(body=body, headers=dict(self.headers)))
            self.send_response(answer.status)
            for name, value in answer.first_headers_without_set_cookie().items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/slack/events"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def plain(text: str) -> dict:
    return {"type": "plain_text", "text": text}


def modal(*blocks: dict, **more) -> dict:
    """A modal with a submit button."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("A form"),
        "submit": plain("Send"),
        "blocks": list(blocks),
        **more,
    }


def question(block_id: str, element: dict | None = None, label: str = "", **more) -> dict:
    """An input block, a line of text unless an element is given."""
    element = element or {"type": "plain_text_input"}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label or block_id),
        "element": {"action_id": "v", **element},
        **more,
    }


def actions(*buttons: str, block_id: str = "buttons") -> dict:
    """A row of buttons; each is named by its action_id."""
    elements = [{"type": "button", "action_id": each, "text": plain(each)} for each in buttons]
    return {"type": "actions", "block_id": block_id, "elements": elements}


def options(count: int) -> list[dict]:
    return [{"text": plain(f"Option {each}"), "value": str(each)} for each in range(count)]
