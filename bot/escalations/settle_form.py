"""The small form that settles an escalation with one line about the outcome."""

import re
from typing import Any

from bot.errors import FieldError, UserError
from bot.slack import blocks
from bot.slack.blocks import View
from bot.slack.text import one_line
from models.text import clean


CALLBACK = "escalation_settle_form"
OUTCOME = "escalation_outcome"
OUTCOME_LENGTH = 500


def build(escalation_id: int) -> View:
    """Return the form."""
    outcome = blocks.text_input(
        OUTCOME, limit=OUTCOME_LENGTH, placeholder="For example: talked with the owner on Monday"
    )
    hint = "Everybody who reported it will read this line."
    return blocks.modal(
        CALLBACK,
        "Settle this",
        [blocks.field("What came of it?", outcome, hint=hint)],
        submit="Settled",
        close="Not yet",
        metadata=str(escalation_id),
    )


def parse(view: dict[str, Any]) -> tuple[int, str]:
    """Return the escalation's id and the outcome; raises FieldError where it says nothing.

    Raises UserError where an older version drew it.
    """
    number = str(view.get("private_metadata") or "")
    if not re.fullmatch(r"[0-9]{1,9}", number):
        raise UserError("This form is out of date. Please press “Settled…” again.")
    outcome = one_line(clean(_typed(view)))
    if not outcome:
        raise FieldError(OUTCOME, "Please say in one line what came of it.")
    return int(number), outcome


def _typed(view: dict[str, Any]) -> str:
    held = ((view.get("state") or {}).get("values") or {}).get(OUTCOME) or {}
    value = (held.get(OUTCOME) or {}).get("value")
    return value if isinstance(value, str) else ""
