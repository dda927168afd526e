"""An outbox of three plain kinds of message, for tests against the stand-in Slack."""

from dataclasses import fields
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery.claim import Claim, claim, seconds_to_next
from bot.delivery.clocks import Instant
from bot.delivery.enqueue import EXECUTIVES, enqueue, refresh
from bot.delivery.message import Message
from bot.delivery.outbox import Outbox, Pace
from bot.slack import blocks
from bot.slack.http import web_client
from models import Database, Delivery, DeliveryStatus
from sandbox.driver import Slack
from tests.waiting import wait_until


CHANNEL, PERSON = "C_EXEC", "U_TARA"
PEOPLE = (PERSON, "U_MIGUEL", "U_SAM", "U_ERIN", "U_OMAR")
KINDS = ("summary", "reply", "seen", "held")
TOKEN = "xoxb-sandbox"


def shown(_session: Session, delivery: Delivery) -> Message:
    """A message that names its subject and how often it was asked for."""
    text = f"{delivery.kind} {delivery.subject_id} v{delivery.wanted}"
    return Message(text, [blocks.section(text)])


def make_outbox(database: Database, api_url: str, now, *, timeout=5, **options) -> Outbox:
    """An outbox for KINDS, posting to the stand-in; `options` are its own, or its pace's."""
    pace = {each.name: options.pop(each.name) for each in fields(Pace) if each.name in options}
    return Outbox(
        database,
        options.pop("slack", None) or web_client(TOKEN, api_url, timeout),
        **{
            "executive_channel": CHANNEL,
            "renderers": dict.fromkeys(KINDS, shown),
            "may_hear": lambda _person: True,
            "now": now,
            "steady": now,
            "pace": Pace(**pace),
            **options,
        },
    )


def at(now: datetime) -> Instant:
    """The moment at which both clocks show the same."""
    return Instant(now, now)


def take(session: Session, now: datetime) -> Claim | None:
    """Claim the next message for half a minute."""
    return claim(session, at(now), lease=30, patience=1)


def next_due(session: Session, now: datetime) -> datetime | None:
    """When something is to do."""
    seconds = seconds_to_next(session, at(now))
    return None if seconds is None else now + timedelta(seconds=seconds)


def save(database: Database, now: datetime, kind: str = "summary", subject: int = 1, **fields):
    """Enqueue one message in a transaction of its own; returns its id."""
    with database.write() as session:
        fields = {"lane": EXECUTIVES, "now": now} | fields
        return enqueue(session, kind=kind, subject_id=subject, **fields).id


def save_incident(database: Database, now: datetime, subject: int) -> None:
    """Enqueue what an incident leads to: a summary, a reply below it, a word to the reporter."""
    with database.write() as session:
        top = enqueue(session, kind="summary", subject_id=subject, lane=EXECUTIVES, now=now)
        enqueue(session, kind="reply", subject_id=subject, lane=EXECUTIVES, now=now, thread_of=top)
        reporter = PEOPLE[subject % len(PEOPLE)]
        enqueue(session, kind="seen", subject_id=subject, lane=reporter, now=now)


def ask_again(database: Database, now: datetime, delivery_id: int) -> None:
    with database.write() as session:
        refresh(session, session.get_one(Delivery, delivery_id), now)


def row(database: Database, delivery_id: int) -> Delivery:
    """The delivery as it stands in the database."""
    with database.read() as session:
        delivery = session.get_one(Delivery, delivery_id)
        session.expunge(delivery)
        return delivery


def texts(slack: Slack, channel: str = CHANNEL) -> list[str]:
    """What stands in a channel, oldest first."""
    return [message["text"] for message in slack.messages(channel)]


def methods(slack: Slack) -> list[str]:
    """The methods that were called, in their order."""
    return [call["method"] for call in slack.calls()]


def standing(slack: Slack) -> list[str]:
    """Every text that stands anywhere we write to, in alphabetical order."""
    places = [CHANNEL, *(slack.dm(person) for person in PEOPLE)]
    return sorted(text for place in places for text in texts(slack, place))


def expected(database: Database) -> list[str]:
    """The text of every delivery in the database, in alphabetical order."""
    with database.read() as session:
        deliveries = session.scalars(select(Delivery)).all()
        return sorted(shown(session, delivery).text for delivery in deliveries)


def wait_until_sent(database: Database, seconds: float = 30.0) -> None:
    """Wait until nothing is left to send."""
    unsent = select(func.count()).where(Delivery.status != DeliveryStatus.SENT)

    def left() -> int:
        with database.read() as session:
            return session.scalar(unsent)

    wait_until(lambda: not left(), lambda: f"{left()} not sent", seconds)
