import json
import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.check import findings
from bot.config import ROOT, SETTINGS
from bot.delivery.enqueue import EXECUTIVES, enqueue
from bot.delivery.mends import mend
from models import Database, Delivery, DeliveryStatus
from sandbox.driver import running
from sandbox.methods.table import METHODS
from sandbox.seed import read_workspace
from tests.conftest import migrate


SCOPES = json.loads((ROOT / "manifest.json").read_text())["oauth_config"]["scopes"]["bot"]


@pytest.fixture(scope="module")
def workspace():
    described = read_workspace()
    described["app"]["scopes"] = SCOPES
    with running(described) as slack:
        yield slack


@pytest.fixture
def slack(workspace):
    workspace.clear_faults()
    workspace.reset()
    return workspace


@pytest.fixture
def environ(slack, database_url):
    return {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_SIGNING_SECRET": "planted-signing-secret",
        "SLACK_APP_TOKEN": "xapp-sandbox",
        "EXECUTIVE_CHANNEL": "C_EXEC",
        "TECHNICIAN_GROUP": "S_TECHS",
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": database_url,
    }


only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def lines(environ):
    return [str(found) for found in findings(environ)]


def to_mend(environ):
    return [line for line in lines(environ) if line.startswith("✗")]


def test_where_all_is_well_each_thing_has_a_line(environ):
    told = lines(environ)
    assert all(line.startswith("✓ ") for line in told), told
    for setting in SETTINGS.values():
        assert sum(line.startswith(f"✓ {setting.name} ") for line in told) == 1
    rest = told[len(SETTINGS) :]
    assert rest[:6] == [
        "✓ the bot is “bot” in Northgate IT",
        f"✓ all {len(SCOPES)} scopes of manifest.json are granted",
        "✓ Socket Mode connections can be opened",
        "✓ #executives is private, ours alone, and the bot is in it",
        "✓ 2 executives: Erin Walsh, Omar Haddad",
        "✓ 3 people in the technicians' group",
    ]
    assert rest[6].endswith("answers and is at the newest migration")
    assert rest[7:] == ["✓ no message waits for a mend"]


@only_sqlite
def test_what_is_set_is_shown_unless_it_is_secret(environ):
    told = "\n".join(lines(environ | {"TIMEZONE": "Europe/Berlin"}))
    assert "✓ TIMEZONE is Europe/Berlin" in told
    assert "✓ PORT is not set: 3000" in told
    assert "✓ SLACK_BOT_TOKEN is set" in told
    assert "xoxb-" not in told
    assert "planted" not in told


