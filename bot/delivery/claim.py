"""Claiming the next message to send, so that nobody else takes it too."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Case,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.util import AliasedClass

from bot.delivery.clocks import Instant
from bot.delivery.enqueue import UNSENT
from bot.delivery.trouble import LONGEST
from models import Base, Delivery, DeliveryStatus, Lane, SecondLook, Urgency
from models.base import UtcDateTime


EVERYTHING = "*"
"""The lane that every message waits for: Slack has asked for a rest, or refuses our token."""

STEPS_ASIDE = 6
"""Attempts after which a reply lets the later ones of its thread pass."""

LONGEST_WAIT = 60.0
"""The most seconds that a message or a lane rests; a later time is left from a reset clock."""

LONGEST_LOOK = 600.0
"""The same for a second look."""

_Row = type[Delivery] | AliasedClass[Delivery]
DELIVERIES, LANES = (Base.metadata.tables[kept.__tablename__] for kept in (Delivery, Lane))
_HOLD = (
    update(DELIVERIES)
    .where(DELIVERIES.c.id == bindparam("held"))
    .values(
        free_at=bindparam("until"), attempts=bindparam("tries"), in_doubt_since=bindparam("since")
    )
)
_PACE = (
    update(LANES).where(LANES.c.name == bindparam("its_lane")).values(free_at=bindparam("until"))
)


@dataclass(frozen=True)
class Claim:
    """A delivery taken until `until`; `post_by` leaves a post half of that time.

    `doubt`: since when it may stand already. `wanted`, `error`: as they were when it was taken.
    The lane takes nothing else between `lane_from` and `lane_until`, unless this ends before.
    """

    id: int
    above: int | None
    lane: str
    wanted: int
    attempts: int
    until: datetime
    post_by: datetime
    lane_from: datetime
    lane_until: datetime
    doubt: datetime | None
    error: str | None


def claim(session: Session, at: Instant, *, lease: float, patience: float) -> Claim | None:
    """Return the most important message that waits, taken for `lease` seconds, or None.

    Its lane takes the next one after `patience` seconds, even if Slack has not answered by then.
    """
    # The lane first: a process that locks a message first may find an older one locked and skip it.
    session.flush()
    connection, moments = session.connection(), lasting(at)
    lane = connection.execute(_lane(), moments).scalar()
    if lane is None:
        return None
    found = connection.execute(_first_of_lane(), {**moments, "its_lane": lane}).first()
    if found is None:
        return None
    taken = _taken(found, lane, at, lease, patience)
    doubt = at.wall if found.ts is None and taken.doubt is None else taken.doubt
    held = {"held": taken.id, "until": taken.until, "tries": taken.attempts, "since": doubt}
    connection.execute(_HOLD, held)
    connection.execute(_PACE, {"its_lane": lane, "until": taken.lane_until})
    return taken


def seconds_to_next(session: Session, at: Instant) -> float | None:
    """Return the seconds until there is something to do (0: now), or None if nothing waits."""
    found: tuple[datetime | None, ...] = session.execute(_next(), lasting(at)).one()
    timer, message, look, rest = found
    waits = [(each - at.steady).total_seconds() for each in (message, look) if each]
    if timer:
        waits.append((timer - at.wall).total_seconds())
    if not waits:
        return None
    resting = (rest - at.steady).total_seconds() if rest else 0.0
    return max(min(waits), resting, 0.0)


def _taken(
    delivery: Row[*tuple[Any, ...]], lane: str, at: Instant, lease: float, patience: float
) -> Claim:
    return Claim(
        id=delivery.id,
        above=delivery.thread_of_id,
        lane=lane,
        wanted=delivery.wanted,
        attempts=delivery.attempts + 1,
        until=at.steady + timedelta(seconds=lease),
        post_by=at.steady + timedelta(seconds=lease / 2),
        lane_from=at.steady,
        lane_until=at.steady + timedelta(seconds=patience),
        doubt=delivery.in_doubt_since,
        error=delivery.error,
    )


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime)


def resting() -> ColumnElement[bool]:
    """Return whether Slack lets nothing through at the moment."""
    return _rest().exists()


def is_past(time: ColumnElement[datetime], limit: str) -> ColumnElement[bool]:
    """Return whether a steady time is over, or too far ahead: then the clock was reset since."""
    return or_(time <= _moment("steady"), time > _moment(limit))


def lasting(at: Instant) -> dict[str, datetime]:
    """Return the parameters of every query here: now, and how far ahead a time may be."""
    return {
        "wall": at.wall,
        "steady": at.steady,
        "wait": at.steady + timedelta(seconds=LONGEST_WAIT),
        "look": at.steady + timedelta(seconds=LONGEST_LOOK),
        "rest": at.steady + timedelta(seconds=LONGEST),
    }


@cache
def _lane() -> Select[str]:
    return (
        select(Lane.name)
        .join(Delivery, Delivery.lane == Lane.name)
        .where(is_past(Lane.free_at.expression, "wait"), *_may_go(), ~resting())
        .order_by(*_by_importance())
        .limit(1)
        # Without the key, so that putting messages into the lane need not wait.
        .with_for_update(of=Lane, key_share=True, skip_locked=True)
    )


@cache
def _first_of_lane() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Delivery.id,
            Delivery.thread_of_id,
            Delivery.wanted,
            Delivery.attempts,
            Delivery.in_doubt_since,
            Delivery.error,
            Delivery.ts,
        )
        .where(Delivery.lane == bindparam("its_lane"), *_may_go())
        .order_by(*_by_importance())
        .limit(1)
        .with_for_update(of=Delivery, key_share=True)
    )


def _may_go() -> tuple[ColumnElement[bool], ...]:
    return (
        _waits_here(),
        or_(~_is_timer(Delivery), Delivery.due_at <= _moment("wall")),
        is_past(Delivery.free_at.expression, "wait"),
    )


def _waits_here() -> ColumnElement[bool]:
    return and_(Delivery.status.in_(UNSENT), _has_its_thread(), _is_next_of_its_thread())


def _by_importance() -> tuple[ColumnElement[int], ...]:
    urgent = and_(Delivery.urgency == Urgency.URGENT, Delivery.ts.is_(None))
    place = func.coalesce(Delivery.place, Delivery.id)
    moved = case((Delivery.place.is_(None), 0), else_=1)
    return case((urgent, 0), else_=1), place, moved, Delivery.id.expression


@cache
def _next() -> Select[datetime | None, datetime | None, datetime | None, datetime | None]:
    """Return a query for the next timer, the next message, the next look and the end of a rest."""
    lane, own = (
        _or_now(Lane.free_at.expression, "wait"),
        _or_now(Delivery.free_at.expression, "wait"),
    )
    waiting = select(func.min(case((lane > own, lane), else_=own)))
    message = (
        waiting.join_from(Delivery, Lane, Lane.name == Delivery.lane)
        .where(_waits_here(), or_(~_is_timer(Delivery), Delivery.due_at <= _moment("wall")))
        .scalar_subquery()
    )
    timer = (
        select(func.min(Delivery.due_at))
        .where(_waits_here(), _is_timer(Delivery), Delivery.due_at > _moment("wall"))
        .scalar_subquery()
    )
    look = (
        select(func.min(_or_now(SecondLook.look_at.expression, "look")))
        .join_from(SecondLook, Delivery)
        .where(Delivery.ts.is_not(None))
        .scalar_subquery()
    )
    return select(timer, message, look, _rest().scalar_subquery())


def _or_now(time: ColumnElement[datetime], limit: str) -> Case[datetime]:
    return case((is_past(time, limit), _moment("steady")), else_=time)


def _rest() -> Select[datetime]:
    stop = aliased(Lane)
    return select(stop.free_at).where(
        stop.name == EVERYTHING,
        stop.free_at > _moment("steady"),
        stop.free_at <= _moment("rest"),
    )


def _is_timer(row: _Row) -> ColumnElement[bool]:
    """Return whether it was set for later and never tried; both times are of the same clock."""
    return and_(row.due_at > row.created_at, row.attempts == 0, row.wanted == 1)


def _has_its_thread() -> ColumnElement[bool]:
    """Let a reply wait until the message above it stands; it goes alone where that never will."""
    above = aliased(Delivery)
    return ~(
        select(above.id)
        .where(
            above.id == Delivery.thread_of_id,
            above.ts.is_(None),
            above.status != DeliveryStatus.VOID,
        )
        .exists()
    )


def _is_next_of_its_thread() -> ColumnElement[bool]:
    """Let a reply wait behind an earlier one of its thread that is no less urgent.

    It does not wait for one that Slack refuses, that keeps failing, or that is a timer.
    """
    before = aliased(Delivery)
    blocked = (
        select(before.id)
        .where(
            before.thread_of_id == Delivery.thread_of_id,
            before.id < Delivery.id,
            before.ts.is_(None),
            before.status == DeliveryStatus.PENDING,
            before.urgency >= Delivery.urgency,
            before.attempts < STEPS_ASIDE,
            ~_is_timer(before),
        )
        .exists()
    )
    return or_(Delivery.ts.is_not(None), ~blocked)
