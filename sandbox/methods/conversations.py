"""conversations.* and users.conversations, all but reading messages."""

from collections.abc import Mapping

from sandbox.errors import SlackError
from sandbox.methods.call import Call, Method
from sandbox.methods.history import history, replies
from sandbox.methods.paging import page, with_cursor
from sandbox.state.conversations import Channel
from sandbox.state.people import Person
from sandbox.wire import Json


_TYPES = {
    "public_channel": "public",
    "private_channel": "private",
    "mpim": "mpim",
    "im": "im",
}
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_MOST_IN_A_GROUP = 8


def info(call: Call) -> Json:
    channel = call.channel()
    call.require_family_scope(channel, "read")
    told = _object(call, channel)
    if call.flag("include_num_members"):
        told["num_members"] = len(channel.members)
    return {"channel": told}


def members(call: Call) -> Json:
    channel = call.channel()
    call.require_family_scope(channel, "read")
    shown, cursor = page(call, channel.members)
    return with_cursor({"members": shown}, cursor)


def list_all(call: Call) -> Json:
    shown, cursor = page(call, _of_types(call, list(call.world.channels.values())))
    return with_cursor({"channels": [_object(call, each) for each in shown]}, cursor)


def of_person(call: Call) -> Json:
    person = call.text("user", call.world.app.bot_user)
    if person not in call.world.people:
        raise SlackError("user_not_found")
    shown, cursor = page(call, _of_types(call, call.world.channels_of(person)))
    return with_cursor({"channels": [_object(call, each) for each in shown]}, cursor)


def open_direct(call: Call) -> Json:
    if call.text("channel", ""):
        channel = call.channel()
    else:
        channel = call.world.direct_message(call.world.app.bot_user, *_people_to_write_to(call))
    told: Json = {"id": channel.id}
    if call.flag("return_im"):
        told = _object(call, channel)
    return {"channel": told}


def join(call: Call) -> Json:
    channel = call.channel()
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    told: Json = {}
    if call.world.is_member(channel):
        told["warning"] = "already_in_channel"
    else:
        channel.members.append(call.world.app.bot_user)
        call.world.feed.publish("channel", channel=channel.id)
    return {"channel": _object(call, channel), **told}


def _object(call: Call, channel: Channel) -> Json:
    told = channel.as_slack(call.world.team.id, call.world.app.bot_user)
    if channel.is_im:
        told["is_user_deleted"] = call.world.people[told["user"]].deleted
    return told


def _of_types(call: Call, channels: list[Channel]) -> list[Channel]:
    asked = call.text("types", "public_channel").split(",")
    if any(each.strip() not in _TYPES for each in asked):
        raise SlackError("invalid_types")
    kinds = {_TYPES[each.strip()] for each in asked}
    return [
        each
        for each in channels
        if each.kind in kinds
        and (each.kind == "public" or call.world.is_member(each))
        and not (each.is_archived and call.flag("exclude_archived"))
    ]


def _people_to_write_to(call: Call) -> list[str]:
    named = [each.strip() for each in call.text("users", "").split(",") if each.strip()]
    if not named:
        raise SlackError("users_list_not_supplied")
    if len(named) > _MOST_IN_A_GROUP:
        raise SlackError("too_many_users")
    for each in named:
        _require_reachable(call, call.world.people.get(each))
    return named


def _require_reachable(call: Call, person: Person | None) -> None:
    if person is None:
        raise SlackError("user_not_found")
    if person.is_bot:
        raise SlackError("cannot_dm_bot")
    if person.deleted:
        raise SlackError("user_disabled")
    if call.world.is_stranger(person):
        raise SlackError("user_not_visible")


METHODS: Mapping[str, Method] = {
    "conversations.info": Method(info, "3", _READ),
    "conversations.members": Method(members, "4", _READ),
    "conversations.list": Method(list_all, "2", _READ),
    "users.conversations": Method(of_person, "3", _READ),
    "conversations.history": Method(history, "3"),
    "conversations.replies": Method(replies, "3"),
    "conversations.open": Method(open_direct, "3", ("im:write", "mpim:write")),
    "conversations.join": Method(join, "3", ("channels:join",)),
}
