"""What is asked of a client's records, as queries; each leaves out what the viewer may not see."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from bot.history.filters import Filters, Turn
from bot.history.months import days_ago, month_starts
from models import Client, ConductType, Escalation, EscalationStatus, Evidence, Incident
from models.text import fold


SHOWN = 8
"""Records on one page."""

MOST_WORDS = 8
OPENING = 500
"""Characters of what happened that are read for its first line."""


class Viewer(Protocol):
    """Whoever looks; that they may was checked at the door."""

    @property
    def id(self) -> str:
        """Return the Slack id."""

    @property
    def executive(self) -> bool:
        """Return whether sealed records are open to them."""


def client_and_matter(client_id: int, viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Return the client and its unsettled escalation, if any, with whether the viewer is in it.

    In it is who may see a record that belongs to it.
    """
    linked = (
        select(Incident.id)
        .where(Incident.escalation_id == Escalation.id, _seen_by(viewer))
        .limit(1)
        .correlate(Escalation)
        .exists()
    )
    unsettled = and_(
        Escalation.client_id == Client.id, Escalation.status != EscalationStatus.SETTLED
    )
    return (
        select(
            Client.name,
            Client.status,
            Escalation.why,
            Escalation.opened_at,
            Escalation.owner_name,
            linked.label("is_linked"),
        )
        .join_from(Client, Escalation, unsettled, isouter=True)
        .where(Client.id == client_id)
    )


def records(
    client_id: int, viewer: Viewer, filters: Filters, *, now: datetime, timezone: tzinfo
) -> Select[*tuple[Any, ...]]:
    """Return one page of records and one more, newest first; oldest first on a turn to newer."""
    turn = filters.turn
    wanted = [Incident.client_id == client_id, _seen_by(viewer)]
    wanted += _narrowed(filters, now, timezone)
    wanted += [_beyond(turn)] if turn else []
    upwards = turn is not None and not turn.older
    found = (
        select(Incident.id)
        .where(*wanted)
        .order_by(*_in_order(upwards=upwards))
        .limit(SHOWN + 1)
        .subquery()
    )
    return (
        _lines(viewer).join(found, found.c.id == Incident.id).order_by(*_in_order(upwards=upwards))
    )


def _lines(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    head = aliased(Incident)
    pieces = select(func.count()).where(Evidence.incident_id == Incident.id).scalar_subquery()
    seen_head = and_(
        head.id == Incident.same_event_as_id,
        head.seen_by(viewer.id, executive=viewer.executive),
    )
    return (
        select(
            Incident.id,
            Incident.number,
            ConductType.short,
            Incident.severity,
            Incident.occurred_at,
            Incident.recorded_at,
            Incident.reporter_name,
            func.substr(Incident.what_happened, 1, OPENING).label("opening"),
            Incident.confidential,
            Incident.withdrawn_at,
            Incident.same_event_as_id,
            head.number.label("head_number"),
            pieces.label("pieces"),
        )
        .join(ConductType, ConductType.id == Incident.conduct_type_id)
        .join(head, seen_head, isouter=True)
    )


def _narrowed(filters: Filters, now: datetime, timezone: tzinfo) -> Iterator[ColumnElement[bool]]:
    if filters.conduct:
        kind = select(ConductType.id).where(ConductType.code == filters.conduct).scalar_subquery()
        yield Incident.conduct_type_id == kind
    if filters.severity:
        yield Incident.severity == filters.severity
    if filters.period:
        yield Incident.occurred_at >= _begin(filters.period, now, timezone)
    for word in fold(filters.words).split()[:MOST_WORDS]:
        yield Incident.search_text.contains(word, autoescape=True)


def _begin(period: str, now: datetime, timezone: tzinfo) -> datetime:
    if period == "year":
        return month_starts(now, timezone)[0]
    return days_ago(now, int(period), timezone)


def _beyond(turn: Turn) -> ColumnElement[bool]:
    """Return the condition in the form that both databases answer from the index on history."""
    moment, number = turn.place.occurred_at, turn.place.incident_id
    at = Incident.occurred_at
    if turn.older:
        return and_(at <= moment, or_(at < moment, Incident.id < number))
    return and_(at >= moment, or_(at > moment, Incident.id > number))


def _in_order(*, upwards: bool) -> tuple[ColumnElement[Any], ...]:
    if upwards:
        return Incident.occurred_at.asc(), Incident.id.asc()
    return Incident.occurred_at.desc(), Incident.id.desc()


def _seen_by(viewer: Viewer) -> ColumnElement[bool]:
    return Incident.seen_by(viewer.id, executive=viewer.executive)
