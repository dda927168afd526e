import json
import logging
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.logs import Console, Json
from bot.slack.answers import notice
from bot.slack.loading import turn_into
from sandbox.driver import HOME, at, words_of
from tests.door_room import PRIVATE, command, interaction, open_house
from tests.waiting import wait_until


REFUSED = "On Record is for the technicians and executives of this team"


@pytest.fixture(scope="module")
def one_house():
    with open_house() as house:
        yield house


@pytest.fixture
def house(one_house):
    one_house.slack.clear_faults()
    one_house.slack.reset()
    one_house.slack.clear_traffic()
    one_house.forget()
    one_house.room.seen.clear()
    one_house.room.fault, one_house.room.seconds = "", 0.0
    return one_house


@pytest.fixture
def lines():
    """Every log line, down to DEBUG, in both forms."""
    kept = Kept()
    logging.root.addHandler(kept)
    level = logging.root.level
    logging.root.setLevel(logging.DEBUG)
    yield kept.lines
    logging.root.setLevel(level)
    logging.root.removeHandler(kept)


class Kept(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines += [Console().format(record), Json().format(record)]


def outsider(house, user_id="U_TARA"):
    """Make a technician a guest, and let the bot find out."""
    house.slack.change_person(user_id, is_restricted=True)
    house.forget()


def seen_after(house, count, seconds=3.0):
    until = time.monotonic() + seconds
    while len(house.room.seen) < count and time.monotonic() < until:
        time.sleep(0.01)
    return house.room.seen


def done_saying(house, method, seconds=3.0):
    return house.slack.wait_for(lambda: house.slack.calls(method), seconds)


def test_a_technician_comes_in_by_every_way(house):
    tara = house.person()
    assert tara.command("/open").ok
    assert tara.type_ahead("client", "ac") == ["Acme"]
    assert tara.press("press").ok
    seen_after(house, 3)
    assert tara.fill({"client": "Acme"}).ok
    assert tara.submit().ok
    assert tara.shortcut("from_anywhere").ok
    assert tara.press("press", at(house.post_button())).ok
    message = house.slack.messages("C_GENERAL")[0]
    assert tara.message_shortcut("from_message", "C_GENERAL", message["ts"]).ok
    tara.home()
    assert tara.press("press", HOME).ok
    seen = seen_after(house, 9)
    assert {person for _, person in seen} == {"U_TARA"}
    assert Counter(way for way, _ in seen if way != "options") == {
        "command": 1,
        "view": 1,
        "global shortcut": 1,
        "message shortcut": 1,
        "event": 1,
        "press": 3,
    }
    assert house.slack.refused() == []


def test_an_outsiders_command_is_refused_to_them_alone(house):
    guest = house.person("U_GUEST")
    assert guest.command("/open", force=True).ok
    assert guest.told(REFUSED)["only_for"] == "U_GUEST"
    assert house.room.seen == []


def test_an_outsiders_shortcut_is_refused_in_a_modal(house):
    guest = house.person("U_GUEST")
    assert guest.shortcut("from_anywhere", force=True).ok
    assert REFUSED in words_of(guest.modal)
    assert house.room.seen == []


def test_an_outsiders_message_shortcut_is_refused_to_them_alone(house):
    guest = house.person("U_GUEST")
    message = house.slack.messages("C_GENERAL")[0]
    guest.message_shortcut("from_message", "C_GENERAL", message["ts"], force=True)
    assert guest.told(REFUSED)["only_for"] == "U_GUEST"
    assert house.room.seen == []


def test_an_outsiders_press_in_a_message_is_refused_and_the_message_stays(house):
    message = house.post_button()
    guest = house.person("U_GUEST")
    assert guest.press("press", at(message), force=True).ok
    assert guest.told(REFUSED)["only_for"] == "U_GUEST"
    assert house.slack.wait_for_message("C_GENERAL", "Button")["blocks"] == message["blocks"]
    assert house.room.seen == []


def test_a_press_in_a_modal_is_refused_on_top_of_it(house):
    tara = house.person()
    tara.command("/open")
    tara.fill({"Words": "typed"})
    outsider(house)
    tara.press("press")
    assert REFUSED in words_of(house.slack.wait_for(lambda: tara.modals[1:], 3))
    assert tara.modals[0]["state"]["values"]["words"]["words"]["value"] == "typed"
    assert [way for way, _ in house.room.seen] == ["command"]


def test_a_press_three_modals_deep_is_refused_in_place(house):
    tara = house.person()
    tara.command("/open")
    for depth in (2, 3):
        seen_after(house, 1)
        trigger = house.slack.triggers("U_TARA")[0]
        row = [{"type": "actions", "elements": [{**BUTTON}]}]
        title = {"type": "plain_text", "text": str(depth)}
        view = {"type": "modal", "title": title, "blocks": row}
        house.deps.slack.views_push(trigger_id=trigger, view=view)
    outsider(house)
    tara.press("press")
    assert house.slack.wait_for(lambda: REFUSED in words_of(tara.modals[-1]), 3)
    assert len(tara.modals) == 3


BUTTON = {
    "type": "button",
    "action_id": "press",
    "text": {"type": "plain_text", "text": "Press"},
}


def test_a_submission_is_refused_beside_the_last_field_and_nothing_is_lost(house):
    tara = house.person()
    tara.command("/open")
    tara.fill({"client": "Acme", "Words": "typed"})
    outsider(house)
    outcome = tara.submit()
    assert REFUSED in outcome.errors["words"]
    assert tara.values["words"]["words"]["value"] == "typed"
    assert "view" not in [way for way, _ in house.room.seen]


def test_a_typeahead_offers_an_outsider_nothing(house):
    tara = house.person()
    tara.command("/open")
    seen_after(house, 1)
    outsider(house)
    assert tara.type_ahead("client", "ac") == []


def test_an_outsiders_home_says_so(house):
    assert REFUSED in words_of(house.person("U_GUEST").home())
    assert house.room.seen == []


def test_a_press_in_the_home_is_refused_in_a_modal(house):
    tara = house.person()
    tara.home()
    outsider(house)
    tara.press("press", HOME)
    assert REFUSED in words_of(tara.modal)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("user", "Please name a client."),
        ("database", "The database does not answer right now"),
        ("bug", "Something went wrong on our side. Please try again"),
    ],
)
def test_what_goes_wrong_in_a_task_is_told_with_its_reference(house, lines, fault, words):
    house.room.fault = fault
    tara = house.person()
    tara.command("/open")
    told = words_of(tara.told(words))
    assert PRIVATE not in told
    if fault != "user":
        reference = told.partition("(Reference ")[2][:6]
        assert any(reference in line and "request_failed" in line for line in lines)
    assert not any(PRIVATE in line for line in lines)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("user", "Please name a client."),
        ("database", "Not saved yet: the database does not answer. Nothing you typed is lost."),
        ("bug", "Something went wrong on our side. Please try again"),
    ],
)
def test_what_goes_wrong_in_a_submission_is_told_in_the_form(house, lines, fault, words):
    tara = house.person()
    tara.command("/open")
    tara.fill({"client": "Acme", "Words": "typed"})
    house.room.fault = fault
    outcome = tara.submit()
    assert words in outcome.errors["words"]
    assert tara.values["words"]["words"]["value"] == "typed"
    assert not any(PRIVATE in line for line in lines)


