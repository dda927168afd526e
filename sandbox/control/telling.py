"""Events for changes made to people and channels."""

from sandbox.deliver.events import emit
from sandbox.desk import Desk
from sandbox.state.conversations import Channel
from sandbox.state.people import Person


def tell_person(desk: Desk, person: Person) -> None:
    """Tell the app that somebody's account changed."""
    ts = desk.world.clock.next_ts()
    user = desk.world.user_object(person)
    emit(desk, "user_change", {"type": "user_change", "user": user, "event_ts": ts})


def tell_membership(desk: Desk, kind: str, channel: Channel, member: str) -> None:
    """Tell the app that somebody came or left."""
    event = {
        "type": kind,
        "user": member,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": desk.world.team.id,
        "event_ts": desk.world.clock.next_ts(),
    }
    emit(desk, kind, event, channel)


def tell_channel(desk: Desk, channel: Channel, was_archived: bool, was_shared: bool) -> None:  # noqa: FBT001 - a state before
    """Tell the app that a channel was archived or shared, or no longer is."""
    family = "group" if channel.is_private else "channel"
    if channel.is_archived != was_archived:
        _tell(desk, f"{family}_{'archive' if channel.is_archived else 'unarchive'}", channel)
    if channel.is_shared != was_shared:
        _tell(desk, f"channel_{'shared' if channel.is_shared else 'unshared'}", channel)


def _tell(desk: Desk, kind: str, channel: Channel) -> None:
    ts = desk.world.clock.next_ts()
    emit(desk, kind, {"type": kind, "channel": channel.id, "event_ts": ts}, channel)
