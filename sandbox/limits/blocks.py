"""Blocks: what each type may hold and on which surface it may stand."""

from collections.abc import Mapping

from sandbox.limits.checks import (
    At,
    Check,
    Report,
    anything,
    at_least_one,
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
from sandbox.limits.elements import (
    ACCESSORY,
    BUTTON,
    IMAGE,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
)
from sandbox.limits.objects import BLOCK_ID, SLACK_FILE, URL, plain, styled
from sandbox.limits.rich_text import RICH_TEXT_BLOCK
from sandbox.limits.walk import elements_of, flat
from sandbox.wire import Json


MESSAGE, MODAL, HOME = "message", "modal", "home"
MOST_BLOCKS = {MESSAGE: 50, MODAL: 100, HOME: 100}
MARKDOWN = 12_000
TITLE, SUBTITLE, CARD_BODY = 150, 150, 200
_HTTPS = matching(r"https://.{1,2992}", "an https URL")


def _block(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    return record({"type": anything, **required}, {"block_id": BLOCK_ID, **(optional or {})})


_IMAGE_ELEMENT = by_type(IMAGE)
_BUTTONS = many(by_type({"button": BUTTON}), 1, 3)

CLASSIC: Mapping[str, Check] = {
    "section": every(
        at_least_one("text", "fields"),
        _block(
            {},
            {
                "text": styled(3000),
                "fields": many(styled(2000), 1, 10),
                "accessory": ACCESSORY,
                "expand": boolean,
            },
        ),
    ),
    "header": _block({"text": plain(150)}, {"level": integer(1, 4)}),
    "context": _block({"elements": many(IN_CONTEXT, 1, 10)}),
    "actions": _block({"elements": many(IN_ACTIONS, 1, 25)}),
    "divider": _block({}),
    "image": every(
        exactly_one("image_url", "slack_file"),
        _block(
            {"alt_text": text(2000)},
            {"title": plain(2000), "image_url": URL, "slack_file": SLACK_FILE},
        ),
    ),
    "input": _block(
        {"label": plain(2000), "element": IN_INPUT},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT_BLOCK,
    "video": _block(
        {
            "alt_text": text(2000),
            "title": plain(199),
            "video_url": _HTTPS,
            "thumbnail_url": _HTTPS,
        },
        {
            "title_url": _HTTPS,
            "description": plain(199),
            "author_name": text(49),
            "provider_name": text(49),
            "provider_icon_url": URL,
        },
    ),
}

CARD = every(
    at_least_one("hero_image", "title", "actions", "body"),
    _block(
        {},
        {
            "hero_image": _IMAGE_ELEMENT,
            "icon": _IMAGE_ELEMENT,
            "title": styled(TITLE),
            "subtitle": styled(SUBTITLE),
            "body": styled(CARD_BODY),
            "subtext": styled(CARD_BODY),
            "actions": _BUTTONS,
        },
    ),
)
_CELL = by_type(
    {
        "raw_text": record({"type": anything, "text": text(10_000, 0)}),
        "raw_number": record(
            {"type": anything, "value": anything},
            {"text": text(255)},
        ),
        "rich_text": RICH_TEXT_BLOCK,
    }
)
_COLUMN = record({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
TABLE = _block(
    {"rows": many(many(_CELL, 1, 20), 1, 100)},
    {"column_settings": many(_COLUMN, 0, 20)},
)
_TASK_FIELDS: Mapping[str, Check] = {
    "task_id": text(255),
    "title": text(255),
    "status": one_of("pending", "in_progress", "complete", "error"),
}
_TASK = _block(
    _TASK_FIELDS,
    {
        "details": RICH_TEXT_BLOCK,
        "output": RICH_TEXT_BLOCK,
        "sources": many(anything, 1, 50),
    },
)
_CONTAINER_PARTS = by_type({**CLASSIC, "card": CARD, "table": TABLE})
CONTAINER = every(
    at_least_one("title", "rich_text_title"),
    _block(
        {"child_blocks": many(_CONTAINER_PARTS, 1, 10)},
        {
            "title": plain(TITLE),
            "rich_text_title": RICH_TEXT_BLOCK,
            "subtitle": styled(SUBTITLE),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": _IMAGE_ELEMENT,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
    ),
)
NEWER: Mapping[str, Check] = {
    "markdown": only_on((MESSAGE,), _block({"text": text(MARKDOWN)})),
    "table": only_on((MESSAGE,), TABLE),
    "alert": only_on(
        (MODAL,),
        _block(
            {"text": styled(200)},
            {"level": one_of("default", "info", "warning", "error", "success")},
        ),
    ),
    "card": CARD,
    "carousel": only_on(
        (MESSAGE, HOME), _block({"elements": many(by_type({"card": CARD}), 1, 10)})
    ),
    "container": only_on((MESSAGE,), CONTAINER),
    "context_actions": only_on((MESSAGE,), _block({"elements": many(IN_CONTEXT_ACTIONS, 1, 5)})),
    "task_card": only_on((MESSAGE,), _TASK),
    "plan": only_on(
        (MESSAGE,),
        _block({"title": text(255)}, {"tasks": many(by_type({"task_card": _TASK}), 1, 50)}),
    ),
}
_ANY_BLOCK = by_type({**CLASSIC, **NEWER})
_LISTS = {surface: many(_ANY_BLOCK, 0, most) for surface, most in MOST_BLOCKS.items()}


def check_blocks(report: Report, at: At, blocks: object) -> None:
    """Report everything that Slack refuses in a list of blocks on the report's surface."""
    _LISTS[report.surface](report, at, blocks)
    if isinstance(blocks, list):
        known = [each for each in blocks if isinstance(each, dict)]
        _check_ids(report, at, known)
        _check_elements(report, at, known)
        _check_once_only(report, at, known)


def _check_ids(report: Report, at: At, blocks: list[Json]) -> None:
    seen: set[str] = set()
    for place, block in enumerate(blocks):
        block_id = block.get("block_id")
        if isinstance(block_id, str):
            if block_id in seen:
                told = f"`block_id` must be unique: {block_id}"
                report.add(((at, place), "block_id"), told)
            seen.add(block_id)


def _check_elements(report: Report, at: At, blocks: list[Json]) -> None:
    focused = 0
    for place, block in enumerate(flat(blocks)):
        ids: set[str] = set()
        for element in elements_of(block):
            focused += bool(element.get("focus_on_load"))
            action_id = element.get("action_id")
            if isinstance(action_id, str):
                if action_id in ids:
                    told = f"`action_id` must be unique within a block: {action_id}"
                    report.add((at, place), told)
                ids.add(action_id)
    if focused > 1:
        report.add(at, "only one element may have focus_on_load")


def _check_once_only(report: Report, at: At, blocks: list[Json]) -> None:
    if sum(block.get("type") == "table" for block in blocks) > 1:
        report.add(at, "only one table block is allowed")
    texts = [block.get("text") for block in blocks if block.get("type") == "markdown"]
    if sum(len(each) for each in texts if isinstance(each, str)) > MARKDOWN:
        report.add(at, f"markdown blocks must be less than {MARKDOWN + 1} characters in all")
