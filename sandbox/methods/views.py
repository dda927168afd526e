"""views.*: modals and App Home."""

from collections.abc import Mapping

from sandbox.errors import SlackError
from sandbox.limits.blocks import HOME, MODAL
from sandbox.limits.views import require_view
from sandbox.methods.call import Call, Method
from sandbox.state import opening
from sandbox.state.views import View
from sandbox.wire import Json


def open_view(call: Call) -> Json:
    body = _body(call, MODAL)
    trigger = opening.use_trigger(call.world, call.text("trigger_id"))
    return _answer(call, opening.open_modal(call.world, trigger.person, body))


def push(call: Call) -> Json:
    body = _body(call, MODAL)
    trigger = opening.use_trigger(call.world, call.text("trigger_id"))
    if not call.world.stacks.get(trigger.person):
        raise SlackError("not_found")
    return _answer(call, opening.push_modal(call.world, trigger.person, body))


def update(call: Call) -> Json:
    view = _wanted(call)
    body = _body(call, view.kind)
    opening.require_hash(view, call.text("hash", ""))
    opening.change(call.world, view, body)
    return _answer(call, view)


def publish(call: Call) -> Json:
    if not call.world.app.home_tab:
        raise SlackError("not_enabled")
    body = _body(call, HOME)
    person = call.person("user_id")
    present = call.world.homes.get(person.id)
    if present:
        opening.require_hash(present, call.text("hash", ""))
    return _answer(call, opening.publish_home(call.world, person.id, body))


def _body(call: Call, kind: str) -> Json:
    view = call.structure("view")
    if view is None:
        raise SlackError("invalid_arguments", ["missing required field: view"])
    return require_view(view, kind, call.sent_bytes)


def _wanted(call: Call) -> View:
    view_id, external_id = call.text("view_id", ""), call.text("external_id", "")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments", ["missing required field: view_id"])
    if view_id:
        found = call.world.views.get(view_id)
    else:
        views = call.world.views.values()
        found = next((each for each in views if each.external_id == external_id), None)
    if found is None:
        raise SlackError("not_found")
    return found


def _answer(call: Call, view: View) -> Json:
    return {"view": call.world.view_object(view)}


METHODS: Mapping[str, Method] = {
    "views.open": Method(open_view, "4"),
    "views.push": Method(push, "4"),
    "views.update": Method(update, "4"),
    "views.publish": Method(publish, "4"),
}
