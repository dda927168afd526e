"""Keeps what travels with the form's view within what Slack takes."""

import json
from typing import Any

from bot.slack.text import cut


METADATA_LENGTH = 3000
SHORT_NAME = 40


def within_limit(kept: dict[str, Any]) -> str:
    """Return the metadata as JSON of at most Slack's 3,000; what matters least gives way first.

    A piece of evidence is never dropped: its type goes, then its author, its link, and the end of
    its name. Only then goes what was typed in answer to another kind of conduct.
    """
    while len(text := _compact(kept)) > METADATA_LENGTH:
        if not (_thinner(kept.get("evidence", [])) or kept.pop("hint", "") or _forgetful(kept)):
            break
    return text


def _forgetful(kept: dict[str, Any]) -> bool:
    answers = kept.get("answers") or {}
    oldest = next(iter(answers), None)
    return oldest is not None and bool(answers.pop(oldest))


def _thinner(evidence: list[dict[str, Any]]) -> bool:
    for part in ("file_type", "author_id", "permalink"):
        holders = [piece for piece in evidence if piece["kind"] == "file" and piece.get(part)]
        if holders:
            holders[-1].pop(part)
            return True
    long = [piece for piece in evidence if len(piece.get("file_name") or "") > SHORT_NAME]
    for piece in long[-1:]:
        piece["file_name"] = cut(piece["file_name"], SHORT_NAME)
    return bool(long)


def _compact(kept: dict[str, Any]) -> str:
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
