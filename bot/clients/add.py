"""Adds a client by name; the same name by whatever spelling is the same client."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clients.known import name_openly_as
from bot.clients.names import as_name
from bot.errors import UserError
from models import Alias, Client
from models.text import fold


_ONE_WRITER = 7_241_108_734


def get_or_add(session: Session, name: str, *, now: datetime, confidential: bool = False) -> Client:
    """Return the client that has this name or alias, added now where there is none.

    Everybody may know of it from now on, unless it is named for a `confidential` incident.
    Raises UserError where the text cannot be a name.
    """
    try:
        name = as_name(name)
    except ValueError as error:
        raise UserError(str(error)) from error
    client = with_name(session, name)
    if client is None:
        one_writer(session)
        client = with_name(session, name)
    if client is None:
        client = Client(name=name, added_at=now, confidential=confidential)
        session.add(client)
    elif not confidential:
        name_openly_as(client, name)
    session.flush()
    return client


def with_name(session: Session, name: str) -> Client | None:
    """Return the client that has this name or alias in any spelling."""
    folded = fold(name)
    by_alias = select(Client).join(Alias).where(Alias.normalised == folded)
    by_name = select(Client).where(Client.normalised == folded)
    return session.scalar(by_name) or session.scalar(by_alias)


def one_writer(session: Session) -> None:
    """Let one transaction at a time give names to clients, until it ends.

    A name may be neither another client's name nor its alias: two tables, so no constraint of the
    database can promise it. SQLite takes one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_ONE_WRITER)))
