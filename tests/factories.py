"""Rows for tests, flushed and returned, each with everything it needs and as little else."""

from datetime import UTC, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.escalations.posts import SUMMARY, announce
from bot.glance.months import month_of
from models import (
    Client,
    ConductType,
    Delivery,
    DeliveryStatus,
    Escalation,
    Incident,
    NumberSeries,
)
from models.text import fold


NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
"""The moment that `clock` starts at."""

CLIENT = "Brightwater Dental"


def make_client(session: Session, name: str = CLIENT, **fields) -> Client:
    """A client added now; `aliases` are Alias rows."""
    client = Client(**{"name": name, "added_at": NOW, **fields})
    session.add(client)
    session.flush()
    return client


def make_incident(
    session: Session,
    *,
    client: Client | None = None,
    reporter_id: str = "U_TARA",
    severity: int = 2,
    conduct: str = "abuse",
    occurred_at: datetime = NOW,
    timezone: tzinfo = UTC,
    **fields,
) -> Incident:
    """An incident recorded when it occurred; with no client given, CLIENT is found or made.

    `counts` follows from `withdrawn_at` and `same_event_as_id`, as the database demands.
    """
    counts = fields.get("withdrawn_at") is None and fields.get("same_event_as_id") is None
    recorded_at = fields.setdefault("recorded_at", occurred_at)
    told = fields.setdefault("what_happened", "Shouted at me for ten minutes, then hung up.")
    incident = Incident(
        **{
            "number": fields.pop("number", None) or next_number(session, recorded_at.year),
            "client_id": (client or _the_client(session)).id,
            "conduct_type_id": conduct_type(session, conduct).id,
            "severity": severity,
            "reporter_id": reporter_id,
            "reporter_name": name_of(reporter_id),
            "occurred_at": occurred_at,
            "month": month_of(occurred_at, timezone),
            "answers": {},
            "counts": counts,
            "search_text": fold(told),
            **fields,
        }
    )
    session.add(incident)
    session.flush()
    return incident


def make_escalation(session: Session, *, client: Client | None = None, **fields) -> Escalation:
    """An open escalation; `owner_id` makes it owned and `settled_at` settled."""
    status = "owned" if fields.get("owner_id") else "open"
    if fields.get("settled_at"):
        status = "settled"
    if fields.get("owner_id"):
        fields = {"owner_name": name_of(fields["owner_id"]), "owned_at": NOW} | fields
    escalation = Escalation(
        **{
            "client_id": (client or _the_client(session)).id,
            "status": status,
            "why": "3 incidents by 2 technicians in 30 days",
            "opened_at": NOW,
            **fields,
        }
    )
    session.add(escalation)
    session.flush()
    return escalation


def make_posted(session: Session, escalation: Escalation) -> Delivery:
    """The escalation's message, standing in the executives' channel."""
    announce(session, escalation, now=NOW)
    mine = (Delivery.kind == SUMMARY, Delivery.subject_id == escalation.id)
    delivery = session.scalars(select(Delivery).where(*mine)).one()
    delivery.status, delivery.channel, delivery.ts = DeliveryStatus.SENT, "C_EXEC", "1.2"
    session.flush()
    return delivery


def conduct_type(session: Session, code: str) -> ConductType:
    """The seeded kind of conduct of that code."""
    return session.scalars(select(ConductType).where(ConductType.code == code)).one()


def name_of(person_id: str) -> str:
    """The name of a made-up person: U_TARA is Tara."""
    return person_id.removeprefix("U_").replace("_", " ").title()


def next_number(session: Session, year: int) -> str:
    """The next number of the year, from the same series that the bot counts in."""
    series = session.get(NumberSeries, year)
    if series is None:
        series = NumberSeries(year=year, last=0)
        session.add(series)
    series.last += 1
    return f"INC-{year}-{series.last:04d}"


def _the_client(session: Session) -> Client:
    found = session.scalars(select(Client).where(Client.name == CLIENT)).one_or_none()
    return found or make_client(session)
