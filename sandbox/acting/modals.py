"""Submitting and closing modals."""

from sandbox.acting.filled import field_errors
from sandbox.acting.people import actor
from sandbox.acting.spots import require_modal
from sandbox.deliver import payloads
from sandbox.deliver.acks import (
    CLEAR,
    ERRORS,
    PUSH,
    UPDATE,
    Wish,
    read_submission_ack,
)
from sandbox.deliver.packet import INTERACTIVE, Packet
from sandbox.deliver.send import send
from sandbox.desk import Desk
from sandbox.errors import NotPossible, SlackError
from sandbox.outcome import TROUBLE_CONNECTING, Outcome
from sandbox.state import opening
from sandbox.state.people import Person
from sandbox.state.views import View
from sandbox.state.world import World


async def submit(desk: Desk, person_id: str) -> Outcome:
    """Press the modal's submit button."""
    world = desk.world
    person = actor(world, person_id)
    view = require_modal(world, person)
    if not view.body.get("submit"):
        raise NotPossible("This modal has no submit button.")
    view.errors = {}
    missing = field_errors(view)
    if missing:
        return _with_errors(world, view, missing)
    payload = payloads.view_submission(world, person, view)
    answer = await send(desk, Packet(INTERACTIVE, payload))
    if answer.trouble:
        return _trouble(world, person, answer.trouble)
    try:
        wish = read_submission_ack(answer.content, view)
        return _granted(world, person, view, wish)
    except SlackError as error:
        return _trouble(world, person, error.code, list(error.problems))


async def close(desk: Desk, person_id: str, *, everything: bool = False) -> Outcome:
    """Press Cancel, or with `everything` the X, which closes all modals at once."""
    world = desk.world
    person = actor(world, person_id)
    view = require_modal(world, person)
    cleared = everything or bool(view.body.get("clear_on_close"))
    told = world.stacks[person.id][0] if cleared else view
    payload = payloads.view_closed(world, person, told, cleared=cleared)
    if cleared:
        opening.clear(world, person.id)
    else:
        opening.close(world, view)
    if told.body.get("notify_on_close"):
        await send(desk, Packet(INTERACTIVE, payload))
    return Outcome()


def _granted(world: World, person: Person, view: View, wish: Wish) -> Outcome:
    stack = world.stacks.get(person.id, [])
    if wish.action == ERRORS:
        return _with_errors(world, view, wish.errors)
    if wish.action == CLEAR:
        opening.clear(world, person.id)
    elif view not in stack:
        return Outcome()
    elif wish.action == UPDATE:
        opening.change(world, view, wish.view)
    elif wish.action == PUSH:
        opening.push_modal(world, person.id, wish.view)
    else:
        opening.close(world, view)
    return Outcome()


def _with_errors(world: World, view: View, errors: dict[str, str]) -> Outcome:
    view.errors = errors
    world.feed.publish("view", person=view.person, view=view.id)
    return Outcome(errors=errors)


def _trouble(world: World, person: Person, code: str, problems: list[str] | None = None) -> Outcome:
    world.feed.publish("notice", person=person.id, notice=TROUBLE_CONNECTING)
    return Outcome(code, TROUBLE_CONNECTING, problems=problems or [])
