"""Taking the next message that is due, so that nobody else takes it or writes beside it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    BindParameter,
    Case,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from bot.delivery.enqueue import UNSENT
from bot.delivery.trouble import LONGEST
from models import Delivery, DeliveryStatus, Lane
from models.base import UtcDateTime


EVERYTHING = "*"
"""The lane that every message waits for: Slack has asked for a rest, or refuses our token."""

ASTRAY = timedelta(seconds=2 * LONGEST)
"""Further ahead than any rest or lease: such a time is of a clock that was wrong, and is past."""


@dataclass(frozen=True)
class Claim:
    """A delivery taken until `until`; `post_by` leaves a post half of that time.

    `doubt`: since when it may stand already. `wanted`, `error`: as they were when it was taken.
    """

    id: int
    lane: str
    wanted: int
    attempts: int
    until: datetime
    post_by: datetime
    doubt: datetime | None
    error: str | None


def claim(session: Session, *, now: datetime, lease: float) -> Claim | None:
    """Return the message that has waited longest, taken for `lease` seconds, or None."""
    found = session.execute(_due(), _moments(now)).first()
    if found is None:
        return None
    delivery, lane = found
    taken = Claim(
        id=delivery.id,
        lane=lane.name,
        wanted=delivery.wanted,
        attempts=delivery.attempts + 1,
        until=now + timedelta(seconds=lease),
        post_by=now + timedelta(seconds=lease / 2),
        doubt=delivery.in_doubt_since,
        error=delivery.error,
    )
    delivery.attempts = taken.attempts
    if delivery.ts is None and taken.doubt is None:
        delivery.in_doubt_since = now
    lane.free_at = taken.until
    session.flush()
    return taken


def next_due(session: Session, now: datetime) -> datetime | None:
    """Return when the next message may be sent (it may be past), or None where there is none."""
    at: tuple[datetime | None, datetime | None] = session.execute(_next(), _moments(now)).one()
    due, rests_until = at
    return max(due, rests_until) if due and rests_until else due


def _moments(now: datetime) -> dict[str, datetime]:
    return {"now": now, "astray": now + ASTRAY}


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime)


def _free_at() -> Case[datetime]:
    return case((Lane.free_at < _moment("astray"), Lane.free_at), else_=_moment("now"))


def _due_at() -> Case[datetime]:
    """Return when it is due; a timer, which is set far ahead on purpose, was never tried."""
    timer = and_(
        Delivery.due_at > Delivery.created_at, Delivery.attempts == 0, Delivery.wanted == 1
    )
    right = or_(Delivery.due_at < _moment("astray"), timer)
    return case((right, Delivery.due_at), else_=_moment("now"))


@cache
def _due() -> Select[Delivery, Lane]:
    return (
        select(Delivery, Lane)
        .join(Lane, Lane.name == Delivery.lane)
        .where(
            Delivery.status.in_(UNSENT),
            _due_at() <= _moment("now"),
            _free_at() <= _moment("now"),
            _has_its_thread(),
            ~_rest().exists(),
        )
        .order_by(Delivery.due_at, Delivery.id)
        .limit(1)
        # Both rows: PostgreSQL looks again at what it locks, and another process may just have
        # sent it. Without the key, so that putting messages into the lane need not wait.
        .with_for_update(of=(Delivery, Lane), key_share=True, skip_locked=True)
    )


@cache
def _next() -> Select[datetime | None, datetime | None]:
    later = case((_free_at() > _due_at(), _free_at()), else_=_due_at())
    return (
        select(func.min(later), _rest().scalar_subquery())
        .select_from(Delivery)
        .join(Lane, Lane.name == Delivery.lane)
        .where(Delivery.status.in_(UNSENT), _has_its_thread())
    )


def _rest() -> Select[datetime]:
    stop = aliased(Lane)
    return select(stop.free_at).where(
        stop.name == EVERYTHING,
        stop.free_at > _moment("now"),
        stop.free_at < _moment("astray"),
    )


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
