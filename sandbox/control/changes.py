"""Changing what there is: POST under /sandbox/."""

from dataclasses import fields

from starlette.requests import Request

from sandbox.control.telling import tell_channel, tell_membership, tell_person
from sandbox.deliver.http import posting_to
from sandbox.deliver.packet import Packet
from sandbox.deliver.send import send
from sandbox.desk import Desk
from sandbox.errors import NotPossible
from sandbox.faults import Fault
from sandbox.state.app import App
from sandbox.state.conversations import Channel
from sandbox.state.people import Person
from sandbox.wire import Json


_CHANNEL = {
    "name",
    "topic",
    "purpose",
    "is_private",
    "is_archived",
    "is_read_only",
    "is_org_shared",
    "shared_with",
    "pending_with",
}
_PERSON = {each.name for each in fields(Person)} - {"id"}
_APP = {each.name for each in fields(App)} - {"commands", "shortcuts"}


async def reset(desk: Desk, _request: Request, _body: Json) -> Json:
    """Go back to the workspace as it was loaded."""
    desk.load(desk.described)
    return {}


async def load(desk: Desk, _request: Request, body: Json) -> Json:
    """Load another workspace."""
    desk.load(body)
    return {}


async def settings(desk: Desk, _request: Request, body: Json) -> Json:
    """Change settings by name."""
    desk.world.settings = desk.world.settings.changed(body)
    return dict(vars(desk.world.settings))


async def clock(desk: Desk, _request: Request, body: Json) -> Json:
    """Move time on by {"advance": seconds}."""
    desk.world.clock.advance(body["advance"])
    return {"now": desk.world.clock.now()}


async def app(desk: Desk, _request: Request, body: Json) -> Json:
    """Change the app's secrets, scopes or events, its manifest, or the way it is reached."""
    if "request_url" in body:
        desk.http.post = posting_to(body.pop("request_url"))
    if "socket_mode" in body:
        desk.socket_mode = body.pop("socket_mode")
    if "manifest" in body:
        desk.world.app.follow_manifest(body.pop("manifest"))
    _set(desk.world.app, body, _APP)
    return {}


async def person(desk: Desk, request: Request, body: Json) -> Json:
    """Change a person: deactivate, make a guest, rename, move to another team."""
    found = desk.world.people[request.path_params["person"]]
    _set(found, body, _PERSON)
    found.updated = int(desk.world.clock.now())
    desk.world.feed.publish("person", person=found.id)
    tell_person(desk, found)
    return desk.world.user_object(found)


async def channel(desk: Desk, request: Request, body: Json) -> Json:
    """Change a channel; "add" and "remove" list the members who come and go."""
    found = desk.world.channels[request.path_params["channel"]]
    for each in body.pop("add", ()):
        _join(desk, found, each)
    for each in body.pop("remove", ()):
        _leave(desk, found, each)
    before = (found.is_archived, found.is_shared)
    _set(found, body, _CHANNEL)
    desk.world.feed.publish("channel", channel=found.id)
    tell_channel(desk, found, *before)
    return found.as_slack(desk.world.team.id, desk.world.app.bot_user)


async def usergroup(desk: Desk, request: Request, body: Json) -> Json:
    """Change a user group's members, or disable it."""
    found = desk.world.groups[request.path_params["group"]]
    _set(found, body, {"users", "disabled", "name", "handle"})
    return found.as_slack(desk.world.team.id, with_users=True)


async def order_fault(desk: Desk, _request: Request, body: Json) -> Json:
    """Order a fault."""
    desk.faults.ordered.append(Fault(**body))
    return desk.faults.as_json()


async def clear_faults(desk: Desk, _request: Request, _body: Json) -> Json:
    """Call off every fault and every delay."""
    desk.faults.call_off()
    return desk.faults.as_json()


async def latency(desk: Desk, _request: Request, body: Json) -> Json:
    """Set the seconds each answer takes, by method; "*" is every other method."""
    desk.faults.latency.update({name: float(seconds) for name, seconds in body.items()})
    return desk.faults.as_json()


async def clear_traffic(desk: Desk, _request: Request, _body: Json) -> Json:
    """Forget the calls and deliveries so far."""
    desk.world.calls.clear()
    desk.world.deliveries.clear()
    return {}


async def mint_triggers(desk: Desk, _request: Request, body: Json) -> list[str]:
    """Return fresh trigger ids, for requests that were made elsewhere."""
    return [desk.world.mint_trigger(body["person"]) for _ in range(body.get("count", 1))]


async def send_again(desk: Desk, request: Request, _body: Json) -> Json:
    """Send a request the app has had once more, just as it was."""
    wanted = int(request.path_params["seq"])
    for each in desk.world.deliveries:
        if each.seq == wanted:
            answer = await send(desk, Packet(each.kind, each.payload))
            return {
                "status": answer.status,
                "answer": answer.content,
                "trouble": answer.trouble,
            }
    raise NotPossible(f"Nothing was sent as number {wanted}.")


async def disconnect(desk: Desk, _request: Request, body: Json) -> Json:
    """Close the app's Socket Mode connections."""
    await desk.socket.disconnect(body.get("reason", "refresh_requested"))
    return {}


def _set(thing: object, changed: Json, allowed: set[str]) -> None:
    unknown = sorted(set(changed) - allowed)
    if unknown:
        raise ValueError(f"cannot change {', '.join(unknown)}")
    for name, value in changed.items():
        setattr(thing, name, value)


def _join(desk: Desk, channel: Channel, member: str) -> None:
    if member not in desk.world.people:
        raise NotPossible(f"There is nobody called {member}.")
    if member not in channel.members:
        channel.members.append(member)
        tell_membership(desk, "member_joined_channel", channel, member)


def _leave(desk: Desk, channel: Channel, member: str) -> None:
    if member in channel.members:
        tell_membership(desk, "member_left_channel", channel, member)
        channel.members.remove(member)
