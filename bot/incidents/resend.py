"""A form that came a second time: it is on record, and what was changed meanwhile is kept too."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.escalations.raise_ import consider
from bot.history.monthly import count_in, count_out
from bot.incidents.addenda import Author, add_note
from bot.incidents.new import NewIncident, Recorded
from models import Client, ConductType, Incident, Severity


TOLD = "The executives have been told. You will hear from them."
SAME = (
    "contact",
    "exact_words",
    "what_we_did",
    "our_part",
    "minutes_lost",
    "ticket",
    "medium",
    "comfort",
)
"""Fields whose new value is noted as it is, under their own name."""


def recorded_before(session: Session, form_key: str, reporter: Author) -> Incident | None:
    """Return what this person's form has become, if it is on record already."""
    mine = (Incident.form_key == form_key, Incident.reporter_id == reporter.id)
    return session.scalar(select(Incident).where(*mine))


def told(incident: Incident, session: Session) -> Recorded:
    """Return what the reporter is told of a record that was there before."""
    head = session.get(Incident, incident.same_event_as_id) if incident.same_event_as_id else None
    return Recorded(
        incident.id,
        incident.number,
        incident.occurred_at,
        incident.recorded_at,
        TOLD if incident.escalation_id else "",
        head.number if head else "",
    )


def sent_again(
    session: Session, before: Incident, new: NewIncident, reporter: Author, *, now: datetime
) -> Recorded:
    """Return the record; what was changed before it was sent again stands beside it as a note.

    Confidential and attention may still be asked for: they protect, and take nothing away.
    """
    changes = list(_changes(session, before, new))
    if changes:
        text = "\n".join(["Changed before the form was sent again:", *changes])
        add_note(session, before, reporter, text, now=now)
    if new.confidential and not before.confidential:
        _seal(session, before)
    if _asks_for_attention(before, new):
        before.attention = True
        session.flush()
        consider(session, before, now=now)
    session.flush()
    return told(before, session)


def _seal(session: Session, incident: Incident) -> None:
    if incident.counts:
        count_out(session, incident)
    incident.confidential = True
    if incident.counts:
        count_in(session, incident)


def _asks_for_attention(before: Incident, new: NewIncident) -> bool:
    worse = before.severity < Severity.CRITICAL <= new.severity
    return not before.attention and (new.attention or worse)


def _changes(session: Session, before: Incident, new: NewIncident) -> Iterator[str]:
    known = "\n".join(note.text for note in before.addenda)
    for label, old, changed in _compared(session, before, new):
        line = f"{label}: {changed}"
        if changed not in {None, "", old} and line not in known:
            yield line


def _compared(
    session: Session, before: Incident, new: NewIncident
) -> Iterator[tuple[str, object, object]]:
    conduct = session.get_one(ConductType, before.conduct_type_id).code
    client = session.get_one(Client, before.client_id)
    named = new.client if isinstance(new.client, str) else session.get(Client, new.client)
    yield "What happened", before.what_happened, new.what_happened
    yield "Client", client.name, named.name if isinstance(named, Client) else named
    yield "Conduct", conduct, new.conduct
    yield "Severity", before.severity, new.severity
    yield "When", before.occurred_at.isoformat(), new.occurred_at.isoformat()
    for name in SAME:
        yield name.replace("_", " ").capitalize(), getattr(before, name), getattr(new, name)
