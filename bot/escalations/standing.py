"""An escalation as it stands, in plain values for the views."""

from dataclasses import dataclass
from datetime import datetime

from models import EscalationStatus, Medium


@dataclass(frozen=True)
class Latest:
    """The incident that came on record last; `conduct` is the short word for its kind."""

    number: str
    occurred_at: datetime
    medium: Medium | None
    conduct: str
    severity: str
    contact: str
    confidential: bool
    what_happened: str


@dataclass(frozen=True)
class Later:
    """A later incident, and who looks after the matter, if anybody does.

    `further` is another account of an event that was on record already; `gone` are the numbers of
    what was withdrawn in this matter.
    """

    incident_id: int
    incident: Latest
    reporter_name: str
    further: bool
    withdrawn: bool
    owner_id: str
    gone: tuple[str, ...]


@dataclass(frozen=True)
class OurPart:
    """What a reporter wrote of our own part in it."""

    text: str
    occurred_at: datetime


@dataclass(frozen=True)
class Reports:
    """What belongs to the escalation: `reporters` by name, each once, in the order they came.

    `not_again` and `with_support` count reporters by their last answer to whether they are
    comfortable with the contact again. `gone` are the numbers of what was withdrawn.
    """

    latest: Latest | None
    reporters: tuple[str, ...]
    not_again: int
    with_support: int
    our_part: tuple[OurPart, ...]
    gone: tuple[str, ...]

    @property
    def all_withdrawn(self) -> bool:
        """Return whether nothing that counts is left."""
        return self.latest is None and bool(self.gone)


@dataclass(frozen=True)
class Standing:
    """An escalation as it stands."""

    escalation_id: int
    client_id: int
    client_name: str
    status: EscalationStatus
    why: tuple[str, ...]
    opened_at: datetime
    owner_id: str
    owner_name: str
    owned_at: datetime | None
    snoozed_until: datetime | None
    snoozer_id: str
    settled_at: datetime | None
    outcome: str
