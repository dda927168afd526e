"""What an answer of Slack's means for a message, who waits then, and what the operator reads."""

import re
import socket
from datetime import UTC, datetime, timedelta
from http.client import RemoteDisconnected
from urllib.error import URLError

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from bot.delivery.finish import seconds_to_wait
from bot.delivery.held import Held, gather
from bot.delivery.mends import MENDS, mend
from bot.delivery.trouble import Failed, Trouble, Waits, looking, of_error, retry_after
from bot.slack.channels import objection
from models import Delivery, DeliveryStatus


NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)


class Answer:
    """An answer as the SDK hands it over."""

    def __init__(self, status, data, headers=()):
        self.status_code, self.data, self.headers = status, data, dict(headers)


def refused(code, **more):
    return of_error(SlackApiError("refused", Answer(200, {"ok": False, "error": code, **more})))


@pytest.mark.parametrize(
    "code", ["fatal_error", "internal_error", "service_unavailable", "request_timeout"]
)
def test_after_an_unclear_answer_the_message_may_stand(code):
    assert (refused(code).acted, refused(code).held) == (True, False)


@pytest.mark.parametrize("code", ["team_added_to_org", "org_login_required"])
def test_while_slack_moves_the_workspace_it_is_only_a_matter_of_time(code):
    assert refused(code) == Trouble(code, Waits.ALL)


@pytest.mark.parametrize(
    "code",
    ["invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"],
)
def test_a_refused_token_stops_everything(code):
    assert refused(code) == Trouble(code, Waits.ALL, held=True)


@pytest.mark.parametrize(
    "code",
    [
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "missing_scope",
        "user_not_found",
        "user_disabled",
        "cannot_dm_bot",
    ],
)
def test_a_refused_conversation_stops_that_one(code):
    assert refused(code) == Trouble(code, Waits.LANE, held=True)


@pytest.mark.parametrize(
    "code", ["invalid_blocks", "msg_too_long", "restricted_action_thread_locked", "never_heard_of"]
)
def test_a_refused_message_stops_itself_alone(code):
    assert refused(code) == Trouble(code, Waits.MESSAGE, held=True)


def test_a_missing_scope_is_named():
    trouble = refused("missing_scope", needed="groups:history", provided="chat:write")
    assert trouble.code == "missing_scope:groups:history"
    assert mend(trouble.code).endswith("Missing: groups:history.")


def test_what_slack_says_besides_a_code_is_not_kept():
    trouble = refused("<html>somebody's words</html>")
    assert trouble == Trouble("http_200", acted=True)
    assert refused("missing_scope", needed="<b>").code == "missing_scope"


@pytest.mark.parametrize("data", [None, b"", [], "text", {}, {"error": None}, {"error": 7}])
def test_an_answer_of_any_shape_is_understood(data):
    trouble = of_error(SlackApiError("refused", Answer(502, data)))
    assert trouble == Trouble("http_502", acted=True)


@pytest.mark.parametrize("error", ["ratelimited", "rate_limited", "anything"])
def test_429_is_too_many_requests_whatever_the_body_says(error):
    answer = Answer(429, {"ok": False, "error": error}, {"Retry-After": "17"})
    assert of_error(SlackApiError("", answer)) == Trouble("ratelimited", Waits.ALL, seconds=17)


@pytest.mark.parametrize(
    ("error", "code", "acted", "lingers"),
    [
        (URLError(ConnectionRefusedError()), "unreachable", False, False),
        (URLError(socket.gaierror()), "unreachable", False, False),
        (TimeoutError(), "no_answer", True, True),
        (URLError(TimeoutError()), "no_answer", True, True),
        (ConnectionResetError(), "connection_lost", True, False),
        (RemoteDisconnected(), "connection_lost", True, False),
        (URLError("tunnel"), "connection_lost", True, False),
    ],
)
def test_a_broken_connection_leaves_doubt_unless_there_was_none(error, code, acted, lingers):
    trouble = of_error(error)
    assert (trouble.code, trouble.acted, trouble.lingers) == (code, acted, lingers)
    assert (trouble.held, trouble.waits) == (False, Waits.MESSAGE)


def test_a_fault_of_our_own_is_held_and_named_by_its_type():
    trouble = of_error(TypeError("somebody's words"))
    assert (trouble.code, trouble.waits, trouble.held) == ("error:TypeError", Waits.MESSAGE, True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after": "7"}, 7),
        ({"Retry-After": ["7"]}, 7),
        ({"Retry-After": " 1.5 "}, 1.5),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "86400"}, 3600),
        ({}, 30),
        ({"Retry-After": ""}, 30),
        ({"Retry-After": []}, 30),
        ({"Retry-After": "Mon, 23 Nov 2026 10:30:00 GMT"}, 30),
        ({"Retry-After": "-5"}, 30),
        ({"Retry-After": "nan"}, 30),
    ],
)
def test_retry_after_is_read_however_it_is_written(headers, seconds):
    assert retry_after(headers) == seconds


