import json
import os
import signal
import subprocess
import sys
import time
from typing import NamedTuple

import pytest

from bot import cli
from bot.__main__ import load_settings, main
from bot.errors import BadSettings
from models import Database
from tests.bot_process import ROOT, environment, ran
from tests.conftest import migrate
from tests.factories import make_incident


BOT = [sys.executable, "-m", "bot"]
COMMANDS = [
    *("run", "worker", "web", "check", "verify"),
    *("clients", "clients import", "clients export", "export"),
]


@pytest.fixture
def database_setting(tmp_path):
    url = f"sqlite:///{tmp_path / 'on_record.db'}"
    migrate(url)
    return {"DATABASE_URL": url}


class Ended(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def bot(monkeypatch, capsys):
    """`bot(settings, *arguments)` runs a command in this process."""

    def run(told, *arguments):
        for name, value in told.items():
            monkeypatch.setenv(name, value)
        status = main(arguments)
        return Ended(status, *capsys.readouterr())

    return run


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_explains_each_command_with_an_example(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.parser().parse_args([*command.split(), "--help"])
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert "example" in told
    assert f"python -m bot {command}".rstrip() in told
    assert max(map(len, told.splitlines())) <= 100


def test_help_names_every_command():
    told = cli.parser().format_help()
    assert all(f"    {command.split()[0]} " in told for command in COMMANDS)


@pytest.mark.parametrize(
    "wrong",
    [["dance"], ["clients"], ["clients", "import"], ["export", "x", "--form", "pdf"]],
)
def test_what_is_used_wrongly_says_how_it_is_used(wrong, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.parser().parse_args(wrong)
    assert ended.value.code == 2
    assert "usage: python -m bot" in capsys.readouterr().err


def test_clients_go_in_and_out_without_any_slack_setting(tmp_path, database_setting, bot):
    sheet = tmp_path / "clients.csv"
    sheet.write_text("name,psa_id\nBrightwater Dental,17\nMüller Logistik,\n", encoding="utf-8")
    taken = bot(database_setting, "clients", "import", str(sheet))
    assert (taken.status, taken.err) == (0, "")
    assert "2 added" in taken.out
    given = bot(database_setting, "clients", "export")
    assert (given.status, given.err) == (0, "")
    assert "Brightwater Dental" in given.out
    assert "Müller Logistik" in given.out


def test_a_file_that_cannot_be_taken_is_an_error_in_words(tmp_path, database_setting, bot):
    sheet = tmp_path / "clients.csv"
    sheet.write_text("company\nBrightwater\n")
    refused = bot(database_setting, "clients", "import", str(sheet))
    assert refused.status == 1
    assert "Nothing was imported" in refused.out + refused.err
    missing = bot(database_setting, "clients", "import", str(tmp_path / "none.csv"))
    assert missing.status == 2


def test_every_record_is_exported_to_a_folder(tmp_path, database_setting, bot):
    done = bot(database_setting, "export", str(tmp_path / "out"))
    assert (done.status, done.out) == (0, "")
    rows = (tmp_path / "out" / "conduct_types.jsonl").read_text().splitlines()
    assert json.loads(rows[0])["code"] == "abuse"
    done = bot(database_setting, "export", str(tmp_path / "out"), "--form", "csv")
    assert done.status == 0
    assert (tmp_path / "out" / "incidents.csv").exists()


@pytest.mark.parametrize("command", [["clients", "export"], ["export", "never"], ["verify"]])
def test_a_database_setting_that_does_not_do_is_named(command, bot):
    refused = bot({"DATABASE_URL": "mysql://root:psst@db/x"}, *command)
    assert (refused.status, refused.out) == (2, "")
    assert "DATABASE_URL is malformed" in refused.err
    assert "psst" not in refused.err


@pytest.mark.parametrize("command", [["clients", "export"], ["export", "backup"]])
def test_a_database_that_is_away_is_said_without_a_traceback(command, bot, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    away = {"DATABASE_URL": "postgresql://root:psst@127.0.0.1:9/x"}
    failed = bot(away, *command)
    assert failed.status == 1
    assert "The database does not answer" in failed.out + failed.err
    assert "Traceback" not in failed.err
    assert "psst" not in failed.out + failed.err


def test_the_check_fails_with_the_mends_and_no_traceback(database_setting, bot):
    failed = bot(database_setting, "check")
    assert (failed.status, failed.err) == (1, "")
    assert "✗ SLACK_BOT_TOKEN is missing. Set it to the bot token" in failed.out


def test_the_record_is_looked_through_without_any_slack_setting(database_setting, bot):
    whole = bot(database_setting, "verify")
    assert (whole.status, whole.err) == (0, "")
    assert "✓ the SQLite file is sound" in whole.out


def test_a_record_that_is_not_whole_fails_with_the_mend(database_setting, bot):
    database = Database(database_setting["DATABASE_URL"])
    with database.write() as session:
        make_incident(session)
    database.dispose()
    broken = bot(database_setting, "verify")
    assert (broken.status, broken.err) == (1, "")
    assert "✗ records without a trace of their recording: INC-2026-0001. Keep a copy" in broken.out


@pytest.mark.usefixtures("processes")
def test_an_old_terminal_reads_the_check_all_the_same(database_setting):
    failed = ran([*BOT, "check"], database_setting | {"PYTHONIOENCODING": "ascii"})
    assert failed.returncode == 1
    assert r"\u2717 SLACK_BOT_TOKEN is missing" in failed.stdout


def test_a_file_fills_in_and_the_environment_wins(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHON_DOTENV_DISABLED")
    monkeypatch.setenv("TIMEZONE", "UTC")
    monkeypatch.setenv("LOG_FORMAT", "console")  # put back what the file adds
    monkeypatch.delenv("LOG_FORMAT")
    path = tmp_path / ".env"
    path.write_text("TIMEZONE=Europe/Berlin\nLOG_FORMAT='json'  # a comment\n")
    load_settings(path)
    assert (os.environ["TIMEZONE"], os.environ["LOG_FORMAT"]) == ("UTC", "json")


def test_no_file_is_no_matter(tmp_path):
    load_settings(tmp_path / ".env")


def test_a_file_in_another_encoding_is_refused_in_words(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHON_DOTENV_DISABLED")
    path = tmp_path / ".env"
    path.write_bytes("EXECUTIVE_CHANNEL=Geschäftsführung".encode("utf-16"))
    with pytest.raises(BadSettings, match="UTF-8"):
        load_settings(path)


@pytest.mark.usefixtures("processes")
def test_a_reader_that_goes_away_is_no_crash(tmp_path, database_setting):
    sheet = tmp_path / "clients.csv"
    names = "\n".join(f"Client number {number}" for number in range(5_000))
    sheet.write_text(f"name\n{names}\n")
    ran([*BOT, "clients", "import", str(sheet)], database_setting)
    process = subprocess.Popen(
        [*BOT, "clients", "export"],
        cwd=ROOT,
        env=environment(database_setting),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.read(100)
    process.stdout.close()
    told = process.stderr.read().decode()
    process.stderr.close()
    assert (process.wait(30), told) == (1, "")


@pytest.mark.usefixtures("processes")
def test_ctrl_c_ends_it_calmly(tmp_path):
    told = environment({"SLACK_BOT_TOKEN": "xoxb-x", "SLACK_API_URL": "http://127.0.0.1:9/api/"})
    told |= {"EXECUTIVE_CHANNEL": "C1", "SLACK_APP_TOKEN": "xapp-x"}
    told["DATABASE_URL"] = f"sqlite:///{tmp_path / 'x.db'}"
    process = subprocess.Popen(BOT, cwd=ROOT, env=told, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "cannot_connect" in line:
            break
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    rest = process.stderr.read()
    process.stderr.close()
    assert (process.wait(25), time.monotonic() - began < 12) == (0, True)
    assert "Traceback" not in rest
