"""The same event, told twice: another technician's account becomes a further report of it."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from bot.incidents.standing import Candidate
from models import ConductType, Incident


NEAR = timedelta(hours=2)
MOST = 3


def candidates(
    session: Session,
    client_id: int | None,
    occurred_at: datetime,
    person_id: str,
    *,
    executive: bool,
) -> list[Candidate]:
    """Return what others recorded of this client within two hours of that time, nearest first.

    A confidential incident is offered only to those who may see it.
    """
    if client_id is None:
        return []
    asked = {
        "client": client_id,
        "person": person_id,
        "earliest": occurred_at - NEAR,
        "latest": occurred_at + NEAR,
    }
    rows = session.connection().execute(_near(executive=executive), asked)
    near = [Candidate(*row) for row in rows]
    return sorted(near, key=lambda found: abs(found.occurred_at - occurred_at))[:MOST]


@cache
def _near(*, executive: bool) -> Select[*tuple[Any, ...]]:
    # Kept, since making the statement takes longer than running it.
    seen = () if executive else (Incident.confidential.is_(False),)
    return (
        select(
            Incident.id,
            Incident.number,
            ConductType.short,
            Incident.reporter_name,
            Incident.occurred_at,
            Incident.what_happened,
        )
        .join(Incident.conduct_type)
        .where(
            Incident.client_id == bindparam("client"),
            Incident.occurred_at.between(bindparam("earliest"), bindparam("latest")),
            Incident.counts,
            Incident.reporter_id != bindparam("person"),
            *seen,
        )
        .order_by(Incident.occurred_at)
        .limit(100)
    )
