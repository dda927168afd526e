"""auth.test, team.info, bots.info, api.test, apps.connections.open, blocks.validate."""

import re
import secrets
from collections.abc import Mapping

from sandbox.errors import SlackError
from sandbox.limits.blocks import HOME, MODAL
from sandbox.limits.messages import block_problems
from sandbox.limits.views import view_problems
from sandbox.methods.call import Call, Method
from sandbox.wire import Json


_PROBLEM = re.compile(r"(?P<message>.*) \[json-pointer:(?P<pointer>.*)\]")


def auth_test(call: Call) -> Json:
    world = call.world
    return {
        "url": world.base_url + "/",
        "team": world.team.name,
        "user": world.people[world.app.bot_user].name,
        "team_id": world.team.id,
        "user_id": world.app.bot_user,
        "bot_id": world.app.bot_id,
        "is_enterprise_install": False,
    }


def api_test(call: Call) -> Json:
    if "error" in call.args:
        raise SlackError(str(call.args["error"]), args=call.args)
    return {"args": call.args}


def team_info(call: Call) -> Json:
    world = call.world
    team = world.teams.get(call.text("team", world.team.id))
    if team is None:
        raise SlackError("team_not_found")
    return {"team": team.as_slack(world.base_url)}


def bots_info(call: Call) -> Json:
    world = call.world
    wanted = call.text("bot", world.app.bot_id)
    if wanted == world.app.bot_id:
        return {"bot": world.app.as_bot(world.base_url)}
    for person in world.people.values():
        if person.is_bot and person.bot_id == wanted:
            return {
                "bot": {
                    "id": person.bot_id,
                    "deleted": person.deleted,
                    "name": person.real_name,
                    "updated": person.updated,
                    "app_id": person.app_id,
                    "user_id": person.id,
                    "icons": {},
                }
            }
    raise SlackError("bot_not_found")


def connections_open(call: Call) -> Json:
    place = call.world.app.link_url or call.world.base_url.replace("http", "ws", 1)
    return {"url": f"{place}/link?ticket={secrets.token_hex(16)}&app_id={call.world.app.id}"}


def blocks_validate(call: Call) -> Json:
    given = {name: call.structure(name) for name in ("blocks", "view", "message")}
    given = {name: value for name, value in given.items() if value is not None}
    if len(given) != 1:
        raise SlackError("invalid_arguments", ["send exactly one of blocks, view, message"])
    problems = _problems(*given.popitem())
    if problems:
        raise SlackError("invalid_blocks", problems, errors=[_explained(each) for each in problems])
    return {}


def _problems(name: str, value: object) -> list[str]:
    if name == "blocks":
        return block_problems(value)
    if not isinstance(value, dict):
        return [f"must be an object [json-pointer:/{name}]"]
    if name == "message":
        return block_problems(value.get("blocks", []), "/message/blocks")
    return view_problems(value, HOME if value.get("type") == HOME else MODAL)


def _explained(problem: str) -> Json:
    found = _PROBLEM.fullmatch(problem)
    told = found.groupdict() if found else {"message": problem, "pointer": ""}
    return {"code": "invalid_block", **told, "constraint": told["message"]}


METHODS: Mapping[str, Method] = {
    "auth.test": Method(auth_test),
    "api.test": Method(api_test, token="none"),  # noqa: S106 - a kind of token
    "apps.connections.open": Method(connections_open, "3", token="app"),  # noqa: S106 - a kind
    "blocks.validate": Method(blocks_validate, "3", token="none"),  # noqa: S106 - a kind
    "team.info": Method(team_info, "3", ("team:read",)),
    "bots.info": Method(bots_info, "3", ("users:read",)),
}
