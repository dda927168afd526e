"""What a channel must be so that the executives may be told there, and be known by being in it."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackClientError


class Unfit(SlackClientError):  # noqa: N818 - it reads as what happened
    """The executives' channel is one that others can enter or read: to be in it proves nothing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def objection(channel: Mapping[str, Any]) -> str:
    """Return why it cannot be the executives' channel, as a code, or "" where it can."""
    if channel.get("is_ext_shared") or _with_others(channel):
        return "channel_shared"
    if channel.get("is_pending_ext_shared") or channel.get("pending_shared"):
        return "channel_share_pending"
    if channel.get("is_archived"):
        return "is_archived"
    return "channel_public" if channel.get("is_private") is False else ""


def _with_others(channel: Mapping[str, Any]) -> bool:
    return bool(channel.get("is_shared")) and not channel.get("is_org_shared")
