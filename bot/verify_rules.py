"""What holds of a whole record, for `python -m bot verify`: each as a query for what breaks it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
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
    MonthlyContact,
    MonthlyCount,
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
    yield Rule(
        "the counts by month are those of the records",
        "counts by month that are not those of the records",
        COMPARE,
        _miscounted(),
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


def _miscounted() -> Select[str]:
    """Return the clients and months of which what is kept beside the records does not add up."""
    halves = union_all(*_kept(), *_counted()).subquery().c
    wrong = (
        select(halves.client, halves.month)
        .group_by(halves.client, halves.month, halves.reader, halves.what)
        .having(or_(func.sum(halves.incidents) != 0, func.sum(halves.minutes) != 0))
        .subquery()
        .c
    )
    named = literal("client no. ").concat(cast(wrong.client, String))
    named = named.concat(" in ").concat(cast(wrong.month, String))
    return select(named).distinct().order_by(named)


def _kept() -> Iterator[Select[*tuple[Any, ...]]]:
    count, contact = MonthlyCount, MonthlyContact
    kind = _kind(count.conduct_type_id, count.severity)
    yield _half(count, count.reader, kind, count.incidents, count.minutes_lost)
    yield _half(contact, contact.reader, _of(contact.contact), contact.incidents, literal(0))


def _counted() -> Iterator[Select[*tuple[Any, ...]]]:
    """Yield the same out of the records, taken away from it."""
    reader = case((Incident.confidential, Incident.reporter_id), else_="")
    kind = _kind(Incident.conduct_type_id, Incident.severity)
    minutes = -func.coalesce(func.sum(Incident.minutes_lost), 0)
    groups = (Incident.client_id, Incident.month)
    each = _half(Incident, reader, kind, -func.count(), minutes).where(Incident.counts)
    yield each.group_by(*groups, Incident.confidential, Incident.reporter_id, kind)
    named = _half(Incident, reader, _of(Incident.contact), -func.count(), literal(0))
    named = named.where(Incident.counts, Incident.contact != "")
    yield named.group_by(*groups, Incident.confidential, Incident.reporter_id, Incident.contact)


def _half(
    table: type[Incident | MonthlyCount | MonthlyContact], *rest: SQLColumnExpression[Any]
) -> Select[*tuple[Any, ...]]:
    names = ("reader", "what", "incidents", "minutes")
    labelled: list[ColumnElement[Any]] = [
        column.label(name) for name, column in zip(names, rest, strict=True)
    ]
    return select(table.client_id.label("client"), table.month.label("month"), *labelled)


def _kind(
    conduct: SQLColumnExpression[int], severity: SQLColumnExpression[int]
) -> ColumnElement[str]:
    return cast(conduct, String).concat(".").concat(cast(severity, String))


def _of(contact: SQLColumnExpression[Any]) -> ColumnElement[str]:
    return literal("by ").concat(contact)


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