@given(st.dictionaries(st.sampled_from(["Retry-After", "retry-after", "x"]), st.text()))
def test_retry_after_is_always_a_time_one_can_wait(headers):
    assert 1 <= retry_after(headers) <= 3600


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 2), (2, 4), (3, 8), (5, 32), (6, 60), (1000, 60)]
)
def test_a_failed_message_is_tried_ever_more_seldom(attempts, seconds):
    assert seconds_to_wait(Trouble("http_500"), attempts, 30) == seconds


def test_what_may_still_land_is_left_alone_for_a_lease():
    assert seconds_to_wait(Trouble("no_answer", lingers=True), 1, 30) == 30
    assert seconds_to_wait(Trouble("no_answer", lingers=True), 6, 30) == 60


@pytest.mark.parametrize("attempts", [1, 6, 1000])
def test_what_is_held_is_tried_every_minute(attempts):
    assert seconds_to_wait(Trouble("is_archived", held=True), attempts, 30) == 60


def test_only_a_rest_of_everything_lasts_longer_than_a_minute():
    assert seconds_to_wait(Trouble("ratelimited", Waits.ALL, seconds=3600), 1, 30) == 3600
    assert seconds_to_wait(Trouble("ratelimited", Waits.LANE, seconds=3600), 1, 30) == 60


@pytest.mark.parametrize(
    "error",
    [refused("internal_error"), of_error(TimeoutError()), of_error(TypeError()), refused("x")],
)
def test_what_concerns_one_message_holds_up_that_one_alone(error):
    assert error.waits is Waits.MESSAGE


@pytest.mark.parametrize(("rests", "who"), [(Waits.LANE, Waits.LANE), (None, Waits.MESSAGE)])
def test_a_question_asked_too_often_stops_those_who_must_ask_it_and_no_others(rests, who):
    answer = Answer(429, {}, {"Retry-After": "17"})
    with pytest.raises(Failed) as failed, looking(*[rests] if rests else []):
        raise SlackApiError("", answer)
    assert failed.value.trouble == Trouble("ratelimited", who, seconds=17)


PRIVATE = {"id": "C1", "is_private": True, "is_archived": False, "is_shared": False}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, ""),
        ({"is_shared": True, "is_org_shared": True}, ""),
        ({"pending_shared": [], "is_pending_ext_shared": False}, ""),
        ({"is_ext_shared": True}, "channel_shared"),
        ({"is_ext_shared": True, "is_shared": True, "is_org_shared": True}, "channel_shared"),
        ({"is_shared": True}, "channel_shared"),
        ({"is_shared": True, "is_org_shared": False}, "channel_shared"),
        ({"is_pending_ext_shared": True}, "channel_share_pending"),
        ({"pending_shared": ["T2"]}, "channel_share_pending"),
        ({"is_archived": True}, "is_archived"),
        ({"is_private": False}, "channel_public"),
        ({"is_ext_shared": True, "is_archived": True}, "channel_shared"),
    ],
)
def test_only_a_living_channel_private_to_us_is_written_to(changed, code):
    assert objection(PRIVATE | changed) == code


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ({"id": "G1", "is_group": True}, "channel_unclear"),
        (PRIVATE | {"is_private": None}, "channel_unclear"),
        (PRIVATE | {"is_private": "true"}, "channel_unclear"),
        (PRIVATE | {"is_private": 1}, "channel_unclear"),
        (PRIVATE | {"is_ext_shared": None}, "channel_unclear"),
        (PRIVATE | {"is_shared": None}, "channel_unclear"),
        (PRIVATE | {"is_org_shared": "no"}, "channel_unclear"),
        (PRIVATE | {"is_im": True}, "not_a_channel"),
        (PRIVATE | {"is_mpim": True}, "not_a_channel"),
        ({}, "channel_unclear"),
        (None, "channel_unclear"),
        ([], "channel_unclear"),
    ],
)
def test_what_slack_does_not_say_clearly_counts_as_the_worse(channel, code):
    assert objection(channel) == code


@pytest.mark.parametrize("code", MENDS)
def test_every_mend_is_a_whole_sentence(code):
    assert re.fullmatch(r"[A-Z].*\.", mend(code))


