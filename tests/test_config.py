import sys
import traceback
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import SETTINGS, Mode, database_from_env, from_env
from bot.errors import BadSettings
from tests.bot_process import ran


GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-bot-token",
    "SLACK_SIGNING_SECRET": "signing-secret",
    "SLACK_APP_TOKEN": "xapp-app-token",
    "EXECUTIVE_CHANNEL": "C0123456789",
    "DATABASE_URL": "postgresql://app:pass@db.example/on_record",
    "TECHNICIAN_GROUP": "S0123456789",
    "TIMEZONE": "Europe/Berlin",
    "SLACK_API_URL": "http://127.0.0.1:4000/api/",
    "PORT": "8080",
    "WEB_CONCURRENCY": "2",
    "LOG_LEVEL": "debug",
    "LOG_FORMAT": "json",
}
LEAST = {name: GOOD[name] for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "EXECUTIVE_CHANNEL")}
WRONG_URLS = ["http://[", "https://:80/", "https://a:b/", "https://a:0/", "https://u:p@slack.com/"]
SPOILT = "hush hush:psst@here"
BAD = {
    "SLACK_BOT_TOKEN": ["", "xoxp-user", "xoxb-", "xoxb-with space", "xoxb-ümlaut", "secret"],
    "SLACK_SIGNING_SECRET": ["two words", "sécret"],
    "SLACK_APP_TOKEN": ["xoxb-bot", "xapp-", "xapp-two\twords"],
    "EXECUTIVE_CHANNEL": ["", "#executives", "executives", "D0123456789", "C", "c0123456789"],
    "DATABASE_URL": [
        "on_record.db",
        "mysql://app@db/on_record",
        "postgresql+asyncpg://app@db/on_record",
        "postgresql://app:p@ss:word@db:port/on_record",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
    ],
    "TECHNICIAN_GROUP": ["technicians", "C0123456789", "@techs"],
    "TIMEZONE": ["Berlin", "Europe", "../UTC", "Europe/Berlin2", "CET+1"],
    "SLACK_API_URL": ["slack.com/api", "ftp://slack.com", "https://", "https://a b", *WRONG_URLS],
    "PORT": ["0", "65536", "-1", "http", "30 00", "3_000", "٣٠٠٠"],
    "WEB_CONCURRENCY": ["0", "65", "many", "1.5"],
    "LOG_LEVEL": ["LOUD", "10"],
    "LOG_FORMAT": ["xml", "JSON"],
}


def told(environ, mode=None):
    with pytest.raises(BadSettings) as caught:
        from_env(environ, mode)
    return str(caught.value)


def test_every_setting_is_read():
    settings = from_env(GOOD)
    assert settings.bot_token == "xoxb-bot-token"
    assert settings.signing_secret == "signing-secret"
    assert settings.app_token == "xapp-app-token"
    assert settings.executive_channel == "C0123456789"
    assert settings.database_url == "postgresql://app:pass@db.example/on_record"
    assert settings.technician_group == "S0123456789"
    assert settings.timezone == ZoneInfo("Europe/Berlin")
    assert settings.api_url == "http://127.0.0.1:4000/api/"
    assert (settings.port, settings.web_concurrency) == (8080, 2)
    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")


def test_what_is_left_out_has_the_documented_default():
    settings = from_env(LEAST)
    assert settings.database_url == "sqlite:///on_record.db"
    assert settings.technician_group == ""
    assert settings.timezone == ZoneInfo("UTC")
    assert settings.api_url == "https://slack.com/api/"
    assert (settings.port, settings.web_concurrency) == (3000, 1)
    assert (settings.log_level, settings.log_format) == ("INFO", "console")


@pytest.mark.parametrize("name", GOOD)
def test_an_empty_setting_is_one_left_out(name):
    required = {"SLACK_BOT_TOKEN", "EXECUTIVE_CHANNEL"}
    with_spaces = {**GOOD, name: "  "}
    if name in required:
        assert f"{name} is missing" in told(with_spaces)
    else:
        assert from_env(with_spaces) == from_env({k: v for k, v in GOOD.items() if k != name})


