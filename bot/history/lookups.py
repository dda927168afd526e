"""What is asked of a client's records, as queries; each leaves out what the viewer may not see.

A query is built once for each of its forms and then only given its values: to build one takes
longer than both databases take to answer it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
)

from bot.clients.known import known_to
from bot.history.asked import Form
from models import Client, ConductType, Escalation, EscalationStatus, Evidence, Incident
from models.base import UtcDateTime


SHOWN = 8
"""Records on one page."""

SEARCHED = 3000
"""Records that words are looked for in at once; *Older* looks further back."""

MOST_COUNTED = 500
"""Records that are counted for “1 to 8 of 23”; of more it is said that there are more."""

OPENING = 500
"""Characters of what happened that are read for its first line."""

INCIDENTS = Incident.__table__.c
CLIENTS, KINDS = Client.__table__.c, ConductType.__table__.c
MATTERS, EVIDENCE = Escalation.__table__.c, Evidence.__table__.c


@cache
def client_and_matter(*, executive: bool) -> Select[*tuple[Any, ...]]:
    """Return the client, as far as the viewer may know of it, and its unsettled escalation."""
    unsettled = and_(MATTERS.client_id == CLIENTS.id, MATTERS.status != EscalationStatus.SETTLED)
    return (
        select(
            CLIENTS.name,
            CLIENTS.status,
            MATTERS.id.label("matter_id"),
            MATTERS.why,
            MATTERS.opened_at,
            MATTERS.owner_name,
        )
        .join_from(Client.__table__, Escalation.__table__, unsettled, isouter=True)
        .where(CLIENTS.id == bindparam("client"), known_to(_viewer(), executive=executive))
    )


@cache
def records(form: Form) -> Select[*tuple[Any, ...]]:
    """Return one page of records and one more, newest first; oldest first if it leads upwards.

    Each row has how many there are in all, see `_counts`, and what happened: for a search, which
    shows its hits, all of it, else its opening.
    """
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
            _opening(shown.c.what_happened, whole=bool(form.words)).label("opening"),
            shown.c.confidential,
            shown.c.withdrawn_at,
            head.label("head_number"),
            pieces.label("pieces"),
            *_counts(form),
        )
        .join_from(found, shown, shown.c.id == found.c.id)
        .join(ConductType.__table__, KINDS.id == shown.c.conduct_type_id)
        .order_by(*_in_order(shown.c.occurred_at, shown.c.id, upwards=form.upwards))
    )


@cache
def horizon(form: Form) -> Select[datetime, int]:
    """Return the place of the last record that words were looked for in, if there is so much."""
    return _among(form).offset(SEARCHED - 1).limit(1)


def _counts(form: Form) -> Iterator[ColumnElement[int]]:
    """Return how many records there are for the filters, and how many newer ones than the place.

    Both are counted as far as MOST_COUNTED; a search counts its hits where it begins, else 0.
    """
    every, newer = replace(form, turned=False), replace(form, turned=True, upwards=True)
    if form.words:
        yield (literal(0) if form.turned else _counted(_found(form))).label("total")
        yield literal(0).label("newer")
        return
    yield _how_many(every).label("total")
    yield (_how_many(newer) if form.turned else literal(0)).label("newer")


def _how_many(form: Form) -> ColumnElement[int]:
    return _counted(select(INCIDENTS.id).where(*_wanted(form)))


def _counted(found: Select[*tuple[Any, ...]]) -> ColumnElement[int]:
    counted = found.order_by(None).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(counted).scalar_subquery()


def _opening(text: ColumnElement[str], *, whole: bool) -> ColumnElement[str]:
    return text if whole else func.substr(text, 1, OPENING)


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
    return Incident.seen_by(_viewer(), executive=executive)  # type: ignore[arg-type] # given later


def _viewer() -> BindParameter[str]:
    return bindparam("viewer", type_=String)
