"""Building a workspace from its description, a JSON file or a dictionary."""

import copy
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from sandbox.errors import BadWorkspace
from sandbox.limits.messages import block_problems
from sandbox.settings import Settings
from sandbox.state.app import App, Command, Shortcut
from sandbox.state.conversations import Channel
from sandbox.state.messages import Message
from sandbox.state.people import SLACKBOT, Person, Team, UserGroup
from sandbox.state.posting import post
from sandbox.state.world import World
from sandbox.wire import Json


DEFAULT = Path(__file__).with_name("workspace.json")
Built = TypeVar("Built")


def read_workspace(path: Path = DEFAULT) -> Json:
    """Return a workspace's description; BadWorkspace where it is no JSON object."""
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadWorkspace(f"{path.name}: {error}") from error
    if not isinstance(described, dict):
        raise BadWorkspace(f"{path.name}: not a JSON object")
    return described


def build_world(described: Json, settings: Settings | None = None) -> World:
    """Return the workspace described; BadWorkspace names what is wrong with it.

    Keys: team, teams, app, manifest, people, channels, usergroups, settings.
    """
    described = copy.deepcopy(described)
    team = _make(Team, "team", described["team"])
    app = _app(described.get("app", {}), described.get("manifest"))
    world = World(team, app, settings=settings or Settings())
    if "settings" in described:
        world.settings = world.settings.changed(described["settings"])
    for each in [described["team"], *described.get("teams", ())]:
        world.teams[each["id"]] = _make(Team, "teams", each)
    _add_people(world, described.get("people", ()))
    for each in described.get("usergroups", ()):
        world.groups[each["id"]] = _make(UserGroup, "usergroups", each)
    for each in described.get("channels", ()):
        _add_channel(world, each)
    return world


def _make(kind: type[Built], where: str, described: Mapping[str, object]) -> Built:
    try:
        return kind(**described)
    except TypeError as error:
        named = described.get("id", "?")
        raise BadWorkspace(f"{where}, {named}: {error}") from error


def _app(described: Json, manifest: Json | None) -> App:
    described = dict(described)
    for name, kind in (("commands", Command), ("shortcuts", Shortcut)):
        if described.get(name) is not None:
            described[name] = [_make(kind, name, each) for each in described[name]]
    app = _make(App, "app", described)
    if manifest is not None:
        app.follow_manifest(manifest)
    return app


def _add_people(world: World, described: Iterable[Json]) -> None:
    bot = Person(
        world.app.bot_user,
        world.app.name.lower().replace(" ", ""),
        world.app.name,
        is_bot=True,
        bot_id=world.app.bot_id,
        app_id=world.app.id,
    )
    slackbot = Person(SLACKBOT, "slackbot", "Slackbot", display_name="Slackbot")
    others = [_make(Person, "people", each) for each in described]
    for person in (slackbot, bot, *others):
        world.people[person.id] = replace(person, team=person.team or world.team.id)


def _add_channel(world: World, described: Json) -> None:
    described = dict(described)
    messages = described.pop("messages", ())
    channel = _make(Channel, "channels", described)
    unknown = [each for each in channel.members if each not in world.people]
    if unknown:
        raise BadWorkspace(f"channels, {channel.id}: no such person {', '.join(unknown)}")
    world.channels[channel.id] = channel
    for each in messages:
        _add_message(world, channel, each)


def _add_message(world: World, channel: Channel, described: Json, thread_ts: str = "") -> None:
    described = dict(described)
    replies = described.pop("replies", ())
    minutes_ago = described.pop("minutes_ago", None)
    if minutes_ago is not None:
        described["ts"] = f"{time.time() - minutes_ago * 60:.6f}"
    described.setdefault("ts", world.clock.next_ts())
    described.setdefault("thread_ts", thread_ts)
    message = _make(Message, channel.id, described)
    message.team = world.people[message.user].team
    problems = block_problems(message.blocks)
    if problems:
        raise BadWorkspace(f"{channel.id}, {message.ts}: {problems[0]}")
    post(world, channel, message)
    for each in replies:
        _add_message(world, channel, each, message.ts)
