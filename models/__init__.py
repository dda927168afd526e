"""What is kept: the tables and their small rules. Nothing here knows of Slack or of the bot."""

from models.audit import AuditEvent
from models.base import Base
from models.client import Alias, Client, ClientStatus
from models.conduct import ConductType
from models.database import Database, DatabaseUnavailable, NotMigrated
from models.delivery import Delivery, DeliveryStatus, Executive, Lane, SecondLook, Urgency
from models.escalation import Escalation, EscalationStatus
from models.incident import (
    Addendum,
    AddendumKind,
    Comfort,
    Draft,
    Evidence,
    EvidenceKind,
    Heard,
    Incident,
    Medium,
    NumberSeries,
    Severity,
    ToldBefore,
    Witness,
)


__all__ = [
    "Addendum",
    "AddendumKind",
    "Alias",
    "AuditEvent",
    "Base",
    "Client",
    "ClientStatus",
    "Comfort",
    "ConductType",
    "Database",
    "DatabaseUnavailable",
    "Delivery",
    "DeliveryStatus",
    "Draft",
    "Escalation",
    "EscalationStatus",
    "Evidence",
    "EvidenceKind",
    "Executive",
    "Heard",
    "Incident",
    "Lane",
    "Medium",
    "NotMigrated",
    "NumberSeries",
    "SecondLook",
    "Severity",
    "ToldBefore",
    "Urgency",
    "Witness",
]
