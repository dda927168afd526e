"""What somebody wants to put on record, as plain values, and the same as JSON for a draft."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class NewEvidence:
    """A copied message, or a file by its name, type, size and permalink."""

    kind: str
    text: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    written_at: datetime | None = None
    permalink: str | None = None
    file_id: str | None = None
    file_name: str | None = None
    file_type: str | None = None
    size: int | None = None


@dataclass(frozen=True)
class NewIncident:
    """A form as it was sent. `client` is a client's id, or the name of a new one."""

    form_key: str
    client: int | str
    conduct: str
    severity: int
    what_happened: str
    occurred_at: datetime
    contact: str | None = None
    medium: str | None = None
    exact_words: str | None = None
    heard: str | None = None
    what_we_did: str | None = None
    told_before: str | None = None
    our_part: str | None = None
    minutes_lost: int | None = None
    ticket: str | None = None
    comfort: str | None = None
    confidential: bool = False
    attention: bool = False
    witnesses: tuple[str, ...] = ()
    witness_names: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[NewEvidence, ...] = ()


@dataclass(frozen=True)
class Recorded:
    """What became of a form, and what its reporter reads of the executives, if anything.

    `posts`: there is something to send. `named_client_id`: a client to offer from now on.
    """

    incident_id: int
    number: str
    occurred_at: datetime
    recorded_at: datetime
    escalated: str = ""
    same_event_as: str = ""
    posts: bool = False
    named_client_id: int | None = None


def to_json(new: NewIncident) -> dict[str, Any]:
    """Return the form as JSON keeps it, moments in ISO form."""
    content = asdict(new)
    content["occurred_at"] = new.occurred_at.isoformat()
    for piece in content["evidence"]:
        piece["written_at"] = piece["written_at"] and piece["written_at"].isoformat()
    return content


def from_json(content: Mapping[str, Any]) -> NewIncident:
    """Return the form again that `to_json` kept."""
    values = {name.name: content[name.name] for name in fields(NewIncident)}
    values["occurred_at"] = datetime.fromisoformat(values["occurred_at"])
    values["witnesses"] = tuple(values["witnesses"])
    values["witness_names"] = tuple(values["witness_names"])
    values["evidence"] = tuple(_evidence(piece) for piece in values["evidence"])
    return NewIncident(**values)


def _evidence(piece: Mapping[str, Any]) -> NewEvidence:
    written = piece["written_at"]
    moment = datetime.fromisoformat(written) if written else None
    return NewEvidence(**{**piece, "written_at": moment})
