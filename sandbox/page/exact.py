"""Finding exactly the element that was used on the page, by its ids."""

from collections.abc import Iterable

from sandbox.acting.entering import held_value
from sandbox.acting.spots import MessageSpot, Spot, ViewSpot
from sandbox.errors import NotPossible
from sandbox.state.inputs import Control, controls
from sandbox.state.people import Person
from sandbox.state.posting import find
from sandbox.state.world import World
from sandbox.wire import Json


GONE = "That is no longer on your screen."


def spot_of(world: World, person: Person, place: Json) -> Spot:
    """Return the view or message on the person's screen; NotPossible where it is gone."""
    if "view" in place:
        view = world.views.get(place["view"])
        if view is None or view.person != person.id:
            raise NotPossible(GONE)
        return ViewSpot(view)
    channel = world.channels.get(place["channel"])
    message = find(channel, place["ts"]) if channel else None
    if channel is None or message is None or message.only_for not in ("", person.id):
        raise NotPossible(GONE)
    return MessageSpot(channel, message)


def control_of(spot: Spot, named: Json) -> Control:
    """Return the control of these ids: {"block", "action"}."""
    for each in controls(spot.blocks):
        if (each.block_id, each.action_id) == (named["block"], named["action"]):
            return each
    raise NotPossible(GONE)


def keep(world: World, spot: Spot, entries: Iterable[Json]) -> None:
    """Keep what was entered: {"block", "action", "value"} each.

    What stands in a place that the app has since taken away is left out.
    """
    there = {(each.block_id, each.action_id): each for each in controls(spot.blocks)}
    for entry in entries:
        control = there.get((entry["block"], entry["action"]))
        if control:
            offered = spot.offered.get(control.action_id, [])
            held = held_value(world, control, offered, entry["value"])
            spot.values.setdefault(control.block_id, {})[control.action_id] = held