@pytest.mark.parametrize(
    ("method", "code"), [("views.open", "missing_scope"), ("users.info", "ratelimited")]
)
def test_the_log_names_what_slack_refused(house, lines, method, code):
    house.forget()
    kind = "ratelimited" if code == "ratelimited" else "error"
    house.slack.fault(method, kind, 9, code=code)
    house.slack.fault("users.list", kind, 9, code=code)
    house.person().command("/open")
    wanted = ("request_failed", f"slack={code}")
    assert house.slack.wait_for(
        lambda: [line for line in lines if all(each in line for each in wanted)], 5
    )


def test_a_submission_is_answered_in_time_whatever_the_database_does(house):
    tara = house.person()
    tara.command("/open")
    tara.fill({"client": "Acme"})
    house.room.seconds = 2.9
    started = time.monotonic()
    outcome = tara.submit()
    assert time.monotonic() - started < 2.8
    assert "Not saved yet" in outcome.errors["words"]
    wait_until(lambda: ("view", "U_TARA") in house.room.seen)


def test_a_submission_is_answered_in_time_whatever_slack_does(house):
    tara = house.person()
    tara.command("/open")
    tara.fill({"client": "Acme"})
    house.forget()
    house.slack.latency(1.5)
    started = time.monotonic()
    outcome = tara.submit()
    assert time.monotonic() - started < 2.8
    assert "Slack does not tell me who you are right now" in outcome.errors["words"]


