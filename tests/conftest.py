import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from alembic import command
from alembic.config import Config

from models.database import Database
from tests.fakes import Clock
from tests.postgres import PostgresServer


ROOT = Path(__file__).parent.parent
IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}
OUR_SETTINGS = ("DATABASE_URL", "EXECUTIVE_CHANNEL", "TECHNICIAN_GROUP", "TIMEZONE", "PORT")
OUR_PREFIXES = ("SLACK_", "LOG_", "GUNICORN_", "WEB_CONCURRENCY")

# Busy machines make deadlines lie; in CI the same commit gives the same result every time.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if IN_CI else "here")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return _counted((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return _counted((yield))


def _counted(report):
    """Turn a skip into a failure in CI: what was not run was not shown to work."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr[2]}"
    return report


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    """Keep the developer's own settings, proxies and .env out of every test."""
    for name in list(os.environ):
        if name in OUR_SETTINGS or name.startswith(OUR_PREFIXES) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHON_DOTENV_DISABLED", "1")


@pytest.fixture
def clock() -> Clock:
    """A clock at 2026-11-23 10:30 UTC that moves only by `clock.forward(minutes=5)`."""
    return Clock()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory) -> Path:
    """A file that has been through every migration, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "on_record.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[PostgresServer]:
    """The session's server, whose first database has been through every migration."""
    with PostgresServer() as server:
        migrate(server.url)
        server.take_snapshot()
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> Iterator[str]:
    """The URL of a migrated database of the test's own; each test runs once on each kind.

    One kind alone: `@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)`.
    """
    if request.param == "sqlite":
        source = request.getfixturevalue("migrated_sqlite")
        yield f"sqlite:///{shutil.copy(source, tmp_path)}"
        return
    with request.getfixturevalue("migrated_postgres").fresh_database() as url:
        yield url


@pytest.fixture
def database(database_url) -> Iterator[Database]:
    """A migrated database of the test's own, as the bot would open it."""
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def postgres_server(migrated_postgres) -> Iterator[PostgresServer]:
    """A migrated PostgreSQL of the test's own, to be stopped, killed and paused at will."""
    with migrated_postgres.clone() as server:
        yield server


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest migration."""
    database = Database(url, patience=None)
    config = Config(ROOT / "alembic.ini")
    with database.engine.execution_options(on_record_write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    database.dispose()
