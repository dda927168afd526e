"""The small form that settles an escalation with one line about the outcome."""

from typing import Any

from bot.errors import FieldError
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
    """Return the escalation's id and the outcome; raises FieldError where it says nothing."""
    typed = view["state"]["values"][OUTCOME][OUTCOME].get("value") or ""
    outcome = one_line(clean(typed))
    if not outcome:
        raise FieldError(OUTCOME, "Please say in one line what came of it.")
    return int(view["private_metadata"]), outcome
