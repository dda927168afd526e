"""Notes beside a record. The original is never overwritten; a withdrawal is a note too."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.errors import Refused, UserError
from bot.escalations.raise_ import touched
from bot.history.monthly import count_in, count_out
from models import Addendum, AddendumKind, AuditEvent, Incident
from models.text import fold


class Author(Protocol):
    """Whoever signs: somebody with an id and a name."""

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
    """Return the dated, signed note; the same form (`form_key`) sent again is one note."""
    known = _sent_before(session, incident, form_key)
    if known:
        return known
    note = Addendum(
        incident_id=incident.id,
        kind=kind,
        form_key=form_key,
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

    Raises Refused for anybody but its reporter and the executives, UserError the second time.
    """
    if not executive and incident.reporter_id != author.id:
        raise Refused("Only the reporter or an executive can withdraw a record. Add a note to it.")
    session.execute(select(Incident.id).where(Incident.id == incident.id).with_for_update())
    session.refresh(incident, ["withdrawn_at", "counts", "same_event_as_id", "confidential"])
    if _sent_before(session, incident, form_key):
        return
    if incident.withdrawn_at:
        raise UserError(f"{incident.number} has been withdrawn already.")
    if incident.counts:
        count_out(session, incident)
    incident.withdrawn_at, incident.counts = now, False
    session.flush()
    _hand_on(session, incident)
    withdrawal = AddendumKind.WITHDRAWAL
    add_note(session, incident, author, reason, now=now, form_key=form_key, kind=withdrawal)


def _sent_before(session: Session, incident: Incident, form_key: str | None) -> Addendum | None:
    if form_key is None:
        return None
    same = (Addendum.form_key == form_key, Addendum.incident_id == incident.id)
    return session.scalar(select(Addendum).where(*same))


def _hand_on(session: Session, incident: Incident) -> None:
    """Let the earliest other account of the same event count in place of the withdrawn one.

    An open one before a sealed one: what everybody saw counted must not vanish for them.
    """
    others = (
        select(Incident)
        .where(Incident.same_event_as_id == incident.id, Incident.withdrawn_at.is_(None))
        .order_by(Incident.confidential, Incident.id)
    )
    accounts = list(session.scalars(others))
    if not accounts:
        return
    first, *rest = accounts
    first.same_event_as_id, first.counts = None, True
    session.flush()
    count_in(session, first)
    moved = [other.id for other in rest]
    session.execute(
        update(Incident).where(Incident.id.in_(moved)).values(same_event_as_id=first.id)
    )


def _event(incident: Incident, author: Author, action: str, now: datetime) -> AuditEvent:
    return AuditEvent(
        at=now,
        actor_id=author.id,
        action=action,
        client_id=incident.client_id,
        incident_id=incident.id,
    )
