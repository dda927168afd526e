"""The question whether two technicians told of the same event."""

from collections.abc import Sequence

from bot.incidents.standing import Candidate
from bot.slack import blocks
from bot.slack.blocks import View
from bot.slack.text import cut, date, markup, one_line


CALLBACK = "incident_same_event"
CHOICE = "same_event"
SEPARATE = "separate"


def question(found: Sequence[Candidate], metadata: str) -> View:
    """Return the view that asks whether this is the same event."""
    options = [
        blocks.option(
            f"The same as {event.number}",
            str(event.incident_id),
            cut(f"{event.reporter_name}: {one_line(event.what_happened)}", 75),
        )
        for event in found
    ]
    separate = blocks.option("A separate event", SEPARATE, "It is recorded and counted on its own")
    return blocks.modal(
        CALLBACK,
        "One question first",
        [
            blocks.section(_introduction(found)),
            *(blocks.context(_line(event)) for event in found),
            blocks.field("Is it the same event?", blocks.radios(CHOICE, [*options, separate])),
            blocks.context(
                "If it is the same, yours is kept beside it as a second account, "
                "and the event counts once."
            ),
        ],
        submit="Put on record",
        close="Back",
        metadata=metadata,
    )


def _introduction(found: Sequence[Candidate]) -> str:
    who = "A colleague has" if len(found) == 1 else "Colleagues have"
    return f"{who} recorded something about this client at about that time."


def _line(event: Candidate) -> str:
    return markup(
        "*{}* · {} · {} · {}",
        event.number,
        event.conduct,
        event.reporter_name,
        date(event.occurred_at),
    )
