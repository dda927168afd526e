"""One writer at a time for each client, so that two writers never wait for each other.

Whatever writes about a client locks the client's row first, then reads, then writes; an incident's
number is taken last. What was read before the lock may be out of date and is read again.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Client, Escalation, Incident


def lock_client(session: Session, client_id: int) -> bool:
    """Lock the client's row until the transaction ends; return whether there is such a client."""
    # Without the key, so that rows that refer to the client can still be inserted.
    row = select(Client.id).where(Client.id == client_id).with_for_update(key_share=True)
    return session.scalar(row) is not None


def lock_incident(session: Session, incident: Incident) -> None:
    """Lock the incident's client, then read the incident as it is now."""
    lock_client(session, incident.client_id)
    session.refresh(incident)


def lock_escalation(session: Session, escalation_id: int) -> Escalation | None:
    """Lock the escalation's client; return the escalation as it is now, None if there is none."""
    client_id = select(Escalation.client_id).where(Escalation.id == escalation_id)
    lock_client(session, session.scalar(client_id) or 0)
    return session.get(Escalation, escalation_id, populate_existing=True)
