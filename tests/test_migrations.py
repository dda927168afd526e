"""The migrations find the same database as the bot."""

import shutil
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from bot.config import database_from_env
from bot.errors import BadSettings
from bot.glance.counts import glance
from models import Database
from models.base import UtcDateTime
from models.database import wanted_url
from tests.bot_process import ROOT, environment
from tests.factories import NOW


pytestmark = pytest.mark.usefixtures("processes")


@pytest.fixture
def installed(tmp_path):
    """What migrates, in a folder of its own below another one, without settings."""
    folder = tmp_path / "above" / "on_record"
    for part in ("alembic", "models"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "alembic.ini", folder)
    return folder


def upgrade(folder, told):
    settings = {**environment({}), **told}
    del settings["PYTHON_DOTENV_DISABLED"]
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    ended = subprocess.run(
        command, cwd=folder, env=settings, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def databases(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.db"))


def test_settings_in_a_folder_above_are_somebody_elses(installed):
    (installed.parent / ".env").write_text("DATABASE_URL=sqlite:///other.db\n")
    upgrade(installed, {})
    assert databases(installed) == ["on_record.db"]


def test_the_settings_beside_the_migrations_are_read_with_spaces_round_them(installed):
    (installed / ".env").write_text('DATABASE_URL=" sqlite:///ours.db "\n')
    upgrade(installed, {})
    assert databases(installed) == ["ours.db"]


def test_the_environment_wins(installed):
    (installed / ".env").write_text("DATABASE_URL=sqlite:///ours.db\n")
    upgrade(installed, {"DATABASE_URL": " sqlite:///told.db"})
    assert databases(installed) == ["told.db"]


urls = st.sampled_from(["sqlite:///x.db", "sqlite://", "postgres://h/x", "mysql://h/x", "x", ""])
spaces = st.text(" \t\n\xa0", max_size=2)


@given(st.tuples(spaces, urls | st.text(max_size=8), spaces).map("".join))
def test_the_bot_and_the_migrations_take_the_same_database_and_refuse_the_same(value):
    told = {"DATABASE_URL": value}
    try:
        taken = database_from_env(told)
    except BadSettings:
        with pytest.raises(ValueError, match="not the URL"):
            wanted_url(told)
    else:
        assert wanted_url(told) == taken


AT = bindparam("at", type_=UtcDateTime)
CLIENT = text(
    "INSERT INTO clients (name, normalised, status, added_at)"
    " VALUES ('Acme', 'acme', 'active', :at)"
).bindparams(AT)
INCIDENT = text(
    "INSERT INTO incidents (number, client_id, conduct_type_id, severity, reporter_id,"
    " reporter_name, occurred_at, month, recorded_at, what_happened, contact, minutes_lost,"
    " answers, confidential, attention, counts, search_text) VALUES (:number, :client, 1, 2,"
    " :reporter, 'Tara', :at, 202611, :at, 'Shouted.', :contact, :minutes, '{}', :confidential,"
    " false, true, '')"
).bindparams(AT)
RECORDED = (
    {"reporter": "U_TARA", "contact": "Karen Holt", "minutes": 10, "confidential": False},
    {"reporter": "U_TARA", "contact": "Karen Holt", "minutes": 5, "confidential": False},
    {"reporter": "U_MIGUEL", "contact": None, "minutes": None, "confidential": True},
)


@pytest.fixture(params=["sqlite", "postgresql"])
def first_release(request, tmp_path):
    """A connection to a filled database of the first release, and how to move it."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path}/first.db"
        if request.param == "postgresql":
            server = request.getfixturevalue("migrated_postgres")
            url = stack.enter_context(server.fresh_database(template="template1"))
        database = Database(url, patience=None)
        stack.callback(database.dispose)
        engine = database.engine.execution_options(on_record_write=True)
        connection = stack.enter_context(engine.connect())
        config = Config(ROOT / "alembic.ini")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(CLIENT, {"at": NOW})
        for number, said in enumerate(RECORDED, start=1):
            whole = said | {"number": f"INC-2026-{number:04d}", "client": 1, "at": NOW}
            connection.execute(INCIDENT, whole)
        yield connection, config


def test_a_filled_database_of_the_first_release_is_counted_the_same_after_its_upgrade(
    first_release,
):
    connection, config = first_release
    command.upgrade(config, "head")
    with Session(connection) as session:
        seen = glance(session, 1, now=NOW, timezone=UTC)
        theirs = glance(session, 1, now=NOW, timezone=UTC, person_id="U_TARA", executive=False)
    assert (seen.total, seen.minutes_lost, seen.top_contact) == (3, 15, ("Karen Holt", 2))
    assert (theirs.total, theirs.months[-1]) == (2, 2)


def test_going_back_to_the_first_release_counts_again_what_it_kept(first_release):
    connection, config = first_release
    command.upgrade(config, "head")
    command.downgrade(config, "0001")
    kept = text("SELECT month, reader, severity, incidents, minutes_lost FROM monthly_counts")
    assert sorted(connection.execute(kept).all()) == [
        (202611, "", 2, 2, 15),
        (202611, "U_MIGUEL", 2, 1, 0),
    ]
    named = connection.execute(text("SELECT contact, incidents FROM monthly_contacts")).all()
    assert named == [("Karen Holt", 2)]
