"""Notes beside a record. The original is never overwritten; a withdrawal is a note too."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.errors import Refused, UserError
from bot.escalations.raise_ import touched
from bot.incidents.one_event import hand_on
from models import Addendum, AddendumKind, AuditEvent, Incident
from models.text import fold


class Author(Protocol):
    """The person who signs, with an id and a name."""

    @property
    def id(self) -> str:
        """Return the Slack id."""

    @property
    def name(self) -> str:
        """Return the name as colleagues see it."""


def add_note(
    session: Session,
    incident: Incident,
    author: Author,
    text: str,
    *,
    now: datetime,
    form_key: str | None = None,
    kind: AddendumKind = AddendumKind.NOTE,
) -> Addendum:
    """Return the dated, signed note; the caller has locked the incident's client.

    What the same form (`form_key`) says that it did not say before is a further note.
    """
    known = _sent_before(session, incident, form_key)
    text = _not_said(text, known)
    if not text:
        return known[-1]
    note = Addendum(
        incident_id=incident.id,
        kind=kind,
        form_key=f"{form_key}.{len(known)}" if known else form_key,
        author_id=author.id,
        author_name=author.name[:150],
        added_at=now,
        text=text,
    )
    action = "incident.withdrawn" if kind is AddendumKind.WITHDRAWAL else "incident.note_added"
    session.add_all([note, _event(incident, author, action, now)])
    session.flush()
    more_words = Incident.search_text.concat(f" {fold(text)}")
    session.execute(
        update(Incident).where(Incident.id == incident.id).values(search_text=more_words)
    )
    touched(session, incident, now=now)
    return note


def withdraw(
    session: Session,
    incident: Incident,
    author: Author,
    reason: str,
    *,
    executive: bool,
    now: datetime,
    form_key: str | None = None,
) -> None:
    """Mark the record as withdrawn: it stays, with the reason beside it, and no longer counts.

    The caller has locked the incident's client. Raises Refused for anybody but its reporter and
    the executives, UserError the second time.
    """
    if not executive and incident.reporter_id != author.id:
        raise Refused("Only the reporter or an executive can withdraw a record. Add a note to it.")
    if _sent_before(session, incident, form_key):
        add_note(session, incident, author, reason, now=now, form_key=form_key)
        return
    if incident.withdrawn_at:
        raise UserError(f"{incident.number} has been withdrawn already.")
    incident.withdrawn_at, incident.counts = now, False
    session.flush()
    hand_on(session, incident)
    withdrawal = AddendumKind.WITHDRAWAL
    add_note(session, incident, author, reason, now=now, form_key=form_key, kind=withdrawal)


def _sent_before(session: Session, incident: Incident, form_key: str | None) -> Sequence[Addendum]:
    """Return the notes that this form became, the first under its key, more under key.1 and on."""
    if form_key is None:
        return ()
    same = or_(
        Addendum.form_key == form_key, Addendum.form_key.startswith(f"{form_key}.", autoescape=True)
    )
    of_form = select(Addendum).where(Addendum.incident_id == incident.id, same)
    return session.scalars(of_form.order_by(Addendum.id)).all()


def _not_said(text: str, notes: Sequence[Addendum]) -> str:
    """Return what of the text no note says yet: what follows them, else all of it."""
    for note in notes:
        rest = text.removeprefix(note.text)
        if rest != text and (not rest or rest[0].isspace()):
            text = rest.strip()
    return text


def _event(incident: Incident, author: Author, action: str, now: datetime) -> AuditEvent:
    return AuditEvent(
        at=now,
        actor_id=author.id,
        action=action,
        client_id=incident.client_id,
        incident_id=incident.id,
    )
