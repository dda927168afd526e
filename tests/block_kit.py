"""Would Slack take it? Every view and message of the bot is asked this in some test.

`check_view(view)` and `check_message(text, blocks)` raise AssertionError that names each fault:
by slack_sdk's own models, by Slack's limits where the models know none, and by our own rule that
nothing but our own markup stands in mrkdwn. They return nothing.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View


Payload = dict[str, Any]
Faults = Iterator[str]

UNKNOWN_TO_SDK = {"data_table", "data_visualization"}
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MODAL_ONLY = {"alert", "file_input"}
MESSAGE_ONLY = {"markdown", "file", "container", "context_actions"}
VIEW_BYTES = 250_000
MESSAGE_CHARACTERS = 10_000
NOTIFICATION = 4_000
OURS = re.compile(r"<(!date\^\d+\^[^|<>]+\|[^|<>]+|@[UW][A-Z0-9_]+|#C[A-Z0-9_]+|https?://[^<>]+)>")
ENTITY = re.compile(r"&(amp|lt|gt);")

LONGEST_TEXTS = {
    ("header", "text"): 150,
    ("button", "text"): 75,
    ("input", "label"): 2000,
    ("input", "hint"): 2000,
    ("option", "text"): 75,
    ("option", "description"): 75,
    ("confirm", "title"): 100,
    ("confirm", "text"): 300,
    ("confirm", "confirm"): 30,
    ("confirm", "deny"): 30,
    ("modal", "title"): 24,
    ("modal", "submit"): 24,
    ("modal", "close"): 24,
    ("field", "text"): 2000,
}
LONGEST_STRINGS = {
    "action_id": 255,
    "block_id": 255,
    "callback_id": 255,
    "external_id": 255,
    "private_metadata": 3000,
    "url": 3000,
    "image_url": 3000,
    "alt_text": 2000,
    "accessibility_label": 75,
}
LONGEST_VALUES = {"button": 2000, "option": 75}
MOST = {
    ("section", "fields"): (1, 10),
    ("context", "elements"): (1, 10),
    ("actions", "elements"): (1, 25),
    ("static_select", "options"): (1, 100),
    ("multi_static_select", "options"): (1, 100),
    ("static_select", "option_groups"): (1, 100),
    ("radio_buttons", "options"): (1, 10),
    ("checkboxes", "options"): (1, 10),
    ("overflow", "options"): (1, 5),
}


def check_view(view: Payload) -> None:
    """Raise AssertionError unless Slack would open or publish this view."""
    surface = view["type"]
    faults = [*_of_blocks(view["blocks"], surface), *_of_parts(view), *_of_view(view)]
    faults += _of_model("view", lambda: View(**view).to_dict(), view)
    _none_of(faults)


def check_message(text: str, blocks: list[Payload]) -> None:
    """Raise AssertionError unless Slack would post this message, and take it as an update."""
    faults = [*_of_blocks(blocks, "message"), *_of_parts({"type": "message", "blocks": blocks})]
    if not 0 < len(text) <= NOTIFICATION:
        faults.append(f"the text beside the blocks has {len(text)} characters")
    faults += _of_markup("the text beside the blocks", text)
    if (total := sum(map(len, texts_in(blocks)))) > MESSAGE_CHARACTERS:
        faults.append(f"the blocks have {total} characters of text together")
    _none_of(faults)


def texts_in(part: object) -> Iterator[str]:
    """Yield every text that is shown, whatever kind of text it is."""
    for found in parts_of(part):
        if isinstance(found.get("text"), str):
            yield found["text"]


def mrkdwn_in(part: object) -> Iterator[str]:
    """Yield every text that Slack reads as markup."""
    for found in parts_of(part):
        if found.get("type") in {"mrkdwn", "markdown"}:
            yield found["text"]


def parts_of(part: object) -> Iterator[Payload]:
    """Yield every object inside the payload, itself first."""
    if isinstance(part, dict):
        yield part
        for inner in part.values():
            yield from parts_of(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from parts_of(inner)


def action_ids_in(part: object) -> list[str]:
    """Return the ids of everything that can be pressed, chosen or filled in, in order."""
    return [found["action_id"] for found in parts_of(part) if "action_id" in found]


def element(part: object, action_id: str) -> Payload:
    """Return the one element of that id; fails where there is none or several."""
    found = [inner for inner in parts_of(part) if inner.get("action_id") == action_id]
    assert len(found) == 1, f"{len(found)} elements are named {action_id}"
    return found[0]


def _of_view(view: Payload) -> Faults:
    size = len(json.dumps(view).encode())
    if size > VIEW_BYTES:
        yield f"the view has {size} bytes"
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and "submit" not in view:
        yield "a modal with a field has no submit button"


def _of_blocks(blocks: list[Payload], surface: str) -> Faults:
    if not 1 <= len(blocks) <= MOST_BLOCKS[surface]:
        yield f"{len(blocks)} blocks in a {surface}"
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    yield from (f"two blocks are named {name}" for name, count in ids.items() if count > 1)
    if sum(bool(part.get("focus_on_load")) for part in parts_of(blocks)) > 1:
        yield "two elements want the focus"
    for number, block in enumerate(blocks):
        place = f"block {number} ({block['type']})"
        yield from (f"{place}: {fault}" for fault in _of_block(block, surface))


def _of_block(block: Payload, surface: str) -> Faults:
    names = Counter(action_ids_in(block))
    yield from (f"two elements are named {name}" for name, count in names.items() if count > 1)
    kinds = {part["type"] for part in parts_of(block) if isinstance(part.get("type"), str)}
    misplaced = (kinds & MODAL_ONLY if surface != "modal" else set()) | (
        kinds & MESSAGE_ONLY if surface != "message" else set()
    )
    yield from (f"{kind} may not stand in a {surface}" for kind in misplaced)
    if block["type"] == "section" and not (block.get("text") or block.get("fields")):
        yield "a section without text"
    if block["type"] not in UNKNOWN_TO_SDK:
        yield from _of_model("model", lambda: _modelled(block), block)


def _modelled(block: Payload) -> object:
    parsed = Block.parse(block)
    return parsed.to_dict() if parsed else "slack_sdk does not know it"


def _of_model(name: str, build: Callable[[], object], given: Payload) -> list[str]:
    """Return what slack_sdk's model refuses, or would leave out because it does not know it."""
    try:
        built = build()
    except Exception as error:  # noqa: BLE001 - whatever the model raises is what we want to hear
        return [f"{name}: {error}"]
    return [f"{name} would change {place}" for place in _differences(_bare(built), _bare(given))]


