"""What went wrong with a message, and what follows: who waits, for how long, and what is known.

The classes of error codes are Slack's, see the list of errors of chat.postMessage.
"""

import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

from bot.slack.codes import code_of


UNSAID = 30.0
"""Seconds to wait where Slack says "too many" and not for how long."""
LONGEST = 3600.0


class Waits(Enum):
    """What waits: this message alone, its conversation, or everything there is to send."""

    MESSAGE = "message"
    LANE = "lane"
    ALL = "all"


@dataclass(frozen=True)
class Trouble:
    """Why a message does not stand yet.

    `held`: until somebody mends it. `acted`: it may stand all the same. `lingers`: or may come
    to stand even later. `seconds`: as long as Slack said.
    """

    code: str
    waits: Waits = Waits.MESSAGE
    held: bool = False
    acted: bool = False
    lingers: bool = False
    seconds: float | None = None


class Failed(Exception):  # noqa: N818 - it reads as what happened
    """A message was not sent, for this trouble."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.code)
        self.trouble = trouble


_UNCLEAR = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout"})
_LINGERING = frozenset({"request_timeout", "http_408", "http_504"})
_LATER = {
    "external_channel_migrating": Waits.LANE,
    "org_login_required": Waits.ALL,
    "team_added_to_org": Waits.ALL,
    "update_failed": Waits.MESSAGE,
}
_TOKEN = frozenset(
    {
        "access_denied",
        "accesslimited",
        "account_inactive",
        "app_access_restricted",
        "ekm_access_denied",
        "invalid_auth",
        "not_allowed_token_type",
        "not_authed",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
_CONVERSATION = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "channel_public",
        "channel_share_pending",
        "channel_shared",
        "channel_unclear",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "missing_scope",
        "no_permission",
        "not_a_channel",
        "not_a_member",
        "not_in_channel",
        "posting_to_general_channel_denied",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
    }
)


def of_code(code: str) -> Trouble:
    """Return what an error code of Slack's, or of our own, means for a message."""
    name = code.partition(":")[0]
    if name in _UNCLEAR:
        return Trouble(code, acted=True, lingers=name in _LINGERING)
    if name in _LATER:
        return Trouble(code, _LATER[name])
    if name in _TOKEN:
        return Trouble(code, Waits.ALL, held=True)
    if name in _CONVERSATION:
        return Trouble(code, Waits.LANE, held=True)
    return Trouble(code, Waits.MESSAGE, held=True)


def of_error(error: Exception) -> Trouble:
    """Return what an exception of a call to Slack means for a message."""
    if isinstance(error, SlackApiError):
        return _of_answer(error.response)
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ConnectionRefusedError | socket.gaierror):
        return Trouble("unreachable")
    if isinstance(reason, TimeoutError):
        return Trouble("no_answer", acted=True, lingers=True)
    if isinstance(error, OSError | HTTPException):
        return Trouble("connection_lost", acted=True)
    return Trouble(f"error:{type(error).__name__}", Waits.MESSAGE, held=True, acted=True)


@contextmanager
def looking(rests: Waits = Waits.MESSAGE) -> Iterator[None]:
    """Turn what a question to Slack raises into Failed; a question changes nothing there."""
    try:
        with acting(rests):
            yield
    except Failed as failed:
        raise Failed(replace(failed.trouble, acted=False, lingers=False)) from failed


@contextmanager
def acting(rests: Waits = Waits.ALL) -> Iterator[None]:
    """Turn what a call that changes something raises into Failed.

    `rests` says who waits if Slack is asked too often: it limits each method by itself.
    """
    try:
        yield
    except Failed:
        raise
    except Exception as error:
        trouble = of_error(error)
        is_limit = trouble.code == "ratelimited"
        raise Failed(replace(trouble, waits=rests) if is_limit else trouble) from error


def retry_after(headers: Mapping[str, Any]) -> float:
    """Return the seconds that Slack asks for, from one to an hour."""
    said = {str(name).lower(): value for name, value in headers.items()}.get("retry-after")
    seconds = str(said[0] if isinstance(said, list | tuple) and said else said).strip()
    if not re.fullmatch(r"\d{1,9}(\.\d*)?", seconds, re.ASCII):
        return UNSAID
    return min(max(float(seconds), 1.0), LONGEST)


def _of_answer(response: Any) -> Trouble:  # noqa: ANN401 - the SDK's answer, whatever Slack sent
    code = code_of(response)
    if code == "ratelimited":
        return Trouble(code, Waits.ALL, seconds=retry_after(response.headers))
    if code.startswith("http_"):
        return Trouble(code, acted=True, lingers=code in _LINGERING)
    return of_code(code)
