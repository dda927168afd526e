"""Second looks at messages that were in doubt: Slack may have posted one twice.

A post whose answer was lost may be carried out long after we looked for it and posted it again. A
lost update may be carried out late too, and replace a newer one.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.delivery.claim import is_past, lasting, resting
from bot.delivery.clocks import Instant
from bot.delivery.enqueue import refresh
from bot.delivery.post import Post
from bot.delivery.trouble import Failed
from models import Delivery, SecondLook


AGAIN = timedelta(seconds=60)
"""After this, a look that failed is tried again."""

GIVES_UP = timedelta(days=1)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Look:
    """A second look that is ours until `until`; `ts` is the message to keep."""

    delivery_id: int
    key: str
    channel: str
    thread: str | None
    ts: str | None
    since: datetime
    until: datetime


def claim_look(session: Session, at: Instant, *, lease: float) -> Look | None:
    """Return the next second look that is due, taken for `lease` seconds, or None."""
    found = session.execute(_due(), lasting(at)).first()
    if found is None:
        return None
    wanted, delivery = found
    wanted.look_at = at.steady + timedelta(seconds=lease)
    session.flush()
    return Look(
        delivery_id=delivery.id,
        key=delivery.key,
        channel=wanted.channel,
        thread=wanted.thread_ts,
        ts=delivery.ts if delivery.channel == wanted.channel else None,
        since=wanted.since,
        until=wanted.look_at,
    )


def take_away(post: Post, look: Look) -> bool:
    """Delete duplicates of the message to keep; return whether Slack let us look."""
    try:
        found = sorted(post.find_all(look.channel, look.key, look.since, look.thread))
        kept = look.ts or next(iter(found), None)
        for ts in found if kept in found else ():
            if ts != kept:
                post.delete(look.channel, ts)
                log.warning("delivery_stood_twice", extra={"delivery": look.delivery_id})
    except Failed as failed:
        told = {"delivery": look.delivery_id, "error": failed.trouble.code}
        log.warning("second_look_failed", extra=told)
        return False
    return True


def finish_look(session: Session, look: Look, *, done: bool, at: Instant) -> None:
    """Delete the look, or reschedule it; do nothing if another process has taken it since.

    Refresh the message if a late update may have replaced its text with an older one.
    """
    delivery = session.get_one(Delivery, look.delivery_id, with_for_update={"key_share": True})
    wanted = session.get(SecondLook, look.delivery_id, with_for_update=True)
    if wanted is None or wanted.look_at != look.until:
        return
    if done or at.wall - look.since > GIVES_UP:
        session.delete(wanted)
        if wanted.stale:
            refresh(session, delivery, at.wall)
    else:
        wanted.look_at = at.steady + AGAIN
    session.flush()


@cache
def _due() -> Select[SecondLook, Delivery]:
    return (
        select(SecondLook, Delivery)
        .join(Delivery)
        .where(
            Delivery.ts.is_not(None),  # else it is being posted again
            is_past(SecondLook.look_at.expression, "look"),
            ~resting(),
        )
        .order_by(SecondLook.look_at)
        .limit(1)
        .with_for_update(of=SecondLook, skip_locked=True)
    )
