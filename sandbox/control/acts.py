"""Acting as a person: POST /sandbox/people/{person}/acts/{act}."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from starlette.requests import Request

from sandbox.acting import commands, modals, using
from sandbox.acting.people import actor
from sandbox.acting.spots import Place
from sandbox.desk import Desk
from sandbox.errors import NotPossible
from sandbox.outcome import Outcome
from sandbox.state.files import File
from sandbox.state.posting import mark_read
from sandbox.wire import Json


Act: TypeAlias = Callable[[Desk, str, Json], Awaitable[Outcome]]


async def act(desk: Desk, request: Request, body: Json) -> Json:
    """Do one thing as a person; the answer is what they see."""
    named = request.path_params["act"]
    if named not in ACTS:
        raise NotPossible(f"Nobody can {named}; there are {', '.join(ACTS)}.")
    outcome = await ACTS[named](desk, request.path_params["person"], body)
    return outcome.as_json()


async def _command(desk: Desk, person: str, body: Json) -> Outcome:
    return await commands.command(
        desk,
        person,
        body["command"],
        body.get("text", ""),
        channel=body.get("channel", ""),
        force=body.get("force", False),
    )


async def _global_shortcut(desk: Desk, person: str, body: Json) -> Outcome:
    force = body.get("force", False)
    return await commands.global_shortcut(desk, person, body["callback_id"], force=force)


async def _message_shortcut(desk: Desk, person: str, body: Json) -> Outcome:
    return await commands.message_shortcut(
        desk,
        person,
        body["callback_id"],
        body["channel"],
        body["ts"],
        force=body.get("force", False),
    )


async def _home(desk: Desk, person: str, body: Json) -> Outcome:
    return commands.open_home(desk, person, body.get("tab", "home"))


async def _write(desk: Desk, person: str, body: Json) -> Outcome:
    message = commands.write(
        desk,
        person,
        body["channel"],
        body.get("text", ""),
        thread_ts=body.get("thread_ts", ""),
        files=tuple(body.get("files", ())),
    )
    return Outcome(ts=message.ts)


async def _read(desk: Desk, person: str, body: Json) -> Outcome:
    mark_read(desk.world, desk.world.channels[body["channel"]], person)
    return Outcome()


async def _press(desk: Desk, person: str, body: Json) -> Outcome:
    return await using.press(
        desk,
        person,
        body["name"],
        _place(body),
        confirm=body.get("confirm", True),
        force=body.get("force", False),
    )


async def _fill(desk: Desk, person: str, body: Json) -> Outcome:
    return await using.fill(desk, person, body["entries"], _place(body))


async def _type_ahead(desk: Desk, person: str, body: Json) -> Outcome:
    return await using.type_ahead(desk, person, body["name"], body["typed"], _place(body))


async def _submit(desk: Desk, person: str, _body: Json) -> Outcome:
    return await modals.submit(desk, person)


async def _close(desk: Desk, person: str, body: Json) -> Outcome:
    return await modals.close(desk, person, everything=body.get("everything", False))


async def _upload(desk: Desk, person: str, body: Json) -> Outcome:
    world = desk.world
    file = File(
        world.new_id("F"),
        body["name"],
        actor(world, person).id,
        int(world.clock.now()),
        mimetype=body.get("mimetype", "application/octet-stream"),
        content=base64.b64decode(body["content"]),
        complete=True,
    )
    world.files[file.id] = file
    return Outcome(file=file.id)


def _place(body: Json) -> Place:
    where = body.get("place", {})
    return Place(where.get("home", False), where.get("channel", ""), where.get("ts", ""))


ACTS: Mapping[str, Act] = {
    "command": _command,
    "global_shortcut": _global_shortcut,
    "message_shortcut": _message_shortcut,
    "home": _home,
    "write": _write,
    "read": _read,
    "press": _press,
    "fill": _fill,
    "type_ahead": _type_ahead,
    "submit": _submit,
    "close": _close,
    "upload": _upload,
}
