"""The question before one executive takes over from another."""

import re
from typing import Any

from bot.errors import UserError
from bot.escalations.summary import mention
from bot.slack import blocks
from bot.slack.blocks import View
from bot.slack.text import markup


CALLBACK = "escalation_take_over_form"
_KEPT = re.compile(r"([0-9]{1,9}):(\w{1,32})", re.ASCII)


def build(escalation_id: int, owner_id: str) -> View:
    """Return the question."""
    asked = markup(
        "{} has this. Take it over if the two of you have agreed on it; "
        "those who reported it will read that you look after it now.",
        mention(owner_id),
    )
    return blocks.modal(
        CALLBACK,
        "Take it over?",
        [blocks.section(asked)],
        submit="Take it over",
        close="Leave it",
        metadata=f"{escalation_id}:{owner_id}",
    )


def parse(view: dict[str, Any]) -> tuple[int, str]:
    """Return the escalation's id and from whom; raises UserError where an older version drew it."""
    kept = _KEPT.fullmatch(str(view.get("private_metadata") or ""))
    if not kept:
        raise UserError("This form is out of date. Please choose “Take over” again.")
    return int(kept[1]), kept[2]
