"""The clients of the MSP and the other names they go by."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from models.base import Base, Key, Moment, by_value
from models.text import fold


NAME_LENGTH = 150


class ClientStatus(StrEnum):
    """Where the relationship stands."""

    ACTIVE = "active"
    WATCH = "watch"
    OFF_BOARDING = "off_boarding"
    FORMER = "former"

    @property
    def label(self) -> str:
        """Return the words shown on screen."""
        return {"watch": "On watch", "off_boarding": "Off-boarding"}.get(self, self.capitalize())


class Client(Base):
    """A company that the MSP works for. Two clients never share a normalised name.

    `confidential`: only confidential incidents have named it, so few may know of it.
    """

    __tablename__ = "clients"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="named"),
        CheckConstraint("length(normalised) > 0", name="normalised"),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    normalised: Mapped[str] = mapped_column(String(NAME_LENGTH * 3), unique=True)
    psa_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    slack_team_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    status: Mapped[ClientStatus] = mapped_column(
        by_value(ClientStatus, "client_status"), default=ClientStatus.ACTIVE
    )
    added_at: Mapped[Moment]
    confidential: Mapped[bool] = mapped_column(default=False, server_default=false())
    aliases: Mapped[list["Alias"]] = relationship(
        back_populates="client", cascade="all, delete-orphan", order_by="Alias.name"
    )

    @validates("name")
    def _normalise(self, _key: str, name: str) -> str:
        self.normalised = fold(name)
        return " ".join(name.split())

    def __repr__(self) -> str:
        """Return the client by number alone: a name is not for logs."""
        return f"Client({self.id})"


class Alias(Base):
    """Another name of a client: an abbreviation, a former name, a trading name."""

    __tablename__ = "client_aliases"
    __table_args__ = (CheckConstraint("length(normalised) > 0", name="normalised"),)

    id: Mapped[Key]
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    normalised: Mapped[str] = mapped_column(String(NAME_LENGTH * 3), unique=True)
    client: Mapped[Client] = relationship(back_populates="aliases")

    @validates("name")
    def _normalise(self, _key: str, name: str) -> str:
        self.normalised = fold(name)
        return " ".join(name.split())
