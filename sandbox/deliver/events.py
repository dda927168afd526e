"""Events: what happened in the workspace, told to the app that subscribed to it."""

import asyncio
import secrets

from sandbox.deliver.packet import EVENT, TIMEOUT, Answer, Packet
from sandbox.deliver.send import send
from sandbox.desk import Desk
from sandbox.state.conversations import Channel
from sandbox.state.messages import Message
from sandbox.state.world import World
from sandbox.wire import Json


_MESSAGES = {
    "public": ("message.channels", "channel"),
    "private": ("message.groups", "group"),
    "im": ("message.im", "im"),
    "mpim": ("message.mpim", "mpim"),
}


def emit(desk: Desk, subscription: str, event: Json, channel: Channel | None = None) -> None:
    """Send an event in the background, where the app has subscribed to it."""
    if subscription in desk.world.app.events:
        desk.start(_send_with_retries(desk, envelope(desk.world, event, channel)))


def emit_message(desk: Desk, channel: Channel, message: Message) -> None:
    """Tell the app of a message a person wrote where its bot reads along."""
    world = desk.world
    if not world.is_member(channel):
        return
    subscription, channel_type = _MESSAGES[channel.kind]
    event = message.as_slack() | {
        "channel": channel.id,
        "channel_type": channel_type,
        "event_ts": message.ts,
        "client_msg_id": secrets.token_hex(16),
    }
    emit(desk, subscription, event, channel)
    if f"<@{world.app.bot_user}>" in message.text:
        emit(desk, "app_mention", event | {"type": "app_mention"}, channel)


def envelope(world: World, event: Json, channel: Channel | None) -> Json:
    """Return the outer event."""
    return {
        "token": world.app.verification_token,
        "team_id": world.team.id,
        "context_team_id": world.team.id,
        "context_enterprise_id": None,
        "api_app_id": world.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(world.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": world.team.id,
                "user_id": world.app.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
        "event_context": "4-" + secrets.token_urlsafe(24),
    }


async def _send_with_retries(desk: Desk, payload: Json) -> None:
    answer = await send(desk, Packet(EVENT, payload))
    for number, pause in enumerate(desk.world.settings.event_retries, 1):
        if answer.went_well or answer.headers.get("x-slack-no-retry") == "1":
            return
        await asyncio.sleep(pause)
        answer = await send(desk, Packet(EVENT, payload, number, _reason(answer)))


def _reason(answer: Answer) -> str:
    if answer.trouble == TIMEOUT:
        return "http_timeout"
    return "http_error" if answer.status else "connection_failed"
