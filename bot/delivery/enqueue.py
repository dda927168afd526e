"""Putting a message into the outbox, in the transaction of what it tells about."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, case, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import Insert

from models import Base, Delivery, DeliveryStatus, Lane, Urgency


EXECUTIVES = "executives"
"""The lane of the executives' channel. Any other lane is a person's Slack id."""

UNSENT = (DeliveryStatus.PENDING, DeliveryStatus.HELD)
DELIVERIES = Base.metadata.tables[Delivery.__tablename__]
_FIND_LANE = select(Lane.__table__.c.name).where(Lane.__table__.c.name == bindparam("lane"))
_INSERT_DELIVERY = insert(DELIVERIES).returning(DELIVERIES.c.id)


def enqueue(  # noqa: PLR0913 - one message: what, about what, to whom, when, where, how urgent
    session: Session,
    *,
    kind: str,
    subject_id: int,
    lane: str,
    now: datetime,
    due_at: datetime | None = None,
    thread_of: Delivery | None = None,
    key: str | None = None,
    urgency: Urgency = Urgency.ROUTINE,
) -> Delivery:
    """Return the delivery of that key, new or as it was; `due_at` in the future makes a timer.

    It goes into the thread of `thread_of`, once that one stands; what is urgent goes first.
    """
    # Looked for first: to insert what is there would wait for the process that is sending it.
    key = key or f"{kind}:{subject_id}:{lane}"
    named = select(Delivery).where(Delivery.key == key)
    found = session.scalars(named).one_or_none()
    if found:
        return found
    ensure_lane(session, lane)
    insert_absent(
        session,
        Delivery,
        key=key,
        kind=kind,
        subject_id=subject_id,
        lane=lane,
        thread_of_id=thread_of.id if thread_of else None,
        urgency=urgency,
        due_at=due_at or now,
        created_at=now,
    )
    return session.scalars(named).one()


def enqueue_new(  # noqa: PLR0913 - the same
    session: Session,
    *,
    kind: str,
    subject_id: int,
    lane: str,
    now: datetime,
    due_at: datetime | None = None,
    thread_of_id: int | None = None,
    urgency: Urgency = Urgency.ROUTINE,
) -> int:
    """Return the id of a new delivery about something new, of which there can be none yet.

    Its lane must be there: see `ensure_lane`.
    """
    values = {
        "key": f"{kind}:{subject_id}:{lane}",
        "kind": kind,
        "subject_id": subject_id,
        "lane": lane,
        "thread_of_id": thread_of_id,
        "urgency": urgency,
        "due_at": due_at or now,
        "created_at": now,
    }
    number: int = session.connection().execute(_INSERT_DELIVERY, values).scalar_one()
    return number


def ensure_lane(session: Session, lane: str) -> None:
    """Add the lane if it is not there yet."""
    # Looked for first: to insert what is there would wait for the process that is sending from it.
    if session.connection().execute(_FIND_LANE, {"lane": lane}).first() is None:
        insert_absent(session, Lane, name=lane)


def refresh(session: Session, delivery: Delivery, now: datetime) -> None:
    """Have the message rendered again and sent, or updated where it stands.

    What waits already has been due since it was: people are told of what is held for long.
    """
    session.flush()
    newest = aliased(Delivery)
    waits = and_(Delivery.ts.is_(None), Delivery.status.in_(UNSENT), Delivery.due_at < now)
    # Counted by the database: two at once must come out as two.
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery.id)
        .values(
            wanted=Delivery.wanted + 1,
            due_at=case((waits, Delivery.due_at), else_=now),
            place=case(
                (Delivery.ts.is_(None), Delivery.place),
                else_=select(func.max(newest.id)).scalar_subquery(),
            ),
            status=case(
                (Delivery.status == DeliveryStatus.HELD, DeliveryStatus.HELD),
                else_=DeliveryStatus.PENDING,
            ),
        )
        .execution_options(synchronize_session=False)
    )
    session.refresh(delivery)


def void(session: Session, *, kind: str, subject_id: int) -> None:
    """Take back what was not sent yet; what stands in Slack stays."""
    session.flush()
    session.execute(
        update(Delivery)
        .where(
            Delivery.kind == kind,
            Delivery.subject_id == subject_id,
            Delivery.status.in_(UNSENT),
        )
        .values(status=DeliveryStatus.VOID)
    )


def insert_absent(session: Session, table: type[Base], **values: Any) -> None:  # noqa: ANN401 - a column's own type
    """Insert the row unless one of its key is there; two who do it at once agree."""
    connection = session.connection()
    connection.execute(_inserting_absent(table, connection.dialect.name), values)


@cache
def _inserting_absent(table: type[Base], dialect: str) -> Insert:
    rows = Base.metadata.tables[table.__tablename__]
    if dialect == "postgresql":
        return postgresql.insert(rows).on_conflict_do_nothing()
    return sqlite.insert(rows).on_conflict_do_nothing()
