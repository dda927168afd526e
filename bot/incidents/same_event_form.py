"""The question whether two technicians told of the same event."""

from collections.abc import Sequence

from bot.incidents.standing import Candidate
from bot.slack import blocks
from bot.slack.blocks import View
from bot.slack.text import Markup, cut, date, markup, one_line


CALLBACK = "incident_same_event"
CHOICE = "same_event"
SEPARATE = "separate"


def question(found: Sequence[Candidate], metadata: str, *, again: bool = False) -> View:
    """Return the view that asks whether this is the same event.

    `again` where it was answered, and the record that was chosen is gone.
    """
    options = [
        blocks.option(f"The same as {event.number}", str(event.incident_id)) for event in found
    ]
    separate = blocks.option("A separate event", SEPARATE, "It is recorded and counted on its own")
    return blocks.modal(
        CALLBACK,
        "One question first",
        [
            blocks.section(_introduction(found, again=again)),
            *(blocks.section(_told(event)) for event in found),
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


def _introduction(found: Sequence[Candidate], *, again: bool) -> str:
    names = {event.reporter_name for event in found}
    who = f"{cut(next(iter(names)), 60)} has" if len(names) == 1 else "Colleagues have"
    gone = "The record that you chose was changed meanwhile, so we ask once more. " if again else ""
    return f"{gone}{who} recorded something about this client at about that time."


def _told(event: Candidate) -> Markup:
    said = cut(one_line(event.what_happened), 200)
    facts = markup(
        "*{}* · {} · {} · {}",
        event.number,
        event.conduct,
        event.reporter_name,
        date(event.occurred_at),
    )
    return markup("{}\n{}", facts, said)
