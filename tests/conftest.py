import gc
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from alembic import command
from alembic.config import Config

from models.database import Database
from sandbox.browser import REMEDY
from tests.fakes import Clock
from tests.postgres import PostgresServer


ROOT = Path(__file__).parent.parent
IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}
OUR_SETTINGS = ("DATABASE_URL", "EXECUTIVE_CHANNEL", "TECHNICIAN_GROUP", "TIMEZONE", "PORT")
OUR_PREFIXES = ("SLACK_", "LOG_", "GUNICORN_", "WEB_CONCURRENCY")

PROCESSES = {"subprocess.Popen", "os.fork", "os.posix_spawn", "os.exec", "os.system"}

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


def pytest_terminal_summary(terminalreporter):
    """Say in one line each why tests were skipped."""
    skipped = terminalreporter.stats.get("skipped", ())
    for reason, count in Counter(report.longrepr[2] for report in skipped).items():
        terminalreporter.write_line(f"{count} skipped: {reason.removeprefix('Skipped: ')}")


def pytest_configure(config):
    """Name the marks that a test gets by what it uses; `make test-fast` leaves these out."""
    for mark in ("browser", "postgresql", "process"):
        config.addinivalue_line("markers", f"{mark}: given to the tests that need one")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark each test by the fixtures that it uses; no list to keep."""
    for item in items:
        for mark in marks(item):
            item.add_marker(mark)


def pytest_collection_finish():
    """Keep the garbage collector out of tests: a full collection stops all threads for a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 1_000_000)


@pytest.fixture(scope="module", autouse=True)
def collected() -> Iterator[None]:
    """Collect after each file what its tests left behind."""
    yield
    gc.collect()


def marks(item) -> set[str]:
    """What a test needs beyond this process."""
    fixtures, parameters = set(item.fixturenames), getattr(item, "callspec", None)
    chosen = list(parameters.params.values()) if parameters else []
    found = {
        "browser": "browser_program" in fixtures,
        "postgresql": "postgresql" in chosen or "migrated_postgres" in fixtures,
        "process": "processes" in fixtures,
    }
    return {mark for mark, is_so in found.items() if is_so}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Fail a test that starts a process though none of its fixtures says so."""
    guard.forbids = not marks(item)
    try:
        return (yield)
    finally:
        guard.forbids = False


class Guard:
    """Hears of each process that is about to start, and forbids it to a test that needs none."""

    forbids = False

    def __call__(self, event, _arguments):
        if event in PROCESSES and self.forbids:
            pytest.fail("This test starts a process: let it use the fixture `processes`.")


guard = Guard()
sys.addaudithook(guard)


def skip_without_browser(why: object) -> None:
    """Skip a test of the page, with the cause and the remedy."""
    pytest.skip(f"no browser starts here ({why}). {REMEDY}")


@pytest.fixture(scope="session")
def processes() -> None:
    """For tests and fixtures that start processes: `make test-fast` leaves them out.

    For a whole module: `pytestmark = pytest.mark.usefixtures("processes")`.
    """


@pytest.fixture(scope="session", autouse=True)
def clean_environment() -> Iterator[None]:
    """Keep the developer's own settings, proxies and .env out of every test and its fixtures."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            ours = name in OUR_SETTINGS or name.startswith(OUR_PREFIXES)
            if ours or name.lower().endswith("_proxy"):
                patch.delenv(name)
        patch.setenv("PYTHON_DOTENV_DISABLED", "1")
        yield


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
