"""User text is data: cut to Slack's limits and escaped, so that it can neither ping nor link."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta


ELLIPSIS = "…"
DAY, MOMENT = "{date_short}", "{date_short} at {time}"
"""A day, and a moment, in mid-sentence, where “Today” would stand with a capital."""

_REFERENCE = re.compile(r"<(?P<target>[^<>|]+)(\|(?P<label>[^<>]*))?>")
_BROKEN_END = re.compile(r"(&[a-z]*|<[^>]*)$")


def cut(text: str, limit: int) -> str:
    """Return `text` in at most `limit` characters, an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def escape(text: str) -> str:
    """Return `text` with the three characters escaped that mean something in mrkdwn."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Return what somebody wrote in a message or behind a command: Slack escapes it on its way."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def readable(text: str) -> str:
    """Return a message's text as people saw it: links and mentions spelt out, nothing escaped."""
    return unescape(_REFERENCE.sub(_spelt_out, text))


def _spelt_out(reference: re.Match[str]) -> str:
    target, label = reference["target"], reference["label"]
    if target[0] in "@#!":
        sign = "#" if target[0] == "#" else "@"
        return sign + (label or target[1:].removeprefix("subteam^")).lstrip("@#")
    return f"{label} ({target})" if label and label != target else target


def one_line(text: str) -> str:
    """Return `text` with every run of white space as one space."""
    return " ".join(text.split())


def date(moment: datetime, form: str = "{date_short_pretty} at {time}") -> "Markup":
    """Return mrkdwn that shows the moment in the reader's own zone, UTC where it cannot."""
    fallback = f"{moment:%d %b %Y, %H:%M} UTC"
    return Markup(f"<!date^{int(moment.timestamp())}^{form}|{fallback}>")


def plural(count: int, one: str, many: str = "") -> str:
    """Return "1 incident", "3 incidents"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


class Markup(str):
    """Mrkdwn that is safe to show: made by `markup` alone, out of our own words."""

    __slots__ = ()


def markup(template: str, *values: object) -> Markup:
    """Return our own mrkdwn with the values put in, each escaped unless it is Markup itself."""
    safe = (value if isinstance(value, Markup) else escape(str(value)) for value in values)
    return Markup(template.format(*safe))


def joined(separator: str, parts: Iterable[Markup]) -> Markup:
    """Return the pieces of mrkdwn as one, what is empty left out."""
    return Markup(separator.join(part for part in parts if part))


def cut_markup(text: Markup, limit: int) -> Markup:
    """Return mrkdwn in at most `limit` characters, never cut inside an entity or a link."""
    if len(text) <= limit:
        return text
    return Markup(_BROKEN_END.sub("", text[: limit - 1]).rstrip() + ELLIPSIS)


def lateness(passed: timedelta) -> str:
    """Return how long after the event it was written down: "4 minutes later", "2 days later"."""
    minutes = int(passed.total_seconds() // 60)
    for unit, length in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if minutes >= length:
            return f"{plural(minutes // length, unit)} later"
    return "at once"
