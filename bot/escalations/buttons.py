"""What can be done about an escalation, as buttons; their values are built and read here."""

import re
from collections.abc import Iterator
from typing import Any

from bot.errors import UserError
from bot.escalations.standing import Standing
from bot.slack import blocks
from bot.slack.blocks import Block
from bot.slack.ids import OPEN_HISTORY
from bot.slack.text import cut, one_line
from models import EscalationStatus


TAKE = "escalation_take"
TAKE_OVER = "escalation_take_over"
SNOOZE = "escalation_snooze"
SETTLE = "escalation_settle"

SNOOZES = {1: "For a day", 3: "For 3 days", 7: "For a week"}


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
        raise UserError("This button is out of date. Please use the newest message.")
    return int(number), rest


def days_of(choice: str) -> int:
    """Return for how many days to snooze; raises UserError for what is not offered."""
    offered = {str(days): days for days in SNOOZES}
    if choice not in offered:
        raise UserError("Please choose a day, 3 days or a week.")
    return offered[choice]


def take_button(escalation_id: int) -> Block:
    """Return the button that makes whoever presses it the owner."""
    return blocks.button("I'll take it", TAKE, str(escalation_id), style="primary")


def _snooze(escalation_id: int) -> Block:
    options = [blocks.option(text, f"{escalation_id}:{days}") for days, text in SNOOZES.items()]
    return blocks.select(SNOOZE, options, placeholder="Snooze")


def _take_over(standing: Standing) -> Block:
    owner = cut(one_line(standing.owner_name), 60)
    question = blocks.confirm(
        "Take it over?",
        f"{owner} has this. Take it over if the two of you have agreed on it.",
        "Take it over",
        f"Leave it with {owner}",
    )
    value = f"{standing.escalation_id}:{standing.owner_id}"
    return blocks.button("Take over", TAKE_OVER, value, confirm=question)


def _record(standing: Standing) -> Block:
    return blocks.button("Open record", OPEN_HISTORY, str(standing.client_id))


def _settle(standing: Standing) -> Block:
    return blocks.button("Settled…", SETTLE, str(standing.escalation_id))


def _last(standing: Standing) -> Iterator[Block]:
    yield _record(standing)
    yield _settle(standing)


def _actions(standing: Standing) -> Iterator[Block]:
    record = _record(standing)
    if standing.status is EscalationStatus.OPEN:
        yield take_button(standing.escalation_id)
        yield record
        yield _snooze(standing.escalation_id)
        return
    yield record
    if standing.status is EscalationStatus.OWNED:
        yield _settle(standing)
        yield _take_over(standing)
