"""What was withdrawn of what is before the executives: it was counted then and is not any more."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models import Escalation, Incident


@dataclass(frozen=True)
class Gone:
    """The numbers of what was withdrawn in a matter, and whether that is all there was."""

    numbers: tuple[str, ...] = ()
    everything: bool = False


NOTHING = Gone()


def gone(session: Session, escalation_ids: Sequence[int]) -> dict[int, Gone]:
    """Return, for each matter of which something was withdrawn, what; in the order of recording."""
    other = aliased(Incident)
    left = (
        select(other.id)
        .where(other.escalation_id == Escalation.id, other.withdrawn_at.is_(None))
        .exists()
    )
    wanted = (
        select(Escalation.id, Incident.number, left)
        .join(Incident, Incident.escalation_id == Escalation.id)
        .where(Escalation.id.in_(escalation_ids), Incident.withdrawn_at.is_not(None))
        .order_by(Incident.id)
    )
    found: dict[int, Gone] = {}
    for matter, number, is_left in session.execute(wanted):
        before = found.get(matter, NOTHING)
        found[matter] = Gone((*before.numbers, number), everything=not is_left)
    return found
