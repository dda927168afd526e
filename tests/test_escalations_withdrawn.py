"""What is withdrawn no longer counts: also not where it is before the executives already."""

from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from bot.escalations import posts
from bot.escalations.act import settle, take
from bot.escalations.messages import renderers
from bot.escalations.raise_ import consider
from bot.incidents.addenda import withdraw
from bot.slack.people import Person
from models import Delivery, Escalation
from tests.block_kit import check_message, texts_in
from tests.factories import NOW, make_incident


TARA = Person("U_TARA", "Tara", executive=False)
ERIN = Person("U_ERIN", "Erin", executive=True)
LATER = NOW + timedelta(days=2)


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def filed(session, now=NOW, **fields):
    incident = make_incident(session, conduct="other", occurred_at=now, **fields)
    consider(session, incident, now=now)
    return incident


def gone(session, incident) -> None:
    withdraw(session, incident, ERIN, "It was another client.", executive=True, now=NOW)


def deliveries(session, kind: str) -> list[Delivery]:
    wanted = select(Delivery).where(Delivery.kind == kind).order_by(Delivery.id)
    return list(session.scalars(wanted))


def rendered(session, kind: str, now=NOW):
    delivery = deliveries(session, kind)[-1]
    message = renderers(UTC, lambda: now)[kind](session, delivery)
    if message:
        check_message(message.text, message.blocks)
    return message


def said(message) -> str:
    return "\n".join(texts_in(message.blocks))


def test_a_withdrawn_only_report_is_said_on_top_and_is_refreshed(session):
    incident = filed(session, severity=4)
    before = deliveries(session, posts.SUMMARY)[0].wanted
    gone(session, incident)
    assert deliveries(session, posts.SUMMARY)[0].wanted == before + 1
    message = rendered(session, posts.SUMMARY)
    assert message.text == "Brightwater Dental: all reports withdrawn"
    assert "A critical incident, INC-2026-0001" in said(message)
    assert "needs a decision-maker" not in said(message)


def test_nobody_is_reminded_of_what_was_withdrawn(session):
    incident = filed(session, severity=4)
    assert rendered(session, posts.REMINDER, LATER)
    gone(session, incident)
    assert rendered(session, posts.REMINDER, LATER) is None


def test_what_is_partly_withdrawn_still_waits_and_says_what_was_counted_then(session):
    incidents = [filed(session) for _ in range(3)]
    gone(session, incidents[0])
    message = rendered(session, posts.SUMMARY)
    assert message.text.startswith("Brightwater Dental needs a decision-maker: 3 incidents by one")
    assert message.text.endswith("(1 report withdrawn since)")
    assert "*Withdrawn since, no longer counted:* INC-2026-0001" in said(message)
    assert rendered(session, posts.REMINDER, LATER)


def test_another_account_of_a_withdrawn_report_still_waits(session):
    first = filed(session, severity=4)
    filed(session, reporter_id="U_MIGUEL", same_event_as_id=first.id)
    gone(session, first)
    assert "needs a decision-maker" in rendered(session, posts.SUMMARY).text
    assert rendered(session, posts.REMINDER, LATER)


@pytest.mark.parametrize("owned", [False, True], ids=["open", "owned"])
def test_what_was_withdrawn_can_be_settled_and_its_reporter_hears_nothing_of_it(session, owned):
    incident = filed(session, severity=4)
    if owned:
        take(session, incident.escalation_id, ERIN, now=NOW)
    gone(session, incident)
    settle(session, incident.escalation_id, ERIN, "It was another client.", now=LATER)
    assert session.get_one(Escalation, incident.escalation_id).status == "settled"
    assert rendered(session, posts.SUMMARY).text == "Brightwater Dental: settled"
    assert deliveries(session, posts.SETTLED) == []


def test_what_follows_a_withdrawn_report_waits_for_a_decision_and_is_reminded_of(session):
    gone(session, filed(session, severity=4))
    for reminder in deliveries(session, posts.REMINDER):
        reminder.status = "void"  # as the outbox leaves what was not wanted any more
    session.flush()
    filed(session, now=LATER, reporter_id="U_MIGUEL")
    assert "needs a decision-maker" in rendered(session, posts.SUMMARY, LATER).text
    waiting = [
        each.due_at for each in deliveries(session, posts.REMINDER) if each.status == "pending"
    ]
    assert waiting == [LATER + posts.PATIENCE]
    assert rendered(session, posts.REMINDER, LATER + posts.PATIENCE)


def test_what_follows_other_reports_leaves_the_reminder_where_it_is(session):
    filed(session, severity=4)
    filed(session, now=NOW + timedelta(hours=2))
    assert [each.due_at for each in deliveries(session, posts.REMINDER)] == [NOW + posts.PATIENCE]
