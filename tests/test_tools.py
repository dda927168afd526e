"""The pins, the manifest, and the tests' own tools."""

import json
import os
import re
import subprocess
import sys

import psycopg
import pytest

from tests.conftest import ROOT


MANIFEST = json.loads((ROOT / "manifest.json").read_text())


def read(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_one_version_with_hashes_from_no_named_place(name):
    requirements = re.split(r"\n(?=\S)", re.sub(r"(?m)^#.*\n", "", read(name)).strip())

    assert "://" not in read(name)
    assert len(requirements) > 8
    assert [line for line in requirements if not re.match(r"[\w.-]+==\S+ ", line)] == []
    assert [line for line in requirements if "--hash=sha256:" not in line] == []


def test_what_is_tested_is_what_runs():
    def pins(name):
        return set(re.findall(r"(?m)^[\w.-]+==\S+", read(name)))

    assert pins("requirements.txt") < pins("requirements-dev.txt")


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


def test_what_is_skipped_fails_in_ci(tmp_path):
    skipping = "import pytest\n@pytest.mark.skip(reason='no tool')\ndef test_x(): pass\n"
    (tmp_path / "test_x.py").write_text(skipping)

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "--rootdir", tmp_path, tmp_path],
        cwd=ROOT,
        env=os.environ | {"CI": "true"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    assert "1 error" in run.stdout.splitlines()[-1]


def test_a_killed_postgresql_comes_back_with_what_was_committed(postgres_server):
    postgres_server.execute("CREATE TABLE kept AS SELECT 1 AS one")

    postgres_server.kill()
    with pytest.raises(psycopg.OperationalError):
        postgres_server.execute("SELECT 1")
    postgres_server.start()

    postgres_server.execute("INSERT INTO kept VALUES (2)")


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
