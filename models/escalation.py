"""An escalation: one matter before the executives, at most one unsettled for each client."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Moment, SlackId, UtcDateTime, by_value
from models.client import Client


class EscalationStatus(StrEnum):
    """Open: nobody has it. Owned: somebody took it. Settled: it is over."""

    OPEN = "open"
    OWNED = "owned"
    SETTLED = "settled"


_UNSETTLED = text("status <> 'settled'")


class Escalation(Base):
    """Why a client came before the executives, and who looks after it."""

    __tablename__ = "escalations"
    __table_args__ = (
        Index(
            "uq_escalations_unsettled",
            "client_id",
            unique=True,
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
        Index("ix_escalations_client_id_opened_at", "client_id", "opened_at"),
        Index("ix_escalations_status_opened_at", "status", "opened_at"),
        CheckConstraint("(status = 'open') OR (owner_id IS NOT NULL)", name="owned_by_somebody"),
        CheckConstraint("(status = 'settled') = (settled_at IS NOT NULL)", name="settled_once"),
        CheckConstraint("length(why) > 0", name="explained"),
    )

    id: Mapped[Key]
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    status: Mapped[EscalationStatus] = mapped_column(
        by_value(EscalationStatus, "escalation_status"), default=EscalationStatus.OPEN
    )
    why: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[Moment]
    owner_id: Mapped[SlackId | None]
    owner_name: Mapped[str | None] = mapped_column(String(150))
    owned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(Text)
    client: Mapped[Client] = relationship()
