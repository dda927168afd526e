"""chat.*: posting, changing and removing messages."""

from collections.abc import Mapping

from sandbox.errors import SlackError
from sandbox.limits.messages import LONGEST_UPDATE
from sandbox.methods.call import Call, Method, can_see
from sandbox.methods.content import read_content
from sandbox.state.conversations import Channel
from sandbox.state.messages import Message
from sandbox.state.people import SLACKBOT
from sandbox.state.posting import by_the_bot, edit, post, remove
from sandbox.wire import Json


def post_message(call: Call) -> Json:
    channel = _destination(call)
    content = read_content(call)
    if content.is_empty:
        raise SlackError("no_text")
    _require_may_post(call, channel)
    message = by_the_bot(call.world)
    content.put_into(message)
    message.thread_ts = _thread(call, channel)
    message.broadcast = bool(message.thread_ts) and call.flag("reply_broadcast")
    post(call.world, channel, message)
    told = message.as_slack(with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": told}


def post_ephemeral(call: Call) -> Json:
    channel = call.channel()
    content = read_content(call)
    if content.is_empty:
        raise SlackError("no_text")
    if len(content.text or "") > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    _require_may_post(call, channel)
    reader = call.text("user")
    if reader not in channel.members:
        raise SlackError("user_not_in_channel")
    message = by_the_bot(call.world)
    content.put_into(message)
    message.only_for, message.thread_ts = reader, call.text("thread_ts", "")
    post(call.world, channel, message)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    channel = _joined(call)
    message = _own_message(call, channel, "cant_update_message")
    content = read_content(call)
    if len(content.text or "") > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    if content.is_empty and content.blocks is None and content.attachments is None:
        raise SlackError("no_text")
    if content.text is not None:
        message.text = content.text
    if content.blocks is not None or content.text is not None:
        message.blocks = content.blocks or []
    if content.attachments is not None:
        message.attachments = content.attachments
    if content.metadata is not None:
        message.metadata = content.metadata
    edit(call.world, channel, message, marked=not message.blocks)
    told = message.as_slack(with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": told}


def delete(call: Call) -> Json:
    channel = _joined(call)
    message = _own_message(call, channel, "cant_delete_message")
    remove(call.world, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    ts = call.text("message_ts")
    message = channel.messages.get(ts)
    if message is None:
        raise SlackError("message_not_found")
    link = f"{call.world.base_url}/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _destination(call: Call) -> Channel:
    wanted = call.text("channel", "")
    person = call.world.people.get(wanted)
    if person is not None:
        if person.id == SLACKBOT or person.deleted or person.is_bot:
            raise SlackError("channel_not_found")
        return call.world.slackbot_dm(person.id)
    found = call.world.channels.get(wanted)
    if found is None and wanted.startswith("#"):
        found = call.world.channel_named(wanted)
    if found is None or not can_see(call.world, found):
        raise SlackError("channel_not_found")
    return found


def _require_may_post(call: Call, channel: Channel) -> None:
    if channel.is_archived:
        raise SlackError("is_archived")
    open_to_all = channel.kind == "public" and call.has_scope("chat:write.public")
    inside = call.world.is_member(channel) or SLACKBOT in channel.members
    if not (inside or open_to_all):
        raise SlackError("not_in_channel")
    if channel.is_read_only:
        raise SlackError("restricted_action")


def _thread(call: Call, channel: Channel) -> str:
    wanted = call.text("thread_ts", "")
    if not wanted:
        return ""
    parent = channel.messages.get(wanted)
    if parent is None:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def _joined(call: Call) -> Channel:
    channel = call.channel()
    if channel.is_archived:
        raise SlackError("is_inactive")
    return channel


def _own_message(call: Call, channel: Channel, otherwise: str) -> Message:
    message = channel.messages.get(call.text("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.bot_id != call.world.app.bot_id:
        raise SlackError(otherwise)
    return message


_WRITE = ("chat:write",)
METHODS: Mapping[str, Method] = {
    "chat.postMessage": Method(post_message, scopes=_WRITE, posts=True),
    "chat.postEphemeral": Method(post_ephemeral, "4", _WRITE),
    "chat.update": Method(update, "3", _WRITE),
    "chat.delete": Method(delete, "3", _WRITE),
    "chat.getPermalink": Method(get_permalink),
}
