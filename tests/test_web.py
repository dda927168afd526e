import io
import json
import threading
import time
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.arrival import LARGEST
from bot.health import AHEAD, AWAY, BEHIND, Migrations, Readiness
from bot.web import Web, trouble_with_signature
from models import Database
from tests.door_room import PRIVATE, SECRET, command, interaction, open_house, signed
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def house():
    with open_house() as house:
        yield house


@pytest.fixture
def web(house):
    return Web(house.app.dispatch, SECRET, Readiness(lambda: ""), lambda: None)


def ask(web, method, path, body=b"", headers=(), **environ):
    """Send one request as a WSGI server would; returns status, headers and body."""
    started = []
    answer = web(
        {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(body)) if body else "",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "wsgi.input": io.BytesIO(body),
            **{environ_name(name): value for name, value in dict(headers).items()},
            **environ,
        },
        lambda status, sent: started.append((status, dict(sent))),
    )
    status, sent = started[0]
    return int(status.split()[0]), sent, b"".join(answer)


def environ_name(header):
    return f"HTTP_{header.upper().replace('-', '_')}"


def post(web, body, **changed):
    raw = body.encode()
    return ask(web, "POST", "/slack/events", raw, signed(raw) | changed)


def test_a_signed_command_is_answered(web):
    assert post(web, command())[::2] == (200, b"")


def test_an_answer_says_its_length_and_kind(web):
    status, headers, body = post(web, json.dumps({"type": "url_verification", "challenge": "é"}))
    assert (status, json.loads(body)) == (200, {"challenge": "é"})
    assert headers["content-length"] == str(len(body))
    assert headers["content-type"].startswith("application/json")


NOW = 1_800_000_000
SIGNED = signed("body", at=NOW)
BAD_SIGNATURES = {
    "missing": [
        {},
        {"x-slack-signature": SIGNED["x-slack-signature"]},
        {"x-slack-request-timestamp": str(NOW)},
        SIGNED | {"x-slack-signature": ""},
    ],
    "malformed": [
        SIGNED | {"x-slack-request-timestamp": stamp}
        for stamp in ("now", "1e9", "-5", f" {NOW}", f"{NOW}.0", "\uff11\uff18\uff10", "9" * 400)
    ]
    + [
        SIGNED | {"x-slack-signature": signature}
        for signature in ("v0=é", "v1=" + "0" * 64, "v0=" + "0" * 63, "v0=" + "G" * 64, "0" * 64)
    ],
    "stale": [signed("body", at=NOW - 301), signed("body", at=NOW + 301)],
    "wrong": [
        SIGNED | {"x-slack-signature": "v0=" + "0" * 64},
        SIGNED | {"x-slack-request-timestamp": str(NOW + 1)},
        signed("another body", at=NOW),
        signed("body", secret="another secret", at=NOW),
    ],
}


@pytest.mark.parametrize(
    ("why", "headers"), [(why, each) for why, many in BAD_SIGNATURES.items() for each in many]
)
def test_what_slack_did_not_sign_is_refused(web, caplog, why, headers):
    assert trouble_with_signature(SECRET.encode(), headers, b"body", NOW) == why
    status, _, body = ask(web, "POST", "/slack/events", PRIVATE.encode(), headers)
    assert (status, body) == (401, b"")
    refused = [each.message for each in caplog.records if each.name == "bot.web"]
    assert refused == ["signature_refused"]
    assert PRIVATE not in caplog.text


@pytest.mark.parametrize("apart", [-300, 0, 300])
def test_a_signature_is_good_for_five_minutes_either_way(apart):
    assert trouble_with_signature(SECRET.encode(), SIGNED, b"body", NOW + apart) == ""


@given(stamp=st.text(), signature=st.text(), body=st.binary())
def test_no_guess_is_a_signature(stamp, signature, body):
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature}
    assert trouble_with_signature(SECRET.encode(), headers, body, NOW)


@pytest.mark.parametrize("body", ["ssl_check=1&token=x", json.dumps({"type": "url_verification"})])
def test_nothing_is_answered_before_the_signature(web, body):
    assert ask(web, "POST", "/slack/events", body.encode())[0] == 401


MALFORMED = [
    b"{",
    b'{"type": "event_callback"',
    b"[1, 2]",
    b"\xff\xfe\x00",
    b"payload=%7B",
    b"payload=%FF",
    b"payload=[]",
    b"payload=7",
    b"payload=" + b"[" * 100_000,
    b"[" * 100_000,
    b'{"user": 5}',
    b'{"type": "block_actions", "actions": []}',
    b'{"n": ' + b"9" * 5000 + b"}",
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "", "?"])
def test_a_malformed_body_is_the_senders_fault(web, body, kind):
    headers = {
        "x-slack-request-timestamp": str(int(time.time())),
        "x-slack-signature": "v0=" + "0" * 64,
    }
    assert ask(web, "POST", "/slack/events", body, headers, CONTENT_TYPE=kind)[0] == 401
    try:
        headers = signed(body)
    except UnicodeDecodeError:
        return
    assert ask(web, "POST", "/slack/events", body, headers, CONTENT_TYPE=kind)[0] in {200, 400}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.text(max_size=300) | st.dictionaries(st.text(), st.text()).map(urlencode))
