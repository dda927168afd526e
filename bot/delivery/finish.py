"""Writing down what became of a message, and when it and its lane may go on."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TypeAlias

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from bot.delivery.claim import EVERYTHING, LONGEST_WAIT, Claim
from bot.delivery.clocks import Instant
from bot.delivery.enqueue import insert_absent
from bot.delivery.mends import is_farewell, mend
from bot.delivery.trouble import LONGEST, Trouble, Waits
from models import Delivery, DeliveryStatus, Lane, SecondLook


HOLD = 60.0
"""Seconds after which what Slack refused is tried again, so that it goes out once fixed."""

LOOK_AGAIN = 180.0
"""Seconds after which a message that was in doubt is looked for once more."""

GIVES_UP = timedelta(days=1)
"""How long we try to message somebody who has left."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stands:
    """The message is in Slack, in that thread if any. Not `current`: it may show an older text."""

    channel: str
    ts: str
    thread: str | None = None
    current: bool = True


@dataclass(frozen=True)
class Unwanted:
    """The room has nothing to say about it any more."""


@dataclass(frozen=True)
class Gone:
    """The message, or the one whose thread it belongs into, does not stand where it did."""

    thread: bool = False


Outcome: TypeAlias = Stands | Unwanted | Gone | Trouble


def finish(
    session: Session,
    claim: Claim,
    outcome: Outcome,
    *,
    at: Instant,
    pause: float,
    lease: float,
) -> None:
    """Keep the outcome; the lane is free again after `pause` seconds, or as trouble demands."""
    lost_thread = isinstance(outcome, Gone) and outcome.thread
    session.flush()
    lane, delivery, above = _locked(session, claim, claim.above if lost_thread else None)
    _pace(lane, claim, at, pause)
    if delivery.free_at != claim.until:
        _overtaken(session, delivery, claim, outcome, at)
        session.flush()
        return
    delivery.free_at = at.steady
    if isinstance(outcome, Stands):
        _stands(session, delivery, claim, outcome, at)
    elif isinstance(outcome, Unwanted):
        delivery.status, delivery.in_doubt_since, delivery.error = DeliveryStatus.VOID, None, None
    elif isinstance(outcome, Gone):
        _post_again(above or delivery)
        delivery.in_doubt_since = claim.doubt
    else:
        _waits(session, lane, delivery, claim, outcome, at=at, lease=lease)
    session.flush()


def _locked(
    session: Session, claim: Claim, above_id: int | None
) -> tuple[Lane, Delivery, Delivery | None]:
    """Return the lane, the message and the one above it, locked in the order that all keep to."""
    fresh = {"populate_existing": True}
    lane = session.scalars(_lane(), {"its": claim.lane}, execution_options=fresh).one()
    wanted = {"ids": [claim.id, above_id or claim.id]}
    found = session.scalars(_messages(), wanted, execution_options=fresh)
    rows = {row.id: row for row in found}
    return lane, rows[claim.id], rows.get(above_id or 0)


@cache
def _lane() -> Select[Lane]:
    return select(Lane).where(Lane.name == bindparam("its")).with_for_update(key_share=True)


@cache
def _messages() -> Select[Delivery]:
    return (
        select(Delivery)
        .where(Delivery.id.in_(bindparam("ids", expanding=True)))
        .order_by(Delivery.id)
        .with_for_update(key_share=True)
    )


def _pace(lane: Lane, claim: Claim, at: Instant, pause: float) -> None:
    """Let the lane take its next message, unless it has done so while this one took long."""
    if lane.free_at == claim.lane_until:
        lane.free_at = max(at.steady, claim.lane_from) + timedelta(seconds=pause)


def _overtaken(
    session: Session, delivery: Delivery, claim: Claim, outcome: Outcome, at: Instant
) -> None:
    """Our time was up and somebody else has it now: only add what they cannot know."""
    log.warning("delivery_overtaken", extra={"delivery": delivery.id, "kind": delivery.kind})
    if not isinstance(outcome, Stands):
        return
    if delivery.ts is None:
        delivery.channel, delivery.ts = outcome.channel, outcome.ts
    if delivery.ts != outcome.ts:
        _look_again(session, delivery, outcome, claim.doubt or at.wall, at.steady)


