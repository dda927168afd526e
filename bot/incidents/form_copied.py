"""The copied message in the form: said on top, so that it does not look lost, and shown below."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.incidents.new import NewEvidence
from bot.slack import blocks
from bot.slack.blocks import Block
from bot.slack.text import date, joined, markup, plural


COPIED = "copied_message"


def told_on_top(evidence: Sequence[NewEvidence]) -> Iterator[Block]:
    """Say on top that the message is not lost, and whose it is."""
    for message in _messages(evidence):
        whose = message.author_name
        told = [markup("*{}'s message*", whose) if whose else markup("*The message*")]
        if message.written_at:
            told.append(markup("of {}", date(message.written_at)))
        yield blocks.section(
            joined(" ", [*told, markup("is kept as evidence{}.", _with(evidence))])
        )


def _with(evidence: Sequence[NewEvidence]) -> str:
    files = [piece for piece in evidence if piece.kind == "file"]
    kept = [plural(count, "file")] if (count := sum(bool(file.file_id) for file in files)) else []
    rest = [file.file_name for file in files if not file.file_id and file.file_name]
    return ", with " + " and ".join([*kept, *rest]) if files else ""


def copied(evidence: Sequence[NewEvidence]) -> Iterator[Block]:
    """Show the message itself; the view is what keeps its text until the form is sent."""
    for message in _messages(evidence):
        yield blocks.divider()
        yield blocks.context("The message, as it is kept:")
        yield blocks.quote(message.text or "", limit=12_000) | {"block_id": COPIED}


def _messages(evidence: Sequence[NewEvidence]) -> Iterator[NewEvidence]:
    yield from (piece for piece in evidence if piece.kind == "message")


def copied_text(view: dict[str, Any]) -> str:
    """Return the message's text out of the view that shows it."""
    found = (block for block in view["blocks"] if block.get("block_id") == COPIED)
    text = "".join(
        inner.get("text", "")
        for block in found
        for element in block["elements"]
        for inner in element["elements"]
    )
    return "" if text == " " else text
