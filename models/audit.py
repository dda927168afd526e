"""Who did or saw what, and when. Rows are only ever added."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Moment, SlackId


class AuditEvent(Base):
    """One act of one person on a client's record."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_incident_id_at", "incident_id", "at"),
        Index("ix_audit_events_client_id_at", "client_id", "at"),
    )

    id: Mapped[Key]
    at: Mapped[Moment]
    actor_id: Mapped[SlackId]
    action: Mapped[str] = mapped_column(String(50))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    escalation_id: Mapped[int | None] = mapped_column(ForeignKey("escalations.id"))
