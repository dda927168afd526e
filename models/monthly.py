"""Counts of a client's record by calendar month, kept beside it: a long history opens at once."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class MonthlyCount(Base):
    """How many incidents of one kind and severity count in one month, and their minutes.

    `month` as in Incident. `reader` is empty for what everybody may see, else the one reporter
    who may see these sealed records beside the executives.
    """

    __tablename__ = "monthly_counts"
    __table_args__ = (CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),)

    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reader: Mapped[str] = mapped_column(String(32), primary_key=True)
    conduct_type_id: Mapped[int] = mapped_column(ForeignKey("conduct_types.id"), primary_key=True)
    severity: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    incidents: Mapped[int]
    minutes_lost: Mapped[int]


class MonthlyContact(Base):
    """How many of them name a contact, as it was written."""

    __tablename__ = "monthly_contacts"

    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reader: Mapped[str] = mapped_column(String(32), primary_key=True)
    contact: Mapped[str] = mapped_column(String(200), primary_key=True)
    incidents: Mapped[int]