@only_sqlite
@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"PORT": "http"}, "✗ PORT is malformed. Set it to a port number."),
        ({"EXECUTIVE_CHANNEL": ""}, "✗ EXECUTIVE_CHANNEL is missing. Set it to the id of"),
        (
            {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": ""},
            "xapp-…, for Socket Mode; or set SLACK_SIGNING_SECRET for HTTP.",
        ),
        ({"SLACK_API_URL": "https://u:planted@slack.com/api/"}, "✗ SLACK_API_URL is malformed"),
        (
            {"SLACK_BOT_TOKEN": "xoxb-other"},
            "SLACK_BOT_TOKEN is not taken by Slack (invalid_auth)",
        ),
        ({"SLACK_APP_TOKEN": "xapp-other"}, "✗ Socket Mode is not opened by Slack"),
        (
            {"EXECUTIVE_CHANNEL": "C_SECRET"},
            "so nobody is an executive (channel_not_found)",
        ),
        ({"EXECUTIVE_CHANNEL": "C_RANDOM"}, "be used, so nobody is an executive (channel_public)"),
        ({"EXECUTIVE_CHANNEL": "C_CONNECT"}, "be used, so nobody is an executive (channel_shared)"),
        ({"EXECUTIVE_CHANNEL": "C_OLD"}, "be used, so nobody is an executive (is_archived)"),
        ({"TECHNICIAN_GROUP": "S_NONE"}, "group cannot be read (no_such_subteam). Set TECHN"),
        ({"DATABASE_URL": "sqlite:////no/such/folder/x.db"}, "x.db cannot be used. The database"),
        ({"DATABASE_URL": "postgresql://u:planted@127.0.0.1:9/x"}, "127.0.0.1 cannot be used"),
        (
            {"SLACK_API_URL": "http://127.0.0.1:9/api/"},
            "not answer about SLACK_BOT_TOKEN (unreach",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_mend(environ, change, line):
    told = to_mend(environ | change)
    assert any(line in each for each in told), told
    assert all(len(each.split(". ", 1)[1]) > 10 for each in told)
    assert "planted" not in "".join(told)


@only_sqlite
def test_everything_is_looked_at_though_everything_is_wrong(environ, tmp_path):
    wrong = {
        "SLACK_BOT_TOKEN": "xoxb-other",
        "SLACK_APP_TOKEN": "xapp-other",
        "PORT": "0",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}",
    }
    told = to_mend(environ | wrong)
    for part in ("PORT", "SLACK_BOT_TOKEN", "Socket Mode", "executives' channel", "nobody is an"):
        assert any(part in line for line in told), part
    for part in ("technicians' group", "alembic upgrade head"):
        assert any(part in line for line in told), part


@only_sqlite
def test_a_missing_scope_is_named(slack, environ):
    slack.app(scopes=[scope for scope in SCOPES if scope != "groups:history"])
    told = to_mend(environ)
    slack.app(scopes=SCOPES)
    assert told == [f"✗ scopes are missing: groups:history. {mend('missing_scope')}"]


@only_sqlite
def test_a_channel_without_the_bot_says_how_to_invite_it(slack, environ):
    slack.change_channel("C_EXEC", remove=["U_BOT"])
    told = to_mend(environ)
    assert any("channel_not_found" in line and "/invite @On Record" in line for line in told)
    assert any("nobody is an executive" in line for line in told)


@only_sqlite
def test_a_channel_of_outsiders_has_no_executives(slack, environ):
    slack.change_channel("C_EXEC", remove=["U_ERIN", "U_OMAR"], add=["U_GUEST"])
    assert any("nobody is an executive. Invite" in line for line in to_mend(environ))


@only_sqlite
def test_an_empty_group_of_technicians_is_said(slack, environ):
    slack.change_usergroup("S_TECHS", users=[])
    assert to_mend(environ) == [
        "✗ the technicians' group is empty. Add the technicians to it in Slack."
    ]


@only_sqlite
def test_a_slack_that_hangs_costs_its_time_once(slack, environ):
    slack.latency(30.0)
    began = time.monotonic()
    told = [str(found) for found in findings(environ, patience=1)]
    assert time.monotonic() - began < 5
    assert "✓ no message waits for a mend" in told
    assert sum("(unreachable)" in line for line in told) == 4
    assert not any("nobody" in line for line in told)


def test_messages_that_wait_for_a_mend_are_named_with_it(environ, database_url):
    database = Database(database_url)
    now = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
    with database.write() as session:
        for subject in (1, 2):
            enqueue(session, kind="summary", subject_id=subject, lane=EXECUTIVES, now=now)
        session.flush()
        for delivery in session.query(Delivery):
            delivery.status, delivery.error = DeliveryStatus.HELD, "not_in_channel"
    database.dispose()
    waiting = "2 summary messages not sent since 23 Nov 09:05 UTC (not_in_channel)"
    assert to_mend(environ) == [f"✗ {waiting}. {mend('not_in_channel')}"]


def test_a_message_to_somebody_who_left_is_told_and_is_nothing_to_mend(environ, database_url):
    database = Database(database_url)
    now = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
    with database.write() as session:
        delivery = enqueue(session, kind="seen", subject_id=1, lane="U_GONE", now=now)
        delivery.status, delivery.error = DeliveryStatus.HELD, "not_a_member"
    database.dispose()
    assert to_mend(environ) == []
    waiting = "1 seen message not sent since 23 Nov 09:05 UTC (not_a_member)"
    assert lines(environ)[-1] == f"· {waiting}. {mend('not_a_member')}"


def test_nothing_set_at_all_is_no_reason_to_fail_otherwise(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    migrate("sqlite:///on_record.db")
    told = to_mend({})
    assert [line.split()[1] for line in told] == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "EXECUTIVE_CHANNEL",
    ]


def test_looking_makes_no_database(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = to_mend({})
    assert told[-1] == (
        "✗ the SQLite file on_record.db cannot be used. The database is not at the newest "
        "migration: run `.venv/bin/alembic upgrade head`."
    )
    assert list(tmp_path.iterdir()) == []


@only_sqlite
def test_a_file_that_is_read_only_is_said(environ, database_url):
    path = database_url.removeprefix("sqlite:///")
    told = to_mend(environ | {"DATABASE_URL": f"sqlite:///file:{path}?mode=ro&uri=true"})
    assert [line.partition(" is read-only. ")[2] for line in told] == [
        "Let the user that runs the bot write to the file and to its folder."
    ]


@only_sqlite
def test_a_slack_that_does_not_answer_is_said_and_nothing_concluded(environ, caplog):
    told = to_mend(environ | {"SLACK_API_URL": "http://127.0.0.1:9/api/"})
    assert [line.partition(" (unreachable). ")[0] for line in told] == [
        f"✗ Slack does not answer about {what}"
        for what in (
            "SLACK_BOT_TOKEN",
            "Socket Mode",
            "the executives' channel",
            "the technicians' group",
        )
    ]
    assert not [each for each in caplog.records if each.name.startswith("bot")]


@only_sqlite
def test_a_scope_that_a_question_needs_is_named(slack, environ):
    slack.app(scopes=[scope for scope in SCOPES if scope != "groups:read"])
    told = to_mend(environ)
    slack.app(scopes=SCOPES)
    assert any("(missing_scope:groups:read)" in line for line in told), told
    assert any(line.endswith("Missing: groups:read.") for line in told)


@only_sqlite
@pytest.mark.parametrize("status", [200, 308, 400, 404])
def test_somebody_else_who_answers_is_not_taken_for_silence(slack, environ, status):
    slack.fault("*", "status", 50, status=status)
    told = to_mend(environ)
    assert len(told) == 4
    assert all(f"✗ HTTP {status} is not an answer from Slack about " in line for line in told), told
    assert all("Set SLACK_API_URL to https://slack.com/api/" in line for line in told)


@only_sqlite
def test_a_slack_that_fails_is_waited_for(slack, environ):
    slack.fault("*", "status", 50, status=503)
    assert all("Slack does not answer as it should" in line for line in to_mend(environ))


@only_sqlite
@pytest.mark.parametrize("body", [[], "ok", 7, {}, {"ok": False}, {"channel": {}}], ids=repr)
def test_json_that_is_none_of_slacks_is_said(slack, environ, body):
    slack.fault("*", "json", 50, status=200, body=body)
    told = to_mend(environ)
    assert len(told) == 4
    assert all("HTTP 200 is not an answer from Slack" in line for line in told), told


@only_sqlite
@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ({"id": "C_EXEC", "is_member": True}, "channel_unclear"),
        ({"id": "C_EXEC", "is_member": True, "is_private": True, "is_mpim": True}, "not_a_channel"),
        ({"id": "C_EXEC", "is_private": True}, "not_in_channel"),
        (None, "channel_unclear"),
    ],
)
def test_a_channel_that_is_not_described_clearly_is_not_used(slack, environ, channel, code):
    told = {"ok": True, "channel": channel}
    slack.fault("conversations.info", "json", 9, status=200, body=told)
    assert any(f"so nobody is an executive ({code})" in line for line in to_mend(environ))


