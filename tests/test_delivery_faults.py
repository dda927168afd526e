"""Every way in which Slack can fail a message, caused for real: exactly one stands in the end."""

import json
import logging
import socket
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from bot.config import ROOT
from bot.delivery.enqueue import EXECUTIVES
from bot.delivery.executives import remember
from bot.delivery.held import given_up, held
from bot.delivery.message import Message
from bot.slack.http import web_client
from models import DeliveryStatus, SecondLook, Urgency
from sandbox.driver import running
from sandbox.seed import read_workspace
from tests.delivery_slack import (
    CHANNEL,
    PERSON,
    TOKEN,
    ask_again,
    make_outbox,
    methods,
    next_due,
    row,
    save,
    save_incident,
    shown,
    texts,
)
from tests.fakes import Clock
from tests.waiting import wait_until


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what goes on between the bot and Slack alone."""


@pytest.fixture(scope="module")
def workspace():
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def slack(workspace):
    workspace.load(read_workspace())
    workspace.settings(rate_limits=False)
    return workspace


@pytest.fixture
def clock():
    return Clock(datetime.now(UTC))


@pytest.fixture
def outbox(database, slack, clock):
    return make_outbox(database, slack.api_url, clock.now)


@pytest.fixture
def work(outbox, database, clock):
    return Worker(outbox, database, clock)


class Worker:
    """An outbox at work while the clock runs from one thing that is due to the next."""

    def __init__(self, outbox, database, clock):
        self.outbox, self.database, self.clock = outbox, database, clock

    def __call__(self, seconds):
        end = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() < end:
            if self.outbox.step():
                continue
            with self.database.read() as session:
                due = next_due(session, self.clock.now()) or end
            least = self.clock.now() + timedelta(seconds=1)
            now = min(max(due, least), end)
            self.clock.forward(seconds=(now - self.clock.now()).total_seconds())


def stands_once(slack, database, delivery_id):
    """Whether exactly one message stands, and the delivery knows which."""
    found = slack.messages(CHANNEL)
    kept = row(database, delivery_id)
    return (
        [message["text"] for message in found] == ["summary 1 v1"]
        and (kept.status, kept.ts) == (DeliveryStatus.SENT, found[0]["ts"])
        and (kept.error, kept.in_doubt_since, kept.attempts) == (None, None, 0)
    )


def test_too_many_requests_hold_everything_back_for_as_long_as_slack_says(
    outbox, work, database, slack, clock
):
    delivery_id = save(database, clock.now())
    save(database, clock.now(), "seen", lane=PERSON)
    slack.fault("chat.postMessage", "ratelimited", seconds=7)
    assert outbox.step()
    assert row(database, delivery_id).in_doubt_since is None
    for _ in range(7):
        assert not outbox.step()
        clock.forward(seconds=1)
    work(3)
    assert stands_once(slack, database, delivery_id)
    assert texts(slack, slack.dm(PERSON)) == ["seen 1 v1"]
    assert "conversations.history" not in methods(slack)


@on_sqlite
@pytest.mark.parametrize("status", [200, 400, 500, 502, 503])
def test_a_page_instead_of_an_answer_leaves_one_message(work, database, slack, clock, status):
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", "status", 2, status=status)
    work(10)
    assert stands_once(slack, database, delivery_id)
    assert slack.calls("conversations.history"), "it was not looked up before it was posted again"


@pytest.mark.parametrize("kind", ["lost", "dropped"])
def test_a_broken_connection_leaves_one_message(outbox, work, database, slack, clock, kind):
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", kind)
    outbox.step()
    assert row(database, delivery_id).error == "connection_lost"
    assert row(database, delivery_id).in_doubt_since is not None
    work(5)
    assert stands_once(slack, database, delivery_id)


@on_sqlite
@pytest.mark.parametrize("minutes", [-90, 6, 90, 60 * 24 * 9])
def test_a_clock_that_is_not_slacks_leaves_one_message(work, database, slack, clock, minutes):
    clock.forward(seconds=60 * minutes)
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", "lost")
    work(5)
    assert stands_once(slack, database, delivery_id)


@on_sqlite
def test_what_is_much_older_than_the_doubt_is_not_read(work, database, slack, clock):
    omar = slack.person("U_OMAR")
    for number in range(201):
        omar.write(CHANNEL, f"message {number}")
    clock.forward(seconds=60 * 60 * 25)  # as if those had been said the day before
    save(database, clock.now())
    slack.fault("chat.postMessage", "status", status=503)
    work(5)
    assert texts(slack).count("summary 1 v1") == 1
    assert len(slack.calls("conversations.history")) == 1


@on_sqlite
@pytest.mark.parametrize("code", ["fatal_error", "internal_error", "service_unavailable"])
def test_an_error_that_says_nothing_certain_is_looked_up(work, database, slack, clock, code):
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", "error", code=code)
    work(5)
    assert stands_once(slack, database, delivery_id)
    assert slack.calls("conversations.history")


@pytest.mark.parametrize("kind", ["slow", "hang"])
def test_an_answer_that_never_comes_leaves_one_message_however_late_it_was_done(
    database, slack, clock, kind
):
    outbox = make_outbox(database, slack.api_url, clock.now, timeout=0.3)
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", kind, seconds=0.5)
    outbox.step()
    assert row(database, delivery_id).error == "no_answer"
    clock.forward(seconds=29)
    assert not outbox.step(), "it may still land: for a lease nobody posts again"
    if kind == "slow":
        slack.wait_for_message(CHANNEL, seconds=30)
    Worker(outbox, database, clock)(3)
    assert stands_once(slack, database, delivery_id)


def test_while_slack_cannot_be_reached_nothing_is_lost(database, slack, clock):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    delivery_id = save(database, clock.now())
    Worker(make_outbox(database, f"http://127.0.0.1:{port}/api/", clock.now), database, clock)(200)
    kept = row(database, delivery_id)
    assert (kept.status, kept.error) == (DeliveryStatus.PENDING, "unreachable")
    assert kept.in_doubt_since is None
    Worker(make_outbox(database, slack.api_url, clock.now), database, clock)(60)
    assert stands_once(slack, database, delivery_id)


@on_sqlite
def test_a_message_that_stands_below_many_others_is_found(outbox, work, database, slack, clock):
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", "lost")
    outbox.step()
    omar = slack.person("U_OMAR")
    for number in range(201):
        omar.write(CHANNEL, f"message {number}")
    work(5)
    assert row(database, delivery_id).status is DeliveryStatus.SENT
    assert texts(slack).count("summary 1 v1") == 1
    assert len(slack.calls("conversations.history")) == 2


@on_sqlite
def test_a_message_of_somebody_else_is_not_taken_for_ours(database, slack, clock):
    described = read_workspace()
    channel = next(each for each in described["channels"] if each["id"] == CHANNEL)
    forged = {"event_type": "on_record_delivery", "event_payload": {"key": "summary:1:executives"}}
    channel["messages"] = [{"user": "U_OMAR", "text": "forged", "metadata": forged}]
    slack.load(described)
    outbox = make_outbox(database, slack.api_url, clock.now)
    save(database, clock.now())
    slack.fault("chat.postMessage", "dropped")
    Worker(outbox, database, clock)(5)
    assert texts(slack) == ["forged", "summary 1 v1"]


@pytest.mark.parametrize("kind", ["lost", "dropped"])
def test_a_reply_in_doubt_is_looked_for_in_its_thread(work, database, slack, clock, kind):
    save_incident(database, clock.now(), 1)
    work(1)
    slack.fault("chat.postMessage", kind)
    work(5)
    above, below = slack.messages(CHANNEL)
    assert below["thread_ts"] == above["ts"]
    assert len(slack.calls("conversations.replies")) == 1


def test_in_doubt_nothing_is_posted_while_it_cannot_be_looked_up(work, database, slack, clock):
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", "lost")
    slack.fault("conversations.history", "status", 2, status=503)
    slack.fault("conversations.history", "dropped")
    work(5)
    assert row(database, delivery_id).in_doubt_since is not None
    assert len(slack.calls("chat.postMessage")) == 1
    work(30)
    assert stands_once(slack, database, delivery_id)
    assert len(slack.calls("chat.postMessage")) == 1


def test_in_doubt_it_is_held_while_looking_up_is_not_allowed(work, database, slack, clock):
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", "lost")
    slack.app(scopes=["chat:write", "groups:read", "im:write"])
    work(5)
    kept = row(database, delivery_id)
    assert (kept.status, kept.error) == (DeliveryStatus.HELD, "missing_scope:groups:history")
    assert kept.in_doubt_since is not None
    with database.read() as session:
        [waiting] = held(session, clock.now())
    assert waiting.mend.endswith("Missing: groups:history.")
    slack.app(scopes=["chat:write", "groups:read", "groups:history", "im:write"])
    work(60)
    assert stands_once(slack, database, delivery_id)
    assert len(slack.calls("chat.postMessage")) == 1


def test_a_doubt_outlives_a_clear_refusal(work, database, slack, clock):
    """The first post may have landed; that the second was refused says nothing of it."""
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", "dropped")
    slack.fault("chat.postMessage", "error", code="not_in_channel")
    work(5)
    kept = row(database, delivery_id)
    assert (kept.error, kept.in_doubt_since is not None) == ("not_in_channel", True)
    work(60)
    assert stands_once(slack, database, delivery_id)


def break_by_removing_the_bot(slack):
    slack.change_channel(CHANNEL, remove=["U_BOT"])
    return lambda: slack.change_channel(CHANNEL, add=["U_BOT"])


def break_by_archiving(slack):
    slack.change_channel(CHANNEL, is_archived=True)
    return lambda: slack.change_channel(CHANNEL, is_archived=False)


def break_by_sharing(slack):
    slack.change_channel(CHANNEL, shared_with=["T_CLIENT"])
    return lambda: slack.change_channel(CHANNEL, shared_with=[])


def break_by_inviting(slack):
    slack.change_channel(CHANNEL, pending_with=["T_CLIENT"])
    return lambda: slack.change_channel(CHANNEL, pending_with=[])


def break_by_publishing(slack):
    slack.change_channel(CHANNEL, is_private=False)
    return lambda: slack.change_channel(CHANNEL, is_private=True)


def break_by_closing_the_channel(slack):
    slack.change_channel(CHANNEL, is_read_only=True)
    return lambda: slack.change_channel(CHANNEL, is_read_only=False)


def break_by_another_token(slack):
    slack.app(bot_token="xoxb-other")
    return lambda: slack.app(bot_token="xoxb-sandbox")


def break_by_taking_scopes(slack):
    slack.app(scopes=["groups:read", "im:write"])
    return lambda: slack.app(scopes=["groups:read", "im:write", "chat:write"])


BREAKS = {
    "channel_not_found": break_by_removing_the_bot,
    "is_archived": break_by_archiving,
    "channel_shared": break_by_sharing,
    "channel_share_pending": break_by_inviting,
    "channel_public": break_by_publishing,
    "restricted_action": break_by_closing_the_channel,
    "invalid_auth": break_by_another_token,
    "missing_scope:chat:write": break_by_taking_scopes,
}


@pytest.mark.parametrize("error", BREAKS)
def test_what_slack_refuses_is_kept_told_once_and_sent_once_mended(
    work, database, slack, clock, caplog, error
):
    delivery_id = save(database, clock.now())
    second = save(database, clock.now(), subject=2)
    caplog.set_level(logging.INFO, "bot.delivery.finish")
    mend = BREAKS[error](slack)
    work(125)
    kept = row(database, delivery_id)
    assert (kept.status, kept.error) == (DeliveryStatus.HELD, error)
    assert [record.error for record in caplog.records] == [error]
    assert caplog.records[0].mend
    assert texts(slack) == []
    assert 3 <= len(slack.calls()) <= 6, "tried once a minute, for the whole conversation"
    with database.read() as session:
        [waiting] = held(session, clock.now())
    assert (waiting.error, waiting.count) == (error, 2)
    mend()
    work(62)
    assert texts(slack) == ["summary 1 v1", "summary 2 v1"]
    assert row(database, second).status is DeliveryStatus.SENT
    assert caplog.records[-1].message == "delivery_mended"
    with database.read() as session:
        assert held(session, clock.now()) == []


@on_sqlite
@pytest.mark.parametrize("code", ["not_in_channel", "token_revoked", "account_inactive"])
def test_other_refusals_are_kept_and_sent_once_they_are_over(work, database, slack, clock, code):
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", "error", code=code)
    work(59)
    assert row(database, delivery_id).error == code
    work(3)
    assert stands_once(slack, database, delivery_id)


@on_sqlite
def test_a_channel_shared_between_two_messages_gets_no_more_of_them(
    outbox, work, database, slack, clock
):
    for subject in (1, 2):
        save(database, clock.now(), subject=subject)
    outbox.step()
    slack.change_channel(CHANNEL, shared_with=["T_CLIENT"])
    work(10)
    assert texts(slack) == ["summary 1 v1"]


@on_sqlite
def test_an_update_is_not_sent_into_a_shared_channel_either(outbox, work, database, slack, clock):
    delivery_id = save(database, clock.now())
    outbox.step()
    slack.change_channel(CHANNEL, shared_with=["T_CLIENT"])
    ask_again(database, clock.now(), delivery_id)
    work(5)
    assert texts(slack) == ["summary 1 v1"]
    assert slack.calls("chat.update") == []


@on_sqlite
def test_nothing_is_posted_while_slack_does_not_describe_the_channel(work, database, slack, clock):
    delivery_id = save(database, clock.now())
    slack.fault("conversations.info", "status", 2, status=500)
    slack.fault("conversations.info", "lost")
    work(10)
    assert slack.calls("chat.postMessage") == []
    assert row(database, delivery_id).in_doubt_since is None
    work(10)
    assert stands_once(slack, database, delivery_id)
    assert slack.calls("conversations.history") == []


@on_sqlite
def test_a_message_that_slack_cannot_take_holds_up_nobody_else(database, slack, clock):
    def bad(_session, delivery):
        return Message("text", [{"type": "nonsense"}] if delivery.subject_id == 1 else [])

    outbox = make_outbox(database, slack.api_url, clock.now, renderers={"summary": bad})
    first, second = save(database, clock.now()), save(database, clock.now(), subject=2)
    Worker(outbox, database, clock)(3)
    assert (row(database, first).status, row(database, first).error) == (
        DeliveryStatus.HELD,
        "invalid_blocks",
    )
    assert row(database, second).status is DeliveryStatus.SENT


@on_sqlite
def test_a_message_that_fails_again_and_again_lets_the_others_pass(work, database, slack, clock):
    first = save(database, clock.now())
    slack.fault("chat.postMessage", "status", 6, status=500)
    work(70)
    second = save(database, clock.now(), subject=2)
    work(3)
    assert row(database, second).status is DeliveryStatus.SENT
    assert row(database, first).status is DeliveryStatus.PENDING
    work(60)
    assert sorted(texts(slack)) == ["summary 1 v1", "summary 2 v1"]


@on_sqlite
def test_an_update_that_fails_is_sent_again_without_looking(work, database, slack, clock):
    delivery_id = save(database, clock.now())
    work(1)
    for kind in ("lost", "dropped"):
        slack.fault("chat.update", kind)
    slack.fault("chat.update", "status", status=502)
    ask_again(database, clock.now(), delivery_id)
    work(20)
    assert texts(slack) == ["summary 1 v2"]
    assert slack.calls("conversations.history") == []


def test_what_was_asked_again_while_a_post_was_in_doubt_is_shown(
    outbox, work, database, slack, clock
):
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", "lost")
    outbox.step()
    ask_again(database, clock.now(), delivery_id)
    work(6)
    assert texts(slack) == ["summary 1 v2"]
    assert row(database, delivery_id).status is DeliveryStatus.SENT


@on_sqlite
@pytest.mark.parametrize(
    ("person", "error"), [("U_GONE", "user_disabled"), ("U_OTHERBOT", "cannot_dm_bot")]
)
@pytest.mark.usefixtures("slack")
def test_a_person_who_cannot_be_written_to_is_told_in_held(work, database, clock, person, error):
    delivery_id = save(database, clock.now(), "seen", lane=person)
    other = save(database, clock.now(), lane=EXECUTIVES)
    work(3)
    assert row(database, delivery_id).error == error
    assert row(database, other).status is DeliveryStatus.SENT


def let_it_stand_twice(slack, channel=CHANNEL, text="summary 1 v1"):
    """Have Slack carry out what is late, after it was posted again."""
    assert texts(slack, channel).count(text) == 1
    slack.clear_faults()
    wait_until(lambda: texts(slack, channel).count(text) == 2, seconds=10)


def test_a_post_that_slack_carries_out_late_stands_once_in_the_end(work, database, slack, clock):
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", "late", seconds=60)
    work(5)
    ours = row(database, delivery_id).ts
    let_it_stand_twice(slack)
    work(200)
    assert texts(slack) == ["summary 1 v1"]
    assert row(database, delivery_id).ts == ours == slack.messages(CHANNEL)[0]["ts"]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(SecondLook)) == 0


def test_what_stands_twice_is_taken_away_by_the_next_process_too(work, database, slack, clock):
    save_incident(database, clock.now(), 1)
    work(1)
    slack.fault("chat.postMessage", "late", seconds=60)
    work(5)
    let_it_stand_twice(slack, text="reply 1 v1")
    clock.forward(seconds=200)
    heir = make_outbox(database, slack.api_url, clock.now)
    slack.fault("conversations.replies", "status", status=503)
    slack.fault("chat.delete", "dropped")
    Worker(heir, database, clock)(180)
    assert texts(slack) == ["summary 1 v1", "reply 1 v1"]
    assert len(slack.calls("chat.delete")) == 2


@on_sqlite
def test_a_message_that_was_never_in_doubt_is_not_looked_for(work, database, slack, clock):
    save(database, clock.now())
    work(300)
    assert slack.calls("conversations.history") == []


@on_sqlite
def test_nothing_is_taken_away_where_the_message_that_counts_is_not_seen(
    work, database, slack, clock
):
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", "late", seconds=60)
    work(5)
    let_it_stand_twice(slack)
    web_client(TOKEN, slack.api_url, 5).chat_delete(
        channel=CHANNEL, ts=row(database, delivery_id).ts
    )
    work(200)
    assert texts(slack) == ["summary 1 v1"]


@on_sqlite
def test_the_scopes_of_the_manifest_do_to_look_up_and_take_away(work, database, slack, clock):
    slack.app(
        scopes=json.loads((ROOT / "manifest.json").read_text())["oauth_config"]["scopes"]["bot"]
    )
    for put in (save, partial(save_incident, subject=1)):
        slack.fault("chat.postMessage", "late", seconds=60)
        put(database, clock.now())
        work(5)
    slack.clear_faults()
    wait_until(lambda: len(texts(slack)) == 4, lambda: str(texts(slack)))
    work(200)
    assert texts(slack) == ["summary 1 v1", "reply 1 v1"]
    assert slack.refused() == []


@on_sqlite
@pytest.mark.parametrize(
    "told", [{}, [], "ok", {"ok": False}, {"ok": False, "error": None}, {"error": 7}], ids=repr
)
def test_an_answer_that_is_none_of_slacks_leaves_one_message(work, database, slack, clock, told):
    delivery_id = save(database, clock.now())
    slack.fault("chat.postMessage", "json", 2, status=200, body=told)
    work(130)
    assert stands_once(slack, database, delivery_id)


def test_somebody_who_has_left_is_given_up_after_a_day_and_told_for_a_week(
    work, database, slack, clock
):
    first, second = (
        save(database, clock.now(), "seen", subject, lane="U_GONE") for subject in (1, 2)
    )
    work(3)
    clock.forward(hours=23)
    work(61)
    assert row(database, first).status is DeliveryStatus.HELD
    clock.forward(hours=1)
    work(130)
    for delivery_id in (first, second):
        assert row(database, delivery_id).status is DeliveryStatus.VOID
    slack.clear_traffic()
    work(300)
    assert slack.calls() == []
    with database.read() as session:
        assert held(session, clock.now()) == []
        [told] = given_up(session, clock.now())
        assert (told.kind, told.error, told.count) == ("seen", "user_disabled", 2)
        assert given_up(session, clock.now() + timedelta(days=7)) == []


EXECUTIVES_NOW = ("U_ERIN", "U_OMAR")


def put_urgent(database, clock, subject=1, **fields):
    with database.write() as session:
        remember(session, EXECUTIVES_NOW, clock.now())
    return save(database, clock.now(), subject=subject, urgency=Urgency.URGENT, **fields)


def written_to(slack):
    return {person: texts(slack, slack.dm(person)) for person in EXECUTIVES_NOW}


def everybody(*told):
    return {person: [*told] for person in EXECUTIVES_NOW}


@pytest.mark.parametrize("error", ["channel_not_found", "channel_public", "restricted_action"])
def test_what_is_refused_for_ten_minutes_reaches_each_executive_once(
    work, database, slack, clock, error
):
    mend = BREAKS[error](slack)
    delivery_id = put_urgent(database, clock)
    save(database, clock.now(), "reply", subject=2)
    work(9 * 60)
    assert written_to(slack) == everybody()
    work(60 * 60)
    told = [f"held {delivery_id} v1"]
    assert written_to(slack) == everybody(*told)
    mend()
    work(70)
    assert "summary 1 v1" in texts(slack)
    assert written_to(slack) == everybody(*told)


@on_sqlite
def test_a_message_that_slack_cannot_take_reaches_the_executives_too(database, slack, clock):
    renderers = {"summary": lambda *_: Message("text", [{"type": "nonsense"}]), "held": shown}
    outbox = make_outbox(database, slack.api_url, clock.now, renderers=renderers)
    delivery_id = put_urgent(database, clock)
    Worker(outbox, database, clock)(12 * 60)
    assert written_to(slack) == everybody(f"held {delivery_id} v1")


@on_sqlite
def test_only_colleagues_are_told_what_is_held(database, slack, clock):
    outbox = make_outbox(
        database, slack.api_url, clock.now, may_hear=lambda person: person == "U_ERIN"
    )
    BREAKS["channel_not_found"](slack)
    put_urgent(database, clock)
    Worker(outbox, database, clock)(15 * 60)
    assert [len(each) for each in written_to(slack).values()] == [1, 0]


@on_sqlite
def test_the_channel_is_looked_at_once_a_second(database, slack, clock):
    outbox = make_outbox(database, slack.api_url, clock.now, pause=0)
    for subject in range(3):
        save(database, clock.now(), subject=subject)
    assert [outbox.step() for _ in range(4)] == [True, True, True, False]
    assert len(slack.calls("conversations.info")) == 1
    clock.forward(seconds=1)
    save(database, clock.now(), subject=4)
    assert outbox.step()
    assert len(slack.calls("conversations.info")) == 2


@on_sqlite
@pytest.mark.parametrize("method", ["conversations.history", "conversations.open", "chat.update"])
def test_too_many_requests_of_another_method_do_not_stop_the_posts(
    work, database, slack, clock, method
):
    stands = save(database, clock.now())
    work(1)
    slack.fault(method, "ratelimited", seconds=50)
    slack.fault("chat.postMessage", "lost")
    save(database, clock.now(), subject=2)
    save(database, clock.now(), "seen", lane=PERSON)
    ask_again(database, clock.now(), stands)
    work(5)
    save(database, clock.now(), subject=3)
    work(3)
    assert "summary 3 v1" in texts(slack)
    work(120)
    assert sorted(texts(slack)) == ["summary 1 v2", "summary 2 v1", "summary 3 v1"]
    assert texts(slack, slack.dm(PERSON)) == ["seen 1 v1"]


def test_an_update_that_slack_carries_out_late_does_not_stay_over_a_newer_one(
    work, database, slack, clock
):
    delivery_id = save(database, clock.now())
    work(1)
    slack.fault("chat.update", "late", seconds=60)
    for _ in range(2):
        ask_again(database, clock.now(), delivery_id)
        work(5)
    assert texts(slack) == ["summary 1 v3"]
    slack.clear_faults()
    slack.wait_for_message(CHANNEL, "summary 1 v2")
    work(200)
    assert texts(slack) == ["summary 1 v4"]
    assert row(database, delivery_id).status is DeliveryStatus.SENT
    slack.clear_traffic()
    work(400)
    assert slack.calls() == []
