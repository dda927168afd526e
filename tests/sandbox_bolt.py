"""A small Bolt app on the other side of the stand-in, reached over real HTTP."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from sandbox.driver import Slack, running


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


class Bot:
    """An app that keeps what it is sent and answers what it is told to."""

    def __init__(self):
        self.forget()

    def forget(self):
        self.got = []
        self.answers = []
        self.always = (200, "", {})
        self.meanwhile = None

    def __call__(self, body, headers, _seconds):
        self.got.append((body, headers))
        if self.meanwhile:
            self.meanwhile()
        answer = self.answers.pop(0) if self.answers else self.always
        if isinstance(answer, Exception):
            raise answer
        return answer

    def says(self, content):
        """Answer the next request with JSON, or with text."""
        if isinstance(content, str):
            self.answers.append((200, content, {"Content-Type": "text/plain"}))
        else:
            self.answers.append((200, json.dumps(content), {"Content-Type": "application/json"}))

    @property
    def payload(self):
        """The last interaction, or the last command's form."""
        body, headers = self.got[-1]
        if headers["Content-Type"] == "application/json":
            return json.loads(body)
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        return json.loads(form["payload"]) if "payload" in form else form


@contextmanager
def stand_in() -> Iterator[tuple[Slack, Bot]]:
    """A stand-in and an app that only notes what it gets."""
    bot = Bot()
    with running(bot=bot) as slack:
        yield slack, bot


def afresh(slack: Slack, bot: Bot) -> None:
    """Forget all that happened, and take rate limits off."""
    slack.reset()
    slack.settings(rate_limits=False)
    bot.forget()


def opened(slack: Slack, *blocks: dict, **more) -> dict:
    """Open a modal for Tara; returns the view."""
    trigger = slack.triggers("U_TARA")[0]
    return web_client(slack).views_open(trigger_id=trigger, view=modal(*blocks, **more))["view"]


def posted(slack: Slack, *blocks: dict, channel: str = "C_GENERAL") -> dict:
    """Post blocks; returns the message."""
    web_client(slack).chat_postMessage(channel=channel, text="x", blocks=list(blocks))
    return slack.messages(channel)[-1]


def multipart(*parts: tuple[str, str]) -> str:
    """A multipart body with the boundary "x", of each part's disposition and content."""
    told = [f"--x\r\nContent-Disposition: form-data; {how}\r\n\r\n{what}" for how, what in parts]
    return "\r\n".join([*told, "--x--\r\n"])
