"""Records as they stand, in plain values for the views."""

from dataclasses import dataclass
from datetime import datetime

from models import Severity


@dataclass(frozen=True)
class Note:
    """A note beside the record, signed and dated."""

    withdrawal: bool
    author_name: str
    added_at: datetime
    text: str


@dataclass(frozen=True)
class Exhibit:
    """A copied message or a file."""

    name: str
    text: str
    author: str
    author_id: str
    written_at: datetime | None
    link: str


@dataclass(frozen=True)
class Account:
    """Another technician's record of the same event."""

    incident_id: int
    number: str
    reporter_name: str


@dataclass(frozen=True)
class Record:
    """One record as it is shown: plain values, in the order of the card."""

    incident_id: int
    number: str
    client_id: int
    client_name: str
    conduct: str
    severity: Severity
    reporter_name: str
    occurred_at: datetime
    recorded_at: datetime
    confidential: bool
    withdrawn: bool
    further: bool
    facts: tuple[tuple[str, str], ...]
    passages: tuple[tuple[str, str], ...]
    witness_ids: tuple[str, ...]
    witness_names: tuple[str, ...]
    exhibits: tuple[Exhibit, ...]
    notes: tuple[Note, ...]
    accounts: tuple[Account, ...]
    may_withdraw: bool


@dataclass(frozen=True)
class Candidate:
    """An event on record that may be the same one."""

    incident_id: int
    number: str
    conduct: str
    reporter_name: str
    occurred_at: datetime
    what_happened: str
