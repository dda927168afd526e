"""A tiny vocabulary of Block Kit: plain dicts, every text cut to what Slack takes.

A `str` is somebody's words and is shown as plain text. Only `Markup` is shown as mrkdwn.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.slack.text import Markup, cut, cut_markup


Block = dict[str, Any]
View = dict[str, Any]


def plain(text: str, limit: int = 3000) -> Block:
    """Return a plain_text object; an empty text becomes a blank one, which Slack takes."""
    return {"type": "plain_text", "text": cut(text, limit) or " ", "emoji": True}


def words(text: str, limit: int = 3000) -> Block:
    """Return mrkdwn for Markup, else plain text."""
    if isinstance(text, Markup):
        return {"type": "mrkdwn", "text": cut_markup(text, limit) or " ", "verbatim": True}
    return plain(text, limit)


def header(text: str) -> Block:
    """Return a headline of at most 150 characters."""
    return {"type": "header", "text": plain(text, 150)}


def section(
    text: str = "",
    *,
    fields: Sequence[str] = (),
    accessory: Block | None = None,
    block_id: str = "",
) -> Block:
    """Return a paragraph, or up to ten short texts in two columns, with one element beside it."""
    block: Block = {"type": "section"}
    if text:
        block["text"] = words(text)
    if fields:
        block["fields"] = [words(field, 2000) for field in fields[:10]]
    if accessory:
        block["accessory"] = accessory
    return _named(block, block_id)


def context(*texts: str) -> Block:
    """Return small print of at most ten texts."""
    return {"type": "context", "elements": [words(text) for text in texts[:10]]}


def divider() -> Block:
    """Return a line across."""
    return {"type": "divider"}


def quote(text: str, limit: int = 3000) -> Block:
    """Return somebody's words set off as a quotation; nothing in them is read as markup."""
    inner: Block = {"type": "text", "text": cut(text, limit) or " "}
    return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": [inner]}]}


def actions(*elements: Block, block_id: str = "") -> Block:
    """Return a row of buttons and selects."""
    return _named({"type": "actions", "elements": list(elements)}, block_id)


def field(
    label: str,
    element: Block,
    *,
    optional: bool = False,
    hint: str = "",
    dispatch: bool = False,
    block_id: str = "",
) -> Block:
    """Return an input. Its block is named as its action unless `block_id` says otherwise."""
    block: Block = {
        "type": "input",
        "block_id": block_id or element["action_id"],
        "label": plain(label, 2000),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, 2000)
    if dispatch:
        block["dispatch_action"] = True
    return block


def button(
    text: str,
    action_id: str,
    value: str = "",
    *,
    style: str = "",
    confirm: Block | None = None,
    label: str = "",
) -> Block:
    """Return a button; `value` (at most 2,000 characters) comes back, `label` is read aloud."""
    element: Block = {"type": "button", "action_id": action_id, "text": plain(text, 75)}
    spoken = cut(label, 75)
    extras = {"value": value, "style": style, "confirm": confirm, "accessibility_label": spoken}
    return element | {name: extra for name, extra in extras.items() if extra}


def confirm(title: str, text: str, yes: str, no: str) -> Block:
    """Return the question that Slack asks before it sends a press."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def option(text: str, value: str, description: str = "") -> Block:
    """Return one choice; texts at most 75 characters, `value` at most 75 by the caller's care."""
    choice: Block = {"text": plain(text, 75), "value": value}
    return choice | ({"description": plain(description, 75)} if description else {})


def overflow(action_id: str, options: Sequence[Block]) -> Block:
    """Return the menu behind three dots, of at most five options."""
    return {"type": "overflow", "action_id": action_id, "options": list(options[:5])}


def select(
    action_id: str, options: Sequence[Block], *, placeholder: str = "", initial: str = ""
) -> Block:
    """Return a menu of at most 100 options; `initial` is the value of the one chosen."""
    element: Block = {
        "type": "static_select",
        "action_id": action_id,
        "options": list(options[:100]),
    }
    return _chosen(element, options, initial) | _placeholder(placeholder)


def radios(action_id: str, options: Sequence[Block], *, initial: str = "") -> Block:
    """Return at most ten radio buttons."""
    element: Block = {
        "type": "radio_buttons",
        "action_id": action_id,
        "options": list(options[:10]),
    }
    return _chosen(element, options, initial)


def checkboxes(action_id: str, options: Sequence[Block]) -> Block:
    """Return at most ten boxes to tick."""
    return {"type": "checkboxes", "action_id": action_id, "options": list(options[:10])}


def typeahead(action_id: str, *, placeholder: str = "", initial: Block | None = None) -> Block:
    """Return a select whose options the bot finds while one types."""
    element: Block = {"type": "external_select", "action_id": action_id, "min_query_length": 1}
    return element | ({"initial_option": initial} if initial else {}) | _placeholder(placeholder)


def text_input(
    action_id: str,
    *,
    multiline: bool = False,
    limit: int = 3000,
    placeholder: str = "",
    initial: str = "",
) -> Block:
    """Return a text field of at most `limit` characters, filled with `initial`."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": multiline,
        "max_length": limit,
    }
    filled = {"initial_value": cut(initial, limit)} if initial else {}
    return element | filled | _placeholder(placeholder)


def number_input(action_id: str, *, high: int) -> Block:
    """Return a field for a whole number from 0 to `high`."""
    return {
        "type": "number_input",
        "action_id": action_id,
        "is_decimal_allowed": False,
        "min_value": "0",
        "max_value": str(high),
    }


def moment_input(action_id: str, *, initial: int | None = None) -> Block:
    """Return a field for a date and time; `initial` is in seconds since 1970."""
    element: Block = {"type": "datetimepicker", "action_id": action_id}
    return element | ({"initial_date_time": initial} if initial is not None else {})


def people_input(action_id: str, *, placeholder: str = "") -> Block:
    """Return a select for several people of the workspace."""
    element: Block = {"type": "multi_users_select", "action_id": action_id}
    return element | _placeholder(placeholder)


def file_input(action_id: str, *, most: int = 10) -> Block:
    """Return a field for files; modal only."""
    return {"type": "file_input", "action_id": action_id, "max_files": most}


def modal(
    callback_id: str,
    title: str,
    blocks: Iterable[Block],
    *,
    submit: str = "",
    close: str = "Close",
    metadata: str = "",
) -> View:
    """Return a modal; title and buttons at most 24 characters."""
    view: View = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "close": plain(close, 24),
        "blocks": list(blocks)[:100],
    }
    extras = {"submit": plain(submit, 24) if submit else None, "private_metadata": metadata}
    return view | {name: extra for name, extra in extras.items() if extra}


def home(blocks: Iterable[Block]) -> View:
    """Return an App Home view."""
    return {"type": "home", "blocks": list(blocks)[:100]}


def _named(block: Block, block_id: str) -> Block:
    return block | {"block_id": block_id} if block_id else block


def _placeholder(text: str) -> Block:
    return {"placeholder": plain(text, 150)} if text else {}


def _chosen(element: Block, options: Sequence[Block], initial: str) -> Block:
    chosen = next((choice for choice in options if choice["value"] == initial), None)
    return element | ({"initial_option": chosen} if chosen else {})
