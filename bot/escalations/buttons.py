"""What can be done about an escalation, as buttons; their values are built and read here."""

import re
from collections.abc import Iterator
from typing import Any

from bot.errors import UserError
from bot.escalations.standing import Standing
from bot.slack import blocks
from bot.slack.blocks import Block
from bot.slack.ids import OPEN_HISTORY
from models import EscalationStatus


TAKE = "escalation_take"
SNOOZE = "escalation_snooze"
SETTLE = "escalation_settle"
REOPEN = "escalation_reopen"
MORE = "escalation_more"
"""The menu of what is seldom done."""

OUT_OF_DATE = "This button is out of date. Please use the newest message."
SNOOZES = {1: "For a day", 3: "For 3 days", 7: "For a week"}
END_SNOOZE = "end"
HAND_BACK, TAKE_OVER = "hand_back", "take_over"


def buttons(standing: Standing, version: int, *, all_withdrawn: bool = False) -> Block:
    """Return the row below the summary; `version` tells Slack that they are new ones.

    Where all was withdrawn there is nobody to be found for it: it is only to be settled.
    """
    name = f"escalation-{standing.escalation_id}-{version}"
    unsettled = standing.status is not EscalationStatus.SETTLED
    shown = _last(standing) if all_withdrawn and unsettled else _actions(standing)
    return blocks.actions(*shown, block_id=name)


def pressed(action: dict[str, Any]) -> tuple[int, str]:
    """Return the escalation's id, and what else the button or the choice says.

    Raises UserError where an older version drew it.
    """
    chosen = action.get("selected_option") or action
    number, _, rest = str(chosen.get("value") or "").partition(":")
    if not re.fullmatch(r"[0-9]{1,9}", number):
        raise UserError(OUT_OF_DATE)
    return int(number), rest


def days_of(choice: str) -> int:
    """Return for how many days to snooze; raises UserError for what is not offered."""
    offered = {str(days): days for days in SNOOZES}
    if choice not in offered:
        raise UserError("Please choose a day, 3 days or a week.")
    return offered[choice]


def take_button(escalation_id: int) -> Block:
    """Return the button that makes the person who presses it the owner."""
    return blocks.button("I'll take it", TAKE, str(escalation_id), style="primary")


def _snooze(standing: Standing) -> Block:
    choices = [(text, str(days)) for days, text in SNOOZES.items()]
    if standing.snoozed_until:
        choices.append(("End the snooze", END_SNOOZE))
    options = [blocks.option(text, f"{standing.escalation_id}:{said}") for text, said in choices]
    return blocks.select(SNOOZE, options, placeholder="Snooze")


def _more(standing: Standing) -> Block:
    """Return the menu; all see the same one, so who presses is asked when it is pressed."""
    take_over = f"{standing.escalation_id}:{TAKE_OVER}:{standing.owner_id}"
    return blocks.overflow(
        MORE,
        [
            blocks.option("Hand back", f"{standing.escalation_id}:{HAND_BACK}"),
            blocks.option("Take over", take_over),
        ],
    )


def _reopen(standing: Standing) -> Block:
    question = blocks.confirm(
        "Reopen it?",
        "You will be the one who has it, and those who reported it read that it is open again.",
        "Reopen",
        "Leave it settled",
    )
    return blocks.button("Reopen", REOPEN, str(standing.escalation_id), confirm=question)


def _history(standing: Standing) -> Block:
    return blocks.button("Client history", OPEN_HISTORY, str(standing.client_id))


def _settle(standing: Standing) -> Block:
    return blocks.button("Settled…", SETTLE, str(standing.escalation_id))


def _last(standing: Standing) -> Iterator[Block]:
    yield _history(standing)
    yield _settle(standing)


def _actions(standing: Standing) -> Iterator[Block]:
    if standing.status is EscalationStatus.OPEN:
        yield take_button(standing.escalation_id)
        yield _history(standing)
        yield _snooze(standing)
    elif standing.status is EscalationStatus.OWNED:
        yield _settle(standing)
        yield _history(standing)
        yield _more(standing)
    else:
        yield _history(standing)
        yield _reopen(standing)
