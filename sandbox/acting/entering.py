"""Turning what a person enters into the value Slack keeps for that kind of element."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from sandbox.errors import NotPossible
from sandbox.state.inputs import HOLDINGS, Control
from sandbox.state.world import World
from sandbox.wire import Json


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def held_value(world: World, control: Control, offered: list[Json], entered: object) -> Json:
    """Return the element's entry of `state.values`; None or "" empties it.

    NotPossible where the element does not offer what was entered.
    """
    holding = HOLDINGS.get(control.kind)
    if holding is None:
        raise NotPossible(f"One cannot enter anything into a {control.kind}.")
    if entered in (None, "", []):
        value: object = holding.empty()
    elif holding.several:
        several = entered if isinstance(entered, list) else [entered]
        value = [_one(world, control, offered, each) for each in several]
    else:
        value = _one(world, control, offered, entered)
    return {"type": control.kind, holding.value: value}


def options_of(control: Control, offered: list[Json]) -> list[Json]:
    """Return the options a person can choose from."""
    element = control.element
    if control.kind.endswith("external_select"):
        return [*offered, *_initial(element)]
    groups = element.get("option_groups")
    if groups:
        return [each for group in groups for each in group["options"]]
    options: list[Json] = element.get("options", [])
    return options


def matching_option(options: list[Json], entered: object) -> Json | None:
    """Return the option of this text or value, if there is one."""
    if isinstance(entered, dict):
        return entered if entered in options else None
    for each in options:
        if entered in (each["text"]["text"], each.get("value")):
            return each
    return None


def _initial(element: Json) -> list[Json]:
    one = element.get("initial_option")
    return [one] if one else list(element.get("initial_options", []))


def _one(world: World, control: Control, offered: list[Json], entered: object) -> object:
    return _READERS[control.kind](world, control, offered, entered)


def _text(_world: World, _control: Control, _offered: list[Json], entered: object) -> object:
    return str(entered)


def _option(_world: World, control: Control, offered: list[Json], entered: object) -> object:
    found = matching_option(options_of(control, offered), entered)
    if found is None:
        raise NotPossible(f"{control.action_id} does not offer “{entered}”.")
    return found


def _person(world: World, _control: Control, _offered: list[Json], entered: object) -> object:
    if entered not in world.people:
        raise NotPossible(f"There is nobody called {entered}.")
    return entered


def _channel(world: World, _control: Control, _offered: list[Json], entered: object) -> object:
    if entered not in world.channels:
        raise NotPossible(f"There is no channel {entered}.")
    return entered


def _date(_world: World, _control: Control, _offered: list[Json], entered: object) -> object:
    return _of_form(_DATE, entered)


def _time(_world: World, _control: Control, _offered: list[Json], entered: object) -> object:
    return _of_form(_TIME, entered)


def _moment(_world: World, _control: Control, _offered: list[Json], entered: object) -> object:
    if isinstance(entered, bool) or not isinstance(entered, int):
        raise NotPossible(f"“{entered}” is no moment in seconds.")
    return entered


def _rich(_world: World, _control: Control, _offered: list[Json], entered: object) -> object:
    if isinstance(entered, dict):
        return entered
    words = {"type": "text", "text": str(entered)}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [words]}],
    }


def _file(world: World, _control: Control, _offered: list[Json], entered: object) -> object:
    file = world.files.get(str(entered))
    if file is None:
        raise NotPossible(f"There is no file {entered}.")
    return file.as_slack(world.base_url, world.team.id)


def _of_form(form: re.Pattern[str], entered: object) -> str:
    if not isinstance(entered, str) or not form.fullmatch(entered):
        raise NotPossible(f"“{entered}” cannot be picked.")
    return entered


Reader: TypeAlias = Callable[[World, Control, list[Json], object], object]
_READERS: Mapping[str, Reader] = {
    "plain_text_input": _text,
    "number_input": _text,
    "email_text_input": _text,
    "url_text_input": _text,
    "rich_text_input": _rich,
    "static_select": _option,
    "external_select": _option,
    "radio_buttons": _option,
    "multi_static_select": _option,
    "multi_external_select": _option,
    "checkboxes": _option,
    "users_select": _person,
    "multi_users_select": _person,
    "conversations_select": _channel,
    "multi_conversations_select": _channel,
    "channels_select": _channel,
    "multi_channels_select": _channel,
    "datepicker": _date,
    "timepicker": _time,
    "datetimepicker": _moment,
    "file_input": _file,
}
