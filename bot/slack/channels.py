"""What a channel must be so that the executives may be told there, and be known by being in it."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackClientError


SHARED = ("is_ext_shared", "is_shared", "is_org_shared", "is_pending_ext_shared")


class Unfit(SlackClientError):  # noqa: N818 - it reads as what happened
    """The executives' channel is one that others can enter or read: to be in it proves nothing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def objection(channel: object) -> str:
    """Return why it cannot be the executives' channel, as a code, or "" where it can.

    What Slack does not say clearly counts as the worse: nobody outside may ever read along.
    """
    if not isinstance(channel, Mapping):
        return "channel_unclear"
    found = {
        "not_a_channel": channel.get("is_im") or channel.get("is_mpim"),
        "channel_shared": channel.get("is_ext_shared") or _with_others(channel),
        "channel_share_pending": channel.get("is_pending_ext_shared")
        or channel.get("pending_shared"),
        "is_archived": channel.get("is_archived"),
        "channel_public": channel.get("is_private") is False,
        "channel_unclear": not _is_clear(channel),
    }
    return next((code for code, is_so in found.items() if is_so), "")


def _is_clear(channel: Mapping[str, Any]) -> bool:
    told = [channel[name] for name in SHARED if name in channel]
    return channel.get("is_private") is True and all(isinstance(each, bool) for each in told)


def _with_others(channel: Mapping[str, Any]) -> bool:
    return bool(channel.get("is_shared")) and not channel.get("is_org_shared")
