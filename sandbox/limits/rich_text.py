"""The rich_text block: sections, lists, quotes and preformatted text."""

from sandbox.limits.checks import (
    Check,
    anything,
    boolean,
    by_type,
    integer,
    many,
    one_of,
    record,
    text,
)
from sandbox.limits.objects import BLOCK_ID, URL


ANY_LENGTH = 100_000
MOST_ELEMENTS = 1000
_STYLES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight")
_STYLE = record({}, dict.fromkeys((*_STYLES, "unlink"), boolean))


def _inline(name: str, check: Check, **more: Check) -> Check:
    return record({"type": anything, name: check}, {"style": _STYLE, **more})


_LINK = _inline("url", URL, text=text(ANY_LENGTH), unsafe=boolean)
_TEXT = _inline("text", text(ANY_LENGTH))
_DATE = record(
    {"type": anything, "timestamp": integer(0, 9_999_999_999), "format": text(255)},
    {"url": URL, "fallback": text(ANY_LENGTH), "style": _STYLE},
)
_INLINE = by_type(
    {
        "text": _TEXT,
        "link": _LINK,
        "emoji": _inline("name", text(255), unicode=text(255), skin_tone=integer(1, 6)),
        "user": _inline("user_id", text(30)),
        "channel": _inline("channel_id", text(30)),
        "usergroup": _inline("usergroup_id", text(30)),
        "team": _inline("team_id", text(30)),
        "broadcast": _inline("range", one_of("here", "channel", "everyone")),
        "color": _inline("value", text(30)),
        "date": _DATE,
    }
)
_VERBATIM = by_type({"text": _TEXT, "link": _LINK})
_SECTION = record({"type": anything, "elements": many(_INLINE, 0, MOST_ELEMENTS)})
_LIST = record(
    {
        "type": anything,
        "style": one_of("bullet", "ordered"),
        "elements": many(by_type({"rich_text_section": _SECTION}), 1, MOST_ELEMENTS),
    },
    {"indent": integer(0, 8), "offset": integer(0, 10_000), "border": integer(0, 1)},
)
_PART = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": _LIST,
        "rich_text_quote": record(
            {"type": anything, "elements": many(_INLINE, 0, MOST_ELEMENTS)},
            {"border": integer(0, 1)},
        ),
        "rich_text_preformatted": record(
            {"type": anything, "elements": many(_VERBATIM, 0, MOST_ELEMENTS)},
            {"border": integer(0, 1), "language": text(50)},
        ),
    }
)
_BLOCK = record(
    {"type": anything, "elements": many(_PART, 1, MOST_ELEMENTS)},
    {"block_id": BLOCK_ID},
)


RICH_TEXT_BLOCK = by_type({"rich_text": _BLOCK})