def _stands(
    session: Session, delivery: Delivery, claim: Claim, outcome: Stands, at: Instant
) -> None:
    if claim.error:
        log.info("delivery_mended", extra={"delivery": delivery.id, "was": claim.error})
    if claim.doubt:
        later = at.steady + timedelta(seconds=LOOK_AGAIN)
        _look_again(session, delivery, outcome, claim.doubt, later)
    delivery.channel, delivery.ts, delivery.sent_at = outcome.channel, outcome.ts, at.wall
    delivery.in_doubt_since, delivery.error, delivery.attempts = None, None, 0
    if delivery.status is not DeliveryStatus.VOID:
        done = outcome.current and delivery.wanted == claim.wanted
        delivery.status = DeliveryStatus.SENT if done else DeliveryStatus.PENDING


def _look_again(
    session: Session, delivery: Delivery, stands: Stands, since: datetime, look_at: datetime
) -> None:
    session.merge(
        SecondLook(
            delivery_id=delivery.id,
            channel=stands.channel,
            thread_ts=stands.thread,
            since=since,
            look_at=look_at,
            stale=delivery.ts == stands.ts,
        )
    )


def _post_again(lost: Delivery) -> None:
    log.info("delivery_gone", extra={"delivery": lost.id, "kind": lost.kind})
    lost.channel, lost.ts, lost.status = None, None, DeliveryStatus.PENDING


def _waits(
    session: Session,
    lane: Lane,
    delivery: Delivery,
    claim: Claim,
    trouble: Trouble,
    *,
    at: Instant,
    lease: float,
) -> None:
    if trouble.code != claim.error:
        told = {"error": trouble.code, "mend": mend(trouble.code), "held": trouble.held}
        log.warning("delivery_waits", extra={"delivery": delivery.id, "kind": delivery.kind} | told)
    delivery.error = trouble.code
    if not trouble.acted:
        delivery.in_doubt_since = claim.doubt
    elif delivery.in_doubt_since is None:  # an update that may yet be carried out
        delivery.in_doubt_since = at.wall
    if delivery.status is not DeliveryStatus.VOID:
        delivery.status = _status(delivery, trouble, at)
    until = at.steady + timedelta(seconds=seconds_to_wait(trouble, claim.attempts, lease))
    if trouble.waits is Waits.LANE:
        lane.free_at = until
    elif trouble.waits is Waits.ALL:
        _rest(session, at, until)
    else:
        delivery.place = session.scalar(select(func.max(Delivery.id)))  # behind what works
        if delivery.wanted == claim.wanted:  # a newer text may be sent at once
            delivery.free_at = until


def _status(delivery: Delivery, trouble: Trouble, at: Instant) -> DeliveryStatus:
    if is_farewell(trouble.code) and at.wall - delivery.due_at >= GIVES_UP:
        log.warning("delivery_given_up", extra={"delivery": delivery.id, "error": trouble.code})
        return DeliveryStatus.VOID
    return DeliveryStatus.HELD if trouble.held else DeliveryStatus.PENDING


def _rest(session: Session, at: Instant, until: datetime) -> None:
    insert_absent(session, Lane, name=EVERYTHING, free_at=until)
    everything = session.get_one(Lane, EVERYTHING, with_for_update={"key_share": True})
    is_true = everything.free_at <= at.steady + timedelta(seconds=LONGEST)
    everything.free_at = max(everything.free_at, until) if is_true else until


def seconds_to_wait(trouble: Trouble, attempts: int, lease: float) -> float:
    """Return how long to wait: as Slack said, a minute where held, else 2, 4, 8 … 60 s.

    A call that may still land counts as dead after a lease, as if its process were.
    """
    if trouble.seconds is not None:
        longest = LONGEST if trouble.waits is Waits.ALL else LONGEST_WAIT
        return min(trouble.seconds, longest)
    if trouble.held:
        return HOLD
    backoff = min(2.0 ** min(attempts, 6), LONGEST_WAIT)
    return max(backoff, lease) if trouble.lingers else backoff
