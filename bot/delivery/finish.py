"""Writing down what became of a message, and when its lane may speak again."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TypeAlias, TypeVar

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from bot.delivery.claim import ASTRAY, EVERYTHING, Claim
from bot.delivery.enqueue import insert_absent
from bot.delivery.mends import mend
from bot.delivery.trouble import Trouble, Waits
from models import Base, Delivery, DeliveryStatus, Lane


HOLD = 60.0
"""Seconds after which what Slack refused is tried again: mended, it goes out by itself."""

LONGEST_BACKOFF = 60.0
STEPS_ASIDE = 6
"""Attempts after which a message lets the others of its conversation pass."""

Row = TypeVar("Row", bound=Base)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stands:
    """The message is in Slack. Not `current`: it may show what was true before."""

    channel: str
    ts: str
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
    now: datetime,
    pause: float,
    lease: float,
) -> None:
    """Keep the outcome; the lane is free again after `pause` seconds, or as trouble demands."""
    delivery, lane = session.execute(_taken(), {"id": claim.id}).one()
    if lane.free_at != claim.until:
        _overtaken(delivery, outcome)
        return
    lane.free_at = now + timedelta(seconds=pause)
    if isinstance(outcome, Stands):
        _stands(delivery, claim, outcome, now)
    elif isinstance(outcome, Unwanted):
        delivery.status, delivery.in_doubt_since, delivery.error = DeliveryStatus.VOID, None, None
    elif isinstance(outcome, Gone):
        _post_anew(session, delivery, claim, now, thread=outcome.thread)
    else:
        _waits(session, lane, delivery, claim, outcome, now=now, lease=lease)
    session.flush()


@cache
def _taken() -> Select[Delivery, Lane]:
    return (
        select(Delivery, Lane)
        .join(Lane, Lane.name == Delivery.lane)
        .where(Delivery.id == bindparam("id"))
        .with_for_update(of=(Delivery, Lane), key_share=True)
    )


def _locked(session: Session, table: type[Row], key: int | str) -> Row:
    return session.get_one(table, key, with_for_update={"key_share": True})


def _overtaken(delivery: Delivery, outcome: Outcome) -> None:
    """Our time was up and somebody else has it now: only add what they cannot know."""
    log.warning("delivery_overtaken", extra={"delivery": delivery.id, "kind": delivery.kind})
    if isinstance(outcome, Stands) and delivery.ts is None:
        delivery.channel, delivery.ts = outcome.channel, outcome.ts


def _stands(delivery: Delivery, claim: Claim, outcome: Stands, now: datetime) -> None:
    if claim.error:
        log.info("delivery_mended", extra={"delivery": delivery.id, "was": claim.error})
    delivery.channel, delivery.ts, delivery.sent_at = outcome.channel, outcome.ts, now
    delivery.in_doubt_since, delivery.error, delivery.attempts = None, None, 0
    if delivery.status is not DeliveryStatus.VOID:
        done = outcome.current and delivery.wanted == claim.wanted
        delivery.status = DeliveryStatus.SENT if done else DeliveryStatus.PENDING


def _post_anew(
    session: Session, delivery: Delivery, claim: Claim, now: datetime, *, thread: bool
) -> None:
    delivery.in_doubt_since = claim.doubt
    lost = _locked(session, Delivery, delivery.thread_of_id or 0) if thread else delivery
    log.info("delivery_gone", extra={"delivery": lost.id, "kind": lost.kind})
    lost.channel, lost.ts, lost.status = None, None, DeliveryStatus.PENDING
    if thread:
        lost.due_at = now


def _waits(
    session: Session,
    lane: Lane,
    delivery: Delivery,
    claim: Claim,
    trouble: Trouble,
    *,
    now: datetime,
    lease: float,
) -> None:
    if trouble.code != claim.error:
        told = {"error": trouble.code, "mend": mend(trouble.code), "held": trouble.held}
        log.warning("delivery_waits", extra={"delivery": delivery.id, "kind": delivery.kind} | told)
    delivery.error = trouble.code
    if not trouble.acted:
        delivery.in_doubt_since = claim.doubt
    if delivery.status is not DeliveryStatus.VOID:
        delivery.status = DeliveryStatus.HELD if trouble.held else DeliveryStatus.PENDING
    until = now + timedelta(seconds=seconds_to_wait(trouble, claim.attempts, lease))
    waits = who_waits(trouble, claim.attempts)
    if waits is Waits.LANE:
        lane.free_at = until
    elif waits is Waits.ALL:
        insert_absent(session, Lane, name=EVERYTHING, free_at=until)
        everything = _locked(session, Lane, EVERYTHING)
        astray = everything.free_at > now + ASTRAY
        everything.free_at = until if astray else max(everything.free_at, until)
    elif delivery.wanted == claim.wanted:  # a text asked anew meanwhile may do at once
        delivery.due_at = until


def seconds_to_wait(trouble: Trouble, attempts: int, lease: float) -> float:
    """Return how long to wait: as Slack said, a minute where held, else 2, 4, 8 … 60 s.

    A call that may still land counts as dead after a lease, as if its process were.
    """
    if trouble.seconds is not None:
        return trouble.seconds
    if trouble.held:
        return HOLD
    backoff = min(2.0 ** min(attempts, STEPS_ASIDE), LONGEST_BACKOFF)
    return max(backoff, lease) if trouble.lingers else backoff


def who_waits(trouble: Trouble, attempts: int) -> Waits:
    """Return who waits; one message that fails again and again holds up nobody but itself."""
    patient = trouble.held or attempts < STEPS_ASIDE
    return trouble.waits if patient or trouble.waits is Waits.ALL else Waits.MESSAGE
