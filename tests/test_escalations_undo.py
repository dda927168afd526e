"""What was done about a matter can be undone: handed back, taken off its snooze, opened again."""

from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from bot.errors import UserError
from bot.escalations import posts
from bot.escalations.act import settle, snooze, take, take_over
from bot.escalations.messages import renderers
from bot.escalations.raise_ import consider
from bot.escalations.undo import end_snooze, hand_back, reopen
from bot.slack.people import Person
from models import AuditEvent, Delivery, Escalation
from tests.block_kit import check_message, texts_in
from tests.factories import NOW, make_client, make_incident


ERIN = Person("U_ERIN", "Erin", executive=True)
OMAR = Person("U_OMAR", "Omar", executive=True)
LATER = NOW + timedelta(hours=2)
MUCH_LATER = NOW + timedelta(days=2)


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


@pytest.fixture
def matter(session) -> Escalation:
    raised = consider(session, make_incident(session, severity=4, conduct="other"), now=NOW)
    return session.get_one(Escalation, raised.escalation_id)


def acts(session) -> list[tuple]:
    wanted = select(AuditEvent.action, AuditEvent.actor_id).order_by(AuditEvent.id)
    return [tuple(row) for row in session.execute(wanted)][1:]


def waiting(session) -> list:
    wanted = select(Delivery.due_at).where(
        Delivery.kind == posts.REMINDER, Delivery.status == "pending"
    )
    return list(session.scalars(wanted))


def letters(session, kind: str) -> list[Delivery]:
    wanted = select(Delivery).where(Delivery.kind == kind, Delivery.lane == "U_TARA")
    return list(session.scalars(wanted.order_by(Delivery.id)))


def posted(session) -> None:
    """Every message that waits stands in Slack now."""
    for delivery in session.scalars(select(Delivery)):
        delivery.status, delivery.channel, delivery.ts = "sent", "C_1", f"1.{delivery.id}"
    session.flush()


def said(session, delivery: Delivery, now=LATER) -> str | None:
    message = renderers(UTC, lambda: now)[delivery.kind](session, delivery)
    if message is None:
        return None
    check_message(message.text, message.blocks)
    return "\n".join(texts_in(message.blocks))


def summary(session, now=LATER) -> str:
    wanted = select(Delivery).where(Delivery.kind == posts.SUMMARY).order_by(Delivery.id.desc())
    return said(session, session.scalars(wanted.limit(1)).one(), now)


def test_who_has_it_hands_it_back_and_the_executives_are_reminded_again(session, matter):
    take(session, matter.id, ERIN, now=NOW)
    hand_back(session, matter.id, ERIN, now=LATER)
    hand_back(session, matter.id, ERIN, now=LATER)
    assert (matter.status, matter.owner_id, matter.owner_name) == ("open", None, None)
    assert matter.owned_at is None
    assert waiting(session) == [LATER + posts.PATIENCE]
    assert acts(session)[1:] == [("escalation.handed_back", "U_ERIN")]
    told = summary(session)
    assert "needs a decision-maker" in told
    assert "Handed back <!date^" in told
    assert "by <@U_ERIN>" in told


def test_only_who_has_it_hands_it_back(session, matter):
    take(session, matter.id, ERIN, now=NOW)
    with pytest.raises(UserError, match=r"Erin has it.*Take over"):
        hand_back(session, matter.id, OMAR, now=LATER)
    assert matter.owner_id == "U_ERIN"


def test_the_reporters_letter_says_that_it_was_handed_back_and_then_who_has_it(session, matter):
    take(session, matter.id, ERIN, now=NOW)
    posted(session)
    hand_back(session, matter.id, ERIN, now=LATER)
    (letter,) = letters(session, posts.SEEN)
    assert letter.status == "pending"
    assert "with the executives again" in said(session, letter)
    take(session, matter.id, OMAR, now=LATER)
    assert "*Omar* is looking after" in said(session, letter)


def test_a_letter_that_was_not_sent_yet_is_not_sent_once_it_is_handed_back(session, matter):
    take(session, matter.id, ERIN, now=NOW)
    hand_back(session, matter.id, ERIN, now=LATER)
    (letter,) = letters(session, posts.SEEN)
    assert said(session, letter) is None


