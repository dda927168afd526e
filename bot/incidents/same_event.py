"""The same event, told twice: another technician's account becomes a further report of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from bot.incidents.new import NewIncident
from models import Incident


NEAR = timedelta(hours=2)
MOST = 3


@dataclass(frozen=True)
class Candidate:
    """An event on record that may be the same one."""

    incident_id: int
    number: str
    conduct: str
    reporter_name: str
    occurred_at: datetime
    what_happened: str


def candidates(
    session: Session, new: NewIncident, person_id: str, *, executive: bool
) -> list[Candidate]:
    """Return what others recorded of this client within two hours of that time, nearest first.

    A sealed record is offered only to those who may see it.
    """
    if isinstance(new.client, str):
        return []
    seen = Incident.seen_by(person_id, executive=executive)
    near = session.scalars(_near(new.client, new.occurred_at, person_id).where(seen)).all()
    by_distance = sorted(near, key=lambda found: abs(found.occurred_at - new.occurred_at))
    return [_candidate(incident) for incident in by_distance[:MOST]]


def _near(client_id: int, moment: datetime, person_id: str) -> Select[Incident]:
    return (
        select(Incident)
        .where(
            Incident.client_id == client_id,
            Incident.occurred_at.between(moment - NEAR, moment + NEAR),
            Incident.counts,
            Incident.reporter_id != person_id,
        )
        .options(joinedload(Incident.conduct_type))
        .limit(20)
    )


def _candidate(incident: Incident) -> Candidate:
    return Candidate(
        incident.id,
        incident.number,
        incident.conduct_type.short,
        incident.reporter_name,
        incident.occurred_at,
        incident.what_happened,
    )
