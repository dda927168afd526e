"""What a person finds in their App Home, in plain values."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from bot.clients.known import Viewer, known_to
from bot.delivery.held import Posting, stands
from bot.escalations.explained import explained_to
from bot.escalations.posts import SUMMARY
from bot.history.overview import Overview, overview
from bot.incidents.drafts import KEPT_FOR
from models import Client, ConductType, Draft, Escalation, EscalationStatus, Incident, Severity
from models.text import fold


INCIDENTS, CLIENTS = Incident.__table__.c, Client.__table__.c
KINDS, MATTERS = ConductType.__table__.c, Escalation.__table__.c
DRAFTS = Draft.__table__.c
OWN, GOING, BEGUN = 10, 5, 3
"""Own records, clients with the most going on, and forms begun, before the rest is left out."""


class State(StrEnum):
    """What became of a record."""

    ON_RECORD = "on record"
    BEING_TOLD = "the executives are being told"
    NOT_TOLD = "the executives can't be told yet"
    TOLD_DIRECTLY = "the executives are told by direct message"
    BEFORE_EXECUTIVES = "the executives have been told"
    TAKEN = "taken"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


POSTED = {
    Posting.WAITING: State.BEING_TOLD,
    Posting.HELD: State.NOT_TOLD,
    Posting.BY_MESSAGE: State.TOLD_DIRECTLY,
    Posting.STANDS: State.BEFORE_EXECUTIVES,
}
"""What became of a record that no executive has taken yet."""


@dataclass(frozen=True)
class Own:
    """One record of the person's own; `owner_name` is who of the executives has it."""

    incident_id: int
    number: str
    client_name: str
    conduct: str
    severity: Severity
    occurred_at: datetime
    confidential: bool
    state: State
    owner_name: str


@dataclass(frozen=True)
class Begun:
    """A form that was sent and asked a question about, and is not on record; kept for a day."""

    client_name: str
    saved_at: datetime
    what_happened: str


@dataclass(frozen=True)
class HomePage:
    """What waits for the person and their own records, the newest first; what executives see."""

    begun: tuple[Begun, ...]
    own: tuple[Own, ...]
    has_more: bool
    overview: Overview | None


def home_page(session: Session, viewer: Viewer, *, now: datetime, timezone: tzinfo) -> HomePage:
    """Return what the person finds in their App Home now."""
    rows = session.execute(_own(), {"viewer": viewer.id}).all()
    page = HomePage(
        begun=tuple(each for each in _begun(session, viewer, now) if not _is_recorded(each, rows)),
        own=tuple(_own_records(session, rows[:OWN], viewer, now, timezone)),
        has_more=len(rows) > OWN,
        overview=None,
    )
    if not viewer.executive:
        return page
    going = overview(session, viewer, now=now, timezone=timezone)
    return replace(page, overview=replace(going, others=going.others[:GOING]))


def _begun(session: Session, viewer: Viewer, now: datetime) -> Iterator[Begun]:
    """Yield the forms that wait for this person's answer to a question, the latest first."""
    kept = select(DRAFTS.content, DRAFTS.saved_at).where(
        DRAFTS.person_id == viewer.id, DRAFTS.saved_at > now - KEPT_FOR
    )
    for content, saved_at in session.execute(kept.order_by(DRAFTS.saved_at.desc()).limit(BEGUN)):
        name = content["form"]["client"]
        if isinstance(name, int):
            known = CLIENTS.id == name, known_to(viewer.id, executive=viewer.executive)
            name = session.scalar(select(CLIENTS.name).where(*known)) or ""
        yield Begun(name, saved_at, content["form"]["what_happened"])


def _is_recorded(begun: Begun, rows: Iterable[Row[*tuple[Any, ...]]]) -> bool:
    """Return whether the person has recorded something of that client since, by another form."""
    name = fold(begun.client_name)
    return any(row.recorded_at >= begun.saved_at and fold(row.name) == name for row in rows)


@cache
def _own() -> Select[*tuple[Any, ...]]:
    return (
        select(
            INCIDENTS.id,
            INCIDENTS.number,
            CLIENTS.name,
            KINDS.short,
            INCIDENTS.severity,
            INCIDENTS.occurred_at,
            INCIDENTS.recorded_at,
            INCIDENTS.confidential,
            INCIDENTS.withdrawn_at,
            INCIDENTS.escalation_id,
            MATTERS.status,
            MATTERS.owner_name,
        )
        .join_from(Incident.__table__, Client.__table__)
        .join(ConductType.__table__, KINDS.id == INCIDENTS.conduct_type_id)
        .join(Escalation.__table__, MATTERS.id == INCIDENTS.escalation_id, isouter=True)
        .where(INCIDENTS.reporter_id == bindparam("viewer"))
        .order_by(INCIDENTS.recorded_at.desc(), INCIDENTS.id.desc())
        .limit(OWN + 1)
    )


def _own_records(
    session: Session,
    rows: Sequence[Row[*tuple[Any, ...]]],
    viewer: Viewer,
    now: datetime,
    timezone: tzinfo,
) -> Iterator[Own]:
    """Yield the records, each with as much of its escalation as is explained to the person."""
    escalations = sorted({row.escalation_id for row in rows if row.escalation_id})
    known = {}
    if escalations and not viewer.executive:
        known = explained_to(session, escalations, viewer.id, timezone)
        escalations = list(known)
    posted = stands(session, SUMMARY, escalations, now) if escalations else {}
    for row in rows:
        part = known.get(row.escalation_id)
        is_known = viewer.executive or (part is not None and part.holds(row.id))
        posting = posted.get(row.escalation_id, Posting.WAITING)
        yield _record(row, posting if is_known else None)


def _record(row: Row[*tuple[Any, ...]], posting: Posting | None) -> Own:
    """Return the record; without `posting` it shows no escalation."""
    return Own(
        incident_id=row.id,
        number=row.number,
        client_name=row.name,
        conduct=row.short,
        severity=Severity(row.severity),
        occurred_at=row.occurred_at,
        confidential=row.confidential,
        state=_state(row, posting),
        owner_name=(row.owner_name or "") if posting else "",
    )


def _state(row: Row[*tuple[Any, ...]], posting: Posting | None) -> State:
    if row.withdrawn_at is not None:
        return State.WITHDRAWN
    if row.status is None or posting is None:
        return State.ON_RECORD
    return {
        EscalationStatus.OPEN: POSTED[posting],
        EscalationStatus.OWNED: State.TAKEN,
        EscalationStatus.SETTLED: State.SETTLED,
    }[row.status]