def test_spaces_round_a_value_do_not_matter():
    assert from_env({name: f" {value}\n" for name, value in GOOD.items()}) == from_env(GOOD)


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in BAD.items() for v in values])
def test_a_malformed_setting_is_named_with_its_mend(name, value):
    message = told({**GOOD, name: value})
    state = "malformed" if value else "missing"
    mend = next(setting.mend for setting in SETTINGS.values() if setting.name == name)
    assert f"  {name} is {state}: {mend}" in message
    assert message.count("\n") == 1


def test_one_message_names_every_bad_setting():
    message = told({name: values[-1] for name, values in BAD.items()})
    assert [line.split()[0] for line in message.splitlines()[1:]] == [
        setting.name for setting in SETTINGS.values()
    ]


def test_nothing_set_at_all_names_what_either_mode_needs():
    message = told({})
    assert [line.split()[0] for line in message.splitlines()[1:]] == [
        "SLACK_BOT_TOKEN",
        "EXECUTIVE_CHANNEL",
        "SLACK_APP_TOKEN",
    ]
    assert message.endswith("for Socket Mode; or set SLACK_SIGNING_SECRET for HTTP")


@pytest.mark.parametrize(
    ("mode", "needed"),
    [(Mode.WEB, "SLACK_SIGNING_SECRET"), (Mode.SOCKET, "SLACK_APP_TOKEN")],
)
def test_each_mode_asks_for_its_own_secret(mode, needed):
    without = {name: value for name, value in GOOD.items() if name != needed}
    assert f"{needed} is missing" in told(without, mode)
    assert from_env({**without, needed: GOOD[needed]}, mode)


def test_the_mode_follows_the_app_token():
    assert from_env(GOOD).mode is Mode.SOCKET
    assert from_env({**GOOD, "SLACK_APP_TOKEN": ""}).mode is Mode.WEB


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS.values()])
def test_a_refused_value_is_never_repeated(name):
    with pytest.raises(BadSettings) as caught:
        from_env({**GOOD, name: SPOILT})
    assert "psst" not in "".join(traceback.format_exception(caught.value))


def test_settings_show_no_secret():
    shown = repr(from_env(GOOD))
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "DATABASE_URL"):
        assert GOOD[name] not in shown
    assert "pass" not in shown


@given(st.dictionaries(st.sampled_from(list(GOOD)), st.text(max_size=40)))
def test_any_text_in_a_setting_is_taken_or_refused_in_words(changes):
    try:
        from_env({**GOOD, **changes})
    except BadSettings as error:
        named = [line.split()[0] for line in str(error).splitlines()[1:]]
        assert set(named) <= set(changes)


def test_the_database_is_found_without_any_slack_setting():
    assert database_from_env({}) == "sqlite:///on_record.db"
    assert database_from_env({"DATABASE_URL": "postgres://db/x"}) == "postgres://db/x"


def test_a_bad_database_is_refused_without_any_slack_setting():
    with pytest.raises(BadSettings, match=r"DATABASE_URL is malformed"):
        database_from_env({"DATABASE_URL": "mysql://db/x"})


@pytest.mark.parametrize("value", BAD["DATABASE_URL"] + [SPOILT])
@pytest.mark.usefixtures("processes")
def test_migrations_refuse_a_bad_database_in_one_line_that_names_the_setting(value):
    ended = ran([sys.executable, "-m", "alembic", "upgrade", "head"], {"DATABASE_URL": value})
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "DATABASE_URL is malformed" in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert "p@ss" not in ended.stderr
    assert "psst" not in ended.stderr


@pytest.mark.usefixtures("processes")
def test_migrations_say_that_the_database_is_away():
    away = {"DATABASE_URL": "postgresql://root:psst@127.0.0.1:9/x"}
    ended = ran([sys.executable, "-m", "alembic", "upgrade", "head"], away)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("Nothing was migrated: the database of DATABASE_URL")
    assert ended.stderr.count("\n") == 1
