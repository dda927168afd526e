"""How far a message is: on its way, in Slack, or refused for longer than ten minutes."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.enqueue import EXECUTIVES, enqueue
from bot.delivery.held import TO_EXECUTIVE, Posting, stands
from models import DeliveryStatus


NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def put(session, subject, lane=EXECUTIVES, kind="summary"):
    return enqueue(session, kind=kind, subject_id=subject, lane=lane, now=NOW)


def far(session, at=LATER):
    session.flush()
    return stands(session, "summary", [1, 2, 3], at)


def refuse(delivery, error):
    delivery.status, delivery.error = DeliveryStatus.HELD, error


def test_a_message_is_on_its_way_until_it_stands(session):
    first, second = put(session, 1), put(session, 2)
    second.channel, second.ts = "C_EXEC", "1.0"
    assert far(session) == {first.subject_id: Posting.WAITING, second.subject_id: Posting.STANDS}


def test_a_refused_message_counts_as_held_after_ten_minutes(session):
    refuse(put(session, 1), "invalid_blocks")
    put(session, 2)
    assert far(session, LATER - timedelta(seconds=1))[1] is Posting.WAITING
    assert far(session) == {1: Posting.HELD, 2: Posting.WAITING}


@pytest.mark.parametrize("error", ["not_in_channel", "channel_public", "missing_scope:chat:write"])
def test_what_waits_behind_a_refused_channel_is_held_with_it(session, error):
    refuse(put(session, 1), error)
    put(session, 2)
    put(session, 3, lane="U_TARA")
    assert far(session) == {1: Posting.HELD, 2: Posting.HELD, 3: Posting.WAITING}


def test_a_refused_token_holds_everything(session):
    refuse(put(session, 1, lane="U_TARA"), "token_revoked")
    put(session, 2)
    assert far(session) == {1: Posting.HELD, 2: Posting.HELD}


def test_what_stands_stays_told_though_its_update_is_refused(session):
    delivery = put(session, 1)
    delivery.channel, delivery.ts = "C_EXEC", "1.0"
    refuse(delivery, "not_in_channel")
    assert far(session) == {1: Posting.STANDS}


def test_what_reached_an_executive_by_direct_message_is_told_though_it_is_refused(session):
    refused = put(session, 1)
    refuse(refused, "not_in_channel")
    dm = put(session, refused.id, kind=TO_EXECUTIVE, lane="U_ERIN")
    assert far(session) == {1: Posting.HELD}
    dm.channel, dm.ts = "D1", "1.0"
    assert far(session) == {1: Posting.BY_MESSAGE}


def test_of_several_messages_the_one_furthest_behind_counts(session):
    put(session, 1).status = DeliveryStatus.VOID
    refuse(put(session, 1, lane="U_TARA"), "not_a_member")
    sent = put(session, 1, lane="U_ERIN")
    sent.channel, sent.ts = "D1", "1.0"
    assert far(session) == {1: Posting.HELD}