def test_a_typeahead_that_fails_offers_nothing(house):
    tara = house.person()
    tara.command("/open")
    wait_until(lambda: tara.modals)
    house.room.fault = "bug"
    assert tara.type_ahead("client", "ac") == []


def test_whoever_closed_the_view_that_was_to_change_hears_nothing_of_it(house, lines):
    house.room.fault = "closed"
    tara = house.person()
    assert tara.command("/open").ok
    assert house.slack.wait_for(lambda: any("view_closed" in line for line in lines), 3)
    assert tara.ephemerals() == []
    assert not any("request_failed" in line for line in lines)


def test_what_another_method_does_not_find_is_a_failure_like_any_other(house, lines):
    house.room.fault = "elsewhere"
    tara = house.person()
    tara.command("/open")
    assert house.slack.wait_for(lambda: any("request_failed" in line for line in lines), 3)


def test_a_view_that_is_ready_after_its_waiting_modal_was_closed_is_dropped(house):
    tara = house.person()
    tara.command("/open")
    waiting = tara.modal["id"]
    tara.close()
    turn_into(house.deps.slack, waiting, lambda: notice("Here it is."))
    assert [call["answer"]["error"] for call in house.slack.calls("views.update")] == ["not_found"]
    assert tara.modals == []


def test_while_slack_cannot_say_who_asks_nothing_is_done(house):
    house.slack.fault("users.info", "status", 1, status=503)
    tara = house.person()
    assert tara.command("/open").ok
    assert "Slack does not tell me who you are right now" in words_of(tara.told("Reference"))
    assert house.room.seen == []


def test_what_cannot_be_told_is_logged_without_words(house, lines):
    house.room.fault = "user"
    house.slack.fault("response_url", "status", 1)
    house.person().command("/open")
    wait_until(lambda: any("could_not_tell" in line for line in lines), seconds=3)
    assert not any("Please name a client" in line for line in lines)


def test_a_burst_of_strangers_does_not_hold_up_a_submission():
    with open_house() as house:
        tara = house.person()
        tara.command("/open")
        tara.fill({"client": "Acme"})
        house.slack.latency(1.0, "users.info")
        for number in range(100):
            assert house.send(command(user=f"U_NEW{number}")).status == 200
        started = time.monotonic()
        assert tara.submit().ok
        assert time.monotonic() - started < 0.5


def test_an_event_sent_again_does_no_harm(house):
    tara = house.person()
    tara.home()
    opened = house.slack.deliveries("app_home_opened")[-1]
    house.slack.send_again(opened)
    again = house.send(
        json.dumps(opened["payload"]),
        **{"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"},
    )
    assert again.status == 200
    seen_after(house, 3)
    assert house.person().screen()["home"]["type"] == "home"


def test_an_unknown_command_is_answered_to_the_asker_alone(house):
    answer = house.send(command(name="/other"))
    assert answer.status == 200
    told = json.loads(answer.body)
    assert told["response_type"] == "ephemeral"
    assert "/client-incident help" in told["text"]


@pytest.mark.parametrize(
    "body",
    [
        interaction({"type": "shortcut", "callback_id": "gone", "user": {"id": "U_TARA"}}),
        interaction({"type": "message_action", "callback_id": "gone", "user": {"id": "U_TARA"}}),
        interaction(
            {"type": "block_actions", "actions": [{"action_id": "gone", "type": "button"}]}
        ),
        interaction({"type": "view_closed", "view": {"callback_id": "gone", "type": "modal"}}),
        json.dumps({"type": "event_callback", "event": {"type": "gone"}}),
        json.dumps({"type": "event_callback", "event": {"type": "message", "text": PRIVATE}}),
        json.dumps({"type": "app_rate_limited"}),
        json.dumps({"type": "what Slack invents next"}),
        "ssl_check=1&token=x",
        "",
        "anything=else",
    ],
)
def test_what_nobody_registered_is_acknowledged(house, lines, body):
    answer = house.send(body)
    assert (answer.status, answer.body) == (200, "")
    assert not any(PRIVATE in line for line in lines)


def test_an_unknown_typeahead_offers_nothing(house):
    body = {"type": "block_suggestion", "action_id": "gone", "value": "a", "view": {}}
    answer = house.send(interaction(body))
    assert (answer.status, json.loads(answer.body)) == (200, {"options": []})


