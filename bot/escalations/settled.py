"""What was agreed before: how a client's matters were settled, for who may know of it."""

from collections.abc import Sequence
from datetime import tzinfo
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, String, bindparam, select
from sqlalchemy.orm import Session

from bot.clients.known import Viewer
from bot.escalations.explained import explained_to
from bot.escalations.standing import Settlement
from models import Escalation, EscalationStatus, Incident


MOST, LOOKED_AT = 3, 30
"""How many are shown, and how many of a reporter's own are searched for them."""

INCIDENTS, MATTERS = Incident.__table__.c, Escalation.__table__.c


def settlements(
    session: Session, client_id: int, viewer: Viewer, timezone: tzinfo
) -> tuple[Settlement, ...]:
    """Return how the client's last matters were settled, newest first.

    Executives read all of it; those with a report in a matter that is explained to them read it
    too, for they were written the same. Nobody else learns of it.
    """
    asked = {"client": client_id, "viewer": viewer.id}
    rows = session.execute(_settled(executive=viewer.executive), asked).all()
    if rows and not viewer.executive:
        written = _written_to(session, [row.id for row in rows], viewer.id, timezone)
        rows = [row for row in rows if row.id in written]
    return tuple(_settlement(row) for row in rows[:MOST])


def _written_to(
    session: Session, escalation_ids: Sequence[int], reporter_id: str, timezone: tzinfo
) -> set[int]:
    """Return the escalations that the reporter has a report in, as far as they are explained."""
    known = explained_to(session, escalation_ids, reporter_id, timezone)
    own = select(INCIDENTS.escalation_id, INCIDENTS.id).where(
        INCIDENTS.escalation_id.in_(known),
        INCIDENTS.reporter_id == reporter_id,
        INCIDENTS.withdrawn_at.is_(None),
    )
    rows = session.execute(own)
    return {row.escalation_id for row in rows if known[row.escalation_id].holds(row.id)}


def last_settlement(session: Session, client_id: int, *, but: int) -> Settlement | None:
    """Return how the client's last matter was settled, all but this one, for executives."""
    asked = {"client": client_id, "but": but}
    row = session.connection().execute(_settled_before(), asked).one_or_none()
    return _settlement(row) if row else None


@cache
def _settled_before() -> Select[*tuple[Any, ...]]:
    return _settled(executive=True).where(MATTERS.id != bindparam("but")).limit(1)


@cache
def _settled(*, executive: bool) -> Select[*tuple[Any, ...]]:
    own = _linked().where(INCIDENTS.reporter_id == bindparam("viewer", type_=String))
    wanted = (
        select(MATTERS.id, MATTERS.settled_at, MATTERS.owner_name, MATTERS.outcome)
        .where(MATTERS.client_id == bindparam("client"), MATTERS.status == EscalationStatus.SETTLED)
        .order_by(MATTERS.settled_at.desc(), MATTERS.id.desc())
        .limit(MOST if executive else LOOKED_AT)
    )
    return wanted if executive else wanted.where(own.exists())


def _linked() -> Select[int]:
    """Return what belongs to the matter and was not withdrawn."""
    return (
        select(INCIDENTS.id)
        .where(INCIDENTS.escalation_id == MATTERS.id, INCIDENTS.withdrawn_at.is_(None))
        .correlate(Escalation.__table__)
    )


def _settlement(row: Row[*tuple[Any, ...]]) -> Settlement:
    return Settlement(row.settled_at, row.owner_name or "", row.outcome or "")
