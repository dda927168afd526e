"""The migrations find the same database as the bot."""

import shutil
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import database_from_env
from bot.errors import BadSettings
from models.database import wanted_url
from tests.bot_process import ROOT, environment


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
