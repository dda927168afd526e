"""An escalation as it stands, in plain values for the views."""

from dataclasses import dataclass
from datetime import datetime

from models import EscalationStatus, Medium


@dataclass(frozen=True)
class Latest:
    """An incident as it is told; `conduct` is the short word for its kind.

    `further` is another account of an event that was on record already.
    """

    number: str
    occurred_at: datetime
    medium: Medium | None
    conduct: str
    severity: str
    contact: str
    confidential: bool
    further: bool
    what_happened: str


@dataclass(frozen=True)
class Later:
    """A later incident, and who looks after the matter, if anybody does.

    `gone` are the numbers of what was withdrawn in this matter.
    """

    incident_id: int
    incident: Latest
    reporter_name: str
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

    `latest` came on record last, `named` is what the strongest reason names, `count` how many
    reports there are. `not_again` and `with_support` count reporters by their last answer to
    whether they are comfortable with the contact again, `softened` those who said no before and
    have answered otherwise since. `gone` are the numbers of what was withdrawn.
    """

    latest: Latest | None
    named: Latest | None
    count: int
    reporters: tuple[str, ...]
    not_again: int
    with_support: int
    softened: int
    our_part: tuple[OurPart, ...]
    gone: tuple[str, ...]

    @property
    def all_withdrawn(self) -> bool:
        """Return whether nothing that counts is left."""
        return self.latest is None and bool(self.gone)


@dataclass(frozen=True)
class Settlement:
    """How a matter was settled; `by` and `outcome` are empty for who is not to read them."""

    at: datetime
    by: str
    outcome: str


@dataclass(frozen=True)
class Act:
    """Who did something, and when."""

    by_id: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """An escalation as it stands.

    `outcome` is kept where it was opened again. `last_settled` is the client's matter before it.
    """

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
    handed_back: Act | None
    reopened: Act | None
    last_settled: Settlement | None
