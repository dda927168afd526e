"""One look at a client's record: what this person may see of it, in plain values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from bot.clients.known import Viewer
from bot.delivery.held import Posting, stands
from bot.errors import UserError
from bot.escalations.explained import explained_to
from bot.escalations.gone import NOTHING, Gone, gone
from bot.escalations.posts import SUMMARY
from bot.escalations.settled import settlements
from bot.escalations.standing import Settlement
from bot.glance.counts import Glance, glance
from bot.history.asked import Form, form_of, values_of, words_of
from bot.history.filters import Filters, Place
from bot.history.hits import around, elsewhere
from bot.history.lookups import (
    SHOWN,
    client_and_matter,
    horizon,
    records,
)
from models import AuditEvent, ClientStatus, Severity


VIEWED = "history.viewed"


@dataclass(frozen=True)
class Line:
    """One record on the page; `further_of` is the number of the account it stands beside.

    It is empty where there is none, and where the viewer may not know of that account. For a
    search `opening` begins shortly before the hit; `found` says where that is, if not there.
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
    found: str = ""


@dataclass(frozen=True)
class Matter:
    """What is before the executives; only they read more than that it is.

    Not `told` while Slack has not taken the message to them yet.
    """

    why: tuple[str, ...] = ()
    opened_at: datetime | None = None
    owner_name: str = ""
    gone: Gone = NOTHING
    told: bool = True


@dataclass(frozen=True)
class Lines:
    """The records of a page, newest first, the filters that led to them, and what is beyond.

    `horizon` is how far back words were looked for where that is not the end. `passed` records
    are newer than these, of `total` in all; 0 in all where that is not known.
    """

    lines: tuple[Line, ...]
    filters: Filters
    has_older: bool
    horizon: Place | None = None
    passed: int = 0
    total: int = 0


@dataclass(frozen=True)
class HistoryPage:
    """A page of a client's record, newest first; `horizon`, `passed`, `total` as in Lines.

    `settled` is how earlier matters ended, as far as the viewer may know.
    """

    client_id: int
    client_name: str
    status: ClientStatus
    matter: Matter | None
    glance: Glance
    filters: Filters
    lines: tuple[Line, ...]
    has_newer: bool
    has_older: bool
    horizon: Place | None = None
    passed: int = 0
    total: int = 0
    settled: tuple[Settlement, ...] = ()

    @property
    def first(self) -> Place | None:
        """Return the newest record's place."""
        return _place(self.lines[0]) if self.lines else None

    @property
    def last(self) -> Place | None:
        """Return the place from which to go on to what is older."""
        return self.horizon or (_place(self.lines[-1]) if self.lines else None)


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
        raise UserError("This client is not in the directory any more. Please look it up again.")
    found = _lines(session, client_id, viewer, filters, now=now, timezone=timezone)
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
        matter=_matter(session, client, viewer, timezone, now),
        glance=seen,
        filters=found.filters,
        lines=found.lines,
        has_newer=found.filters.turn is not None,
        has_older=found.has_older,
        horizon=found.horizon,
        passed=found.passed,
        total=found.total,
        settled=settlements(session, client_id, viewer, timezone),
    )


def noted(session: Session, client_id: int, viewer: Viewer, *, now: datetime) -> None:
    """Note that somebody looked at the client's record."""
    session.add(AuditEvent(at=now, actor_id=viewer.id, action=VIEWED, client_id=client_id))


def _lines(
    session: Session,
    client_id: int,
    viewer: Viewer,
    filters: Filters,
    *,
    now: datetime,
    timezone: tzinfo,
) -> Lines:
    form = form_of(viewer, filters)
    values = values_of(client_id, viewer, filters, now=now, timezone=timezone)
    rows = session.execute(records(form), values).all()
    beyond = session.execute(horizon(form), values).first() if form.words else None
    place = Place(*beyond) if beyond else None
    found = _hits(session, tuple(map(_line, rows)), filters)
    passed, total = _among(rows, form, SHOWN)
    if place:
        total = 0  # not all of them were looked at
    if len(found) > SHOWN:
        lines = found[:SHOWN][::-1] if form.upwards else found[:SHOWN]
        return Lines(lines, filters, has_older=True, passed=passed, total=total)
    if form.upwards:  # a full page of the newest, rather than the few that are newer
        newest = replace(filters, turn=None)
        return _lines(session, client_id, viewer, newest, now=now, timezone=timezone)
    return Lines(found, filters, place is not None, place, passed, total)


def _among(rows: Sequence[Row[*tuple[Any, ...]]], form: Form, shown: int) -> tuple[int, int]:
    """Return how many records are newer than those shown, and how many there are in all."""
    if not rows:
        return 0, 0
    if form.words:
        return 0, rows[0].total
    newer, total = rows[0].newer, rows[0].total
    if form.upwards:
        return newer - shown, total
    return newer + form.turned, total  # the place turned from is itself a newer one


def _hits(session: Session, lines: tuple[Line, ...], filters: Filters) -> tuple[Line, ...]:
    """Return the lines so that each shows where the words of a search are, if there is one."""
    words = words_of(filters)
    if not words:
        return lines
    near = {line.incident_id: around(line.opening, words) for line in lines}
    others = elsewhere(session, [number for number, text in near.items() if not text], words)
    return tuple(
        replace(
            line,
            opening=near[line.incident_id] or line.opening,
            found=others.get(line.incident_id, ""),
        )
        for line in lines
    )


def _matter(
    session: Session, row: Row[*tuple[Any, ...]], viewer: Viewer, timezone: tzinfo, now: datetime
) -> Matter | None:
    """Return what the viewer may know of what is before the executives."""
    number = row.matter_id
    if number is None:
        return None
    if viewer.executive:
        withdrawn = gone(session, [number]).get(number, NOTHING)
        why = tuple(row.why.splitlines())
        return Matter(why, row.opened_at, row.owner_name or "", withdrawn)
    if number not in explained_to(session, [number], viewer.id, timezone):
        return None
    told = row.owner_name or stands(session, SUMMARY, [number], now).get(number) is Posting.STANDS
    return Matter(told=bool(told))


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
