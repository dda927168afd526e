import shlex
import shutil
import subprocess
import sys

import pytest

from tests.bot_process import ROOT, environment


pytestmark = pytest.mark.usefixtures("processes")
BUFFERED, UNBUFFERED = {"PYTHONUNBUFFERED": ""}, {"PYTHONUNBUFFERED": "1"}
SPENT = [
    ("> /dev/full", BUFFERED, "No space left on device"),
    (">&-", UNBUFFERED, "Bad file descriptor"),
]


@pytest.fixture
def told(tmp_path, migrated_sqlite):
    url = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}"
    return environment({"DATABASE_URL": url})


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "clients.csv"
    names = "\n".join(f"Client {number}" for number in range(12_000))
    path.write_text(f"name,alias\n{names}\n")
    return path


def bot(told, arguments, redirected=""):
    """Run a command as a shell does, with its streams redirected."""
    return subprocess.run(
        f"{shlex.quote(sys.executable)} -m bot {arguments} {redirected}",
        shell=True,
        cwd=ROOT,
        env=told,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(("redirected", "how", "reason"), SPENT)
@pytest.mark.parametrize("arguments", ["check", "verify", "export --form csv", "clients export"])
def test_an_output_that_cannot_be_written_is_said_in_one_line(
    told, arguments, redirected, how, reason
):
    failed = bot(told | how, arguments, redirected)
    assert failed.returncode == 1
    assert failed.stderr.endswith(f"The output cannot be written: {reason}.\n")
    assert len(failed.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("redirected", "how"), [("> /dev/full", BUFFERED), (">&-", UNBUFFERED), ("| true", BUFFERED)]
)
def test_an_import_that_cannot_print_says_elsewhere_what_it_did(told, sheet, redirected, how):
    done = bot(told | how, f"clients import {sheet}", redirected)
    assert done.returncode == 0
    assert "12,000 added, 0 changed, 0 as they were.\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert bot(told, "clients export").stdout.count("\n") == 12_001


def test_an_import_with_no_stream_left_is_done_all_the_same(told, sheet):
    assert bot(told, f"clients import {sheet}", ">&- 2>&-").returncode == 0
    assert bot(told, "clients export").stdout.count("\n") == 12_001


def test_an_error_that_nobody_foresaw_is_one_line_without_its_words(told, tmp_path):
    (tmp_path / "on_record.db").write_bytes(b"psst " * 2_000)
    failed = bot(told, "clients export")
    assert failed.returncode == 1
    assert "psst" not in failed.stderr
    assert "Traceback" not in failed.stderr
    assert len(failed.stderr.splitlines()) == 1
    assert failed.stdout == ""


def test_an_export_that_fails_prints_no_header(told):
    failed = bot(told | {"DATABASE_URL": "postgresql://root@127.0.0.1:9/x"}, "clients export")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "The export is not complete." in failed.stderr