def test_after_a_take_over_the_reporters_letter_names_who_has_it_now(session, matter):
    take(session, matter.id, ERIN, now=NOW)
    posted(session)
    take_over(session, matter.id, OMAR, from_id="U_ERIN", now=LATER)
    (letter,) = letters(session, posts.SEEN)
    assert letter.status == "pending"
    assert "*Omar* is looking after" in said(session, letter)


def test_a_snooze_can_be_ended_and_the_executives_are_reminded_a_day_later(session, matter):
    snooze(session, matter.id, ERIN, days=7, now=NOW)
    end_snooze(session, matter.id, OMAR, now=LATER)
    end_snooze(session, matter.id, OMAR, now=LATER)
    assert matter.snoozed_until is None
    assert waiting(session) == [LATER + posts.PATIENCE]
    assert acts(session)[1:] == [("escalation.snooze_ended", "U_OMAR")]
    assert "Snoozed" not in summary(session)


def test_a_reminder_that_was_taken_back_is_set_again_for_the_same_moment_too(session, matter):
    for _ in range(3):
        take(session, matter.id, ERIN, now=LATER)
        hand_back(session, matter.id, ERIN, now=LATER)
    assert waiting(session) == [LATER + timedelta(days=1)]


def test_what_somebody_took_meanwhile_has_no_snooze_to_end(session, matter):
    snooze(session, matter.id, ERIN, days=7, now=NOW)
    take(session, matter.id, ERIN, now=NOW)
    end_snooze(session, matter.id, OMAR, now=LATER)
    assert waiting(session) == []


def test_what_was_settled_is_opened_again_by_whoever_then_has_it(session, matter):
    settle(session, matter.id, ERIN, "Talked with the owner.", now=NOW)
    reopen(session, matter.id, OMAR, now=LATER)
    reopen(session, matter.id, OMAR, now=LATER)
    assert (matter.status, matter.owner_id, matter.settled_at) == ("owned", "U_OMAR", None)
    assert acts(session)[1:] == [("escalation.reopened", "U_OMAR")]
    told = summary(session)
    assert "is with Omar" in told
    assert "Opened again <!date^" in told
    assert "it had been settled with “Talked with the owner.”" in told


def test_the_reporters_letter_says_that_it_is_open_again_and_a_new_one_how_it_ended(
    session, matter
):
    settle(session, matter.id, ERIN, "Talked with the owner.", now=NOW)
    posted(session)
    reopen(session, matter.id, OMAR, now=LATER)
    (letter,) = letters(session, posts.SETTLED)
    assert letter.status == "pending"
    told = said(session, letter)
    assert "open again" in told
    assert "Talked with the owner." not in told
    settle(session, matter.id, OMAR, "They apologised.", now=MUCH_LATER)
    _, new = letters(session, posts.SETTLED)
    assert "They apologised." in said(session, new)


def test_what_is_open_cannot_be_opened_by_a_second_press_of_somebody_else(session, matter):
    settle(session, matter.id, ERIN, "Talked.", now=NOW)
    reopen(session, matter.id, ERIN, now=LATER)
    with pytest.raises(UserError, match="Erin has it"):
        reopen(session, matter.id, OMAR, now=LATER)


def test_beside_a_newer_matter_the_old_one_stays_settled(session, matter):
    settle(session, matter.id, ERIN, "Talked.", now=NOW)
    consider(session, make_incident(session, severity=4), now=NOW)
    with pytest.raises(UserError, match="newer"):
        reopen(session, matter.id, OMAR, now=LATER)
    assert matter.status == "settled"


def test_a_new_summary_says_what_was_agreed_the_last_time(session, matter):
    settle(session, matter.id, ERIN, "Old.", now=NOW)
    consider(session, make_incident(session, severity=4), now=NOW)
    second = session.scalars(select(Escalation).where(Escalation.status == "open")).one()
    settle(session, second.id, ERIN, "Karen will write <by> email only.", now=LATER)
    consider(session, make_incident(session, severity=4), now=LATER)
    told = summary(session)
    assert "*Last settled* <!date^" in told
    assert "by Erin: “Karen will write &lt;by&gt; email only.”" in told
    assert "Old." not in told


def test_another_clients_settlement_is_not_told(session, matter):
    settle(session, matter.id, ERIN, "Old.", now=NOW)
    elm = make_client(session, "Elm")
    consider(session, make_incident(session, client=elm, severity=4), now=NOW)
    assert "Last settled" not in summary(session)
