from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from bot.delivery.clocks import Instant
from bot.delivery.executives import remember, tell_what_is_held
from bot.delivery.held import TO_EXECUTIVE
from bot.escalations import facts, posts
from bot.escalations.act import settle, snooze, take
from bot.escalations.messages import renderers
from bot.escalations.raise_ import consider
from bot.slack.people import Person
from models import Delivery, DeliveryStatus, Urgency
from tests.block_kit import check_message, texts_in
from tests.factories import NOW, make_incident


ERIN = Person("U_ERIN", "Erin", executive=True)


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def filed(session, **fields):
    incident = make_incident(session, conduct="other", **fields)
    return consider(session, incident, now=NOW), incident


def rendered(session, clock, kind: str, lane: str = "executives"):
    """Return what the newest message of this kind says now, or None."""
    wanted = select(Delivery).where(Delivery.kind == kind, Delivery.lane == lane)
    delivery = session.scalars(wanted.order_by(Delivery.id.desc()).limit(1)).one()
    message = renderers(UTC, clock.now)[kind](session, delivery)
    if message is None:
        return None
    check_message(message.text, message.blocks)
    return "\n".join(texts_in(message.blocks))


def raised(session) -> int:
    return filed(session, severity=4)[0].escalation_id


def test_every_kind_of_message_has_its_renderer():
    kinds = {posts.SUMMARY, posts.REMINDER, posts.REPLY, posts.REPLY_WITH_WHY}
    assert set(renderers(UTC)) == kinds | {posts.SEEN, posts.SETTLED, TO_EXECUTIVE}


def test_the_summary_tells_what_is_on_record_now(session, clock):
    raised(session)
    filed(
        session,
        reporter_id="U_MIGUEL",
        comfort="no",
        our_part="We were late.",
        contact="Karen Holt",
        minutes_lost=90,
        medium="email",
        what_happened="Wrote that we are useless.",
    )
    said = rendered(session, clock, posts.SUMMARY)
    for fact in (
        "Brightwater Dental needs a decision-maker",
        "A critical incident, INC-2026-0001",
        "*Reported:* <!date^",
        "other, critical · INC-2026-0001",
        "Shouted at me",
        ", by email · other, moderate · by Karen Holt · INC-2026-0002",
        "2 incidents\n1 critical · 1 moderate",
        "1 of 2 by Karen Holt",
        "1 h 30 min",
        "In this matter: 2 reports by Tara and Miguel · 1 of 2 not comfortable",
        "Our own part: We were late.",
    ):
        assert fact in said


def test_the_latest_is_what_came_on_record_last_however_long_ago_it_was(session, clock):
    for _ in range(3):
        filed(session)
    filed(session, occurred_at=NOW - timedelta(days=300), what_happened="Long ago.")
    assert "Long ago." in rendered(session, clock, posts.SUMMARY)


def test_what_is_quoted_is_what_the_reason_names_and_not_a_second_account_of_it(session, clock):
    _, critical = filed(session, severity=4, what_happened="A threat.")
    told = {"reporter_id": "U_SAM", "what_happened": "I heard it too."}
    filed(session, severity=3, same_event_as_id=critical.id, **told)
    said = rendered(session, clock, posts.SUMMARY)
    assert "A threat." in said
    assert "I heard it too." not in said
    assert "INC-2026-0002 · second account of an event on record" in said


def test_once_what_the_reason_names_is_withdrawn_the_latest_is_quoted(session, clock):
    _, critical = filed(session, severity=4, what_happened="A threat.")
    filed(session, what_happened="Rude again.")
    critical.withdrawn_at, critical.counts = NOW, False
    session.flush()
    said = rendered(session, clock, posts.SUMMARY)
    assert "A threat." not in said
    assert "Rude again." in said


def test_executives_read_a_sealed_record_and_that_it_is_sealed(session, clock):
    filed(session, severity=4, confidential=True, what_happened="A threat.")
    said = rendered(session, clock, posts.SUMMARY)
    assert "A threat." in said
    assert "INC-2026-0001 · confidential" in said


