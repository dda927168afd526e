"""Requests as Slack sends them, signed and ready for the wire."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from sandbox.deliver.http import signature


SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105 - the stand-in's, worth nothing


def command(payload: Mapping[str, Any], trigger_id: str) -> bytes:
    """Return the request of a slash command that may open one view."""
    return _request(urlencode({**payload, "trigger_id": trigger_id}).encode())


def submission(payload: Mapping[str, Any], form_id: str, client_id: int) -> bytes:
    """Return the request of a submitted form: another form, about another client."""
    view = dict(payload["view"])
    metadata = json.dumps(json.loads(view["private_metadata"]) | {"key": form_id})
    values = {
        block: {name: _chosen(name, value, client_id) for name, value in held.items()}
        for block, held in view["state"]["values"].items()
    }
    view |= {"id": form_id, "root_view_id": form_id, "private_metadata": metadata}
    view |= {"state": {"values": values}}
    return _request(urlencode({"payload": json.dumps({**payload, "view": view})}).encode())


def _chosen(name: str, value: Any, client_id: int) -> Any:  # noqa: ANN401 - JSON
    if name != "client":
        return value
    return {**value, "selected_option": {**value["selected_option"], "value": f"c:{client_id}"}}


def _request(body: bytes) -> bytes:
    now = int(time.time())
    head = (
        "POST /slack/events HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\n"
        "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
        "Accept: application/json,*/*\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {now}\r\n"
        f"X-Slack-Signature: {signature(SIGNING_SECRET, now, body)}\r\n"
        "\r\n"
    )
    return head.encode() + body
