"""Acting on the page: POST /page/people/{person}/…, each naming the element by its ids."""

from starlette.requests import Request

from sandbox.acting import modals
from sandbox.acting.people import actor
from sandbox.acting.using import held_action, perform
from sandbox.deliver.acks import read_options_ack
from sandbox.deliver.packet import INTERACTIVE, Packet
from sandbox.deliver.send import send
from sandbox.desk import Desk
from sandbox.errors import NotPossible, SlackError
from sandbox.outcome import Outcome
from sandbox.page.exact import GONE, control_of, keep, spot_of
from sandbox.state.inputs import HOLDINGS, Control
from sandbox.wire import Json


async def enter(desk: Desk, request: Request, body: Json) -> Json:
    """Keep what was entered at a place, and tell the app of the control "used", if one is named.

    "used" has the ids of the control and, for a menu or a pair of buttons, "chosen".
    """
    world = desk.world
    person = actor(world, request.path_params["person"])
    spot = spot_of(world, person, body["place"])
    keep(world, spot, body.get("entries", ()))
    used = body.get("used")
    if not used:
        return Outcome().as_json()
    control = control_of(spot, used)
    chosen = _chosen(control, spot.values, used.get("chosen"))
    return (await perform(desk, person, spot, control, chosen)).as_json()


async def submit(desk: Desk, request: Request, body: Json) -> Json:
    """Submit the modal "view" with what was entered in it."""
    world = desk.world
    person = actor(world, request.path_params["person"])
    top = world.top_view(person.id)
    if top is None or top.id != body["view"]:
        raise NotPossible(GONE)
    keep(world, spot_of(world, person, body), body.get("entries", ()))
    return (await modals.submit(desk, person.id)).as_json()


async def suggest(desk: Desk, request: Request, body: Json) -> Json:
    """Return the options or option_groups that the app offers for what was typed."""
    world = desk.world
    person = actor(world, request.path_params["person"])
    spot = spot_of(world, person, body["place"])
    control = control_of(spot, body)
    named = {"action_id": control.action_id, "block_id": control.block_id, "value": body["typed"]}
    answer = await send(desk, Packet(INTERACTIVE, spot.suggestion(world, person, named)))
    if answer.trouble:
        return {"trouble": answer.trouble}
    try:
        offer = read_options_ack(answer.content)
    except SlackError as error:
        return {"trouble": error.code, "problems": list(error.problems)}
    spot.offered[control.action_id] = [*_options(offer), *_held(control, spot.values)]
    return offer


def _chosen(control: Control, values: Json, chosen: object) -> Json:
    if control.kind in HOLDINGS:
        return held_action(control, values[control.block_id][control.action_id])
    element = control.element
    if control.kind == "overflow":
        return {"selected_option": element["options"][_index(element["options"], chosen)]}
    if control.kind == "feedback_buttons":
        liked = chosen == "positive"
        return {"value": element["positive_button" if liked else "negative_button"]["value"]}
    return {name: element[name] for name in ("text", "value", "style") if name in element}


def _index(options: list[Json], chosen: object) -> int:
    if not isinstance(chosen, int) or not 0 <= chosen < len(options):
        raise NotPossible(GONE)
    return chosen


def _options(offer: Json) -> list[Json]:
    groups = offer.get("option_groups", [])
    return offer.get("options") or [each for group in groups for each in group["options"]]


def _held(control: Control, values: Json) -> list[Json]:
    held = values.get(control.block_id, {}).get(control.action_id, {})
    one = held.get("selected_option")
    return [one] if one else held.get("selected_options") or []
