"""One look at a client's record: what this person may see of it, in plain values."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from bot.errors import UserError
from bot.history.filters import Filters, Place
from bot.history.glance import Glance, glance
from bot.history.lookups import (
    SHOWN,
    Viewer,
    client_and_matter,
    form_of,
    records,
    values_of,
)
from models import AuditEvent, ClientStatus, Severity


VIEWED = "history.viewed"


@dataclass(frozen=True)
class Line:
    """One record on the page; `further_of` is the number of the account it stands beside.

    It is empty where there is none, and where the viewer may not know of that account.
    """

    incident_id: int
    number: str
    conduct: str
    severity: Severity
    occurred_at: datetime
    late: timedelta
    reporter_name: str
    opening: str
    confidential: bool
    withdrawn: bool
    further_of: str
    pieces: int


@dataclass(frozen=True)
class Matter:
    """What is before the executives; only they read why, since when and who has it."""

    why: tuple[str, ...]
    opened_at: datetime | None
    owner_name: str


@dataclass(frozen=True)
class HistoryPage:
    """A page of a client's record, newest first."""

    client_id: int
    client_name: str
    status: ClientStatus
    matter: Matter | None
    glance: Glance
    filters: Filters
    lines: tuple[Line, ...]
    has_newer: bool
    has_older: bool

    @property
    def first(self) -> Place | None:
        """Return the newest record's place."""
        return _place(self.lines[0]) if self.lines else None

    @property
    def last(self) -> Place | None:
        """Return the oldest record's place."""
        return _place(self.lines[-1]) if self.lines else None


def history_page(
    session: Session,
    client_id: int,
    viewer: Viewer,
    filters: Filters,
    *,
    now: datetime,
    timezone: tzinfo,
) -> HistoryPage:
    """Return the page that the filters ask for; raises UserError if there is no such client."""
    asked = {"client": client_id, "viewer": viewer.id}
    known = client_and_matter(executive=viewer.executive)
    client = session.execute(known, asked).one_or_none()
    if client is None:
        raise UserError("This client is not in the directory any more. Please look it up anew.")
    lines, filters, has_older = _lines(session, client_id, viewer, filters, now, timezone)
    seen = glance(
        session,
        client_id,
        now=now,
        timezone=timezone,
        person_id=viewer.id,
        executive=viewer.executive,
    )
    return HistoryPage(
        client_id=client_id,
        client_name=client.name,
        status=client.status,
        matter=_matter(client, viewer),
        glance=seen,
        filters=filters,
        lines=lines,
        has_newer=filters.turn is not None,
        has_older=has_older,
    )


def noted(session: Session, client_id: int, viewer: Viewer, *, now: datetime) -> None:
    """Note that somebody looked at the client's record."""
    session.add(AuditEvent(at=now, actor_id=viewer.id, action=VIEWED, client_id=client_id))


def _lines(
    session: Session,
    client_id: int,
    viewer: Viewer,
    filters: Filters,
    now: datetime,
    timezone: tzinfo,
) -> tuple[tuple[Line, ...], Filters, bool]:
    """Return the records of the page, the filters that led to it, and whether there are older."""
    values = values_of(client_id, viewer, filters, now=now, timezone=timezone)
    found = [_line(row) for row in session.execute(records(form_of(viewer, filters)), values)]
    if filters.turn is None or filters.turn.older:
        return tuple(found[:SHOWN]), filters, len(found) > SHOWN
    if len(found) > SHOWN:
        return tuple(reversed(found[:SHOWN])), filters, True
    newest = replace(filters, turn=None)  # a full page, rather than the few that are newer
    return _lines(session, client_id, viewer, newest, now, timezone)


def _matter(row: Row[*tuple[Any, ...]], viewer: Viewer) -> Matter | None:
    if not row.why:
        return None
    if viewer.executive:
        return Matter(tuple(row.why.splitlines()), row.opened_at, row.owner_name or "")
    return Matter((), None, "") if row.is_linked else None


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    return Line(
        incident_id=row.id,
        number=row.number,
        conduct=row.short,
        severity=Severity(row.severity),
        occurred_at=row.occurred_at,
        late=row.recorded_at - row.occurred_at,
        reporter_name=row.reporter_name,
        opening=row.opening,
        confidential=row.confidential,
        withdrawn=row.withdrawn_at is not None,
        further_of=row.head_number or "",
        pieces=row.pieces,
    )


def _place(line: Line) -> Place:
    return Place(line.occurred_at, line.incident_id)