def test_no_signed_body_is_our_failure(web, body):
    assert post(web, body)[0] in {200, 400}


def test_a_huge_body_is_refused_unread(web):
    class Unread(io.BytesIO):
        def read(self, *_size):
            raise AssertionError

    status, *_ = ask(
        web,
        "POST",
        "/slack/events",
        CONTENT_LENGTH=str(LARGEST + 1),
        **{"wsgi.input": Unread()},
    )
    assert status == 413


def test_a_huge_body_of_unknown_length_is_not_read_to_its_end(web):
    stream = io.BytesIO(b"x" * (LARGEST * 2))
    environ = {"wsgi.input": stream, "wsgi.input_terminated": True}
    assert ask(web, "POST", "/slack/events", **environ)[0] == 413
    assert stream.tell() <= LARGEST + 1


def test_the_longest_form_that_slack_takes_is_answered(web):
    view = {"type": "modal", "callback_id": "gone", "private_metadata": "", "blocks": []}
    view["state"] = {"values": {str(number): {"text": "🙂" * 3000} for number in range(24)}}
    body = interaction({"type": "view_submission", "view": view})
    assert 1_000_000 < len(body) < LARGEST
    assert post(web, body)[0] == 200


@pytest.mark.parametrize("path", ["/", "/slack/events/", "/slack/install", "/slack/oauth_redirect"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_there_is_nothing_else(web, method, path):
    assert ask(web, method, path)[0] == 404


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/slack/events", "POST"), ("/healthz", "GET, HEAD"), ("/readyz", "GET, HEAD")],
)
def test_another_method_is_refused_with_those_that_are_not(web, path, allowed):
    status, headers, _ = ask(web, "DELETE", path)
    assert (status, headers["allow"]) == (405, allowed)
    assert ask(web, "GET" if path == "/slack/events" else "POST", path)[0] == 405


def test_it_says_that_it_lives(web):
    status, headers, body = ask(web, "GET", "/healthz")
    assert (status, json.loads(body)) == (200, {"alive": True})
    assert ask(web, "HEAD", "/healthz") == (status, headers, b"")


def test_it_says_that_it_is_ready(web):
    status, _, body = ask(web, "GET", "/readyz")
    assert (status, json.loads(body)) == (200, {"ready": True})


def test_it_says_why_it_is_not_ready(house):
    web = Web(house.app.dispatch, SECRET, Readiness(lambda: "no tables"), lambda: None)
    status, _, body = ask(web, "GET", "/readyz")
    assert (status, json.loads(body)) == (503, {"ready": False, "reason": "no tables"})


def test_a_database_at_the_newest_migration_is_ready(database):
    assert Migrations(database).trouble() == ""


def test_a_database_without_tables_is_not(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    assert Migrations(database).trouble() == BEHIND
    database.dispose()


@pytest.mark.parametrize(("reached", "trouble"), [("9999", AHEAD), ("0000", BEHIND)])
def test_a_database_at_another_migration_is_newer_or_older_than_this_program(
    database, reached, trouble
):
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": reached})
    assert Migrations(database).trouble() == trouble


def test_a_database_that_is_not_there_is_said_to_be_away(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'no folder' / 'x.db'}")
    assert Migrations(database).trouble() == AWAY
    database.dispose()


def test_a_database_server_that_stops_and_comes_back_is_told_each_time(postgres_server):
    database = Database(postgres_server.url)
    readiness = Readiness(Migrations(database).trouble)
    assert readiness.trouble() == ""
    postgres_server.pause()
    started = time.monotonic()
    assert readiness.trouble() == AWAY
    assert time.monotonic() - started < 2.5
    postgres_server.resume()
    wait_until(lambda: readiness.trouble() == "", readiness.trouble, 10)
    database.dispose()


def test_many_who_ask_while_it_hangs_ask_once():
    gate, asked = threading.Event(), []
    readiness = Readiness(lambda: (asked.append(1), gate.wait(5), "")[2], seconds=0.1)
    assert [readiness.trouble() for _ in range(5)] == [AWAY] * 5
    gate.set()
    assert len(asked) == 1


def test_a_question_that_is_never_answered_is_asked_again():
    answers = iter([lambda: threading.Event().wait(5), lambda: ""])
    readiness = Readiness(lambda: next(answers)() or "", seconds=0.05, lost=0.1)
    assert readiness.trouble() == AWAY
    time.sleep(0.1)
    assert readiness.trouble() == ""


def test_a_bug_in_the_question_is_raised_to_who_asked():
    with pytest.raises(ZeroDivisionError):
        Readiness(lambda: str(1 / 0)).trouble()
