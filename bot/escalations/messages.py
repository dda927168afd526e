"""Renders every message of this room at the moment of sending, from the database as it is then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sqlalchemy.orm import Session

from bot.delivery.executives import remembered
from bot.delivery.held import TO_EXECUTIVE, refusal
from bot.delivery.message import Message, Renderer
from bot.escalations import facts, letters, posts, thread
from bot.escalations.standing import Standing
from bot.escalations.summary import summary
from bot.glance.counts import glance
from models import Delivery, EscalationStatus, Incident


Now = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time by the machine's clock."""
    return datetime.now(UTC)


def renderers(timezone: tzinfo, now: Now = utc_now) -> Mapping[str, Renderer]:
    """Return the renderer of each kind of message; months are those of `timezone`."""
    room = _Room(timezone, now)
    return {
        posts.SUMMARY: room.summary,
        posts.REMINDER: room.reminder,
        posts.REPLY: room.reply,
        posts.REPLY_WITH_WHY: room.reply_with_why,
        posts.SEEN: room.seen,
        posts.SETTLED: room.settled,
        TO_EXECUTIVE: room.held,
    }


Letter = Mapping[EscalationStatus, Callable[[Standing, int], Message]]
SEEN: Letter = {
    EscalationStatus.OWNED: letters.seen,
    EscalationStatus.OPEN: letters.handed_back,
}
SETTLED: Letter = {
    EscalationStatus.SETTLED: letters.settled,
    EscalationStatus.OWNED: letters.reopened,
    EscalationStatus.OPEN: letters.reopened,
}
CORRECTIONS = (letters.handed_back, letters.reopened)
"""What is said only where the letter that it corrects stands already."""


@dataclass(frozen=True)
class _Room:
    """The room's clock and calendar; each method is a Renderer."""

    timezone: tzinfo
    now: Now

    def summary(self, session: Session, delivery: Delivery) -> Message:
        now = self.now()
        standing = facts.standing(session, delivery.subject_id, now=now)
        reports = facts.reports(session, standing.escalation_id, standing.why)
        seen = glance(session, standing.client_id, now=now, timezone=self.timezone, executive=True)
        return summary(standing, reports, seen, delivery.wanted)

    def reminder(self, session: Session, delivery: Delivery) -> Message | None:
        standing = facts.standing(session, delivery.subject_id, now=self.now())
        if standing.status is not EscalationStatus.OPEN or standing.snoozed_until:
            return None
        if facts.reports(session, standing.escalation_id, standing.why).all_withdrawn:
            return None
        return thread.reminder(standing)

    def reply(self, session: Session, delivery: Delivery) -> Message:
        return thread.reply(facts.later(session, delivery.subject_id), ())

    def reply_with_why(self, session: Session, delivery: Delivery) -> Message:
        why = facts.why(session, delivery.subject_id)
        return thread.reply(facts.later(session, delivery.subject_id), why)

    def seen(self, session: Session, delivery: Delivery) -> Message | None:
        """Say nothing where it is settled by now: then that is what the reporter hears."""
        return self._letter(session, delivery, SEEN)

    def settled(self, session: Session, delivery: Delivery) -> Message | None:
        return self._letter(session, delivery, SETTLED)

    def held(self, session: Session, delivery: Delivery) -> Message | None:
        """Return None if it can be posted or is settled, or they are no executive any more."""
        waiting = session.get_one(Delivery, delivery.subject_id)
        error = refusal(session, waiting)
        if not error or delivery.lane not in remembered(session):
            return None
        about = waiting.subject_id
        if waiting.kind != posts.SUMMARY:
            about = session.get_one(Incident, about).escalation_id or 0
        standing = facts.standing(session, about, now=self.now())
        if standing.status is EscalationStatus.SETTLED:
            return None
        return letters.held(standing, error)

    def _letter(self, session: Session, delivery: Delivery, letter: Letter) -> Message | None:
        """Return None for a reporter who cannot see why the executives were told."""
        standing = facts.standing(session, delivery.subject_id, now=self.now())
        write = letter.get(standing.status)
        if not write or (write in CORRECTIONS and not delivery.ts):
            return None
        own = facts.own_record(session, standing.escalation_id, delivery.lane, self.timezone)
        return write(standing, own) if own else None
