"""Keeping what was said in a file, so that a workspace remembers it from one start to the next."""

import base64
import json
import sys
from pathlib import Path

from sandbox.desk import Desk
from sandbox.state.conversations import Channel
from sandbox.state.feed import Change
from sandbox.state.files import File
from sandbox.state.messages import Message
from sandbox.state.world import World
from sandbox.wire import Json


FORM = 1
KEPT_AFTER = frozenset({"message", "read", "channel", "reset"})
"""The kinds of changes after which the file is written again."""


def keep_in(desk: Desk, path: Path) -> None:
    """Take up the conversations in the file, and write them to it after every change.

    A file that cannot be used is told of, and then written over.
    """
    try:
        recall(desk.world, path)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        why = f"{type(error).__name__}: {error}"
        sys.stderr.write(f"{path} cannot be used ({why}); the conversations start afresh.\n")

    def write(change: Change) -> None:
        if change.kind in KEPT_AFTER:
            keep(desk.world, path)

    desk.world.feed.listeners.append(write)


def keep(world: World, path: Path) -> None:
    """Write messages and files, beside the file first: there is a whole one at every moment."""
    told = {
        "form": FORM,
        "base_url": world.base_url,
        "channels": [_channel(each) for each in world.channels.values()],
        "files": [_file(each) for each in world.files.values() if each.content],
    }
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(json.dumps(told), encoding="utf-8")
    beside.replace(path)


def recall(world: World, path: Path) -> None:
    """Put back what the file has; all of it or, where something is wrong with it, nothing."""
    if not path.exists():
        return
    told = _read(path, world.base_url)
    channels = [_channel_again(world, each) for each in told["channels"]]
    files = [_file_again(each) for each in told["files"]]
    world.clock.be_after(max((ts for each in channels for ts in each.messages), default="0"))
    for channel in channels:
        _put_back(world, channel)
    world.files.update({each.id: each for each in files})


def _read(path: Path, base_url: str) -> Json:
    """Return what the file tells, with its links leading to where the workspace is now."""
    text = path.read_text(encoding="utf-8")
    told = json.loads(text)
    if told["form"] != FORM:
        raise ValueError("written by another version")
    moved: Json = json.loads(text.replace(f"{told['base_url']}/", f"{base_url}/"))
    return moved


def _channel(channel: Channel) -> Json:
    messages = [vars(each) for each in channel.messages.values()]
    return vars(channel) | {"messages": messages, "ephemerals": []}


def _channel_again(world: World, told: Json) -> Channel:
    messages = [Message(**each) for each in told["messages"]]
    channel = Channel(**told | {"messages": {each.ts: each for each in messages}})
    gone = {*channel.members, *(each.user for each in messages)} - set(world.people)
    if gone:
        raise ValueError(f"nobody is called {', '.join(sorted(gone))}")
    return channel


def _file(file: File) -> Json:
    return vars(file) | {"content": base64.b64encode(file.content).decode(), "complete": True}


def _file_again(told: Json) -> File:
    return File(**told | {"content": base64.b64decode(told["content"])})


def _put_back(world: World, kept: Channel) -> None:
    """Give a channel its messages again; a direct message is opened again."""
    channel = world.channels.get(kept.id)
    if channel:
        channel.messages, channel.last_read = kept.messages, kept.last_read
    elif kept.is_im or kept.is_mpim:
        world.channels[kept.id] = kept
