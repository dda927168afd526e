"""Composition objects: texts, options, confirm dialogs, filters."""

from sandbox.limits.checks import (
    At,
    Check,
    Report,
    anything,
    boolean,
    by_type,
    every,
    exactly_one,
    many,
    one_of,
    record,
    text,
)
from sandbox.wire import Json


OPTION_VALUE = 75  # Slack's own documents say 75 and 150; an app that keeps to 75 is safe
URL = text(3000)
BLOCK_ID = text(255)
ACTION_ID = text(255)
_BARE = 2  # a type and a text


def plain(most: int) -> Check:
    """Return a check for a plain_text object."""
    return _quickly("plain_text", most, by_type({"plain_text": _plain(most)}))


def styled(most: int) -> Check:
    """Return a check for a mrkdwn or plain_text object."""
    either = by_type({"plain_text": _plain(most), "mrkdwn": _mrkdwn(most)})
    return _quickly("mrkdwn", most, either)


def _quickly(kind: str, most: int, thoroughly: Check) -> Check:
    """Return the check with a short cut for the usual object, the bulk of every view."""
    switch = "emoji" if kind == "plain_text" else "verbatim"

    def check(report: Report, at: At, value: object) -> None:
        if not (isinstance(value, dict) and _is_usual(value, kind, switch, most)):
            thoroughly(report, at, value)

    return check


def _is_usual(value: Json, kind: str, switch: str, most: int) -> bool:
    words = value.get("text")
    return (
        value.get("type") == kind
        and isinstance(words, str)
        and 0 < len(words) <= most
        and (len(value) == _BARE or (len(value) == _BARE + 1 and value.get(switch) is True))
    )


def _plain(most: int) -> Check:
    return record({"type": anything, "text": text(most)}, {"emoji": boolean})


def _mrkdwn(most: int) -> Check:
    return record({"type": anything, "text": text(most)}, {"verbatim": boolean})


CONFIRM = record(
    {"title": plain(100), "text": styled(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def option(words: Check, *, with_url: bool = False) -> Check:
    """Return a check for an option whose text and description pass `words`."""
    more = {"description": words}
    if with_url:
        more["url"] = URL
    return record({"text": words, "value": text(OPTION_VALUE)}, more)


PLAIN_OPTION = option(plain(75))
STYLED_OPTION = option(styled(75))
OVERFLOW_OPTION = option(plain(75), with_url=True)
OPTIONS = many(PLAIN_OPTION, 1, 100)
OPTION_GROUPS = many(
    record({"label": plain(75), "options": many(PLAIN_OPTION, 1, 100)}),
    1,
    100,
)
OFFERED_OPTIONS = every(
    exactly_one("options", "option_groups"),
    record(
        {},
        {
            "options": many(PLAIN_OPTION, 0, 100),
            "option_groups": many(
                record({"label": plain(75), "options": many(PLAIN_OPTION, 0, 100)}),
                0,
                100,
            ),
        },
    ),
)
CONVERSATION_FILTER = record(
    {},
    {
        "include": many(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
DISPATCH_CONFIG = record(
    {
        "trigger_actions_on": many(
            one_of("on_enter_pressed", "on_character_entered"),
            1,
            2,
        )
    },
)
SLACK_FILE = every(exactly_one("id", "url"), record({}, {"id": text(255), "url": URL}))
