"""The incident, a record that holds up later, and all that hangs on it."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    or_,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Moment, SlackId, UtcDateTime, by_value
from models.client import Client
from models.conduct import ConductType


class Severity(IntEnum):
    """How much harm was done."""

    MINOR = 1
    MODERATE = 2
    SERIOUS = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """Return the word shown on screen, in lower case."""
        return self.name.lower()


class Medium(StrEnum):
    """How it reached us."""

    CALL = "call"
    EMAIL = "email"
    CHAT = "chat"
    TICKET = "ticket"
    ON_SITE = "on_site"
    OTHER = "other"


class Heard(StrEnum):
    """How the reporter knows the exact words."""

    FIRST_HAND = "first_hand"
    SECOND_HAND = "second_hand"


class ToldBefore(StrEnum):
    """Whether the client had been told before that this is not acceptable."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Comfort(StrEnum):
    """The reporter's own answer to whether they are comfortable with this contact again."""

    YES = "yes"
    WITH_SUPPORT = "with_support"
    NO = "no"


class EvidenceKind(StrEnum):
    """What was kept beside the account."""

    MESSAGE = "message"
    FILE = "file"


class AddendumKind(StrEnum):
    """A note beside the record, or the note that withdraws it."""

    NOTE = "note"
    WITHDRAWAL = "withdrawal"


class Incident(Base):
    """One account of one event by one reporter, never overwritten.

    `same_event_as_id` marks a further reporter's account of an event that is on record already.
    `counts` says whether it weighs in a pattern: not withdrawn, and not a further account.
    `month` is the calendar month it happened in where the MSP is, as in 202611.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        Index(
            "ix_incidents_history",
            "client_id",
            "occurred_at",
            "conduct_type_id",
            "severity",
            "counts",
            "confidential",
            "reporter_id",
            "comfort",
            "escalation_id",
            "month",
            "contact",
            "minutes_lost",
            "id",
        ),
        Index(
            "ix_incidents_recent",
            "occurred_at",
            "client_id",
            "counts",
            "confidential",
            "severity",
            "reporter_id",
        ),
        Index("ix_incidents_reporter_id_recorded_at", "reporter_id", "recorded_at"),
        CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
        CheckConstraint("month % 100 BETWEEN 1 AND 12", name="month"),
        CheckConstraint("minutes_lost BETWEEN 0 AND 100000", name="minutes"),
        CheckConstraint("length(what_happened) > 0", name="told"),
        CheckConstraint("same_event_as_id IS NULL OR same_event_as_id <> id", name="not_of_itself"),
        CheckConstraint(
            "counts = (withdrawn_at IS NULL AND same_event_as_id IS NULL)", name="counts"
        ),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    form_key: Mapped[str | None] = mapped_column(String(32), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    conduct_type_id: Mapped[int] = mapped_column(ForeignKey("conduct_types.id"))
    severity: Mapped[int] = mapped_column(Integer)
    reporter_id: Mapped[SlackId]
    reporter_name: Mapped[str] = mapped_column(String(150))
    occurred_at: Mapped[Moment]
    month: Mapped[int]
    recorded_at: Mapped[Moment]
    what_happened: Mapped[str] = mapped_column(Text)
    contact: Mapped[str | None] = mapped_column(String(200))
    medium: Mapped[Medium | None] = mapped_column(by_value(Medium, "medium"))
    exact_words: Mapped[str | None] = mapped_column(Text)
    heard: Mapped[Heard | None] = mapped_column(by_value(Heard, "heard"))
    what_we_did: Mapped[str | None] = mapped_column(Text)
    told_before: Mapped[ToldBefore | None] = mapped_column(by_value(ToldBefore, "told_before"))
    our_part: Mapped[str | None] = mapped_column(Text)
    minutes_lost: Mapped[int | None]
    ticket: Mapped[str | None] = mapped_column(String(200))
    comfort: Mapped[Comfort | None] = mapped_column(by_value(Comfort, "comfort"))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    confidential: Mapped[bool] = mapped_column(default=False)
    attention: Mapped[bool] = mapped_column(default=False)
    counts: Mapped[bool] = mapped_column(default=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    same_event_as_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    escalation_id: Mapped[int | None] = mapped_column(ForeignKey("escalations.id"), index=True)
    search_text: Mapped[str] = mapped_column(Text, default="")

    client: Mapped[Client] = relationship()
    conduct_type: Mapped[ConductType] = relationship()
    evidence: Mapped[list["Evidence"]] = relationship(order_by="Evidence.id")
    witnesses: Mapped[list["Witness"]] = relationship(order_by="Witness.id")
    addenda: Mapped[list["Addendum"]] = relationship(order_by="Addendum.id")

    @classmethod
    def seen_by(cls, person_id: str, *, executive: bool) -> ColumnElement[bool]:
        """Return who may see a record, for a query: a sealed one has few readers."""
        if executive:
            return true()
        return or_(cls.confidential.is_(False), cls.reporter_id == person_id)

    def __repr__(self) -> str:
        """Return the record by its number alone: its words are not for logs."""
        return f"Incident({self.number})"


class Witness(Base):
    """Somebody who saw or heard it: a colleague by Slack id, or anybody by name."""

    __tablename__ = "witnesses"
    __table_args__ = (CheckConstraint("user_id IS NOT NULL OR name IS NOT NULL", name="somebody"),)

    id: Mapped[Key]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    user_id: Mapped[SlackId | None]
    name: Mapped[str | None] = mapped_column(String(200))


class Evidence(Base):
    """A copied message (text, author, time, permalink) or a file (name, type, size, permalink)."""

    __tablename__ = "evidence"
    __table_args__ = (CheckConstraint("size IS NULL OR size >= 0", name="size"),)

    id: Mapped[Key]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(by_value(EvidenceKind, "evidence_kind"))
    text: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[SlackId | None]
    author_name: Mapped[str | None] = mapped_column(String(200))
    written_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    permalink: Mapped[str | None] = mapped_column(Text)
    file_id: Mapped[str | None] = mapped_column(String(32))
    file_name: Mapped[str | None] = mapped_column(String(300))
    file_type: Mapped[str | None] = mapped_column(String(150))
    size: Mapped[int | None] = mapped_column(BigInteger)


class Addendum(Base):
    """A signed, dated note beside the original, which stays as it was written."""

    __tablename__ = "addenda"
    __table_args__ = (CheckConstraint("length(text) > 0", name="told"),)

    id: Mapped[Key]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    kind: Mapped[AddendumKind] = mapped_column(by_value(AddendumKind, "addendum_kind"))
    form_key: Mapped[str | None] = mapped_column(String(32), unique=True)
    author_id: Mapped[SlackId]
    author_name: Mapped[str] = mapped_column(String(150))
    added_at: Mapped[Moment]
    text: Mapped[str] = mapped_column(Text)


class Draft(Base):
    """What somebody typed, kept while a question about it is being asked."""

    __tablename__ = "drafts"

    form_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    person_id: Mapped[SlackId]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[Moment] = mapped_column(index=True)


class NumberSeries(Base):
    """The last number given out in a year; its row lock makes numbers gapless."""

    __tablename__ = "number_series"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
