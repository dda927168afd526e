"""What a person has put into the inputs of a view, as `state.values` holds it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.limits.walk import elements_of, flat
from sandbox.wire import Json


@dataclass(frozen=True)
class Holding:
    """Where a kind of element keeps its value, and what it starts from."""

    value: str
    initial: str
    several: bool = False

    def empty(self) -> list[object] | None:
        return [] if self.several else None


_TEXT = Holding("value", "initial_value")
_ONE = Holding("selected_option", "initial_option")
_MANY = Holding("selected_options", "initial_options", several=True)
HOLDINGS: Mapping[str, Holding] = {
    "plain_text_input": _TEXT,
    "number_input": _TEXT,
    "email_text_input": _TEXT,
    "url_text_input": _TEXT,
    "rich_text_input": Holding("rich_text_value", "initial_value"),
    "static_select": _ONE,
    "external_select": _ONE,
    "radio_buttons": _ONE,
    "multi_static_select": _MANY,
    "multi_external_select": _MANY,
    "checkboxes": _MANY,
    "users_select": Holding("selected_user", "initial_user"),
    "multi_users_select": Holding("selected_users", "initial_users", several=True),
    "conversations_select": Holding("selected_conversation", "initial_conversation"),
    "multi_conversations_select": Holding(
        "selected_conversations", "initial_conversations", several=True
    ),
    "channels_select": Holding("selected_channel", "initial_channel"),
    "multi_channels_select": Holding("selected_channels", "initial_channels", several=True),
    "datepicker": Holding("selected_date", "initial_date"),
    "timepicker": Holding("selected_time", "initial_time"),
    "datetimepicker": Holding("selected_date_time", "initial_date_time"),
    "file_input": Holding("files", "", several=True),
}


@dataclass(frozen=True)
class Control:
    """An element a person can use, in its block."""

    block: Json
    element: Json

    @property
    def kind(self) -> str:
        return str(self.element["type"])

    @property
    def block_id(self) -> str:
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        return str(self.element["action_id"])


def controls(blocks: list[Json]) -> Iterator[Control]:
    """Yield the elements a person can use, in the order of the screen."""
    for block in flat(blocks):
        for element in elements_of(block):
            if "action_id" in element:
                yield Control(block, element)


def initial_values(blocks: list[Json]) -> Json:
    """Return `state.values` for blocks nobody has touched."""
    return kept_values(blocks, {})


def kept_values(blocks: list[Json], before: Json) -> Json:
    """Return `state.values` for new blocks; same block_id and action_id keep what was entered."""
    values: Json = {}
    for each in controls(blocks):
        holding = HOLDINGS.get(each.kind)
        if holding is None:
            continue
        old = before.get(each.block_id, {}).get(each.action_id)
        if old is None or old["type"] != each.kind:
            start = each.element.get(holding.initial, holding.empty())
            old = {"type": each.kind, holding.value: start}
        values.setdefault(each.block_id, {})[each.action_id] = old
    return values
