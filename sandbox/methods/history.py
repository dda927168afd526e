"""conversations.history and conversations.replies."""

from collections.abc import Callable

from sandbox.errors import SlackError
from sandbox.methods.call import Call
from sandbox.methods.paging import page, with_cursor
from sandbox.state.conversations import Channel
from sandbox.state.messages import Message
from sandbox.wire import Json


_END_OF_TIME = "9999999999.999999"


def history(call: Call) -> Json:
    """Return the channel's messages, newest first; answers within threads are left out."""
    channel = _readable(call)
    within = _period(call)
    found = [each for each in channel.messages.values() if each.in_channel and within(each)]
    newest_first = sorted(found, key=lambda each: each.ts, reverse=True)
    return _page(call, newest_first) | {"pin_count": 0}


def replies(call: Call) -> Json:
    """Return a thread, oldest first, its parent ahead of it on the first page."""
    channel = _readable(call)
    parent = channel.messages.get(call.text("ts", ""))
    if parent is None:
        raise SlackError("thread_not_found")
    within = _period(call)
    answers = [channel.messages[ts] for ts in parent.replies]
    return _page(call, [parent, *(each for each in answers if within(each))])


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.require_family_scope(channel, "history")
    if not call.world.is_member(channel):
        raise SlackError("not_in_channel")
    return channel


def _period(call: Call) -> Callable[[Message], bool]:
    oldest = _ts(call.text("oldest", "0"), "invalid_ts_oldest")
    latest = _ts(call.text("latest", _END_OF_TIME), "invalid_ts_latest")
    if call.flag("inclusive"):
        return lambda message: oldest <= float(message.ts) <= latest
    return lambda message: oldest < float(message.ts) < latest


def _ts(given: str, error: str) -> float:
    try:
        return float(given)
    except ValueError:
        raise SlackError(error) from None


def _page(call: Call, found: list[Message]) -> Json:
    shown, cursor = page(call, found)
    with_metadata = call.flag("include_all_metadata")
    told: Json = {
        "messages": [each.as_slack(with_metadata=with_metadata) for each in shown],
        "has_more": bool(cursor),
    }
    return with_cursor(told, cursor) if cursor else told
