"""What is asked of a client's records, as queries; each leaves out what the viewer may not see.

A query is built once for each of its forms and then only given its values: to build one takes
longer than both databases take to answer it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Integer, Select, String, and_, bindparam, func, or_, select

from bot.escalations.rules import window_start
from bot.history.filters import Filters
from bot.history.months import month_starts
from models import Client, ConductType, Escalation, EscalationStatus, Evidence, Incident
from models.base import UtcDateTime
from models.text import fold


SHOWN = 8
"""Records on one page."""

SEARCHED = 3000
"""Records that words are looked for in at once; *Older* looks further back."""

MOST_WORDS = 8
OPENING = 500
"""Characters of what happened that are read for its first line."""

INCIDENTS = Incident.__table__.c
CLIENTS, KINDS = Client.__table__.c, ConductType.__table__.c
MATTERS, EVIDENCE = Escalation.__table__.c, Evidence.__table__.c


class Viewer(Protocol):
    """Whoever looks; that they may was checked at the door."""

    @property
    def id(self) -> str:
        """Return the Slack id."""

    @property
    def executive(self) -> bool:
        """Return whether sealed records are open to them."""


@dataclass(frozen=True)
class Form:
    """Which of the filters a query has; `upwards` leads from older records to newer ones."""

    executive: bool
    conduct: bool
    severity: bool
    period: bool
    words: int
    turned: bool
    upwards: bool


def form_of(viewer: Viewer, filters: Filters) -> Form:
    """Return the form of the query for these filters."""
    return Form(
        executive=viewer.executive,
        conduct=bool(filters.conduct),
        severity=bool(filters.severity),
        period=bool(filters.period),
        words=len(_words(filters)),
        turned=filters.turn is not None,
        upwards=filters.turn is not None and not filters.turn.older,
    )


def values_of(
    client_id: int, viewer: Viewer, filters: Filters, *, now: datetime, timezone: tzinfo
) -> dict[str, Any]:
    """Return the values of these filters for a query of their form."""
    values: dict[str, Any] = {"client": client_id, "viewer": viewer.id}
    values |= {"conduct": filters.conduct, "severity": filters.severity}
    values |= {f"word_{place}": word for place, word in enumerate(_words(filters))}
    if filters.period:
        values["since"] = _begin(filters.period, now, timezone)
    if filters.turn:
        values |= {
            "moment": filters.turn.place.occurred_at,
            "number": filters.turn.place.incident_id,
        }
    return values


@cache
def client_and_matter(*, executive: bool) -> Select[*tuple[Any, ...]]:
    """Return the client and its unsettled escalation, if any, with whether the viewer is in it.

    In it is who may see a record that belongs to it.
    """
    linked = (
        select(INCIDENTS.id)
        .where(INCIDENTS.escalation_id == MATTERS.id, _seen(executive=executive))
        .limit(1)
        .correlate(Escalation.__table__)
        .exists()
    )
    unsettled = and_(MATTERS.client_id == CLIENTS.id, MATTERS.status != EscalationStatus.SETTLED)
    return (
        select(
            CLIENTS.name,
            CLIENTS.status,
            MATTERS.why,
            MATTERS.opened_at,
            MATTERS.owner_name,
            linked.label("is_linked"),
        )
        .join_from(Client.__table__, Escalation.__table__, unsettled, isouter=True)
        .where(CLIENTS.id == bindparam("client"))
    )


@cache
def records(form: Form) -> Select[*tuple[Any, ...]]:
    """Return one page of records and one more, newest first; oldest first if it leads upwards."""
    found = _found(form).limit(SHOWN + 1).subquery("found")
    shown = Incident.__table__.alias("shown")
    pieces = select(func.count()).where(EVIDENCE.incident_id == shown.c.id).scalar_subquery()
    head = (
        select(INCIDENTS.number)
        .where(INCIDENTS.id == shown.c.same_event_as_id, _seen(executive=form.executive))
        .scalar_subquery()
    )
    return (
        select(
            shown.c.id,
            shown.c.number,
            KINDS.short,
            shown.c.severity,
            shown.c.occurred_at,
            shown.c.recorded_at,
            shown.c.reporter_name,
            func.substr(shown.c.what_happened, 1, OPENING).label("opening"),
            shown.c.confidential,
            shown.c.withdrawn_at,
            head.label("head_number"),
            pieces.label("pieces"),
        )
        .join_from(found, shown, shown.c.id == found.c.id)
        .join(ConductType.__table__, KINDS.id == shown.c.conduct_type_id)
        .order_by(*_in_order(shown.c.occurred_at, shown.c.id, upwards=form.upwards))
    )


@cache
def horizon(form: Form) -> Select[datetime, int]:
    """Return the place of the last record that words were looked for in, if there is so much."""
    return _among(form).offset(SEARCHED - 1).limit(1)


def _found(form: Form) -> Select[datetime, int]:
    """Return the places of the records that the filters leave, in their order."""
    if not form.words:
        return _among(form)
    near = _among(form).limit(SEARCHED).subquery("near")
    words = (
        INCIDENTS.search_text.contains(bindparam(f"word_{place}"), escape="/")
        for place in range(form.words)
    )
    return (
        select(near.c.occurred_at, near.c.id)
        .join_from(near, Incident.__table__, INCIDENTS.id == near.c.id)
        .where(*words)
        .order_by(*_in_order(near.c.occurred_at, near.c.id, upwards=form.upwards))
    )


def _among(form: Form) -> Select[datetime, int]:
    """Return the same for all filters but words: the index on history alone answers it."""
    return (
        select(INCIDENTS.occurred_at, INCIDENTS.id)
        .where(*_wanted(form))
        .order_by(*_in_order(INCIDENTS.occurred_at, INCIDENTS.id, upwards=form.upwards))
    )


def _wanted(form: Form) -> Iterator[ColumnElement[bool]]:
    yield INCIDENTS.client_id == bindparam("client")
    yield _seen(executive=form.executive)
    if form.conduct:
        kind = select(KINDS.id).where(KINDS.code == bindparam("conduct")).scalar_subquery()
        yield INCIDENTS.conduct_type_id == kind
    if form.severity:
        yield INCIDENTS.severity == bindparam("severity")
    if form.period:
        yield INCIDENTS.occurred_at >= bindparam("since", type_=UtcDateTime)
    if form.turned:
        yield _beyond(upwards=form.upwards)


def _beyond(*, upwards: bool) -> ColumnElement[bool]:
    """Return the condition in words that both databases answer from the index on history."""
    at, number = INCIDENTS.occurred_at, INCIDENTS.id
    moment, place = bindparam("moment", type_=UtcDateTime), bindparam("number", type_=Integer)
    if upwards:
        return and_(at >= moment, or_(at > moment, number > place))
    return and_(at <= moment, or_(at < moment, number < place))


def _in_order(*columns: ColumnElement[Any], upwards: bool) -> Iterator[ColumnElement[Any]]:
    yield from (column.asc() if upwards else column.desc() for column in columns)


def _seen(*, executive: bool) -> ColumnElement[bool]:
    viewer = bindparam("viewer", type_=String)
    return Incident.seen_by(viewer, executive=executive)  # type: ignore[arg-type] # given later


def _words(filters: Filters) -> list[str]:
    """Return the words as they are searched, none of them a pattern."""
    folded = fold(filters.words).split()[:MOST_WORDS]
    return [re.sub(r"([%_/])", r"/\1", word) for word in folded]


def _begin(period: str, now: datetime, timezone: tzinfo) -> datetime:
    if period == "year":
        return month_starts(now, timezone)[0]
    return window_start(now, int(period), timezone)
