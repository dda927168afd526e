"""response_url: answering an interaction within half an hour, five times at most."""

import json

from sandbox.deliver.packet import Answer
from sandbox.errors import SlackError
from sandbox.methods.call import Call
from sandbox.methods.content import Content, read_content
from sandbox.state.conversations import Channel
from sandbox.state.messages import Message
from sandbox.state.posting import by_the_bot, edit, find, post, remove
from sandbox.state.world import ResponseUrl, World
from sandbox.wire import Json


IN_CHANNEL, EPHEMERAL = "in_channel", "ephemeral"
_KNOWN = {
    "text",
    "blocks",
    "attachments",
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "unfurl_links",
    "unfurl_media",
    "metadata",
    "mrkdwn",
    "parse",
    "link_names",
}


def use(world: World, key: str, body: bytes) -> None:
    """Do what an app sent to a response URL; SlackError says why not."""
    given = world.response_urls.get(key)
    if given is None:
        raise SlackError("invalid_url")
    if given.uses >= world.settings.response_url_uses:
        raise SlackError("used_url")
    if world.clock.now() - given.at > world.settings.response_url_seconds:
        raise SlackError("expired_url")
    given.uses += 1
    respond(world, given, _parsed(body))


def respond(world: World, given: ResponseUrl, args: Json) -> None:
    """Show, replace or delete a message as an answer to an interaction."""
    unknown = sorted(set(args) - _KNOWN)
    if unknown:
        raise SlackError("invalid_arguments", [f"invalid additional property: {unknown[0]}"])
    channel = world.channels[given.channel]
    original = find(channel, given.source) if given.source else None
    if args.get("delete_original"):
        _delete(world, channel, original)
        return
    content = read_content(Call(world, args), bounded=False)
    if content.is_empty:
        raise SlackError("no_text")
    if args.get("replace_original") and original:
        content.put_into(original)
        edit(world, channel, original, marked=False)
    else:
        _show(world, channel, given, content, args)


def show_ack(world: World, given: ResponseUrl, answer: Answer) -> None:
    """Show what the body of a command's acknowledgement says, if it says anything."""
    if isinstance(answer.content, dict):
        respond(world, given, answer.content)
    elif answer.content:
        respond(world, given, {"text": str(answer.content)})


def _show(world: World, channel: Channel, given: ResponseUrl, content: Content, args: Json) -> None:
    message = by_the_bot(world)
    content.put_into(message)
    message.thread_ts = args.get("thread_ts", "")
    if args.get("response_type") != IN_CHANNEL:
        message.only_for = given.person
    post(world, channel, message)


def _delete(world: World, channel: Channel, original: Message | None) -> None:
    if original is None or original.bot_id != world.app.bot_id:
        raise SlackError("message_not_found")
    remove(world, channel, original)


def _parsed(body: bytes) -> Json:
    try:
        args = json.loads(body)
    except ValueError:
        raise SlackError("invalid_payload") from None
    if not isinstance(args, dict):
        raise SlackError("invalid_payload")
    return args
