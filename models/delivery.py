"""The outbox: every message that should stand in Slack, kept in the transaction that caused it."""

from datetime import UTC, datetime
from enum import IntEnum, StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Moment, SlackId, UtcDateTime, by_value


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class DeliveryStatus(StrEnum):
    """Pending: to be sent. Held: Slack refuses until somebody fixes it.

    Void: no longer wanted, or with an error: given up.
    """

    PENDING = "pending"
    SENT = "sent"
    HELD = "held"
    VOID = "void"


class Urgency(IntEnum):
    """What goes first in its channel; only a first post is urgent, never its update."""

    ROUTINE = 0
    URGENT = 1


class Delivery(Base):
    """One message: what it is about, where it goes, and whether it stands there.

    `in_doubt_since` is set before each post: a process that finds it set must look whether the
    message stands already. `wanted` counts how often a new text was asked for. Until `free_at`, by
    the steady clock, somebody is sending it or it rests. `place` is its place in the queue if that
    is not its id: updates, and messages that failed, go behind what was saved before.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_status_due_at", "status", "due_at"),
        Index("ix_deliveries_kind_subject_id", "kind", "subject_id"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("wanted >= 1", name="wanted"),
        CheckConstraint("(ts IS NULL) OR (channel IS NOT NULL)", name="stands_in_a_channel"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(50))
    subject_id: Mapped[int]
    lane: Mapped[str] = mapped_column(ForeignKey("lanes.name"), index=True)
    thread_of_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"), index=True)
    status: Mapped[DeliveryStatus] = mapped_column(
        by_value(DeliveryStatus, "delivery_status"), default=DeliveryStatus.PENDING
    )
    urgency: Mapped[int] = mapped_column(default=Urgency.ROUTINE)
    due_at: Mapped[Moment]
    free_at: Mapped[Moment] = mapped_column(default=LONG_AGO)
    place: Mapped[int | None]
    wanted: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    in_doubt_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(200))
    channel: Mapped[str | None] = mapped_column(String(32))
    ts: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[Moment]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Lane(Base):
    """A conversation, which takes its next message at `free_at`, by the steady clock.

    The name is the executives' word for their channel, or a person's Slack id.
    """

    __tablename__ = "lanes"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    free_at: Mapped[Moment] = mapped_column(default=LONG_AGO)


class SecondLook(Base):
    """A message that was in doubt and stands now: Slack may still carry out the earlier call.

    At `look_at`, by the steady clock, we look for duplicates posted since `since`. `stale`: the
    earlier call was an update, which may bring back an older text.
    """

    __tablename__ = "second_looks"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    thread_ts: Mapped[str | None] = mapped_column(String(32))
    since: Mapped[Moment]
    look_at: Mapped[Moment]
    stale: Mapped[bool] = mapped_column(default=False)


class Executive(Base):
    """Somebody who was in the executives' channel when Slack last listed its members."""

    __tablename__ = "executives"

    person_id: Mapped[SlackId] = mapped_column(primary_key=True)
    seen_at: Mapped[Moment]