def test_a_withdrawn_report_is_told_neither_in_the_summary_nor_in_its_reply(session, clock):
    raised(session)
    _, later = filed(session, what_happened="Not so at all.", reporter_id="U_SAM", comfort="no")
    later.withdrawn_at, later.counts = NOW, False
    session.flush()
    summary = rendered(session, clock, posts.SUMMARY)
    assert "*Why it was raised:* A critical incident, INC-2026-0001" in summary
    assert "*Withdrawn since, no longer counted:* INC-2026-0002" in summary
    for words in ("Not so at all.", "Sam", "not comfortable"):
        assert words not in summary
    assert rendered(session, clock, posts.REPLY) == "INC-2026-0002 by Sam was withdrawn."


def test_a_reporter_is_named_once_with_their_last_answer(session):
    escalation_id = raised(session)
    for comfort in ("no", "yes", None):
        filed(session, comfort=comfort)
    filed(session, reporter_id="U_SAM", comfort="with_support")
    found = facts.reports(session, escalation_id, ("3 incidents",))
    assert found.reporters == ("Tara", "Sam")
    assert (found.not_again, found.with_support, found.softened, found.count) == (0, 1, 1, 5)


def test_a_new_reason_is_told_in_the_thread(session, clock):
    raised(session)
    filed(session, attention=True)
    said = rendered(session, clock, posts.REPLY_WITH_WHY)
    assert "*Also:* Tara asked for the executives to look at INC-2026-0002" in said


def test_a_later_incident_calls_the_owner_until_it_is_settled(session, clock):
    escalation_id = raised(session)
    filed(session)
    assert "<@" not in rendered(session, clock, posts.REPLY)
    take(session, escalation_id, ERIN, now=NOW)
    assert "<@U_ERIN>" in rendered(session, clock, posts.REPLY)
    settle(session, escalation_id, ERIN, "Talked.", now=NOW)
    assert "<@" not in rendered(session, clock, posts.REPLY)


def test_the_reminder_comes_while_nobody_has_it_and_not_once_somebody_does(session, clock):
    escalation_id = raised(session)
    assert "Nobody has taken" in rendered(session, clock, posts.REMINDER)
    take(session, escalation_id, ERIN, now=NOW)
    assert rendered(session, clock, posts.REMINDER) is None


def test_the_reminder_waits_until_the_snooze_is_over(session, clock):
    snooze(session, raised(session), ERIN, days=1, now=NOW)
    assert rendered(session, clock, posts.REMINDER) is None
    clock.forward(days=1)
    assert "Nobody has taken" in rendered(session, clock, posts.REMINDER)


def test_the_summary_names_who_put_it_off_while_it_is_put_off(session, clock):
    snooze(session, raised(session), ERIN, days=1, now=NOW)
    assert "by <@U_ERIN>" in rendered(session, clock, posts.SUMMARY)
    clock.forward(days=2)
    assert "Snoozed" not in rendered(session, clock, posts.SUMMARY)


def test_a_reporter_hears_that_it_was_seen_and_then_how_it_was_settled(session, clock):
    escalation_id = raised(session)
    take(session, escalation_id, ERIN, now=NOW)
    seen = rendered(session, clock, posts.SEEN, "U_TARA")
    assert "*Erin* is looking after what you reported about *Brightwater Dental*" in seen
    settle(session, escalation_id, ERIN, "Talked with the owner.", now=NOW)
    assert rendered(session, clock, posts.SEEN, "U_TARA") is None
    assert "Talked with the owner." in rendered(session, clock, posts.SETTLED, "U_TARA")


def test_a_letter_tells_nothing_of_what_others_reported(session, clock):
    escalation_id = raised(session)
    secret = {"what_happened": "A threat.", "reporter_id": "U_SAM", "confidential": True}
    _, sealed = filed(session, severity=4, **secret)
    take(session, escalation_id, ERIN, now=NOW)
    letter = rendered(session, clock, posts.SEEN, "U_TARA")
    for words in ("A threat.", "Sam", sealed.number, "incident", "2"):
        assert words not in letter


def test_who_withdrew_everything_meanwhile_is_not_written_to(session, clock):
    raised_, incident = filed(session, severity=4)
    take(session, raised_.escalation_id, ERIN, now=NOW)
    incident.withdrawn_at, incident.counts = NOW, False
    session.flush()
    assert rendered(session, clock, posts.SEEN, "U_TARA") is None


