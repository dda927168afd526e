"""What Slack itself asks of a filled-in modal before it sends it to the app."""

import re
from collections.abc import Iterator

from sandbox.state.inputs import HOLDINGS, Control, controls
from sandbox.state.views import View
from sandbox.wire import Json


REQUIRED = "Please complete this required field."
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"[a-z]+://\S+", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def field_errors(view: View) -> dict[str, str]:
    """Return the message beside each field that is not filled in as it must be."""
    return dict(_errors(view))


def _errors(view: View) -> Iterator[tuple[str, str]]:
    for control in controls(view.blocks):
        if control.block["type"] != "input":
            continue
        value = _value(view.values, control)
        if value in (None, "", []):
            if not control.block.get("optional"):
                yield control.block_id, REQUIRED
        elif isinstance(value, str):
            complaint = _text_complaint(control, value)
            if complaint:
                yield control.block_id, complaint
        elif isinstance(value, list):
            most = _most(control)
            if len(value) > most:
                yield control.block_id, f"Please choose no more than {most}."


def _value(values: Json, control: Control) -> object:
    holding = HOLDINGS[control.kind]
    value: object = values[control.block_id][control.action_id].get(holding.value)
    return value


def _most(control: Control) -> int:
    named = "max_files" if control.kind == "file_input" else "max_selected_items"
    return int(control.element.get(named, 10 if control.kind == "file_input" else 100))


def _text_complaint(control: Control, value: str) -> str:
    element = control.element
    if len(value) > element.get("max_length", 3000):
        return f"Please use {element.get('max_length', 3000)} characters or fewer."
    if len(value) < element.get("min_length", 0):
        return f"Please use {element['min_length']} characters or more."
    if control.kind == "number_input":
        return _number_complaint(element, value)
    if control.kind == "email_text_input" and not _EMAIL.fullmatch(value):
        return "Please enter a valid email address."
    if control.kind == "url_text_input" and not _URL.fullmatch(value):
        return "Please enter a valid URL."
    return ""


def _number_complaint(element: Json, value: str) -> str:
    if not _NUMBER.fullmatch(value) or ("." in value and not element["is_decimal_allowed"]):
        return "Please enter a valid number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter {element['min_value']} or more."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter {element['max_value']} or less."
    return ""
