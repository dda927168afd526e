"""Cursors: Slack's way through long lists."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from sandbox.errors import SlackError
from sandbox.methods.call import Call
from sandbox.wire import Json


Item = TypeVar("Item")
MOST = 1000


def limit_of(call: Call, default: int = 100) -> int:
    """Return the page size asked for; SlackError("invalid_limit") where it is no such size."""
    limit = call.number("limit", default, "invalid_limit")
    if not 1 <= limit <= MOST:
        raise SlackError("invalid_limit")
    return limit


def page(call: Call, items: Sequence[Item], default: int = 100) -> tuple[list[Item], str]:
    """Return one page of the items, and the cursor of the next ("" at the end)."""
    start, limit = _start(call), limit_of(call, default)
    rest = start + limit < len(items)
    return list(items[start : start + limit]), _cursor(start + limit) if rest else ""


def with_cursor(body: Json, cursor: str) -> Json:
    return body | {"response_metadata": {"next_cursor": cursor}}


def _cursor(start: int) -> str:
    return base64.b64encode(f"next:{start}".encode()).decode()


def _start(call: Call) -> int:
    given = call.text("cursor", "")
    if not given:
        return 0
    try:
        word, _, number = base64.b64decode(given, validate=True).decode().partition(":")
        if word == "next":
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise SlackError("invalid_cursor")
