"""Who may know of a client: everybody, unless only confidential incidents have named it."""

from typing import Protocol

from sqlalchemy import ColumnElement, or_, select, true, update
from sqlalchemy.orm import Session

from models import Client, Incident
from models.text import fold


CLIENTS, INCIDENTS = Client.__table__.c, Incident.__table__.c


class Viewer(Protocol):
    """The person who looks; the door has checked that they may."""

    @property
    def id(self) -> str:
        """Return the Slack id."""

    @property
    def executive(self) -> bool:
        """Return whether confidential incidents are open to them."""


def known_to(person_id: ColumnElement[str] | str, *, executive: bool) -> ColumnElement[bool]:
    """Return the condition that this person may know of a client."""
    if executive:
        return true()
    own = (
        select(INCIDENTS.id)
        .where(INCIDENTS.client_id == CLIENTS.id, INCIDENTS.reporter_id == person_id)
        .correlate(Client.__table__)
        .exists()
    )
    return or_(CLIENTS.confidential.is_(False), own)


def is_known(session: Session, client_id: int, person_id: str, *, executive: bool) -> bool:
    """Return whether the client exists, as far as this person may know."""
    known = known_to(person_id, executive=executive)
    return session.scalar(select(CLIENTS.id).where(CLIENTS.id == client_id, known)) is not None


def name_openly(session: Session, client_id: int) -> None:
    """Let everybody know of the client from now on."""
    named = update(Client).where(Client.id == client_id, Client.confidential.is_(True))
    session.execute(named.values(confidential=False))


def name_openly_as(client: Client, name: str) -> None:
    """Do the same, spelled as this person does, so that nothing shows that it was there before."""
    if client.confidential:
        client.confidential = False
        client.name = name if fold(name) == client.normalised else client.name
