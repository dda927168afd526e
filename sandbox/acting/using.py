"""Pressing, choosing, filling in and typing ahead."""

from sandbox.acting.entering import held_value, matching_option, options_of
from sandbox.acting.people import actor
from sandbox.acting.spots import Place, Spot, locate
from sandbox.deliver.acks import read_options_ack
from sandbox.deliver.packet import INTERACTIVE, Packet
from sandbox.deliver.send import send
from sandbox.desk import Desk
from sandbox.errors import NotPossible, SlackError
from sandbox.outcome import Outcome
from sandbox.state.inputs import HOLDINGS, Control
from sandbox.state.people import Person
from sandbox.wire import Json


_PRESSABLE = ("button", "icon_button", "overflow", "feedback_buttons")
_TYPED = (
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
)


async def press(
    desk: Desk,
    person_id: str,
    name: str,
    place: Place,
    *,
    confirm: bool = True,
    force: bool = False,
) -> Outcome:
    """Press a button or choose from an overflow menu; `confirm` is the answer to a dialog."""
    person = actor(desk.world, person_id, force=force)
    spot, control = locate(desk.world, person, place, name)
    if control.kind not in _PRESSABLE:
        raise NotPossible(f"“{name}” is no button.")
    if control.element.get("confirm") and not confirm:
        return Outcome()
    return await perform(desk, person, spot, control, _pressed(control, name))


async def fill(desk: Desk, person_id: str, entries: Json, place: Place) -> Outcome:
    """Enter values into inputs, in order, telling the app where the input dispatches."""
    person = actor(desk.world, person_id)
    outcome = Outcome()
    for name, entered in entries.items():
        await _look_up(desk, person, place, name, entered)
        spot, control = locate(desk.world, person, place, name)
        outcome = await _enter(desk, person, spot, control, entered)
        if outcome.trouble:
            break
    return outcome


async def type_ahead(desk: Desk, person_id: str, name: str, typed: str, place: Place) -> Outcome:
    """Type into an external select; the outcome has the options that are offered then."""
    person = actor(desk.world, person_id)
    spot, control = locate(desk.world, person, place, name)
    if not control.kind.endswith("external_select"):
        raise NotPossible(f"“{name}” looks nothing up.")
    if len(typed) < control.element.get("min_query_length", 3):
        return Outcome()
    asked = {"action_id": control.action_id, "block_id": control.block_id, "value": typed}
    payload = spot.suggestion(desk.world, person, asked)
    answer = await send(desk, Packet(INTERACTIVE, payload))
    try:
        offer = read_options_ack(answer.content) if answer.went_well else {}
    except SlackError as error:
        return Outcome(error.code, "Something went wrong", problems=list(error.problems))
    if answer.trouble:
        return Outcome(answer.trouble, "Something went wrong")
    spot.offered[control.action_id] = _flat(offer)
    return Outcome(options=_flat(offer))


async def _look_up(desk: Desk, person: Person, place: Place, name: str, entered: object) -> None:
    """Type an entry into its field where that is a typeahead and has not offered it yet."""
    spot, control = locate(desk.world, person, place, name)
    if not control.kind.endswith("external_select") or not isinstance(entered, str):
        return
    offered = spot.offered.get(control.action_id, [])
    if entered and not matching_option(options_of(control, offered), entered):
        await type_ahead(desk, person.id, name, entered, place)


async def _enter(
    desk: Desk, person: Person, spot: Spot, control: Control, entered: object
) -> Outcome:
    offered = spot.offered.get(control.action_id, [])
    held = held_value(desk.world, control, offered, entered)
    spot.values.setdefault(control.block_id, {})[control.action_id] = held
    desk.world.feed.publish("entered", person=person.id, block=control.block_id)
    if not _dispatches(control):
        return Outcome()
    return await perform(desk, person, spot, control, held_action(control, held))


async def perform(
    desk: Desk, person: Person, spot: Spot, control: Control, chosen: Json
) -> Outcome:
    """Tell the app that a control was used; `chosen` is what the action says of it."""
    action = {
        "type": control.kind,
        "action_id": control.action_id,
        "block_id": control.block_id,
        **chosen,
        "action_ts": desk.world.clock.next_ts(),
    }
    payload = spot.actions(desk.world, person, action)
    answer = await send(desk, Packet(INTERACTIVE, payload))
    url = str(control.element.get("url", ""))
    if answer.trouble:
        notice = f"⚠ {answer.trouble}"
        desk.world.feed.publish("notice", person=person.id, notice=notice)
        return Outcome(answer.trouble, notice, url=url)
    return Outcome(url=url)


def _dispatches(control: Control) -> bool:
    if control.block["type"] != "input":
        return True
    if not control.block.get("dispatch_action"):
        return False
    config = control.element.get("dispatch_action_config", {})
    on = config.get("trigger_actions_on", ["on_enter_pressed"])
    return control.kind not in _TYPED or bool(on)


def _pressed(control: Control, name: str) -> Json:
    element = control.element
    if control.kind == "overflow":
        option = matching_option(element["options"], name)
        if option is None:
            raise NotPossible(f"“{name}” is not in the menu.")
        return {"selected_option": option}
    if control.kind == "feedback_buttons":
        return {"value": element["positive_button"]["value"]}
    return _copied(element, "text", "value", "style")


def held_action(control: Control, held: Json) -> Json:
    """Return what an action says of a control that holds this entry of `state.values`."""
    told = {name: value for name, value in held.items() if name != "type"}
    return told | _copied(control.element, "placeholder", HOLDINGS[control.kind].initial)


def _copied(element: Json, *names: str) -> Json:
    return {name: element[name] for name in names if name in element}


def _flat(offer: Json) -> list[Json]:
    groups = offer.get("option_groups", [])
    return offer.get("options") or [each for group in groups for each in group["options"]]