def test_what_was_given_up_is_told_and_is_nothing_to_mend(environ, database_url):
    database = Database(database_url)
    now = datetime.now(UTC) - timedelta(days=2)
    with database.write() as session:
        delivery = enqueue(session, kind="seen", subject_id=1, lane="U_GONE", now=now)
        delivery.status, delivery.error = DeliveryStatus.VOID, "user_disabled"
    database.dispose()
    told = lines(environ)
    given_up = f"1 seen message since {now:%d %b %H:%M} UTC given up after a day (user_disabled)"
    assert f"· {given_up}: the recipient cannot be messaged" in told
    assert to_mend(environ) == []


CALLED = re.compile(r"slack\.([a-z]+_[A-Za-z_]+)\(|_slack\.([a-z]+_[A-Za-z_]+)\(")
OF_CONVERSATIONS = {
    "conversations.info": {"groups:read", "channels:read"},  # the latter to say that it is public
    "conversations.members": {"groups:read"},
    "conversations.history": {"groups:history", "im:history"},
    "conversations.replies": {"groups:history"},
    "conversations.open": {"im:write"},
}
"""What our conversations need of the scopes that a method takes: a private channel, and DMs."""

OF_FEATURES = {"commands", "files:read", "metadata.message:read"}
"""Commands and shortcuts; files in a form; and finding a post by what we put on it."""


def methods_called():
    source = "\n".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    called = {first or second for first, second in CALLED.findall(source)}
    by_name = {name.replace(".", "_"): name for name in METHODS}
    assert called <= set(by_name), "a method that the stand-in does not know"
    return {by_name[each] for each in called}


def test_the_manifest_asks_for_the_scopes_that_the_calls_need_and_no_others():
    needed = set(OF_FEATURES)
    for method in methods_called():
        needed |= OF_CONVERSATIONS.get(method, set(METHODS[method].scopes))
    assert {"chat.postMessage", "conversations.history", "users.info"} <= methods_called()
    assert set(SCOPES) == needed
