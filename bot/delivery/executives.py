"""The last known executives, and telling them by DM what their channel does not take."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.delivery.clocks import Instant
from bot.delivery.enqueue import EXECUTIVES, UNSENT, enqueue, insert_absent
from bot.delivery.held import PATIENCE, TO_EXECUTIVE
from bot.errors import SlackUnreachable
from models import Database, DatabaseUnavailable, Delivery, Executive, Urgency


class Memory:
    """Keeps the last known executives, for when their channel cannot be read."""

    def __init__(
        self,
        database: Database,
        later: Callable[[Callable[[], None]], None],
        *,
        is_colleague: Callable[[str], bool],
        now: Callable[[], datetime],
    ) -> None:
        """`later` runs the write in the background, so that nobody waits for it."""
        self._database, self._later = database, later
        self._is_colleague, self._now = is_colleague, now
        self._kept: frozenset[str] | None = None

    def learn(self, members: frozenset[str]) -> None:
        """Keep the members of the channel if they have changed."""
        if members != self._kept:
            self._later(partial(self._keep, members))

    def _keep(self, members: frozenset[str]) -> None:
        with suppress(SlackUnreachable, DatabaseUnavailable):  # told again in a minute
            ours = set(filter(self._is_colleague, members))
            with self._database.write() as session:
                remember(session, ours, self._now())
            self._kept = members


def remember(session: Session, people: Iterable[str], now: datetime) -> None:
    """Keep these as the executives, and forget everybody else."""
    people, known = set(people), set(remembered(session))
    session.execute(delete(Executive).where(Executive.person_id.in_(known - people)))
    for person in sorted(people - known):
        insert_absent(session, Executive, person_id=person, seen_at=now)


def remembered(session: Session) -> list[str]:
    """Return the last known executives."""
    return list(session.scalars(select(Executive.person_id).order_by(Executive.person_id)))


def tell_what_is_held(session: Session, at: Instant) -> None:
    """Queue a DM to each executive, once, for each message that has waited for PATIENCE.

    Only for urgent ones: the others can wait until the channel is fixed.
    """
    waiting = select(Delivery.id).where(
        Delivery.lane == EXECUTIVES,
        Delivery.urgency == Urgency.URGENT,
        Delivery.ts.is_(None),
        Delivery.status.in_(UNSENT),
        Delivery.due_at <= at.wall - PATIENCE,
    )
    held = session.scalars(waiting.order_by(Delivery.id)).all()
    people = remembered(session) if held else []
    for delivery_id in held:
        for person in people:
            enqueue(
                session,
                kind=TO_EXECUTIVE,
                subject_id=delivery_id,
                lane=person,
                now=at.wall,
                key=f"{TO_EXECUTIVE}:{delivery_id}:{person}",
                urgency=Urgency.URGENT,
            )
