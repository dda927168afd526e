"""What holds of a whole record, for `python -m bot verify`: each as a query for what breaks it."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    exists,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from bot.escalations import posts
from models import (
    AuditEvent,
    Delivery,
    DeliveryStatus,
    Escalation,
    EscalationStatus,
    Incident,
)


NUMBER = "^INC-[0-9]{4}-([0-9]{4}|[1-9][0-9]{4,8})$"
COMPARE = "Keep a copy of the database as it is, then compare it with your backups."
OF_MATTERS = (posts.SUMMARY, posts.REMINDER, posts.SEEN, posts.SETTLED)
OF_INCIDENTS = (posts.REPLY, posts.REPLY_WITH_WHY)


@dataclass(frozen=True)
class Rule:
    """What holds of a whole record; `broken` selects a name for each row of which it does not."""

    holds: str
    fails: str
    mend: str
    broken: Select[str]


def rules() -> Iterator[Rule]:
    """Yield what must hold, in the order in which it is told."""
    yield Rule(
        "every number is written as it is given out",
        "numbers written in another way",
        COMPARE,
        select(Incident.number).where(not_(Incident.number.regexp_match(NUMBER))),
    )
    yield Rule(
        "every record says who recorded it and when",
        "records without a trace of their recording",
        COMPARE,
        _unrecorded(),
    )
    yield Rule(
        "every further account stands beside one that counts, of the same client",
        "accounts beside one that does not count, or of another client",
        COMPARE,
        _astray(),
    )
    yield from _of_messages()


def _of_messages() -> Iterator[Rule]:
    yield Rule(
        "every escalation has its message",
        "escalations without their message",
        "Tell the executives of these by hand.",
        _untold(),
    )
    yield Rule(
        "every message is about something on record",
        "messages about nothing on record",
        COMPARE,
        _about_nothing(),
    )
    yield Rule(
        "every reminder that waits is of a matter that nobody has",
        "reminders of what somebody has or has settled",
        "They say nothing when their time comes; please report this.",
        _idle_reminders(),
    )


def _unrecorded() -> Select[str]:
    noted = (AuditEvent.incident_id == Incident.id, AuditEvent.action == "incident.recorded")
    return select(Incident.number).where(~exists().where(*noted)).order_by(Incident.id)


def _astray() -> Select[str]:
    """Return accounts that count nowhere: a withdrawn one may stand beside a withdrawn one."""
    head = aliased(Incident)
    both_withdrawn = and_(head.withdrawn_at.is_not(None), Incident.withdrawn_at.is_not(None))
    astray = or_(head.client_id != Incident.client_id, ~or_(head.counts, both_withdrawn))
    joined = select(Incident.number).join(head, head.id == Incident.same_event_as_id)
    return joined.where(astray).order_by(Incident.id)


def _untold() -> Select[str]:
    told = (Delivery.kind == posts.SUMMARY, Delivery.subject_id == Escalation.id)
    named = literal("no. ").concat(cast(Escalation.id, String))
    return select(named).where(~exists().where(*told)).order_by(Escalation.id)


def _about_nothing() -> Select[str]:
    matter = exists().where(Escalation.id == Delivery.subject_id)
    incident = exists().where(Incident.id == Delivery.subject_id)
    lost = or_(
        and_(Delivery.kind.in_(OF_MATTERS), ~matter),
        and_(Delivery.kind.in_(OF_INCIDENTS), ~incident),
    )
    return select(_message()).where(lost).order_by(Delivery.id)


def _idle_reminders() -> Select[str]:
    waiting = (Delivery.kind == posts.REMINDER, Delivery.status == DeliveryStatus.PENDING)
    return (
        select(_message())
        .join(Escalation, Escalation.id == Delivery.subject_id)
        .where(*waiting, Escalation.status != EscalationStatus.OPEN)
        .order_by(Delivery.id)
    )


def _message() -> ColumnElement[str]:
    return Delivery.kind.concat(" of no. ").concat(cast(Delivery.subject_id, String))
