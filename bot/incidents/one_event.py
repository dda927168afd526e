"""Which account of an event counts: one of them alone, an open one before a sealed one.

What everybody may read has to count for everybody, or it could be inferred what is sealed.
"""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Incident


def hand_on(session: Session, withdrawn: Incident) -> None:
    """Let the next account of the event count; the withdrawn one becomes its duplicate.

    An open one stays as it is if only confidential ones are left: nothing shows that they are.
    """
    accounts = _others(session, withdrawn)
    if not accounts:
        return
    _lead(session, accounts)
    if withdrawn.confidential or not accounts[0].confidential:
        withdrawn.same_event_as_id = accounts[0].id
        session.flush()
        before = update(Incident).where(Incident.same_event_as_id == withdrawn.id)
        session.execute(before.values(same_event_as_id=accounts[0].id))


def open_before_sealed(session: Session, head: Incident) -> None:
    """Let an open account of the event count in place of `head` where that is sealed."""
    accounts = _others(session, head) if head.confidential and head.counts else []
    if not accounts or accounts[0].confidential:
        return
    head.same_event_as_id, head.counts = accounts[0].id, False
    session.flush()
    _lead(session, accounts)


def _others(session: Session, head: Incident) -> Sequence[Incident]:
    """Return the other accounts of the event, open ones first, then in the order of recording."""
    others = (
        select(Incident)
        .where(Incident.same_event_as_id == head.id, Incident.withdrawn_at.is_(None))
        .order_by(Incident.confidential, Incident.id)
    )
    return session.scalars(others).all()


def _lead(session: Session, accounts: Sequence[Incident]) -> None:
    first, *rest = accounts
    first.same_event_as_id, first.counts = None, True
    session.flush()
    moved = [other.id for other in rest]
    session.execute(
        update(Incident).where(Incident.id.in_(moved)).values(same_event_as_id=first.id)
    )
