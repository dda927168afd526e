"""A form that came a second time: it is on record, and what was changed meanwhile is kept too."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from itertools import dropwhile

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clients.add import with_name
from bot.clients.known import is_known
from bot.clients.lock import lock_incident
from bot.escalations.explained import is_explained
from bot.escalations.raise_ import Raised, consider, touched
from bot.incidents import wording
from bot.incidents.addenda import Author, add_note
from bot.incidents.new import NewEvidence, NewIncident, Recorded
from bot.incidents.one_event import open_before_sealed
from bot.incidents.record import belongings
from models import Client, ConductType, Evidence, Incident, Severity


TOLD = "The executives are being told."
CHANGED = "Changed before the form was sent again:"
EMPTIED = "left empty"
AS_FIRST = "Everything again as it was written first."
ADDED = ("Evidence added:", "Witnesses added:")


def find_recorded(session: Session, form_key: str, reporter: Author) -> Incident | None:
    """Return what this person's form has become, if it is on record already."""
    mine = (Incident.form_key == form_key, Incident.reporter_id == reporter.id)
    return session.scalar(select(Incident).where(*mine))


def lock_recorded(session: Session, form_key: str, reporter: Author) -> Incident | None:
    """Return the same with its client locked: nobody else writes about it until the end."""
    found = find_recorded(session, form_key, reporter)
    if found:
        lock_incident(session, found)
    return found


def told(incident: Incident, session: Session, timezone: tzinfo) -> Recorded:
    """Return what the reporter is told of a record that was there before.

    An escalation or another's account is mentioned only as far as this person may see it.
    """
    seen = Incident.seen_by(incident.reporter_id, executive=False)
    head = select(Incident.number).where(Incident.id == incident.same_event_as_id, seen)
    return Recorded(
        incident.id,
        incident.number,
        incident.occurred_at,
        incident.recorded_at,
        TOLD if is_explained(session, incident, timezone) else "",
        session.scalar(head) or "" if incident.same_event_as_id else "",
        posts=incident.escalation_id is not None,
    )


def sent_again(
    session: Session,
    before: Incident,
    new: NewIncident,
    reporter: Author,
    *,
    now: datetime,
    timezone: tzinfo,
) -> Recorded:
    """Return the record; what was changed before it was sent again stands beside it as a note.

    `before` comes from `lock_recorded`. More evidence and witnesses join it. Confidential and
    attention may still be asked for: they protect, and take nothing away. Days and times are
    those of `timezone`.
    """
    asks = new.attention and not before.attention
    if new.confidential and not before.confidential:
        before.confidential = True
        open_before_sealed(session, before)
        touched(session, before, now=now)
    before.attention = before.attention or new.attention
    is_noted = _note(session, before, new, reporter, now=now, timezone=timezone)
    worse = is_noted and before.severity < Severity.CRITICAL <= new.severity
    raised: Raised | None = None
    if (asks or worse) and before.withdrawn_at is None:
        session.flush()
        raised = consider(session, before, now=now, timezone=timezone, severity=new.severity)
    session.flush()
    recorded = told(before, session, timezone)
    return replace(recorded, escalated=raised.why_for_reporter) if raised else recorded


def _note(
    session: Session,
    before: Incident,
    new: NewIncident,
    reporter: Author,
    *,
    now: datetime,
    timezone: tzinfo,
) -> bool:
    """Keep what is new; return whether there was anything that no earlier note says."""
    changes = [*_changes(session, before, new, timezone), *_left_out(before, new)]
    added, last = list(_added(session, before, new)), _said_last(before)
    if last and not changes:
        changes = [AS_FIRST]
    if not added and "\n".join(changes) == last:
        return False
    add_note(session, before, reporter, "\n".join([CHANGED, *added, *changes]), now=now)
    return True


def _said_last(before: Incident) -> str:
    """Return what the last note of this kind says of the fields: that is how they stand."""
    notes = [note.text for note in before.addenda if note.text.startswith(CHANGED)]
    lines = notes[-1].split("\n")[1:] if notes else []
    return "\n".join(dropwhile(lambda line: line.startswith(ADDED), lines))


