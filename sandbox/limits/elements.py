"""Block elements and where each may stand."""

from collections.abc import Mapping

from sandbox.limits.checks import (
    At,
    Check,
    Report,
    anything,
    boolean,
    by_type,
    every,
    exactly_one,
    integer,
    many,
    matching,
    one_of,
    only_on,
    record,
    text,
)
from sandbox.limits.objects import (
    ACTION_ID,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    OPTION_GROUPS,
    OPTIONS,
    OVERFLOW_OPTION,
    PLAIN_OPTION,
    SLACK_FILE,
    STYLED_OPTION,
    URL,
    plain,
    styled,
)
from sandbox.limits.rich_text import RICH_TEXT_BLOCK
from sandbox.wire import Json


ID = text(30)


def _element(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    return record({"type": anything, **required}, {"action_id": ACTION_ID, **optional})


def _input(optional: Mapping[str, Check], required: Mapping[str, Check] | None = None) -> Check:
    shared = {"placeholder": plain(150), "focus_on_load": boolean}
    return _element(required or {}, {**shared, **optional})


def _select(optional: Mapping[str, Check]) -> Check:
    return _input({"confirm": CONFIRM, **optional})


def _several(optional: Mapping[str, Check]) -> Check:
    return _select({"max_selected_items": integer(1, 100), **optional})


def _offered(element: Json) -> list[object]:
    groups = element.get("option_groups")
    if isinstance(groups, list):
        return [each for group in groups for each in group.get("options", [])]
    options = element.get("options")
    return options if isinstance(options, list) else []


def _initial_is_offered(report: Report, at: At, value: object) -> None:
    if not isinstance(value, dict):
        return
    chosen = value.get("initial_options", [])
    if "initial_option" in value:
        chosen = [value["initial_option"]]
    offered = _offered(value)
    if isinstance(chosen, list) and any(each not in offered for each in chosen):
        report.add(at, "initial option must match exactly one of the options")


def _chosen_from_options(shape: Check) -> Check:
    return every(shape, exactly_one("options", "option_groups"), _initial_is_offered)


_INITIAL = {"initial_option": PLAIN_OPTION}
_INITIALS = {"initial_options": many(PLAIN_OPTION, 1, 100)}
_STATIC = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
_EXTERNAL = {"min_query_length": integer(0, 3000)}
_RESPONSE_URL = {"response_url_enabled": only_on(("modal",), boolean)}
_CONVERSATIONS = {"default_to_current_conversation": boolean, "filter": CONVERSATION_FILTER}
_DATE = matching(r"\d{4}-\d{2}-\d{2}", "a date of the form YYYY-MM-DD")
_TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time of the form HH:mm")

SELECTS: Mapping[str, Check] = {
    "static_select": _chosen_from_options(_select({**_STATIC, **_INITIAL})),
    "multi_static_select": _chosen_from_options(_several({**_STATIC, **_INITIALS})),
    "external_select": _select({**_EXTERNAL, **_INITIAL}),
    "multi_external_select": _several({**_EXTERNAL, **_INITIALS}),
    "users_select": _select({"initial_user": ID}),
    "multi_users_select": _several({"initial_users": many(ID, 1, 100)}),
    "conversations_select": _select(
        {"initial_conversation": ID, **_CONVERSATIONS, **_RESPONSE_URL}
    ),
    "multi_conversations_select": _several(
        {"initial_conversations": many(ID, 1, 100), **_CONVERSATIONS}
    ),
    "channels_select": _select({"initial_channel": ID, **_RESPONSE_URL}),
    "multi_channels_select": _several({"initial_channels": many(ID, 1, 100)}),
}

_TEXT = {"initial_value": text(3000, 0), "dispatch_action_config": DISPATCH_CONFIG}
_LENGTHS = {"min_length": integer(0, 3000), "max_length": integer(1, 3000)}
_NUMBERS = {"min_value": text(40), "max_value": text(40)}
_LINES = {"min_lines": integer(1, 100), "max_lines": integer(1, 100)}

TYPED: Mapping[str, Check] = {
    "plain_text_input": _input({**_TEXT, **_LENGTHS, "multiline": boolean}),
    "email_text_input": _input(_TEXT),
    "url_text_input": _input(_TEXT),
    "number_input": _input({**_TEXT, **_NUMBERS}, {"is_decimal_allowed": boolean}),
    "rich_text_input": _input({**_TEXT, **_LINES, "initial_value": RICH_TEXT_BLOCK}),
    "file_input": only_on(
        ("modal",),
        _element({}, {"filetypes": many(text(20), 1, 100), "max_files": integer(1, 10)}),
    ),
}

PICKERS: Mapping[str, Check] = {
    "datepicker": _select({"initial_date": _DATE}),
    "timepicker": _select({"initial_time": _TIME, "timezone": text(100)}),
}
DATETIME: Mapping[str, Check] = {
    "datetimepicker": _element(
        {},
        {
            "initial_date_time": integer(1_000_000_000, 9_999_999_999),
            "focus_on_load": boolean,
            "confirm": CONFIRM,
        },
    ),
}


def _ticked(initial: Mapping[str, Check]) -> Check:
    shape = _element(
        {"options": many(STYLED_OPTION, 1, 10)},
        {"confirm": CONFIRM, "focus_on_load": boolean, **initial},
    )
    return every(shape, _initial_is_offered)


TICKED: Mapping[str, Check] = {
    "checkboxes": _ticked({"initial_options": many(STYLED_OPTION, 1, 10)}),
    "radio_buttons": _ticked({"initial_option": STYLED_OPTION}),
}

BUTTON = _element(
    {"text": plain(75)},
    {
        "value": text(2000),
        "url": URL,
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": text(75),
        "agent_prompt": text(4000),
    },
)
PRESSED: Mapping[str, Check] = {
    "button": BUTTON,
    "overflow": _element({"options": many(OVERFLOW_OPTION, 1, 5)}, {"confirm": CONFIRM}),
}
IMAGE: Mapping[str, Check] = {
    "image": every(
        exactly_one("image_url", "slack_file"),
        record(
            {"type": anything, "alt_text": text(2000)},
            {"image_url": URL, "slack_file": SLACK_FILE},
        ),
    ),
}
_FEEDBACK = record({"text": plain(75), "value": text(2000)}, {"accessibility_label": text(75)})

ACCESSORY = by_type({**IMAGE, **PRESSED, **SELECTS, **PICKERS, **TICKED})
IN_ACTIONS = by_type({**PRESSED, **SELECTS, **PICKERS, **DATETIME, **TICKED})
IN_INPUT = by_type({**TYPED, **SELECTS, **PICKERS, **DATETIME, **TICKED})
IN_CONTEXT = by_type(
    {
        **IMAGE,
        "mrkdwn": styled(3000),
        "plain_text": styled(3000),
    }
)
IN_CONTEXT_ACTIONS = by_type(
    {
        "feedback_buttons": _element(
            {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {}
        ),
        "icon_button": _element(
            {"icon": text(255), "text": plain(75)},
            {
                "value": text(2000),
                "confirm": CONFIRM,
                "accessibility_label": text(75),
                "visible_to_user_ids": many(ID, 1, 100),
            },
        ),
    }
)
