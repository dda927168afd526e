"""What somebody typed behind a slash command."""

from typing import Any

from bot.slack.text import unescape


HELP = frozenset({"help", "?", "-h", "--help"})


def typed(body: dict[str, Any]) -> str:
    """Return the words as they were typed: Slack escapes three characters on their way."""
    return unescape(body.get("text") or "").strip()


def wants_help(text: str) -> bool:
    """Return whether the words ask how the command is used."""
    return text.casefold() in HELP
