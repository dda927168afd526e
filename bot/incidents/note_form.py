"""The small form for a note beside a record, and for withdrawing it."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from bot.errors import UserError
from bot.incidents.form_parse import seen, values
from bot.slack import blocks
from bot.slack.blocks import View


ADD, WITHDRAWAL = "incident_note", "incident_withdrawal"
TEXT = "note"
LENGTH = 3000
HIGHEST_ID = 2**31 - 1
KEY_LENGTH = 24
OUT_OF_DATE = "This form is out of date. Please open the record again."


def note_form(incident_id: int, card_view: str = "") -> View:
    """Return the form for a note. `card_view` is the card below it, to be refreshed."""
    return _form(
        ADD,
        "Add something",
        "",
        blocks.field(
            "What would you like to add?",
            blocks.text_input(TEXT, multiline=True, limit=LENGTH),
            hint="It is signed and dated beside the original, which stays as it is.",
        ),
        "Add it",
        _metadata(incident_id, card_view),
    )


def withdrawal_form(incident_id: int, about: str, card_view: str = "") -> View:
    """Return the form that asks why a record is withdrawn; `about` names it, and its client."""
    return _form(
        WITHDRAWAL,
        "Withdraw a record",
        about,
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
    return seen(values(view).get(TEXT, {}).get("value"))


@dataclass(frozen=True)
class About:
    """Which incident a form is about, its key (sent twice it is one note), and the card below."""

    incident_id: int
    key: str
    card_view: str


def about(view: dict[str, Any]) -> About:
    """Return what the form is about; raises UserError where it does not say so any more."""
    try:
        kept = json.loads(view["private_metadata"])
        found = About(
            int(kept["incident"]), str(kept["key"])[:KEY_LENGTH], str(kept.get("card") or "")
        )
    except (KeyError, OverflowError, TypeError, ValueError):
        raise UserError(OUT_OF_DATE) from None
    if not 0 < found.incident_id <= HIGHEST_ID:
        raise UserError(OUT_OF_DATE)
    return found


def _form(
    callback: str, title: str, about: str, field: blocks.Block, submit: str, metadata: str
) -> View:
    shown = [blocks.section(about), field] if about else [field]
    return blocks.modal(callback, title, shown, submit=submit, close="Cancel", metadata=metadata)


def _metadata(incident_id: int, card_view: str) -> str:
    key = secrets.token_hex(KEY_LENGTH // 2)
    return json.dumps({"incident": incident_id, "key": key, "card": card_view})
