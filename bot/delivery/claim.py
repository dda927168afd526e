"""Taking the next message that is due, so that nobody else takes it or writes beside it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select
from sqlalchemy.orm import Session, aliased

from bot.delivery.enqueue import UNSENT
from models import Delivery, DeliveryStatus, Lane
from models.base import UtcDateTime


EVERYTHING = "*"
"""The lane that every message waits for: Slack has asked for a rest, or refuses our token."""


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
    found = session.execute(_due(), {"now": now}).first()
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


def next_due(session: Session) -> datetime | None:
    """Return when the next message may be sent (it may be past), or None where there is none."""
    at: tuple[datetime | None, datetime | None] = session.execute(_next()).one()
    due, rests_until = at
    return max(due, rests_until) if due and rests_until else due


@cache
def _due() -> Select[Delivery, Lane]:
    now = bindparam("now", type_=UtcDateTime)
    stop = aliased(Lane)
    rests = select(stop.name).where(stop.name == EVERYTHING, stop.free_at > now).exists()
    return (
        select(Delivery, Lane)
        .join(Lane, Lane.name == Delivery.lane)
        .where(
            Delivery.status.in_(UNSENT),
            Delivery.due_at <= now,
            Lane.free_at <= now,
            _has_its_thread(),
            ~rests,
        )
        .order_by(Delivery.due_at, Delivery.id)
        .limit(1)
        # Both rows: PostgreSQL looks again at what it locks, and another process may just have
        # sent it. Without the key, so that putting messages into the lane need not wait.
        .with_for_update(of=(Delivery, Lane), key_share=True, skip_locked=True)
    )


@cache
def _next() -> Select[datetime | None, datetime | None]:
    later = case((Lane.free_at > Delivery.due_at, Lane.free_at), else_=Delivery.due_at)
    rest = select(Lane.free_at).where(Lane.name == EVERYTHING).scalar_subquery()
    return (
        select(func.min(later), rest)
        .select_from(Delivery)
        .join(Lane, Lane.name == Delivery.lane)
        .where(Delivery.status.in_(UNSENT), _has_its_thread())
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
