"""Putting messages into conversations, and changing and removing them."""

import itertools
import secrets

from sandbox.limits.walk import elements_of, flat
from sandbox.state.conversations import Channel
from sandbox.state.inputs import kept_values
from sandbox.state.messages import Message
from sandbox.state.world import World
from sandbox.wire import Json


def fill_in_ids(blocks: list[Json]) -> list[Json]:
    """Give every block and element without an id one of Slack's making; returns the blocks."""
    fresh, numbers = secrets.token_hex(3), itertools.count()
    for block in flat(blocks):
        if "block_id" not in block:
            block["block_id"] = f"{fresh}{next(numbers)}"
        for element in elements_of(block):
            if "action_id" not in element and element["type"] != "image":
                element["action_id"] = f"{fresh}{next(numbers)}"
    return blocks


def by_the_bot(world: World, ts: str = "") -> Message:
    """Return an empty message from the app's bot, at `ts` or now."""
    return Message(
        ts or world.clock.next_ts(),
        world.app.bot_user,
        bot_id=world.app.bot_id,
        team=world.team.id,
        bot_profile=world.app.bot_profile(world.base_url, world.team.id),
    )


def post(world: World, channel: Channel, message: Message) -> Message:
    """Put a message where it belongs: channel, thread, or one person's eyes only."""
    message.values = kept_values(fill_in_ids(message.blocks), {})
    if message.only_for:
        channel.ephemerals.append(message)
    else:
        channel.messages[message.ts] = message
        _join_thread(channel, message)
    if message.in_channel and not message.only_for:
        channel.last_read[message.user] = message.ts
    publish(world, channel, message, "posted")
    return message


def edit(world: World, channel: Channel, message: Message, *, marked: bool) -> None:
    """Announce that a message's words or blocks were replaced; `marked` shows "(edited)"."""
    message.values = kept_values(fill_in_ids(message.blocks), message.values)
    if marked:
        message.edited_ts = world.clock.next_ts()
    publish(world, channel, message, "edited")


def remove(world: World, channel: Channel, message: Message) -> None:
    """Take a message away, out of its thread too."""
    if message.only_for:
        channel.ephemerals.remove(message)
    else:
        del channel.messages[message.ts]
        parent = channel.messages.get(message.thread_ts)
        if parent and message.ts in parent.replies:
            parent.replies.remove(message.ts)
    publish(world, channel, message, "removed")


def find(channel: Channel, ts: str) -> Message | None:
    """Return the message at `ts`, an ephemeral one too."""
    found = channel.messages.get(ts)
    return found or next((each for each in channel.ephemerals if each.ts == ts), None)


def mark_read(world: World, channel: Channel, person: str) -> None:
    """Note that a person has seen everything in a channel."""
    newest = max(channel.messages, default="")
    if newest > channel.last_read.get(person, ""):
        channel.last_read[person] = newest
        world.feed.publish("read", channel=channel.id, person=person)


def publish(world: World, channel: Channel, message: Message, what: str) -> None:
    world.feed.publish(
        "message",
        what=what,
        channel=channel.id,
        ts=message.ts,
        thread_ts=message.thread_ts,
        user=message.user,
        only_for=message.only_for,
    )


def _join_thread(channel: Channel, message: Message) -> None:
    parent = channel.messages.get(message.thread_ts)
    if parent is None or parent is message:
        return
    parent.replies.append(message.ts)
    if message.user not in parent.reply_users:
        parent.reply_users.append(message.user)
