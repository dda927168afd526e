"""What waits for a mend, for `python -m bot check`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.delivery.claim import EVERYTHING
from bot.delivery.enqueue import UNSENT
from bot.delivery.finish import STEPS_ASIDE
from bot.delivery.mends import mend
from bot.delivery.trouble import Waits, of_code
from models import Delivery, DeliveryStatus


SOON = timedelta(minutes=1)
"""Within which a message goes out that is due, unless there are many before it."""

OVERDUE = "overdue"


@dataclass(frozen=True)
class Held:
    """Messages of one kind that wait for the same mend; `oldest`: since when the first does."""

    kind: str
    error: str
    mend: str
    count: int
    oldest: datetime


def held(session: Session, now: datetime | None = None) -> list[Held]:
    """Return what does not go out, and what is due behind it; what waits longest comes first."""
    now = now or datetime.now(UTC)
    due = Delivery.due_at <= now
    stuck = Delivery.status == DeliveryStatus.HELD
    waiting = select(Delivery).where(Delivery.status.in_(UNSENT), or_(due, stuck))
    rows = session.scalars(waiting.order_by(Delivery.created_at, Delivery.id))
    return gather(rows, now - SOON)


def gather(waiting: Iterable[Delivery], late: datetime) -> list[Held]:
    """Return the unsent deliveries, the oldest first, in groups of the same kind and error.

    What was due before `late` should have been sent, whether or not there was an error.
    """
    rows = list(waiting)
    held_up = _held_up(rows)
    groups: dict[tuple[str, str], list[datetime]] = {}
    for row in rows:
        error = _own(row) or held_up.get(row.lane) or held_up.get(EVERYTHING)
        if not error and row.due_at < late:
            error = row.error or OVERDUE
        if error:
            groups.setdefault((row.kind, error), []).append(row.created_at)
    return [
        Held(kind, error, mend(error), len(since), since[0])
        for (kind, error), since in groups.items()
    ]


def _held_up(rows: Iterable[Delivery]) -> dict[str, str]:
    """Return the errors that hold up more than their own message, by lane."""
    errors: dict[str, str] = {}
    for row in rows:
        error = _own(row)
        waits = of_code(error).waits if error else Waits.MESSAGE
        if waits is not Waits.MESSAGE:
            errors.setdefault(row.lane if waits is Waits.LANE else EVERYTHING, error)
    return errors


def _own(row: Delivery) -> str:
    """Return the error that somebody has to look at, or "" where it is on its way."""
    hopeless = row.status is DeliveryStatus.HELD or row.attempts >= STEPS_ASIDE
    return (row.error or "") if hopeless else ""