def _added(session: Session, before: Incident, new: NewIncident) -> Iterator[str]:
    """Add the evidence and the witnesses that are not there yet, and say how many."""
    pieces = {_piece(piece) for piece in before.evidence}
    seen = {seer.user_id or seer.name for seer in before.witnesses}
    more = replace(
        new,
        evidence=tuple(piece for piece in new.evidence if _piece(piece) not in pieces),
        witnesses=tuple(name for name in new.witnesses if name not in seen),
        witness_names=tuple(name for name in new.witness_names if name[:200] not in seen),
    )
    session.add_all(belongings(more, before.id))
    session.flush()
    session.expire(before, ["evidence", "witnesses"])
    if more.evidence:
        yield f"Evidence added: {', '.join(map(_name, more.evidence))}"
    witnesses = len(more.witnesses) + len(more.witness_names)
    if witnesses:
        yield f"Witnesses added: {witnesses}"


def _left_out(before: Incident, new: NewIncident) -> Iterator[str]:
    """Say what was taken out of the form: it is on record, and stays."""
    pieces = {_piece(piece) for piece in new.evidence}
    gone = [_name(piece) for piece in before.evidence if _piece(piece) not in pieces]
    if gone:
        yield f"No longer in the form, kept on record: {', '.join(gone)}"
    names = {*new.witnesses, *(name[:200] for name in new.witness_names)}
    witnesses = sum((seer.user_id or seer.name) not in names for seer in before.witnesses)
    if witnesses:
        yield f"Witnesses no longer named, kept on record: {witnesses}"


def _name(piece: Evidence | NewEvidence) -> str:
    return piece.file_name or "a message"


def _piece(piece: Evidence | NewEvidence) -> tuple[str, str]:
    """Return what makes a piece the same one, however its author was named."""
    return str(piece.kind), piece.file_id or piece.text or piece.file_name or ""


def _changes(session: Session, before: Incident, new: NewIncident, timezone: tzinfo) -> list[str]:
    old = _of_record(session, before, timezone)
    said = _of_form(session, before, new, timezone)
    return [
        f"{label}: {said.get(label) or EMPTIED}"
        for label in {**said, **old}
        if said.get(label, "") != old.get(label, "")
    ]


def _of_record(session: Session, before: Incident, timezone: tzinfo) -> dict[str, str]:
    kind = session.get_one(ConductType, before.conduct_type_id)
    return _said(before, _client_of(session, before.client_id, before), kind, timezone)


def _of_form(
    session: Session, before: Incident, new: NewIncident, timezone: tzinfo
) -> dict[str, str]:
    kind = session.scalars(select(ConductType).where(ConductType.code == new.conduct)).one()
    own = before.client_id
    client = _client_of(session, new.client, before) or _client_of(session, own, before)
    said = _said(new, client, kind, timezone)
    if not new.contact and before.contact in {piece.author_name for piece in before.evidence}:
        said["Contact"] = before.contact or ""  # read off the message, not typed: nothing changed
    return said


def _client_of(session: Session, named: int | str, before: Incident) -> str:
    """Return the name of the client that was chosen or typed; nothing where it is gone.

    One that this person may not know of is gone, or keeps the name that they typed, unless it is
    this record's own client.
    """
    if isinstance(named, int):
        known = is_known(session, named, before.reporter_id, executive=False)
        return session.get_one(Client, named).name if known else ""
    found = with_name(session, named)
    is_own = found is not None and found.id == before.client_id
    return found.name if found and (is_own or not found.confidential) else named


def _said(
    told: Incident | NewIncident, client: str, kind: ConductType, timezone: tzinfo
) -> dict[str, str]:
    return {
        **wording.passages(told, kind.code),
        "Client": client,
        "Conduct": kind.name,
        "Severity": wording.severity(told.severity),
        "When": wording.moment(told.occurred_at, timezone),
        **wording.facts(told),
    }
