"""Fills an empty database with the sample MSP's record, by the bot's own use cases."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clients.add import get_or_add
from bot.demo.stories import TIMEZONE, SampleClient, Step, clients
from bot.escalations.act import settle, take
from bot.incidents.record import record
from models import Alias, Client, Delivery, DeliveryStatus, Escalation, EscalationStatus


LONG_AGO = timedelta(days=2)
"""What came before this has been read: the demo's workspace does not show it again."""


def is_empty(session: Session) -> bool:
    """Return whether nothing is in the directory yet."""
    return session.scalar(select(Client.id).limit(1)) is None


def seed(session: Session, *, now: datetime) -> None:
    """Add every client and let the last fourteen months happen, in their order."""
    told = clients(now)
    for client in told:
        _add(session, client, now - timedelta(days=430))
    for step in sorted(
        (step for client in told for step in client.steps), key=lambda step: step.at
    ):
        _happen(session, step)
    _forget_old_messages(session, now)


def _add(session: Session, told: SampleClient, at: datetime) -> None:
    client = get_or_add(session, told.name, now=at)
    client.psa_id, client.slack_team_id = told.psa_id, told.slack_team_id
    client.aliases = [Alias(name=name) for name in told.aliases]
    session.flush()


def _happen(session: Session, step: Step) -> None:
    if step.incident:
        record(session, step.incident, step.by, now=step.at, timezone=TIMEZONE)
        return
    escalation_id = session.scalars(
        select(Escalation.id)
        .join(Escalation.client)
        .where(Client.name == step.client, Escalation.status != EscalationStatus.SETTLED)
    ).one()
    if step.act == "take":
        take(session, escalation_id, step.by, now=step.at)
    else:
        settle(session, escalation_id, step.by, step.outcome, now=step.at)


def _forget_old_messages(session: Session, now: datetime) -> None:
    old = update(Delivery).where(Delivery.created_at < now - LONG_AGO)
    session.execute(old.values(status=DeliveryStatus.VOID))
