"""Keeps acknowledgements small: if one is too large, Slack closes the line for everybody.

Slack closes a Socket Mode line on a frame of more than about 20,480 bytes, and a character beyond
ASCII is six or twelve of them. HTTP has no such limit; one way for both keeps both tested.
"""

import json
import logging
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack import blocks
from bot.slack.blocks import Block, View
from bot.slack.people import FAILURES, what_failed
from bot.slack.text import cut


log = logging.getLogger(__name__)
Answer = dict[str, Any]
BUDGET = 16_000
"""Bytes of a whole acknowledgement as it is sent."""

ENVELOPE = 100
"""Bytes around the answer: an id and the names of two fields."""

ROOM = BUDGET - ENVELOPE
PREVIEWED = frozenset({"header", "section", "context", "rich_text", "divider"})
SHOWN_ONLY = ("type", "title", "close")
FOLLOWS = "The rest follows in a moment…"
MISSING = "The rest could not be shown. Please close this and try again: nothing is done twice."
PAUSES = (0.1, 0.2, 0.4, 0.8, 1.5)
"""Seconds before each try: Slack has to read the acknowledgement before the view that follows."""


@dataclass(frozen=True)
class Fitted:
    """An answer within the budget, and the whole view where the answer has only its beginning."""

    answer: Answer
    whole: View | None = None


def size(value: object) -> int:
    """Return the bytes that a value takes on the wire."""
    return len(json.dumps(value))


def fit(answer: Answer) -> Fitted:
    """Return the answer as it is where it is small enough, else as much of it as may travel."""
    if size(answer) <= ROOM:
        return Fitted(answer)
    if "options" in answer:
        return Fitted({"options": _fitting_options(answer["options"])})
    if "errors" in answer:
        return Fitted(answer | {"errors": _fitting_errors(answer["errors"])})
    whole = answer["view"] | {"external_id": secrets.token_hex(16)}
    return Fitted(answer | {"view": preview(whole)}, whole)


def preview(view: View, last: str = FOLLOWS) -> View:
    """Return as much of the view's beginning as may travel, with nothing to press or to fill in."""
    shown = {name: view[name] for name in (*SHOWN_ONLY, "external_id") if name in view}
    kept: list[Block] = []
    left = ROOM - size(shown) - size(blocks.context(last)) - ENVELOPE
    for block in (each for each in view["blocks"] if each["type"] in PREVIEWED):
        still = {name: value for name, value in block.items() if name != "accessory"}
        left -= size(still) + 2
        if left < 0:
            break
        kept.append(still)
    return shown | {"blocks": [*kept, blocks.context(last)]}


def follow_up(slack: WebClient, view: View, submitted: str = "") -> None:
    """Put the whole view in place of its beginning; if that was closed, nobody is told.

    The view is found by its external_id, so this cannot overtake the acknowledgement: Slack does
    not know the id before. If the acknowledgement is lost, `submitted` is the view still open.
    """
    named = {"external_id": view["external_id"]}
    ways = [(pause, named) for pause in PAUSES]
    ways += [(0.0, {"view_id": submitted})] if submitted else []
    for pause, way in ways:
        time.sleep(pause)
        try:
            slack.views_update(**way, view=view)
        except FAILURES as error:
            failure = error
        else:
            return
    if not is_closed(failure):
        log.warning("view_not_completed", extra=what_failed(failure))
        with suppress(*FAILURES):
            slack.views_update(**named, view=preview(view, MISSING))


def is_closed(error: Exception) -> bool:
    """Return whether Slack says that the view is no longer open: its reader closed it."""
    if not isinstance(error, SlackApiError):
        return False
    answer = error.response
    return answer.get("error") == "not_found" and "/views." in str(answer.api_url)


def _fitting_options(options: list[Block]) -> list[Block]:
    """Return the first options that fit, and the last: it offers to add what was typed."""
    *others, last = options
    left = ROOM - size({"options": [last]})
    kept: list[Block] = []
    for option in others:
        left -= size(option) + 2
        if left < 0:
            break
        kept.append(option)
    return [*kept, last]


def _fitting_errors(errors: dict[str, str]) -> dict[str, str]:
    limit = max(map(len, errors.values()))
    while size(errors) > ROOM - ENVELOPE and limit > 1:
        limit //= 2
        errors = {field: cut(text, limit) for field, text in errors.items()}
    return errors
