"""Opens one record in full, for somebody who may see it; each look is noted in its log."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bot.clients.lock import lock_client
from bot.errors import Refused
from bot.incidents.standing import Account, Exhibit, Note, Record
from bot.incidents.wording import facts, passages
from models import Addendum, AuditEvent, Evidence, Incident, Severity, Witness


def look(
    session: Session, incident_id: int, person_id: str, *, executive: bool, now: datetime
) -> Record:
    """Return the record and note the look; raises Refused where this person may not see it."""
    incident = find(session, incident_id, person_id, executive=executive)
    session.add(
        AuditEvent(
            at=now,
            actor_id=person_id,
            action="record.viewed",
            client_id=incident.client_id,
            incident_id=incident.id,
        )
    )
    return _record(session, incident, person_id, executive=executive)


def find(session: Session, incident_id: int, person_id: str, *, executive: bool) -> Incident:
    """Return the incident; raises Refused, in the same words, if it is sealed or not there."""
    incident = session.scalar(
        select(Incident)
        .where(Incident.id == incident_id, Incident.seen_by(person_id, executive=executive))
        .options(
            joinedload(Incident.client),
            joinedload(Incident.conduct_type),
            selectinload(Incident.evidence),
            selectinload(Incident.witnesses),
            selectinload(Incident.addenda),
        )
    )
    if incident is None:
        raise Refused("There is no such record that you can open.")
    return incident


def find_to_write(
    session: Session, incident_id: int, person_id: str, *, executive: bool
) -> Incident:
    """Do the same, its client locked first so that it can't become confidential meanwhile."""
    client_id = select(Incident.client_id).where(Incident.id == incident_id)
    lock_client(session, session.scalar(client_id) or 0)
    return find(session, incident_id, person_id, executive=executive)


def _record(session: Session, incident: Incident, person_id: str, *, executive: bool) -> Record:
    seen = Incident.seen_by(person_id, executive=executive)
    return Record(
        incident_id=incident.id,
        number=incident.number,
        client_id=incident.client_id,
        client_name=incident.client.name,
        conduct=incident.conduct_type.name,
        severity=Severity(incident.severity),
        reporter_name=incident.reporter_name,
        occurred_at=incident.occurred_at,
        recorded_at=incident.recorded_at,
        confidential=incident.confidential,
        withdrawn=incident.withdrawn_at is not None,
        further=_is_further(session, incident, seen),
        facts=tuple(_facts(incident)),
        passages=tuple(_passages(incident)),
        witness_ids=tuple(seer.user_id for seer in incident.witnesses if seer.user_id),
        witness_names=tuple(_names(incident.witnesses)),
        exhibits=tuple(_exhibit(piece) for piece in incident.evidence),
        notes=tuple(_note(note) for note in incident.addenda),
        accounts=tuple(
            Account(other.id, other.number, other.reporter_name)
            for other in session.scalars(_accounts(incident).where(seen).limit(5))
        ),
        may_withdraw=incident.withdrawn_at is None
        and (executive or incident.reporter_id == person_id),
    )


def _accounts(incident: Incident) -> Select[Incident]:
    head = incident.same_event_as_id or incident.id
    same = or_(Incident.same_event_as_id == head, Incident.id == head)
    return select(Incident).where(same, Incident.id != incident.id).order_by(Incident.id)


def _is_further(session: Session, incident: Incident, seen: ColumnElement[bool]) -> bool:
    """Return whether it is marked as a further account: only where the first one may be seen."""
    if incident.same_event_as_id is None:
        return False
    head = select(Incident.id).where(Incident.id == incident.same_event_as_id, seen)
    return session.scalar(head) is not None


def _facts(incident: Incident) -> Iterator[tuple[str, str]]:
    yield from ((label, text) for label, text in facts(incident).items() if text)
    if incident.attention:
        yield "Asked", "Executives should look at this now"


def _passages(incident: Incident) -> Iterator[tuple[str, str]]:
    told = passages(incident, incident.conduct_type.code)
    yield from ((label, text) for label, text in told.items() if text)


def _names(witnesses: list[Witness]) -> Iterator[str]:
    yield from (seer.name for seer in witnesses if seer.name)


def _exhibit(piece: Evidence) -> Exhibit:
    kind = "Message" if piece.kind == "message" else piece.file_name or "File"
    size = f", {max(1, piece.size // 1024):,} kB" if piece.size is not None else ""
    return Exhibit(
        name=f"{kind}{size}",
        text=piece.text or "",
        author=piece.author_name or "",
        author_id=piece.author_id or "",
        written_at=piece.written_at,
        link=piece.permalink or "",
    )


def _note(note: Addendum) -> Note:
    return Note(note.kind == "withdrawal", note.author_name, note.added_at, note.text)
