"""One outbox and a well Slack: what is sent, where, in which order, and what is never sent."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.enqueue import EXECUTIVES, enqueue, void
from bot.delivery.message import Message
from bot.errors import SlackUnreachable
from bot.slack.http import web_client
from models import Delivery, DeliveryStatus
from sandbox.driver import running
from tests.delivery_slack import (
    CHANNEL,
    PERSON,
    TOKEN,
    ask_again,
    make_outbox,
    methods,
    row,
    save,
    save_incident,
    take,
    texts,
)
from tests.fakes import Clock


@pytest.fixture(scope="module")
def workspace():
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def slack(workspace):
    workspace.reset()
    workspace.settings(rate_limits=False)
    return workspace


@pytest.fixture
def clock():
    return Clock(datetime.now(UTC))


@pytest.fixture
def outbox(database, slack, clock):
    return make_outbox(database, slack.api_url, clock.now)


def drain(outbox, clock):
    """Step until nothing is due, letting the pause pass; return how many were sent."""
    sent = 0
    while outbox.step():
        sent += 1
        clock.forward(seconds=1)
    return sent


def test_a_message_is_posted_once_and_marked_as_sent(outbox, database, slack, clock):
    delivery_id = save(database, clock.now())
    assert drain(outbox, clock) == 1
    [message] = slack.messages(CHANNEL)
    kept = row(database, delivery_id)
    assert (kept.status, kept.ts, kept.channel) == (DeliveryStatus.SENT, message["ts"], CHANNEL)
    assert (kept.in_doubt_since, kept.error, kept.attempts) == (None, None, 0)
    assert kept.sent_at == clock.now() - timedelta(seconds=1)


def test_a_post_unfurls_nothing_reads_nothing_as_markup_and_carries_its_key(
    outbox, database, slack, clock
):
    save(database, clock.now())
    drain(outbox, clock)
    [call] = slack.calls("chat.postMessage")
    asked = call["args"]
    assert (asked["unfurl_links"], asked["unfurl_media"], asked["link_names"]) == (False,) * 3
    assert (asked["parse"], asked["text"]) == ("none", "summary 1 v1")
    assert asked["metadata"] == {
        "event_type": "on_record_delivery",
        "event_payload": {"key": "summary:1:executives"},
    }


def test_a_refreshed_message_is_updated_where_it_stands(outbox, database, slack, clock):
    delivery_id = save(database, clock.now())
    drain(outbox, clock)
    ask_again(database, clock.now(), delivery_id)
    drain(outbox, clock)
    assert texts(slack) == ["summary 1 v2"]
    [call] = slack.calls("chat.update")
    assert (call["args"]["parse"], call["args"]["link_names"]) == ("none", False)


def test_a_text_of_any_length_is_cut_to_what_an_update_takes(database, slack, clock):
    outbox = make_outbox(
        database,
        slack.api_url,
        clock.now,
        renderers={"summary": lambda *_: Message("&amp;" * 2000, [])},
    )
    delivery_id = save(database, clock.now())
    drain(outbox, clock)
    ask_again(database, clock.now(), delivery_id)
    drain(outbox, clock)
    assert row(database, delivery_id).error is None
    [text] = texts(slack)
    assert 3990 < len(text) <= 4000
    assert text.endswith("&amp;…")


def test_a_refresh_while_the_message_is_on_its_way_is_not_lost(database, slack, clock):
    taken_by = "nobody"

    def taken_while_being_sent(_session, delivery):
        nonlocal taken_by
        message = Message(f"taken by {taken_by}", [])
        if delivery.wanted == 1:
            taken_by = "Omar"
            ask_again(database, clock.now(), delivery.id)
        return message

    outbox = make_outbox(
        database, slack.api_url, clock.now, renderers={"summary": taken_while_being_sent}
    )
    delivery_id = save(database, clock.now())
    assert outbox.step()
    assert texts(slack) == ["taken by nobody"]
    clock.forward(seconds=1)
    assert drain(outbox, clock) == 1
    assert texts(slack) == ["taken by Omar"]
    assert row(database, delivery_id).status is DeliveryStatus.SENT


def test_what_is_taken_back_while_it_is_being_sent_stays_taken_back(database, slack, clock):
    def taken_back(_session, _delivery):
        with database.write() as session:
            void(session, kind="summary", subject_id=1)
        return Message("too late", [])

    outbox = make_outbox(database, slack.api_url, clock.now, renderers={"summary": taken_back})
    delivery_id = save(database, clock.now())
    drain(outbox, clock)
    kept = row(database, delivery_id)
    assert kept.status is DeliveryStatus.VOID
    assert kept.ts == slack.messages(CHANNEL)[0]["ts"]


def test_a_message_deleted_in_slack_is_posted_again_with_its_next_text(
    outbox, database, slack, clock
):
    delivery_id = save(database, clock.now())
    drain(outbox, clock)
    remove_the_first(slack)
    ask_again(database, clock.now(), delivery_id)
    drain(outbox, clock)
    assert texts(slack) == ["summary 1 v2"]
    assert row(database, delivery_id).status is DeliveryStatus.SENT


def remove_the_first(slack):
    client = web_client(TOKEN, slack.api_url, 5)
    client.chat_delete(channel=CHANNEL, ts=slack.messages(CHANNEL)[0]["ts"])


def test_a_reply_waits_for_the_message_above_it_and_stands_in_its_thread(
    outbox, database, slack, clock
):
    with database.write() as session:
        top = enqueue(
            session,
            kind="summary",
            subject_id=1,
            lane=EXECUTIVES,
            now=clock.now(),
            due_at=clock.now() + timedelta(hours=1),
        )
        enqueue(
            session,
            kind="reply",
            subject_id=2,
            lane=EXECUTIVES,
            now=clock.now(),
            thread_of=top,
        )
    assert drain(outbox, clock) == 0
    clock.forward(hours=1)
    assert drain(outbox, clock) == 2
    above, below = slack.messages(CHANNEL)
    assert above["text"] == "summary 1 v1"
    assert (below["text"], below["thread_ts"]) == ("reply 2 v1", above["ts"])


def test_a_reply_stands_alone_where_the_message_above_is_no_longer_wanted(
    outbox, database, slack, clock
):
    save_incident(database, clock.now(), 1)
    with database.write() as session:
        void(session, kind="summary", subject_id=1)
    drain(outbox, clock)
    [message] = slack.messages(CHANNEL)
    assert message["text"] == "reply 1 v1"
    assert "thread_ts" not in message


def test_a_reply_brings_a_deleted_thread_back_once(outbox, database, slack, clock):
    top = save(database, clock.now())
    drain(outbox, clock)
    remove_the_first(slack)
    with database.write() as session:
        enqueue(
            session,
            kind="reply",
            subject_id=2,
            lane=EXECUTIVES,
            now=clock.now(),
            thread_of=session.get_one(Delivery, top),
        )
    drain(outbox, clock)
    above, below = slack.messages(CHANNEL)
    assert (above["text"], below["text"]) == ("summary 1 v1", "reply 2 v1")
    assert below["thread_ts"] == above["ts"] == row(database, top).ts


def test_messages_move_to_the_channel_that_the_settings_name_now(database, slack, clock):
    top = save(database, clock.now())
    drain(make_outbox(database, slack.api_url, clock.now), clock)
    slack.change_channel("C_SECRET", add=["U_BOT"])
    moved = make_outbox(database, slack.api_url, clock.now, executive_channel="C_SECRET")
    with database.write() as session:
        enqueue(
            session,
            kind="reply",
            subject_id=2,
            lane=EXECUTIVES,
            now=clock.now(),
            thread_of=session.get_one(Delivery, top),
        )
    drain(moved, clock)
    assert texts(slack, CHANNEL) == ["summary 1 v1"]
    above, below = slack.messages("C_SECRET")
    assert (above["text"], below["thread_ts"]) == ("summary 1 v1", above["ts"])
    assert len(slack.calls("chat.postMessage")) == 3, "it was tried in a thread of another channel"


def test_an_update_is_posted_again_where_the_settings_name_another_channel(database, slack, clock):
    top = save(database, clock.now())
    drain(make_outbox(database, slack.api_url, clock.now), clock)
    slack.change_channel("C_SECRET", add=["U_BOT"])
    ask_again(database, clock.now(), top)
    moved = make_outbox(database, slack.api_url, clock.now, executive_channel="C_SECRET")
    drain(moved, clock)
    assert texts(slack, CHANNEL) == ["summary 1 v1"]
    assert texts(slack, "C_SECRET") == ["summary 1 v2"]
    assert slack.calls("chat.update") == []


def test_messages_of_one_conversation_keep_their_order_and_their_pace(
    outbox, database, slack, clock
):
    for subject in range(1, 4):
        save(database, clock.now(), subject=subject)
    assert outbox.step()
    assert not outbox.step()
    clock.forward(seconds=0.999)
    assert not outbox.step()
    clock.forward(seconds=0.001)
    assert drain(outbox, clock) == 2
    assert texts(slack) == ["summary 1 v1", "summary 2 v1", "summary 3 v1"]


def test_one_conversation_does_not_wait_for_another(outbox, database, slack, clock):
    save(database, clock.now())
    save(database, clock.now(), "seen", lane=PERSON)
    assert outbox.step()
    assert outbox.step()
    assert not outbox.step()
    assert texts(slack) == ["summary 1 v1"]
    assert texts(slack, slack.dm(PERSON)) == ["seen 1 v1"]


def test_a_timer_goes_off_when_it_is_due_and_not_before(outbox, database, slack, clock):
    save(database, clock.now(), due_at=clock.now() + timedelta(hours=24))
    clock.forward(hours=23, minutes=59)
    assert not outbox.step()
    clock.forward(minutes=1)
    assert outbox.step()
    assert len(texts(slack)) == 1


def test_what_nobody_wants_any_more_is_not_sent(database, slack, clock):
    outbox = make_outbox(database, slack.api_url, clock.now, renderers={"summary": lambda *_: None})
    delivery_id = save(database, clock.now())
    drain(outbox, clock)
    assert row(database, delivery_id).status is DeliveryStatus.VOID
    assert row(database, delivery_id).in_doubt_since is None
    assert slack.calls() == []


def test_a_person_is_written_to_in_a_direct_message_opened_once(outbox, database, slack, clock):
    for subject in (1, 2):
        save(database, clock.now(), "seen", subject, lane=PERSON)
    drain(outbox, clock)
    assert methods(slack) == ["conversations.open", "chat.postMessage", "chat.postMessage"]
    assert {call["args"]["channel"][0] for call in slack.calls("chat.postMessage")} == {"D"}


def test_nobody_but_a_full_member_is_ever_written_to(database, slack, clock):
    outbox = make_outbox(
        database, slack.api_url, clock.now, may_hear=lambda person: person != "U_KAREN"
    )
    karen = save(database, clock.now(), "seen", 1, lane="U_KAREN")
    tara = save(database, clock.now(), "seen", 1, lane="U_TARA")
    drain(outbox, clock)
    assert row(database, karen).error == "not_a_member"
    assert row(database, tara).status is DeliveryStatus.SENT
    assert "U_KAREN" not in [call["args"].get("users") for call in slack.calls()]


def test_nobody_is_written_to_while_slack_does_not_say_who_they_are(database, slack, clock):
    def unknown(_person):
        raise SlackUnreachable

    delivery_id = save(database, clock.now(), "seen", 1, lane=PERSON)
    drain(make_outbox(database, slack.api_url, clock.now, may_hear=unknown), clock)
    kept = row(database, delivery_id)
    assert (kept.status, kept.error) == (DeliveryStatus.PENDING, "membership_unknown")
    assert slack.calls() == []
    clock.forward(seconds=2)
    drain(make_outbox(database, slack.api_url, clock.now), clock)
    assert row(database, delivery_id).status is DeliveryStatus.SENT


def test_a_renderer_that_fails_holds_up_nobody_else(database, slack, clock, caplog):
    def broken(_session, delivery):
        if delivery.subject_id == 1:
            raise ZeroDivisionError
        return Message("fine", [])

    outbox = make_outbox(database, slack.api_url, clock.now, renderers={"summary": broken})
    bad, unknown = save(database, clock.now()), save(database, clock.now(), "no_such_kind")
    good = save(database, clock.now(), subject=2)
    drain(outbox, clock)
    assert row(database, good).status is DeliveryStatus.SENT
    assert (row(database, bad).status, row(database, bad).error) == (
        DeliveryStatus.HELD,
        "render:ZeroDivisionError",
    )
    assert row(database, unknown).error == "render:KeyError"
    clock.forward(minutes=3)
    drain(outbox, clock)
    told = [record for record in caplog.records if record.message == "delivery_not_rendered"]
    assert len(told) == 2  # once each, not at every try


def test_a_claim_whose_time_ran_out_before_the_post_does_not_post(database, slack, clock):
    """As when the machine slept in between: somebody else may be sending it already."""

    def slept(_session, _delivery):
        clock.forward(seconds=20)
        return Message("late", [])

    delivery_id = save(database, clock.now())
    make_outbox(database, slack.api_url, clock.now, renderers={"summary": slept}).step()
    assert "chat.postMessage" not in methods(slack)
    assert row(database, delivery_id).error == "took_too_long"
    assert row(database, delivery_id).in_doubt_since is None
    clock.forward(seconds=2)
    make_outbox(database, slack.api_url, clock.now).step()
    assert texts(slack) == ["summary 1 v1"]


def test_who_was_overtaken_changes_nothing_of_what_the_other_wrote(database, slack, clock):
    other = make_outbox(database, slack.api_url, clock.now)

    def overtaken(_session, _delivery):
        clock.forward(seconds=31)
        assert other.step()
        return Message("late", [])

    delivery_id = save(database, clock.now())
    make_outbox(database, slack.api_url, clock.now, renderers={"summary": overtaken}).step()
    assert texts(slack) == ["summary 1 v1"]
    assert row(database, delivery_id).status is DeliveryStatus.SENT
    assert row(database, delivery_id).error is None


def test_who_was_overtaken_after_posting_still_says_where_it_stands(database, slack, clock):
    def meanwhile(method, **given):
        answer = ask(method, **given)
        if method == "chat.postMessage":
            clock.forward(seconds=31)
            with database.write() as session:
                assert take(session, clock.now())
        return answer

    slow = web_client(TOKEN, slack.api_url, 5)
    ask, slow.api_call = slow.api_call, meanwhile
    delivery_id = save(database, clock.now())
    make_outbox(database, slack.api_url, clock.now, slack=slow).step()
    assert row(database, delivery_id).ts == slack.messages(CHANNEL)[0]["ts"]
    assert row(database, delivery_id).status is DeliveryStatus.PENDING
    clock.forward(seconds=30)
    drain(make_outbox(database, slack.api_url, clock.now), clock)
    assert texts(slack) == ["summary 1 v1"]
    assert row(database, delivery_id).status is DeliveryStatus.SENT


def test_a_text_asked_again_while_it_could_not_be_shown_is_tried_at_once(database, slack, clock):
    def broken_at_first(_session, delivery):
        if delivery.wanted == 1:
            ask_again(database, clock.now(), delivery.id)
            raise ZeroDivisionError
        return Message("mended", [])

    outbox = make_outbox(database, slack.api_url, clock.now, renderers={"summary": broken_at_first})
    save(database, clock.now())
    assert drain(outbox, clock) == 2
    assert texts(slack) == ["mended"]
