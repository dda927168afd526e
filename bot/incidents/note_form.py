"""The small form for a note beside a record, and for withdrawing it."""

import json
from typing import Any

from bot.slack import blocks
from bot.slack.blocks import View
from models.text import clean


ADD, WITHDRAWAL = "incident_note", "incident_withdrawal"
TEXT = "note"
LENGTH = 3000


def note_form(incident_id: int, card_view: str = "") -> View:
    """Return the form for a note. `card_view` is the card below it, to be shown anew."""
    return _form(
        ADD,
        "Add something",
        blocks.field(
            "What would you like to add?",
            blocks.text_input(TEXT, multiline=True, limit=LENGTH),
            hint="It is signed and dated beside the original, which stays as it is.",
        ),
        "Add it",
        _metadata(incident_id, card_view),
    )


def withdrawal_form(incident_id: int, card_view: str = "") -> View:
    """Return the form that asks why a record is withdrawn."""
    return _form(
        WITHDRAWAL,
        "Withdraw a record",
        blocks.field(
            "Why?",
            blocks.text_input(TEXT, multiline=True, limit=LENGTH),
            hint="The record stays, marked as withdrawn with your reason, and no longer counts.",
        ),
        "Withdraw it",
        _metadata(incident_id, card_view),
    )


def typed(view: dict[str, Any]) -> str:
    """Return the text of the note, or nothing."""
    fields = view["state"]["values"].values()
    found = (held[TEXT].get("value") for held in fields if TEXT in held)
    return clean(next(found, None) or "").strip()


def about(view: dict[str, Any]) -> tuple[int, str]:
    """Return which incident it is about, and the card below, if any."""
    kept = json.loads(view["private_metadata"])
    return int(kept["incident"]), str(kept.get("card") or "")


def _form(callback: str, title: str, field: blocks.Block, submit: str, metadata: str) -> View:
    return blocks.modal(callback, title, [field], submit=submit, close="Cancel", metadata=metadata)


def _metadata(incident_id: int, card_view: str) -> str:
    return json.dumps({"incident": incident_id, "card": card_view})
