"""What was withdrawn of what is before the executives: it was counted then and is not any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from models import Incident


INCIDENTS = Incident.__table__.c


@dataclass(frozen=True)
class Gone:
    """The numbers of what was withdrawn in a matter, and whether that is all there was."""

    numbers: tuple[str, ...] = ()
    everything: bool = False


NOTHING = Gone()


def gone(session: Session, escalation_ids: Sequence[int]) -> dict[int, Gone]:
    """Return, for each matter of which something was withdrawn, what; in the order of recording."""
    found: dict[int, Gone] = {}
    rows = session.connection().execute(_withdrawn(), {"escalations": list(escalation_ids)})
    for matter, number, is_left in rows:
        before = found.get(matter, NOTHING)
        found[matter] = Gone((*before.numbers, number), everything=not is_left)
    return found


@cache
def _withdrawn() -> Select[int, str, bool]:
    other = Incident.__table__.alias()
    left = (
        select(other.c.id)
        .where(other.c.escalation_id == INCIDENTS.escalation_id, other.c.withdrawn_at.is_(None))
        .exists()
    )
    of_them = INCIDENTS.escalation_id.in_(bindparam("escalations", expanding=True))
    return (
        select(INCIDENTS.escalation_id, INCIDENTS.number, left)
        .where(of_them, INCIDENTS.withdrawn_at.is_not(None))
        .order_by(INCIDENTS.id)
    )
