"""Opening, stacking, changing and closing views."""

import secrets

from sandbox.errors import SlackError
from sandbox.state.inputs import initial_values, kept_values
from sandbox.state.posting import fill_in_ids
from sandbox.state.views import Trigger, View
from sandbox.state.world import World
from sandbox.wire import Json


STACK_DEPTH = 3


def use_trigger(world: World, trigger_id: str) -> Trigger:
    """Return the trigger, used up now; SlackError where it is unknown, used or too old."""
    trigger = world.triggers.get(trigger_id)
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if world.clock.now() - trigger.at > world.settings.trigger_seconds:
        raise SlackError("expired_trigger_id")
    trigger.used = True
    return trigger


def open_modal(world: World, person: str, body: Json) -> View:
    """Show a modal instead of whatever modals the person had open."""
    require_free_external_id(world, body)
    clear(world, person)
    view = _new(world, person, body)
    world.stacks[person] = [view]
    _shown(world, view)
    return view


def push_modal(world: World, person: str, body: Json) -> View:
    """Show a modal on top of the person's others, three at most."""
    require_free_external_id(world, body)
    stack = world.stacks.get(person) or []
    if len(stack) >= STACK_DEPTH:
        raise SlackError("push_limit_reached")
    view = _new(world, person, body)
    if stack:
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
    world.stacks[person] = [*stack, view]
    _shown(world, view)
    return view


def change(world: World, view: View, body: Json) -> None:
    """Replace what a view shows; inputs that keep their ids keep what was entered."""
    if body.get("external_id", "") != view.external_id:
        require_free_external_id(world, body)
    view.values = kept_values(fill_in_ids(body["blocks"]), view.values)
    view.body, view.errors, view.hash = body, {}, _hash(world)
    _shown(world, view)


def publish_home(world: World, person: str, body: Json) -> View:
    """Show a person's App Home, or replace it."""
    view = world.homes.get(person)
    if view is None:
        require_free_external_id(world, body)
        world.homes[person] = view = _new(world, person, body)
        _shown(world, view)
    else:
        change(world, view, body)
    return view


def close(world: World, view: View) -> None:
    """Close a modal and any above it; the one below comes back as it was left."""
    stack = world.stacks[view.person]
    for each in stack[stack.index(view) :]:
        world.views.pop(each.id, None)
    del stack[stack.index(view) :]
    world.feed.publish("view", person=view.person, view="")


def clear(world: World, person: str) -> None:
    """Close every modal a person has open."""
    if world.stacks.get(person):
        for view in world.stacks[person]:
            world.views.pop(view.id, None)
        world.stacks[person] = []
        world.feed.publish("view", person=person, view="")


def require_hash(view: View, given: str) -> None:
    if given and given != view.hash:
        raise SlackError("hash_conflict")


def require_free_external_id(world: World, body: Json) -> None:
    wanted = body.get("external_id")
    if wanted and any(view.external_id == wanted for view in world.views.values()):
        raise SlackError("duplicate_external_id")


def _new(world: World, person: str, body: Json) -> View:
    values = initial_values(fill_in_ids(body["blocks"]))
    view_id = world.new_id("V")
    view = View(view_id, person, body, values, _hash(world), view_id)
    world.views[view_id] = view
    return view


def _hash(world: World) -> str:
    return f"{int(world.clock.now())}.{secrets.token_hex(4)}"


def _shown(world: World, view: View) -> None:
    world.feed.publish(
        view.kind if view.kind == "home" else "view", person=view.person, view=view.id
    )