@pytest.mark.parametrize("code", ["render:KeyError", "error:TypeError", "invalid_blocks", ""])
def test_a_fault_of_our_own_is_to_be_reported(code):
    assert "report it" in mend(code)


SLACKS_OWN = """
access_denied accesslimited account_inactive app_access_restricted cannot_reply_to_message
channel_not_found edit_window_closed ekm_access_denied enterprise_is_restricted
external_channel_migrating fatal_error internal_error invalid_auth is_archived is_inactive
message_limit_exceeded messages_tab_disabled method_deprecated
method_not_supported_for_channel_type missing_scope no_permission not_allowed_token_type not_authed
not_in_channel org_login_required posting_to_general_channel_denied rate_limited ratelimited
request_timeout restricted_action restricted_action_non_threadable_channel
restricted_action_read_only_channel restricted_action_thread_locked
restricted_action_thread_only_channel service_unavailable team_access_not_granted
team_added_to_org token_expired token_revoked two_factor_setup_required update_failed
user_disabled user_not_found user_not_in_channel users_not_found http_200 http_301 http_404 http_503
no_answer connection_lost unreachable took_too_long membership_unknown database_away no_ts
"""


@pytest.mark.parametrize("code", SLACKS_OWN.split())
def test_what_slack_or_the_network_does_is_no_fault_of_our_own(code):
    assert "On Record's own" not in mend(code)


@pytest.mark.parametrize("status", [200, 302, 307, 400, 404])
def test_a_page_of_somebody_else_is_said_to_be_none_of_slacks(status):
    assert "is not Slack. Set SLACK_API_URL" in mend(f"http_{status}")


@pytest.mark.parametrize("code", ["http_503", "no_answer", "internal_error", "ratelimited"])
def test_where_slack_fails_there_is_nothing_to_do(code):
    assert "sent automatically" in mend(code)


def test_whatever_stops_a_conversation_or_everything_has_a_mend_of_its_own():
    for code in ("is_archived", "not_in_channel", "token_revoked", "restricted_action_thread_only"):
        assert "report it" not in mend(code)


def delivery(number, lane="executives", error=None, status=DeliveryStatus.PENDING, **fields):
    return Delivery(
        id=number,
        kind=fields.pop("kind", "summary"),
        lane=lane,
        status=status,
        error=error,
        thread_of_id=fields.pop("under", None),
        attempts=fields.pop("attempts", 0),
        created_at=NOW + timedelta(minutes=number),
        due_at=NOW + timedelta(minutes=number),
    )


def test_messages_held_for_the_same_reason_are_told_together():
    rows = [
        delivery(1, error="render:KeyError", status=DeliveryStatus.HELD),
        delivery(2, error="render:KeyError", status=DeliveryStatus.HELD),
        delivery(3, error="invalid_blocks", status=DeliveryStatus.HELD),
    ]
    assert gather(rows, NOW) == [
        Held("summary", "render:KeyError", mend("render:KeyError"), 2, NOW + timedelta(minutes=1)),
        Held("summary", "invalid_blocks", mend("invalid_blocks"), 1, NOW + timedelta(minutes=3)),
    ]


def test_what_waits_behind_a_held_conversation_is_told_with_it_and_no_other():
    rows = [
        delivery(1, error="is_archived", status=DeliveryStatus.HELD),
        delivery(2),
        delivery(3, lane="U_TARA"),
    ]
    assert [(each.error, each.count) for each in gather(rows, NOW)] == [("is_archived", 2)]


def test_a_refused_token_is_told_for_everything_that_waits():
    rows = [
        delivery(1, error="token_revoked", status=DeliveryStatus.HELD),
        delivery(2),
        delivery(3, lane="U_TARA"),
    ]
    assert [(each.error, each.count) for each in gather(rows, NOW)] == [("token_revoked", 3)]


def test_what_is_on_its_way_is_not_told():
    assert gather([delivery(1), delivery(2, error="http_500", attempts=2)], NOW) == []


def test_what_was_tried_for_minutes_is_told():
    [told] = gather([delivery(1, error="http_500", attempts=6)], NOW)
    assert told.error == "http_500"


def test_a_reply_behind_a_message_that_is_held_is_told_with_the_same_mend():
    rows = [
        delivery(1, error="invalid_blocks", status=DeliveryStatus.HELD),
        delivery(2, kind="reply", under=1),
    ]
    assert [(each.kind, each.error) for each in gather(rows, NOW)] == [
        ("summary", "invalid_blocks"),
        ("reply", "invalid_blocks"),
    ]
