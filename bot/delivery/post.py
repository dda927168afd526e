"""What is done to a message in Slack: post it, update it, look whether it stands, delete it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient

from bot.delivery.message import Message
from bot.delivery.trouble import Failed, Trouble, Waits, acting, looking
from bot.slack.text import Markup, cut_markup


EVENT = "on_record_delivery"
"""Slack keeps this with the message, beside the delivery's key, so that it can be found again."""

LONGEST = 4000
"""Characters of `text` that chat.update takes."""

CLOCKS_APART = timedelta(days=1)
"""How far our clock may be from Slack's where a message stands below the newest PAGE."""

PAGE = 200


class Post:
    """The message's own calls; what fails raises Failed."""

    def __init__(self, slack: WebClient) -> None:
        self._slack = slack
        self._us = ""

    def post(self, channel: str, message: Message, key: str, thread: str | None) -> str:
        """Post the message and return its ts; `thread` is the ts of the message above it."""
        with acting():
            answer = self._slack.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                reply_broadcast=True if thread and message.broadcast else None,
                unfurl_links=False,
                unfurl_media=False,
                **_content(message, key),
            )
            ts = str(answer.get("ts") or "")
        if not ts:
            raise Failed(Trouble("no_ts", acted=True))
        return ts

    def update(self, channel: str, ts: str, message: Message, key: str) -> None:
        """Give the message that stands there its new text."""
        try:
            with acting(Waits.MESSAGE):
                self._slack.chat_update(channel=channel, ts=ts, **_content(message, key))
        except Failed as failed:  # no need to wait: the same update may be sent again at once
            raise Failed(replace(failed.trouble, lingers=False)) from failed

    def delete(self, channel: str, ts: str) -> None:
        """Delete the message; one that is gone already is fine."""
        try:
            with looking():  # it may be deleted any number of times
                self._slack.chat_delete(channel=channel, ts=ts)
        except Failed as failed:
            if failed.trouble.code != "message_not_found":
                raise

    def find(self, channel: str, key: str, since: datetime, thread: str | None) -> str | None:
        """Return the ts of our message with that key, or None: it surely does not stand."""
        return next(self.find_all(channel, key, since, thread), None)

    def find_all(
        self, channel: str, key: str, since: datetime, thread: str | None
    ) -> Iterator[str]:
        """Yield the ts of each of our messages with that key since then.

        The newest page is read whatever the time: our clock need not be Slack's.
        """
        reached, cursor = (since - CLOCKS_APART).timestamp(), ""
        while True:
            with looking():
                us = self._our_id()
                page = self._page(channel, thread, cursor)
                ours = [str(each["ts"]) for each in page["messages"] if _is(each, us, key)]
                after = str((page.get("response_metadata") or {}).get("next_cursor") or "")
                older = _all_older(page["messages"], reached)
            yield from ours
            # A thread is read from its first reply on, a channel from its newest message.
            if after in {"", cursor} or (not thread and older):
                return
            cursor = after

    def _page(self, channel: str, thread: str | None, cursor: str) -> Any:  # noqa: ANN401 - the SDK's answer
        wanted: dict[str, Any] = {
            "channel": channel,
            "limit": PAGE,
            "include_all_metadata": True,
            **({"cursor": cursor} if cursor else {}),
        }
        if thread:
            return self._slack.conversations_replies(ts=thread, **wanted)
        return self._slack.conversations_history(**wanted)

    def _our_id(self) -> str:
        if not self._us:
            self._us = str(self._slack.auth_test()["user_id"])
        return self._us


def _content(message: Message, key: str) -> dict[str, Any]:
    return {
        "text": cut_markup(Markup(message.text), LONGEST),
        "blocks": message.blocks,
        "metadata": {"event_type": EVENT, "event_payload": {"key": key}},
        "parse": "none",
        "link_names": False,
    }


def _is(message: dict[str, Any], us: str, key: str) -> bool:
    # Anybody may put metadata on a message; only what we wrote is ours.
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return (
        message.get("user") == us
        and metadata.get("event_type") == EVENT
        and payload.get("key") == key
    )


def _all_older(messages: list[dict[str, Any]], time: float) -> bool:
    return bool(messages) and float(messages[-1]["ts"]) < time
