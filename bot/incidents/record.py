"""Puts an incident on record: everything that belongs to it in one transaction."""

from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, insert, select
from sqlalchemy.orm import Session, make_transient_to_detached

from bot.clients.add import get_or_add
from bot.errors import FieldError, UserError
from bot.escalations.raise_ import Raised, consider
from bot.glance.months import month_of
from bot.incidents.addenda import Author
from bot.incidents.fields import CONDUCT
from bot.incidents.new import NewIncident, Recorded
from bot.incidents.numbers import next_number
from bot.incidents.one_event import open_before_sealed
from bot.slack.ids import CLIENT
from models import AuditEvent, Client, ConductType, Evidence, EvidenceKind, Incident, Witness
from models.text import fold


INCIDENTS = Incident.metadata.tables[Incident.__tablename__]
AUDIT_EVENTS = AuditEvent.metadata.tables[AuditEvent.__tablename__]
_KEEPING, _NOTING = insert(INCIDENTS).returning(INCIDENTS.c.id), insert(AUDIT_EVENTS)
AS_WRITTEN = tuple(
    name.name
    for name in fields(NewIncident)
    if name.name not in {"client", "conduct", "witnesses", "witness_names", "evidence"}
)
"""What is kept of a form under its own name."""


class Gone(UserError):  # noqa: N818 - it reads as what happened
    """The account that another should join does not count any more; nothing was written."""


def record(
    session: Session,
    new: NewIncident,
    reporter: Author,
    *,
    now: datetime,
    timezone: ZoneInfo,
    same_event_as: int | None = None,
) -> Recorded:
    """Return the record of this form, made now.

    Raises FieldError where the client or the kind of conduct is not there (any more), Gone for the
    other account, and IntegrityError where this form is on record already: see `resend`.
    """
    head = _head(session, same_event_as) if same_event_as else None
    client_id, conduct_type_id = _known(session, new, now)
    incident = _inserted(
        session,
        **{name: getattr(new, name) for name in AS_WRITTEN},
        client_id=client_id,
        conduct_type_id=conduct_type_id,
        month=month_of(new.occurred_at, timezone),
        reporter_id=reporter.id,
        reporter_name=reporter.name[:150],
        recorded_at=now,
        number=next_number(session, now.astimezone(timezone).year),
        same_event_as_id=head.id if head else None,
        counts=head is None,
        search_text=search_text(new),
    )
    session.add_all(belongings(new, incident.id))
    _note(session, incident, reporter.id, now)
    raised = consider(session, incident, now=now, timezone=timezone)
    session.flush()
    if head:
        open_before_sealed(session, head)
    added = client_id if isinstance(new.client, str) else None
    return replace(_recorded(incident, raised, head), new_client_id=added)


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


def _head(session: Session, incident_id: int) -> Incident:
    """Return the account that counts, locked: it is not withdrawn while another joins it."""
    head = session.get_one(Incident, incident_id, with_for_update=True)
    if not head.counts:
        raise Gone("That record has changed meanwhile. Please choose again.")
    return head


def _inserted(session: Session, **values: object) -> Incident:
    """Return the incident, inserted without the unit of work, which takes longer than the rest."""
    incident_id = session.connection().execute(_KEEPING, values).scalar_one()
    incident = Incident(id=incident_id, **values)
    make_transient_to_detached(incident)
    session.add(incident)
    return incident


def _known(session: Session, new: NewIncident, now: datetime) -> tuple[int, int]:
    """Return the ids of the client, added if it is new, and of the kind of conduct."""
    asked = {"client": new.client if isinstance(new.client, int) else 0, "code": new.conduct}
    client, conduct = session.connection().execute(_both(), asked).one()
    if conduct is None:
        raise FieldError(CONDUCT, "This kind is not in use any more. Please choose another.")
    if isinstance(new.client, str):
        client = get_or_add(session, new.client, now=now).id
    if client is None:
        raise FieldError(CLIENT, "This client is not in the directory any more. Choose again.")
    return client, conduct


@cache
def _both() -> Select[*tuple[Any, ...]]:
    client = select(Client.id).where(Client.id == bindparam("client"))
    in_use = (ConductType.code == bindparam("code"), ConductType.retired.is_(False))
    conduct = select(ConductType.id).where(*in_use)
    return select(client.scalar_subquery(), conduct.scalar_subquery())


def belongings(new: NewIncident, incident_id: int) -> Iterator[Evidence | Witness]:
    """Return the rows of its evidence and its witnesses."""
    for piece in new.evidence:
        kept = asdict(piece) | {"kind": EvidenceKind(piece.kind)}
        yield Evidence(incident_id=incident_id, **kept)
    for user_id in new.witnesses:
        yield Witness(incident_id=incident_id, user_id=user_id)
    for name in new.witness_names:
        yield Witness(incident_id=incident_id, name=name[:200])


def _note(session: Session, incident: Incident, actor_id: str, now: datetime) -> None:
    values = {
        "at": now,
        "actor_id": actor_id,
        "action": "incident.recorded",
        "client_id": incident.client_id,
        "incident_id": incident.id,
    }
    session.connection().execute(_NOTING, values)
