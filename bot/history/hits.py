"""Where the words of a search stand in a record: around the first hit, or in which part of it."""

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models import Incident
from models.text import fold


NEAR, BEFORE = 90, 40
"""How far into a text a hit shows by itself, and the characters shown before one beyond that."""


def around(text: str, words: Sequence[str]) -> str:
    """Return the text, on one line, from where its first hit shows; empty without a hit."""
    if not _holds(text, words):
        return ""
    hit = next((found for found in re.finditer(r"\S+", text) if _holds(found[0], words)), None)
    if hit is None:
        return ""
    start = hit.start() + max(0, *(hit[0].casefold().find(word) for word in words))
    if start <= NEAR:
        return " ".join(text.split())
    head = text[start - BEFORE : start]
    _, space, whole_words = head.partition(" ")
    return "…" + " ".join(f"{whole_words if space else head}{text[start:]}".split())


def elsewhere(
    session: Session, incident_ids: Sequence[int], words: Sequence[str]
) -> dict[int, str]:
    """Return, for each of these records, in which part of it beside the account the words are."""
    wanted = select(Incident).where(Incident.id.in_(incident_ids))
    parts = (selectinload(Incident.evidence), selectinload(Incident.addenda))
    return {
        incident.id: next(
            (where for where, text in _parts(incident) if text and _holds(text, words)),
            "elsewhere in the record",
        )
        for incident in session.scalars(wanted.options(*parts))
    }


def _parts(incident: Incident) -> Iterator[tuple[str, str | None]]:
    yield "in the exact words", incident.exact_words
    yield "in the contact's name", incident.contact
    yield "in what we did", incident.what_we_did
    yield "in our own part", incident.our_part
    yield "in the ticket", incident.ticket
    for piece in incident.evidence:
        yield "in the evidence", f"{piece.text or ''} {piece.file_name or ''}"
    for note in incident.addenda:
        yield "in a note", note.text


def _holds(text: str, words: Sequence[str]) -> bool:
    folded = fold(text)
    return any(word in folded for word in words)
