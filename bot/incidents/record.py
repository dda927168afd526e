"""Puts an incident on record: everything that belongs to it in one transaction."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.clients.add import get_or_add
from bot.clients.choice import CLIENT
from bot.errors import FieldError
from bot.escalations.raise_ import Raised, consider
from bot.incidents.addenda import Author, add_note
from bot.incidents.form import CONDUCT
from bot.incidents.new import NewIncident, Recorded
from bot.incidents.numbers import next_number
from models import AuditEvent, Client, ConductType, Draft, Evidence, EvidenceKind, Incident, Witness
from models.text import fold


def record(
    session: Session,
    new: NewIncident,
    reporter: Author,
    *,
    now: datetime,
    timezone: ZoneInfo,
    same_event_as: int | None = None,
) -> Recorded:
    """Return the record of this form, made now unless it was made before.

    Raises FieldError where the client or the kind of conduct is not there (any more).
    """
    before = session.scalar(select(Incident).where(Incident.view_id == new.view_id))
    if before:
        return _sent_again(session, before, new, reporter, now)
    head = session.get(Incident, same_event_as) if same_event_as else None
    incident = Incident(
        **_told(new),
        client_id=_client(session, new.client, now),
        conduct_type_id=_conduct(session, new.conduct),
        reporter_id=reporter.id,
        reporter_name=reporter.name[:150],
        recorded_at=now,
        number=next_number(session, now.astimezone(timezone).year),
        same_event_as_id=head.id if head else None,
        counts=head is None,
        search_text=search_text(new),
    )
    session.add(incident)
    session.flush()
    session.add_all(_belongings(new, incident.id))
    session.add(_noted(incident, reporter.id, now))
    session.execute(delete(Draft).where(Draft.view_id == new.view_id))
    raised = consider(session, incident, now=now, timezone=timezone)
    session.flush()
    return _recorded(incident, raised, head)


def search_text(new: NewIncident) -> str:
    """Return every word of a record that a search may find, folded."""
    words = (new.what_happened, new.exact_words, new.contact, new.what_we_did, new.our_part)
    evidence = (f"{piece.text or ''} {piece.file_name or ''}" for piece in new.evidence)
    answers = new.answers.values()
    return fold(" ".join(part for part in (*words, new.ticket, *answers, *evidence) if part))


def _recorded(incident: Incident, raised: Raised | None, head: Incident | None) -> Recorded:
    return Recorded(
        incident.id,
        incident.number,
        incident.occurred_at,
        incident.recorded_at,
        raised.why_for_reporter if raised else "",
        head.number if head else "",
    )


def _sent_again(
    session: Session, before: Incident, new: NewIncident, reporter: Author, now: datetime
) -> Recorded:
    # An answer can be lost on its way: words changed before the form was sent again are kept too.
    if before.reporter_id == reporter.id and new.what_happened != before.what_happened:
        add_note(session, before, reporter, new.what_happened, now=now, view_id=new.view_id)
    return _recorded(before, None, None)


def _client(session: Session, client: int | str, now: datetime) -> int:
    if isinstance(client, str):
        return get_or_add(session, client, now=now).id
    found = session.scalar(select(Client.id).where(Client.id == client))
    if found is None:
        raise FieldError(CLIENT, "This client is not in the directory any more. Choose again.")
    return found


def _conduct(session: Session, code: str) -> int:
    known = select(ConductType.id).where(ConductType.code == code, ConductType.retired.is_(False))
    found = session.scalar(known)
    if found is None:
        raise FieldError(CONDUCT, "This kind is not in use any more. Please choose another.")
    return found


def _told(new: NewIncident) -> dict[str, object]:
    kept = asdict(new)
    apart = ("client", "conduct", "witnesses", "witness_names", "evidence")
    return {name: value for name, value in kept.items() if name not in apart}


def _belongings(new: NewIncident, incident_id: int) -> Iterator[Evidence | Witness]:
    for piece in new.evidence:
        kept = asdict(piece) | {"kind": EvidenceKind(piece.kind)}
        yield Evidence(incident_id=incident_id, **kept)
    for user_id in new.witnesses:
        yield Witness(incident_id=incident_id, user_id=user_id)
    for name in new.witness_names:
        yield Witness(incident_id=incident_id, name=name[:200])


def _noted(incident: Incident, actor_id: str, now: datetime) -> AuditEvent:
    return AuditEvent(
        at=now,
        actor_id=actor_id,
        action="incident.recorded",
        client_id=incident.client_id,
        incident_id=incident.id,
    )
