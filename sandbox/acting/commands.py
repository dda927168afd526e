"""Slash commands, shortcuts, App Home, and writing messages."""

import re

from sandbox.acting.people import actor, channel_of
from sandbox.deliver import payloads
from sandbox.deliver.events import emit, emit_message
from sandbox.deliver.packet import COMMAND, INTERACTIVE, Answer, Packet
from sandbox.deliver.response_urls import show_ack
from sandbox.deliver.send import send
from sandbox.desk import Desk
from sandbox.errors import NotPossible, SlackError
from sandbox.outcome import Outcome
from sandbox.state.conversations import Channel
from sandbox.state.messages import Message
from sandbox.state.people import Person
from sandbox.state.posting import mark_read, post
from sandbox.state.world import ResponseUrl, World
from sandbox.wire import Json


_MENTION = re.compile(r"(?<!\S)([@#])([\w.-]+)")


async def command(
    desk: Desk,
    person_id: str,
    name: str,
    words: str = "",
    *,
    channel: str = "",
    force: bool = False,
) -> Outcome:
    """Type a slash command; what the app acknowledges with is shown as Slack shows it."""
    world = desk.world
    person = actor(world, person_id, force=force)
    if not force:
        _require_command(world, person, name)
    place = channel_of(world, person, channel)
    payload = payloads.command(world, person, place, name, _escaped(world, name, words))
    answer = await send(desk, Packet(COMMAND, payload))
    if answer.went_well:
        answer = _shown(world, ResponseUrl(place.id, person.id, world.clock.now()), answer)
    if answer.trouble:
        notice = f'{name} failed with the error "{answer.trouble}"'
        return _told(world, person, Outcome(answer.trouble, notice))
    return Outcome()


async def global_shortcut(
    desk: Desk, person_id: str, callback_id: str, *, force: bool = False
) -> Outcome:
    """Choose a shortcut from the composer's menu or the search."""
    person = _may_use_shortcuts(desk.world, person_id, callback_id, "global", force=force)
    payload = payloads.global_shortcut(desk.world, person, callback_id)
    return await _interactive(desk, person, payload)


async def message_shortcut(
    desk: Desk, person_id: str, callback_id: str, channel: str, ts: str, *, force: bool = False
) -> Outcome:
    """Choose a shortcut from a message's menu."""
    world = desk.world
    person = _may_use_shortcuts(world, person_id, callback_id, "message", force=force)
    place = channel_of(world, person, channel)
    message = place.messages.get(ts)
    if message is None:
        raise NotPossible(f"{person.real_name} sees no message {ts} in {place.id}.")
    payload = payloads.message_shortcut(world, person, place, message, callback_id)
    return await _interactive(desk, person, payload)


def open_home(desk: Desk, person_id: str, tab: str = "home") -> Outcome:
    """Look at the app's Home ("home") or its messages ("messages")."""
    world = desk.world
    person = actor(world, person_id)
    channel = world.bot_dm(person.id)
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": channel.id,
        "tab": tab,
        "event_ts": world.clock.next_ts(),
    }
    if tab == "home" and person.id in world.homes:
        event["view"] = world.view_object(world.homes[person.id])
    emit(desk, "app_home_opened", event, channel)
    return Outcome()


def write(
    desk: Desk,
    person_id: str,
    channel: str,
    text: str,
    *,
    thread_ts: str = "",
    files: tuple[str, ...] = (),
) -> Message:
    """Write a message, to a thread if one is named; returns the message."""
    world = desk.world
    person = actor(world, person_id)
    place = channel_of(world, person, channel)
    if not _may_write(world, person, place):
        raise NotPossible(f"{person.real_name} cannot post in {place.id}.")
    message = Message(world.clock.next_ts(), person.id, text, team=person.team, thread_ts=thread_ts)
    message.files = [world.files[each].as_slack(world.base_url, world.team.id) for each in files]
    post(world, place, message)
    mark_read(world, place, person.id)
    emit_message(desk, place, message)
    return message


def _may_write(world: World, person: Person, place: Channel) -> bool:
    turned_off = world.app.messages_read_only and place is world.bot_dm(person.id)
    closed = place.is_read_only and not person.is_admin
    return not (place.is_archived or closed or turned_off)


def _shown(world: World, given: ResponseUrl, answer: Answer) -> Answer:
    try:
        show_ack(world, given, answer)
    except SlackError as error:
        return Answer(answer.status, answer.content, trouble=error.code)
    return answer


async def _interactive(desk: Desk, person: Person, payload: Json) -> Outcome:
    answer = await send(desk, Packet(INTERACTIVE, payload))
    if answer.trouble:
        notice = f"That did not work: {answer.trouble}"
        return _told(desk.world, person, Outcome(answer.trouble, notice))
    return Outcome()


def _told(world: World, person: Person, outcome: Outcome) -> Outcome:
    world.feed.publish("notice", person=person.id, notice=outcome.notice)
    return outcome


def _require_command(world: World, person: Person, name: str) -> None:
    known = world.app.commands
    unknown = known is not None and name not in {each.command for each in known}
    if world.is_foreign(person) or unknown or not name.startswith("/"):
        raise NotPossible(f"{name} is not a valid command.")


def _may_use_shortcuts(
    world: World, person_id: str, callback_id: str, kind: str, *, force: bool
) -> Person:
    person = actor(world, person_id, force=force)
    known = world.app.shortcuts
    listed = known is None or any(
        each.callback_id == callback_id and each.type == kind for each in known
    )
    if not force and (world.is_foreign(person) or not listed):
        raise NotPossible(f"{person.real_name} is offered no shortcut {callback_id}.")
    return person


def _escaped(world: World, name: str, words: str) -> str:
    known = world.app.commands or ()
    if not any(each.command == name and each.should_escape for each in known):
        return words

    def linked(found: re.Match[str]) -> str:
        sign, called = found.groups()
        things = world.people if sign == "@" else world.channels
        for each in things.values():
            if each.name == called:
                return f"<{sign}{each.id}|{called}>"
        return found.group()

    return _MENTION.sub(linked, words)
