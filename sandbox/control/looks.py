"""Looking at what there is: GET under /sandbox/."""

from starlette.requests import Request

from sandbox.acting.people import actor
from sandbox.desk import Desk
from sandbox.errors import NotPossible
from sandbox.state.conversations import Channel
from sandbox.state.messages import Message
from sandbox.state.people import Person
from sandbox.state.views import View
from sandbox.state.world import World
from sandbox.wire import Json


LONGEST_WAIT = 25.0


async def workspace(desk: Desk, _request: Request, _body: Json) -> Json:
    """Return who and what there is, and how the stand-in is set."""
    world = desk.world
    return {
        "team": vars(world.team),
        "teams": [vars(each) for each in world.teams.values()],
        "app": _app(desk),
        "people": [world.user_object(each) for each in world.people.values()],
        "channels": [_channel(world, each) for each in world.channels.values()],
        "usergroups": [vars(each) for each in world.groups.values()],
        "settings": vars(world.settings),
        "run": desk.run,
        "seq": world.feed.seq,
    }


async def screen(desk: Desk, request: Request, _body: Json) -> Json:
    """Return what one person has on their screen."""
    world = desk.world
    person = actor(world, request.path_params["person"], force=True)
    home = world.homes.get(person.id)
    return {
        "person": world.user_object(person),
        "modals": [_view(world, each) for each in world.stacks.get(person.id, ())],
        "home": _view(world, home) if home else None,
        "dm": world.bot_dm(person.id).id,
        "channels": [_seen(world, each, person) for each in world.channels_of(person.id)],
        "seq": world.feed.seq,
    }


async def messages(desk: Desk, request: Request, _body: Json) -> list[Json]:
    """Return a channel's messages, oldest first, threads included, as ?viewer= sees them.

    Without a viewer every ephemeral message is among them.
    """
    channel = desk.world.channels.get(request.path_params["channel"])
    if channel is None:
        raise NotPossible(f"There is no channel {request.path_params['channel']}.")
    viewer = request.query_params.get("viewer", "")
    return [_message(channel, each) for each in desk.world.visible_messages(channel, viewer)]


async def calls(desk: Desk, request: Request, _body: Json) -> list[Json]:
    """Return the calls the app made, oldest first; ?method= and ?since= pick among them."""
    method, since = request.query_params.get("method", ""), _since(request)
    return [
        each.as_json()
        for each in desk.world.calls
        if each.seq > since and method in ("", each.method)
    ]


async def deliveries(desk: Desk, request: Request, _body: Json) -> list[Json]:
    """Return the requests sent to the app, oldest first; ?type= and ?since= pick among them."""
    kind, since = request.query_params.get("type", ""), _since(request)
    return [
        each.as_json()
        for each in desk.world.deliveries
        if each.seq > since and kind in ("", each.type)
    ]


async def changes(desk: Desk, request: Request, _body: Json) -> Json:
    """Return the changes after ?since=, having waited ?wait= seconds for the first of them."""
    wait = min(float(request.query_params.get("wait", "0")), LONGEST_WAIT)
    found = await desk.world.feed.wait(_since(request), wait)
    return {"changes": [each.as_json() for each in found], "seq": desk.world.feed.seq}


async def faults(desk: Desk, _request: Request, _body: Json) -> Json:
    """Return the faults still to come."""
    return desk.faults.as_json()


def _since(request: Request) -> int:
    return int(request.query_params.get("since", "0"))


def _app(desk: Desk) -> Json:
    app = desk.world.app
    return {
        "id": app.id,
        "name": app.name,
        "bot_user": app.bot_user,
        "bot_id": app.bot_id,
        "commands": [vars(each) for each in app.commands or ()],
        "shortcuts": [vars(each) for each in app.shortcuts or ()],
        "home_tab": app.home_tab,
        "messages_tab": app.messages_tab,
        "messages_read_only": app.messages_read_only,
        "scopes": app.scopes,
        "events": app.events,
        "socket_mode": desk.socket_mode,
        "connections": desk.socket.connections,
    }


def _channel(world: World, channel: Channel) -> Json:
    told = channel.as_slack(world.team.id, world.app.bot_user)
    return told | {"members": list(channel.members), "kind": channel.kind}


def _seen(world: World, channel: Channel, person: Person) -> Json:
    told = _channel(world, channel)
    return told | {"unread": channel.unread(person.id), "with": channel.other_than(person.id)}


def _view(world: World, view: View) -> Json:
    return world.view_object(view) | {"errors": view.errors, "offered": view.offered}


def _message(channel: Channel, message: Message) -> Json:
    told = message.as_slack(with_metadata=True)
    return told | {
        "channel": channel.id,
        "only_for": message.only_for,
        "in_channel": message.in_channel,
        "values": message.values,
    }
