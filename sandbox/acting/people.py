"""Who acts, and which conversations they can see."""

from sandbox.errors import NotPossible
from sandbox.state.conversations import Channel
from sandbox.state.people import Person
from sandbox.state.world import World


def actor(world: World, person_id: str, *, force: bool = False) -> Person:
    """Return a person who can use Slack; `force` lets bots and the deactivated act as well."""
    person = world.people.get(person_id)
    if person is None:
        raise NotPossible(f"There is nobody called {person_id}.")
    if not force and (person.deleted or person.is_bot):
        raise NotPossible(f"{person.real_name} cannot sign in.")
    return person


def channel_of(world: World, person: Person, channel_id: str) -> Channel:
    """Return a conversation the person can see; "" names the first that they are in."""
    if not channel_id:
        theirs = world.channels_of(person.id)
        return theirs[0] if theirs else world.bot_dm(person.id)
    channel = world.channels.get(channel_id)
    seen = channel and (person.id in channel.members or _may_look_in(world, channel, person))
    if channel is None or not seen:
        raise NotPossible(f"{person.real_name} cannot see {channel_id}.")
    return channel


def _may_look_in(world: World, channel: Channel, person: Person) -> bool:
    outsider = world.is_foreign(person) or person.is_restricted or person.is_ultra_restricted
    return channel.kind == "public" and not outsider
