"""What the form turns into once the incident is on record."""

from datetime import timedelta

from bot.incidents.new import Recorded
from bot.slack import blocks
from bot.slack.blocks import View
from bot.slack.ids import ADD_NOTE, OPEN_RECORD
from bot.slack.text import lateness


def confirmation(recorded: Recorded) -> View:
    """Return the view: the number, what happens next and why."""
    value = str(recorded.incident_id)
    return blocks.modal(
        "incident_saved",
        "On record",
        [
            blocks.header(f"{recorded.number} is on record"),
            blocks.section("Thank you for writing it down."),
            blocks.section(_next(recorded)),
            blocks.actions(
                blocks.button("Open the record", OPEN_RECORD, value),
                blocks.button("Add something", ADD_NOTE, value),
            ),
            blocks.context(_small_print(recorded)),
        ],
        close="Done",
    )


def _next(recorded: Recorded) -> str:
    beside = f"It is kept as a second account of {recorded.same_event_as}; the event counts once."
    told = [recorded.escalated, beside if recorded.same_event_as else ""]
    return " ".join(filter(None, told)) or (
        "That is all you need to do. If there are more, the executives hear of the pattern "
        "early, with your record in it."
    )


def _small_print(recorded: Recorded) -> str:
    passed = recorded.recorded_at - recorded.occurred_at
    when = f"Recorded {lateness(passed)}. " if passed >= timedelta(minutes=1) else ""
    return f"{when}The original stays as you wrote it; what you add is dated beside it."
