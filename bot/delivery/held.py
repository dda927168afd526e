"""What waits for somebody to fix something, for `python -m bot check`; how far a message is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from bot.delivery.claim import EVERYTHING, STEPS_ASIDE
from bot.delivery.enqueue import UNSENT
from bot.delivery.mends import is_farewell, mend
from bot.delivery.trouble import Waits, of_code
from models import Delivery, DeliveryStatus


DELIVERIES = Delivery.__table__.c
SOON = timedelta(minutes=1)
"""Within which a message goes out that is due, unless there are many before it."""

OVERDUE = "overdue"

TO_EXECUTIVE = "held"
"""Kind of a direct message: what waits for the executives' channel. Subject: that delivery."""

REMEMBERED = timedelta(days=7)
"""How long `check` mentions what was given up."""

PATIENCE = timedelta(minutes=10)
"""After which a message that Slack refuses counts as held: people are told another way."""


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


def given_up(session: Session, now: datetime | None = None) -> list[Held]:
    """Return what was given up lately, because the recipient has left."""
    since = (now or datetime.now(UTC)) - REMEMBERED
    rows = session.scalars(
        select(Delivery)
        .where(
            Delivery.status == DeliveryStatus.VOID,
            Delivery.error.is_not(None),
            Delivery.due_at > since,
        )
        .order_by(Delivery.created_at, Delivery.id)
    )
    return _told(
        (row.kind, row.error or "", row.created_at) for row in rows if is_farewell(row.error)
    )


def refusal(session: Session, delivery: Delivery) -> str:
    """Return the error that keeps a message from Slack, its own or its channel's, or ""."""
    if delivery.ts or delivery.status not in UNSENT:
        return ""
    refused = _refused(session)
    own = delivery.error if delivery.status is DeliveryStatus.HELD else ""
    return own or refused.get(delivery.lane) or refused.get(EVERYTHING) or ""


def gather(waiting: Iterable[Delivery], late: datetime) -> list[Held]:
    """Return the unsent deliveries, the oldest first, in groups of the same kind and error.

    What was due before `late` should have been sent, whether or not there was an error.
    """
    rows = list(waiting)
    held_up, own = _held_up(rows), {row.id: _own(row) for row in rows}
    found = []
    for row in rows:
        error = own[row.id] or held_up.get(row.lane) or held_up.get(EVERYTHING)
        error = error or own.get(row.thread_of_id or 0)
        if not error and row.due_at < late:
            error = row.error or OVERDUE
        if error:
            found.append((row.kind, error, row.created_at))
    return _told(found)


def _told(found: Iterable[tuple[str, str, datetime]]) -> list[Held]:
    groups: dict[tuple[str, str], list[datetime]] = {}
    for kind, error, since in found:
        groups.setdefault((kind, error), []).append(since)
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


class Posting(Enum):
    """How far a message is: on its way, in Slack, or refused for longer than PATIENCE.

    Of what is refused, BY_MESSAGE reached an executive as a direct message, HELD nobody.
    """

    WAITING = "waiting"
    STANDS = "stands"
    HELD = "held"
    BY_MESSAGE = "by message"


def stands(
    session: Session, kind: str, subject_ids: Sequence[int], now: datetime
) -> dict[int, Posting]:
    """Return how far each subject's message is; a subject without one is left out.

    Where a subject has several, the one that is furthest behind counts.
    """
    asked = {"kind": kind, "subjects": subject_ids}
    rows = [
        row
        for row in session.connection().execute(_posted(), asked)
        if row.ts or row.status is not DeliveryStatus.VOID  # taken back: nobody was to be told
    ]
    refused = _refused(session) if any(row.ts is None for row in rows) else {}
    found: dict[int, Posting] = {}
    for row in rows:
        here = _posting(row, refused, now - PATIENCE)
        found[row.subject_id] = min(found.get(row.subject_id, here), here, key=_FURTHEST_BEHIND)
    return found


@cache
def _posted() -> Select[*tuple[Any, ...]]:
    written = Delivery.__table__.alias()
    is_written = (
        select(written.c.id)
        .where(
            written.c.kind == TO_EXECUTIVE,
            written.c.subject_id == DELIVERIES.id,
            written.c.ts.is_not(None),
        )
        .correlate(Delivery.__table__)
        .exists()
    )
    return select(
        *(DELIVERIES.subject_id, DELIVERIES.ts, DELIVERIES.status, DELIVERIES.lane),
        DELIVERIES.due_at,
        is_written.label("is_written"),
    ).where(
        DELIVERIES.kind == bindparam("kind"),
        DELIVERIES.subject_id.in_(bindparam("subjects", expanding=True)),
    )


_FURTHEST_BEHIND = [
    *(Posting.HELD, Posting.BY_MESSAGE, Posting.WAITING, Posting.STANDS),
].index


def _posting(row: Row[*tuple[Any, ...]], refused: Mapping[str, str], before: datetime) -> Posting:
    if row.ts:
        return Posting.STANDS
    own = row.status is DeliveryStatus.HELD
    is_refused = own or row.lane in refused or EVERYTHING in refused
    if not is_refused or row.due_at > before:
        return Posting.WAITING
    return Posting.BY_MESSAGE if row.is_written else Posting.HELD


def _refused(session: Session) -> dict[str, str]:
    """Return the error of each lane that Slack refuses as a whole."""
    return _held_up(session.scalars(select(Delivery).where(Delivery.status == DeliveryStatus.HELD)))
