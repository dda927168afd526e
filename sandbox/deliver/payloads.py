"""The payloads of interactions, in exactly Slack's shape."""

from sandbox.state.conversations import Channel
from sandbox.state.messages import Message
from sandbox.state.people import Person
from sandbox.state.views import View
from sandbox.state.world import ResponseUrl, World
from sandbox.wire import Json


def command(world: World, person: Person, channel: Channel, name: str, words: str) -> Json:
    """Return the form of a slash command."""
    return {
        "token": world.app.verification_token,
        "team_id": world.team.id,
        "team_domain": world.team.domain,
        "channel_id": channel.id,
        "channel_name": channel.payload_name,
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": words,
        "api_app_id": world.app.id,
        "is_enterprise_install": "false",
        "response_url": _response_url(world, channel, person),
        "trigger_id": world.mint_trigger(person.id),
    }


def global_shortcut(world: World, person: Person, callback_id: str) -> Json:
    """Return the payload of a global shortcut."""
    return {
        "type": "shortcut",
        "token": world.app.verification_token,
        "action_ts": world.clock.next_ts(),
        **_installed(world),
        "user": {"id": person.id, "username": person.name, "team_id": person.team},
        "callback_id": callback_id,
        "trigger_id": world.mint_trigger(person.id),
    }


def message_shortcut(
    world: World, person: Person, channel: Channel, message: Message, callback_id: str
) -> Json:
    """Return the payload of a message shortcut."""
    return {
        "type": "message_action",
        "token": world.app.verification_token,
        "action_ts": world.clock.next_ts(),
        **_installed(world),
        "user": {
            "id": person.id,
            "username": person.name,
            "team_id": person.team,
            "name": person.name,
        },
        "channel": {"id": channel.id, "name": channel.payload_name},
        "callback_id": callback_id,
        "trigger_id": world.mint_trigger(person.id),
        "response_url": _response_url(world, channel, person, message),
        "message_ts": message.ts,
        "message": message.as_slack(),
    }


def block_actions_in_view(world: World, person: Person, view: View, action: Json) -> Json:
    """Return the payload of a press or a choice in a modal or in App Home."""
    return _shared(world, person, "block_actions", view) | {
        "container": {"type": "view", "view_id": view.id},
        "view": world.view_object(view),
        "actions": [action],
    }


def block_actions_in_message(
    world: World, person: Person, channel: Channel, message: Message, action: Json
) -> Json:
    """Return the payload of a press or a choice in a message.

    Slack leaves `message` out where it was ephemeral.
    """
    told = _shared(world, person, "block_actions") | {
        "container": _container(channel, message),
        "channel": {"id": channel.id, "name": channel.payload_name},
        "state": {"values": message.values},
        "response_url": _response_url(world, channel, person, message),
        "actions": [action],
    }
    if not message.only_for:
        told["message"] = message.as_slack()
    return told


def view_submission(world: World, person: Person, view: View) -> Json:
    """Return the payload of a submitted modal."""
    return _shared(world, person, "view_submission", view) | {
        "view": world.view_object(view),
        "response_urls": _response_urls(world, person, view),
    }


def view_closed(world: World, person: Person, view: View, *, cleared: bool) -> Json:
    """Return the payload of a modal closed without submitting."""
    told = _shared(world, person, "view_closed", view)
    del told["trigger_id"]
    return told | {"view": world.view_object(view), "is_cleared": cleared}


def suggestion_in_view(world: World, person: Person, view: View, asked: Json) -> Json:
    """Return the payload of typing into an external select in a view."""
    told = _shared(world, person, "block_suggestion", view) | asked
    del told["trigger_id"]
    return told | {
        "container": {"type": "view", "view_id": view.id},
        "view": world.view_object(view),
    }


def suggestion_in_message(
    world: World, person: Person, channel: Channel, message: Message, asked: Json
) -> Json:
    """Return the payload of typing into an external select in a message."""
    told = _shared(world, person, "block_suggestion") | asked
    del told["trigger_id"]
    return told | {
        "container": _container(channel, message),
        "channel": {"id": channel.id, "name": channel.payload_name},
        "message": message.as_slack(),
    }


def _installed(world: World) -> Json:
    return {
        "team": {"id": world.team.id, "domain": world.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _shared(world: World, person: Person, kind: str, view: View | None = None) -> Json:
    modal = view.id if view and view.kind == "modal" else ""
    return {
        "type": kind,
        **_installed(world),
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": person.team,
        },
        "api_app_id": world.app.id,
        "token": world.app.verification_token,
        "trigger_id": world.mint_trigger(person.id, modal),
    }


def _container(channel: Channel, message: Message) -> Json:
    told = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": bool(message.only_for),
    }
    if message.thread_ts:
        told["thread_ts"] = message.thread_ts
    return told


def _response_url(
    world: World, channel: Channel, person: Person, message: Message | None = None
) -> str:
    given = ResponseUrl(channel.id, person.id, world.clock.now())
    if message:
        given.source, given.thread_ts = message.ts, message.thread_ts
    return world.mint_response_url(given)


def _response_urls(world: World, person: Person, view: View) -> list[Json]:
    told = []
    for block in view.blocks:
        element = block.get("element", {})
        held = view.values.get(block["block_id"], {}).get(element.get("action_id"), {})
        chosen = held.get("selected_conversation") or held.get("selected_channel")
        if element.get("response_url_enabled") and chosen in world.channels:
            told.append(
                {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": chosen,
                    "response_url": _response_url(world, world.channels[chosen], person),
                }
            )
    return told
