import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.clients.commands import export_command, import_command
from models import Client, Database
from tests.factories import NOW, make_client


ROOT = Path(__file__).parent.parent


@pytest.fixture
def sheet(tmp_path):
    def write(content: str | bytes) -> Path:
        path = tmp_path / "clients.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def out():
    return io.StringIO()


def names(database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Client.name).order_by(Client.normalised)))


def test_an_import_says_what_it_did(database, sheet, out):
    path = sheet("name,psa_id\nAcme,7\nBeta,\nACME,\n")
    assert import_command(path, database, NOW, out) == 0
    assert out.getvalue() == (
        "2 added, 0 changed, 0 as they were. Lines that repeat another one: 1, taken as one.\n"
    )
    assert names(database) == ["Acme", "Beta"]


def test_a_bad_file_changes_nothing_and_every_line_is_named(database, sheet, out):
    path = sheet("name,slack_team_id\nAcme,\n,\n,T01\nBeta,X\n")
    assert import_command(path, database, NOW, out) == 1
    first, *lines = out.getvalue().splitlines()
    assert first == "Nothing was imported. Mend these 2 things and import the file again:"
    assert [line.split(":")[0] for line in lines] == ["Line 4", "Line 5"]
    assert names(database) == []


def test_one_bad_line_is_one_thing_to_mend(database, sheet, out):
    assert import_command(sheet(b""), database, NOW, out) == 1
    assert out.getvalue().startswith("Nothing was imported. Mend this and import the file again:")


@pytest.mark.parametrize("path", ["nowhere.csv", "", ".", "a\0b"])
def test_what_is_no_file_is_the_wrong_use(database, out, path, tmp_path):
    assert import_command(tmp_path / path if path else path, database, NOW, out) == 2
    assert "cannot be read" in out.getvalue()
    assert "Name a CSV file of clients." in out.getvalue()


def test_a_database_that_is_away_is_said_calmly(sheet, out, tmp_path):
    database = Database(f"sqlite:///{tmp_path}/not_migrated.db")
    assert import_command(sheet("name\nAcme\n"), database, NOW, out) == 1
    assert out.getvalue().startswith("Nothing was imported. The database does not answer")
    errors = io.StringIO()
    assert export_command(database, out, errors) == 1
    assert errors.getvalue().startswith("The export is not complete. The database does not answer")
    assert "name,psa_id" not in out.getvalue()
    database.dispose()


def test_columns_that_were_not_read_are_named_in_the_report(database, sheet, out):
    assert import_command(sheet("name,alias\nAcme,AC\n"), database, NOW, out) == 0
    assert out.getvalue().splitlines() == [
        "1 added, 0 changed, 0 as they were.",
        "The column “alias” was not read; did you mean “aliases”?",
    ]


def test_a_server_that_is_gone_is_said_calmly(postgres_server, sheet, out):
    database = Database(postgres_server.url)
    assert names(database) == []
    postgres_server.kill()
    assert import_command(sheet("name\nAcme\n"), database, NOW, out) == 1
    assert out.getvalue().startswith("Nothing was imported. The database does not answer")
    database.dispose()


class Impatient(io.StringIO):
    """Somebody who presses Ctrl-C when told of the progress."""

    def write(self, text: str) -> int:
        if "…" in text:
            raise KeyboardInterrupt
        return super().write(text)


def test_whoever_stops_an_import_keeps_what_was_there(database, sheet):
    path = sheet("name\n" + "".join(f"Client {number}\n" for number in range(5_100)))
    out = Impatient()
    assert import_command(path, database, NOW, out) == 1
    assert out.getvalue() == "Nothing was imported. Stopped as you asked.\n"
    assert names(database) == []


def test_a_long_import_tells_how_far_it_is(database, sheet, out):
    path = sheet("name\n" + "".join(f"Client {number}\n" for number in range(5_100)))
    assert import_command(path, database, NOW, out) == 0
    assert out.getvalue().splitlines() == [
        "5,000 of 5,100 …",
        "5,100 added, 0 changed, 0 as they were.",
    ]


def test_what_is_exported_can_be_imported_elsewhere(database, sheet, out):
    with database.write() as session:
        make_client(session, "Müller & Söhne", psa_id="7")
    assert export_command(database, out) == 0
    assert out.getvalue() == "name,psa_id,aliases,slack_team_id\nMüller & Söhne,7,,\n"
    again = io.StringIO()
    assert import_command(sheet(out.getvalue()), database, NOW, again) == 0
    assert again.getvalue() == "0 added, 0 changed, 1 as they were.\n"


EXPORT = """
import sys
from bot.clients.commands import export_command
from models import Database
sys.exit(export_command(Database(sys.argv[1]), sys.stdout))
"""


def run_export(url: str, **more) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", EXPORT, url],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **more,
    )


@pytest.mark.usefixtures("processes")
def test_the_export_is_utf_8_wherever_it_is_written_to(database, database_url):
    with database.write() as session:
        make_client(session, "Zażółć 🦷")
    output, errors = run_export(database_url).communicate()
    assert output.decode() == "name,psa_id,aliases,slack_team_id\nZażółć 🦷,,,\n"
    assert errors == b""


@pytest.mark.usefixtures("processes")
def test_whoever_reads_only_the_first_line_gets_no_traceback(database, database_url):
    with database.write() as session:
        session.add_all(Client(name=f"Client {n} {'x' * 80}", added_at=NOW) for n in range(2000))
    process = run_export(database_url)
    assert process.stdout.readline() == b"name,psa_id,aliases,slack_team_id\n"
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 1