def test_a_form_that_is_no_longer_known_keeps_what_was_typed(house):
    fields = [{"type": "input", "block_id": "words"}]
    view = {"type": "modal", "callback_id": "gone", "blocks": fields}
    answer = house.send(interaction({"type": "view_submission", "view": view}))
    told = json.loads(answer.body)
    assert (answer.status, told["response_action"]) == (200, "errors")
    assert "older version" in told["errors"]["words"]


def test_slack_proves_that_the_address_is_ours(house):
    answer = house.send(json.dumps({"type": "url_verification", "challenge": "abc"}))
    assert (answer.status, json.loads(answer.body)) == (200, {"challenge": "abc"})


MALFORMED = [
    command(user=""),
    "command=/open",
    interaction({"type": "view_submission", "view": {"callback_id": "form", "type": "modal"}}),
    interaction({"type": "view_submission", "view": {"callback_id": "form"}, "user": "U_TARA"}),
    interaction({"type": "view_submission"}),
    interaction({"type": "view_submission", "view": None}),
    interaction({"type": "block_actions", "actions": []}),
    interaction({"type": "block_actions"}),
    interaction({"type": "block_actions", "actions": [{"action_id": "press"}], "user": None}),
    interaction({"type": "block_actions", "actions": [None], "user": {"id": "U_TARA"}}),
    interaction({"type": "block_suggestion"}),
    interaction({"type": "block_suggestion", "action_id": "client", "user": 5}),
    interaction({"type": "shortcut"}),
    interaction({"type": "message_action", "callback_id": "from_message"}),
    interaction({}),
    json.dumps({"type": "event_callback"}),
    json.dumps({"type": "event_callback", "event": {}}),
    json.dumps({"type": "event_callback", "event": {"type": "app_home_opened"}}),
    json.dumps({"type": "event_callback", "event": {"type": "app_home_opened", "user": 7}}),
]


@pytest.mark.parametrize("body", MALFORMED)
def test_a_body_with_parts_missing_is_never_our_failure(house, body):
    assert house.send(body).status in {200, 400}
    assert house.room.seen == []


KEYS = st.sampled_from(
    (
        *("type", "user", "id", "view", "actions", "event", "callback_id", "action_id", "team"),
        *("blocks", "block_id", "message", "channel", "authorizations", "enterprise"),
    )
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)
TYPES = st.sampled_from(
    (
        *("view_submission", "view_closed", "block_actions", "block_suggestion", "shortcut"),
        *("message_action", "event_callback", "url_verification", "function_executed"),
    )
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=TYPES, rest=st.dictionaries(KEYS, VALUES, max_size=6))
def test_no_shape_of_body_is_our_failure(house, kind, rest):
    assert house.send(interaction(rest | {"type": kind})).status in {200, 400}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=10, max_size=60).map(
        "§{}".format
    ),
    fault=st.sampled_from(["", "user", "database", "bug"]),
)
def test_what_people_write_reaches_no_log(house, lines, words, fault):
    house.room.fault = fault
    view = {"type": "modal", "callback_id": "form", "id": words, "private_metadata": words}
    view["blocks"] = [{"type": "input", "block_id": "words", "label": words}]
    view["state"] = {"values": {"words": {"words": {"value": words}}}}
    who = {"user": {"id": "U_TARA", "name": words}, "team": {"id": "T_HOME", "domain": words}}
    pressed = {"action_id": "press", "value": words, "type": "button"}
    event = {"type": "message", "user": "U_TARA", "text": words}
    bodies = [
        command(words),
        command(words, name="/other"),
        interaction({"type": "view_submission", "view": view, **who}),
        interaction({"type": "view_submission", "view": view | {"callback_id": "old"}, **who}),
        interaction({"type": "view_submission", "view": words, **who}),
        interaction({"type": "block_suggestion", "action_id": "client", "value": words, **who}),
        interaction({"type": "block_actions", "actions": [pressed], "message": words, **who}),
        interaction({"type": "block_actions", "actions": words, **who}),
        interaction({"type": "message_action", "callback_id": "from_message", **who}),
        json.dumps({"type": "event_callback", "event": event}),
        json.dumps({"type": words, "event": words}),
        '{"type": "' + words,
    ]
    for body in bodies:
        house.send(body)
    house.send(bodies[0], **{"x-slack-signature": "v0=" + "0" * 64})
    assert len(lines) > 10
    assert not any(words in line or json.dumps(words)[1:-1] in line for line in lines)
