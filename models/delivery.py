"""The outbox: every message that should stand in Slack, kept in the transaction that caused it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Moment, UtcDateTime, by_value


class DeliveryStatus(StrEnum):
    """Pending: to be sent. Held: Slack refuses until somebody mends it. Void: no longer wanted."""

    PENDING = "pending"
    SENT = "sent"
    HELD = "held"
    VOID = "void"


class Delivery(Base):
    """One message: what it is about, where it goes, and whether it stands there.

    `in_doubt_since` is set before each post: whoever finds it set must look whether the message
    stands already. `wanted` counts how often its text was asked anew.
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
    due_at: Mapped[Moment]
    wanted: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    in_doubt_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(200))
    channel: Mapped[str | None] = mapped_column(String(32))
    ts: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[Moment]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Lane(Base):
    """A conversation that takes one message at a time: who claims it moves `free_at` ahead.

    The name is the executives' word for their channel, or a person's Slack id.
    """

    __tablename__ = "lanes"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    free_at: Mapped[Moment]