def refuse(session, kind, error="channel_public"):
    delivery = session.scalars(select(Delivery).where(Delivery.kind == kind)).one()
    delivery.status, delivery.error = DeliveryStatus.HELD, error
    session.flush()
    return delivery


def told_by_dm(session, clock):
    remember(session, ["U_ERIN"], NOW)
    later = NOW + timedelta(minutes=10)
    tell_what_is_held(session, Instant(later, later))
    return rendered(session, clock, TO_EXECUTIVE, "U_ERIN")


def test_an_executive_is_told_what_slack_refuses_with_the_remedy(session, clock):
    raised(session)
    refuse(session, posts.SUMMARY)
    said = told_by_dm(session, clock)
    assert "*Brightwater Dental* needs the executives" in said
    assert "A critical incident, INC-2026-0001" in said
    assert "The executives' channel is public. Set EXECUTIVE_CHANNEL to a private channel" in said


def test_a_critical_reply_that_slack_refuses_is_told_the_same_way(session, clock):
    raised(session)
    summary = session.scalars(select(Delivery).where(Delivery.kind == posts.SUMMARY)).one()
    summary.channel, summary.ts, summary.status = "C1", "1.0", DeliveryStatus.SENT
    filed(session, severity=4)
    replies = session.scalars(select(Delivery).where(Delivery.urgency == Urgency.URGENT))
    refuse(session, next(each.kind for each in replies if each.kind != posts.SUMMARY))
    assert "*Brightwater Dental* needs the executives" in told_by_dm(session, clock)


def test_nobody_is_told_by_dm_of_what_stands_by_then(session, clock):
    raised(session)
    held = refuse(session, posts.SUMMARY)
    assert told_by_dm(session, clock)
    held.channel, held.ts, held.status = "C1", "1.0", DeliveryStatus.SENT
    assert told_by_dm(session, clock) is None


def test_nobody_is_told_by_dm_who_is_no_executive_by_then(session, clock):
    raised(session)
    refuse(session, posts.SUMMARY)
    assert told_by_dm(session, clock)
    remember(session, ["U_OMAR"], NOW)
    assert rendered(session, clock, TO_EXECUTIVE, "U_ERIN") is None


@pytest.mark.parametrize(
    ("fields", "urgency"),
    [
        ({"severity": 4}, Urgency.URGENT),
        ({"severity": 1, "attention": True}, Urgency.URGENT),
        ({"severity": 3}, Urgency.ROUTINE),
    ],
)
def test_a_critical_incident_and_a_call_for_attention_are_urgent(session, fields, urgency):
    raised(session)
    _, incident = filed(session, **fields)
    wanted = select(Delivery).where(
        Delivery.kind.in_((posts.REPLY, posts.REPLY_WITH_WHY)), Delivery.subject_id == incident.id
    )
    assert session.scalars(wanted).one().urgency == urgency


def test_open_escalations_follow_the_executives_into_another_channel(session):
    raised(session)
    summary = session.scalars(select(Delivery).where(Delivery.kind == posts.SUMMARY)).one()
    summary.channel, summary.ts, summary.status = "C_OLD", "1.0", DeliveryStatus.SENT
    session.flush()
    posts.follow(session, "C_OLD", now=NOW)
    assert summary.status is DeliveryStatus.SENT
    posts.follow(session, "C_NEW", now=NOW)
    assert summary.status is DeliveryStatus.PENDING


def test_settled_escalations_stay_where_they_are(session, clock):
    escalation_id = raised(session)
    take(session, escalation_id, ERIN, now=NOW)
    settle(session, escalation_id, ERIN, "Talked to them", now=NOW)
    summary = session.scalars(select(Delivery).where(Delivery.kind == posts.SUMMARY)).one()
    summary.channel, summary.ts, summary.status = "C_OLD", "1.0", DeliveryStatus.SENT
    session.flush()
    posts.follow(session, "C_NEW", now=clock.now())
    assert summary.status is DeliveryStatus.SENT
