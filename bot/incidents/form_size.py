"""Keeps what travels with the form's view within what Slack takes."""

import json
from typing import Any

from bot.slack.text import cut


METADATA_LENGTH = 3000
SHORT_NAME = 40


def within_limit(kept: dict[str, Any]) -> str:
    """Return the metadata as JSON of at most Slack's 3,000; what matters least gives way first.

    A piece of evidence is never dropped: its link goes, then its type, then the end of its name.
    """
    while len(text := _compact(kept)) > METADATA_LENGTH:
        if not (_without_an_answer(kept) or _thinner(kept.get("evidence", []))):
            kept.pop("hint", None)
            return _compact(kept)
    return text


def _without_an_answer(kept: dict[str, Any]) -> bool:
    answers = kept.get("answers") or {}
    mine = f"{kept.get('conduct')}."
    least = next((name for name in answers if not name.startswith(mine)), None)
    least = least or next(iter(answers), None)
    return least is not None and bool(answers.pop(least))


def _thinner(evidence: list[dict[str, Any]]) -> bool:
    for part in ("permalink", "file_type", "author_id"):
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
