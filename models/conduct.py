"""The kinds of conduct: rows that an MSP may rename, add and retire."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key


class ConductType(Base):
    """A kind of conduct. `short` is the word used in counts; `code` never changes."""

    __tablename__ = "conduct_types"
    __table_args__ = (CheckConstraint("length(name) > 0", name="named"),)

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str] = mapped_column(String(75))
    short: Mapped[str] = mapped_column(String(50))
    help: Mapped[str] = mapped_column(String(75))
    position: Mapped[int]
    retired: Mapped[bool] = mapped_column(default=False)


SEEDED = (
    ("abuse", "Abusive towards staff", "abuse", "Shouting, insults, threats, harassment"),
    (
        "ignored_instructions",
        "Ignored our instructions",
        "ignored instructions",
        "Advice or security rules refused or undone",
    ),
    ("no_response", "Left us unanswered", "unanswered", "No reply to questions or approvals"),
    ("non_payment", "Left invoices unpaid", "unpaid", "Overdue, or disputed without reason"),
    ("unethical", "Dishonest or unethical", "unethical", "Asked for or did something dishonest"),
    ("out_of_scope", "Out of scope", "out of scope", "Needs or asks for what we do not offer"),
    (
        "excessive_demands",
        "Excessive demands",
        "excessive demands",
        "Takes too much time: constant or urgent requests",
    ),
    ("other", "Something else", "other", "Say what it was in your own words"),
)
"""Code, name, short and help of the kinds that every installation starts with, in order."""