def _differences(built: object, given: object, place: str = "it") -> Faults:
    if isinstance(built, dict) and isinstance(given, dict):
        for key in sorted({*built, *given}):
            yield from _differences(built.get(key), given.get(key), f"{place}.{key}")
    elif isinstance(built, list) and isinstance(given, list) and len(built) == len(given):
        for number, (ours, theirs) in enumerate(zip(built, given, strict=True)):
            yield from _differences(ours, theirs, f"{place}.{number}")
    elif built != given:
        yield f"{place} from {given!r} to {built!r}"


def _bare(part: object) -> object:
    """Return the part without what says nothing: None, and false where that is the default."""
    if isinstance(part, dict):
        said = {name: inner for name, inner in part.items() if inner not in (None, False)}
        return {name: _bare(inner) for name, inner in said.items()}
    return [_bare(inner) for inner in part] if isinstance(part, list) else part


def _of_parts(payload: Payload) -> Faults:
    for kind, part in _kinds(payload):
        yield from _of_texts(kind, part)
        yield from _of_strings(kind, part)
        yield from _of_lists(kind, part)
        yield from _of_choices(kind, part)


def _kinds(part: object, role: str = "") -> Iterator[tuple[str, Payload]]:
    """Yield each object with its kind: its type, or what it is to the one that holds it."""
    if isinstance(part, list):
        for inner in part:
            yield from _kinds(inner, role)
    if not isinstance(part, dict):
        return
    yield part.get("type") or role, part
    for name, inner in part.items():
        yield from _kinds(inner, name.removesuffix("s").removeprefix("initial_"))


def _of_texts(kind: str, part: Payload) -> Faults:
    for name, inner in part.items():
        if not (isinstance(inner, dict) and inner.get("type") in {"plain_text", "mrkdwn"}):
            continue
        longest = 150 if name == "placeholder" else LONGEST_TEXTS.get((kind, name), 3000)
        if not 1 <= len(inner["text"]) <= longest:
            yield f"{kind}.{name} has {len(inner['text'])} characters of {longest}"
    for field in part.get("fields", []) if kind == "section" else []:
        if not 1 <= len(field["text"]) <= LONGEST_TEXTS["field", "text"]:
            yield f"a field has {len(field['text'])} characters"
    if kind == "context":
        shown = [inner["text"] for inner in part["elements"] if "text" in inner]
        yield from (f"small print has {len(text)} characters" for text in shown if len(text) > 3000)
    if kind == "mrkdwn":
        if part.get("verbatim") is not True:
            yield f"not verbatim: {part['text']!r}"
        yield from _of_markup(kind, part["text"])
    if kind == "text" and not part.get("text"):
        yield "a rich text with nothing in it"


def _of_markup(name: str, text: str) -> Faults:
    left = ENTITY.sub("", OURS.sub("", text))
    yield from (f"{name} has a bare {sign} in {text!r}" for sign in "<>&" if sign in left)


def _of_strings(kind: str, part: Payload) -> Faults:
    for name, longest in LONGEST_STRINGS.items():
        if name in part and not len(part[name]) <= longest:
            yield f"{kind}.{name} has {len(part[name])} characters of {longest}"
    longest = LONGEST_VALUES.get(kind, 3000)
    if isinstance(part.get("value"), str) and not 1 <= len(part["value"]) <= longest:
        yield f"{kind}.value has {len(part['value'])} characters of {longest}"


def _of_lists(kind: str, part: Payload) -> Faults:
    for (holder, name), (least, most) in MOST.items():
        if kind == holder and name in part and not least <= len(part[name]) <= most:
            yield f"{kind}.{name} has {len(part[name])} of {least} to {most}"


def _of_choices(kind: str, part: Payload) -> Faults:
    options = part.get("options")
    if options is not None:
        values = [option["value"] for option in options]
        if len(set(values)) < len(values):
            yield f"{kind} has two options of one value"
        first = [part["initial_option"]] if "initial_option" in part else []
        chosen = [*first, *part.get("initial_options", [])]
        yield from (f"{kind} starts with no option of its own" for c in chosen if c not in options)
    if kind == "plain_text_input":
        most = part.get("max_length", 3000)
        if not 1 <= most <= 3000 or len(part.get("initial_value", "")) > most:
            yield f"a text field of {most} holds {len(part.get('initial_value', ''))}"
    if kind == "file_input" and not 1 <= part.get("max_files", 10) <= 10:
        yield f"{part['max_files']} files at once"


def _none_of(faults: list[str]) -> None:
    assert not faults, "\n".join(["Slack would refuse it:", *faults])
