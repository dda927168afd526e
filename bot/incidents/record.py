"""Puts an incident on record: everything that belongs to it in one transaction."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, insert, select
from sqlalchemy.orm import Session, make_transient_to_detached

from bot.clients.add import get_or_add, with_name
from bot.clients.known import is_known, name_openly
from bot.clients.lock import lock_client
from bot.errors import FieldError, UserError
from bot.escalations.counts import Newcomer
from bot.escalations.raise_ import Raised, open_if_due, tell_executives, weigh
from bot.escalations.rules import Filed
from bot.glance.months import month_of
from bot.incidents.addenda import Author
from bot.incidents.fields import CONDUCT
from bot.incidents.new import NewIncident, Recorded
from bot.incidents.numbers import next_number
from bot.incidents.one_event import open_before_sealed
from bot.slack.ids import CLIENT
from models import (
    AuditEvent,
    Client,
    Comfort,
    ConductType,
    Draft,
    Evidence,
    EvidenceKind,
    Incident,
    Witness,
)
from models.text import fold


INCIDENTS = Incident.metadata.tables[Incident.__tablename__]
AUDIT_EVENTS = AuditEvent.metadata.tables[AuditEvent.__tablename__]
_INSERT_INCIDENT = insert(INCIDENTS).returning(INCIDENTS.c.id)
_INSERT_EVENT = insert(AUDIT_EVENTS)
AS_WRITTEN = tuple(
    name.name
    for name in fields(NewIncident)
    if name.name not in {"client", "conduct", "witnesses", "witness_names", "evidence"}
)
"""What is kept of a form under its own name."""


class Gone(UserError):  # noqa: N818 - it reads as what happened
    """The account that another should join does not count any more; nothing was written."""


@dataclass(frozen=True)
class Subject:
    """What a form is about: the client, locked (None: its name is new), and the conduct type.

    `has_draft`: the form waits for an answer to a question, or did. `is_confidential`: only
    confidential incidents have named the client so far.
    """

    client_id: int | None
    conduct_type_id: int
    has_draft: bool
    is_confidential: bool


def lock_subject(
    session: Session, new: NewIncident, reporter_id: str, *, executive: bool
) -> Subject:
    """Return what the form is about; nobody else writes about that client until the end.

    Raises FieldError where the client or the conduct type is not there (any more).
    """
    client_id = new.client if isinstance(new.client, int) else _id_of(session, new.client)
    asked = {"client": client_id, "code": new.conduct, "key": new.form_key}
    row = session.connection().execute(_locking(), asked).one()
    if row.conduct is None:
        raise FieldError(CONDUCT, "This kind is not in use any more. Please choose another.")
    if isinstance(new.client, int) and (
        row.client is None
        or (row.of_few and not is_known(session, client_id, reporter_id, executive=executive))
    ):
        raise FieldError(CLIENT, "This client is not in the directory any more. Choose again.")
    return Subject(row.client, row.conduct, row.has_draft, bool(row.of_few))


def record(  # noqa: PLR0913 - what, by whom, when and where, and about what
    session: Session,
    new: NewIncident,
    reporter: Author,
    *,
    now: datetime,
    timezone: ZoneInfo,
    subject: Subject | None = None,
    same_event_as: int | None = None,
    executive: bool = False,
) -> Recorded:
    """Return the record of this form, made now; all is decided before its number is taken.

    Raises FieldError as `lock_subject` does, Gone where the other account does not count any more,
    and IntegrityError where this form is on record already. `executive`: the reporter is one.
    """
    subject = subject or lock_subject(session, new, reporter.id, executive=executive)
    client_id = _name_client(session, new, subject, now)
    head = _head(session, same_event_as) if same_event_as else None
    filed = _filed(new, reporter, counts=head is None)
    newcomer = Newcomer(reporter.id, new.confidential)
    weigh_now = partial(weigh, now=now, timezone=timezone, newcomer=newcomer)
    weighed = weigh_now(session, client_id, filed, reporter.id)
    filed = replace(filed, number=next_number(session, now.astimezone(timezone).year))
    weighed = open_if_due(session, client_id, filed, weighed, now=now)
    incident = _store(
        *(session, new, reporter, filed),
        client_id=client_id,
        conduct_type_id=subject.conduct_type_id,
        month=month_of(new.occurred_at, timezone),
        recorded_at=now,
        same_event_as_id=head.id if head else None,
        escalation_id=weighed.escalation_id,
    )
    tell = partial(tell_executives, now=now, timezone=timezone, executive=executive)
    raised = tell(session, incident, filed, weighed)
    session.flush()
    if head:
        open_before_sealed(session, head)
    return _recorded(incident, raised, head, client_id if _is_news(new, subject) else None)


def search_text(new: NewIncident) -> str:
    """Return every word of a record that a search may find, folded."""
    words = (new.what_happened, new.exact_words, new.contact, new.what_we_did, new.our_part)
    evidence = (f"{piece.text or ''} {piece.file_name or ''}" for piece in new.evidence)
    answers = new.answers.values()
    return fold(" ".join(part for part in (*words, new.ticket, *answers, *evidence) if part))


def _recorded(
    incident: Incident, raised: Raised | None, head: Incident | None, named_client_id: int | None
) -> Recorded:
    return Recorded(
        incident.id,
        incident.number,
        incident.occurred_at,
        incident.recorded_at,
        raised.why_for_reporter if raised else "",
        head.number if head else "",
        posts=raised is not None,
        named_client_id=named_client_id,
    )


def _is_news(new: NewIncident, subject: Subject) -> bool:
    """Return whether the form names a client that was not offered to everybody before."""
    return isinstance(new.client, str) or (subject.is_confidential and not new.confidential)


def _head(session: Session, incident_id: int) -> Incident:
    """Return the account that counts; raises Gone where it does not any more."""
    head = session.get_one(Incident, incident_id, populate_existing=True)
    if not head.counts:
        raise Gone("That record has changed meanwhile. Please choose again.")
    return head


def _filed(new: NewIncident, reporter: Author, *, counts: bool) -> Filed:
    """Return what the form says, as the rules weigh it; it has no number yet."""
    return Filed(
        number="",
        reporter_name=" ".join(reporter.name[:150].split()),
        conduct=new.conduct,
        severity=new.severity,
        comfort=Comfort(new.comfort) if new.comfort else None,
        attention=new.attention,
        counts=counts,
        occurred_at=new.occurred_at,
    )


def _store(
    session: Session,
    new: NewIncident,
    reporter: Author,
    filed: Filed,
    *,
    recorded_at: datetime,
    **rest: object,
) -> Incident:
    """Insert the incident with its evidence and witnesses, and note who recorded it."""
    incident = _insert(
        session,
        **{name: getattr(new, name) for name in AS_WRITTEN},
        reporter_id=reporter.id,
        reporter_name=reporter.name[:150],
        recorded_at=recorded_at,
        number=filed.number,
        counts=filed.counts,
        search_text=search_text(new),
        **rest,
    )
    session.add_all(belongings(new, incident.id))
    _note(session, incident, reporter.id, recorded_at)
    return incident


def _insert(session: Session, **values: object) -> Incident:
    """Insert the incident without the unit of work, which takes longer than all the rest."""
    incident_id = session.connection().execute(_INSERT_INCIDENT, values).scalar_one()
    incident = Incident(id=incident_id, **values)
    make_transient_to_detached(incident)
    session.add(incident)
    return incident


def _id_of(session: Session, name: str) -> int:
    known = with_name(session, name)
    return known.id if known else 0


def _name_client(session: Session, new: NewIncident, subject: Subject, now: datetime) -> int:
    """Return the client's id, added if it is new; an open incident names it for everybody."""
    if isinstance(new.client, str):
        client = get_or_add(session, new.client, now=now, confidential=new.confidential)
        lock_client(session, client.id)  # another process may just have added it, and be using it
        return client.id
    if subject.is_confidential and not new.confidential:
        name_openly(session, new.client)
    return new.client


@cache
def _locking() -> Select[*tuple[Any, ...]]:
    """Return the client, locked; the id of the conduct type in use; whether there is a draft."""
    in_use = (ConductType.code == bindparam("code"), ConductType.retired.is_(False))
    conduct = select(ConductType.id).where(*in_use).scalar_subquery().label("conduct")
    client = select(Client.id, Client.confidential).where(Client.id == bindparam("client"))
    locked = client.with_for_update(key_share=True).cte("locked")
    draft = select(Draft.form_key).where(Draft.form_key == bindparam("key")).exists()
    return select(
        select(locked.c.id).scalar_subquery().label("client"),
        select(locked.c.confidential).scalar_subquery().label("of_few"),
        conduct,
        draft.label("has_draft"),
    )


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
    session.connection().execute(_INSERT_EVENT, values)
