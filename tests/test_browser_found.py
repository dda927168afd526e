"""Finding a browser for the page's tests, and getting one; whether they run here or not."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.browser import (
    DRIVER,
    OWN,
    REMEDY,
    NoBrowser,
    Step,
    find_browser,
    get_browser,
    run_step,
)
from tests.conftest import ROOT, skip_without_browser
from tests.postgres import lives
from tests.waiting import wait_until


pytest_plugins = ["tests.browser"]
pytestmark = pytest.mark.usefixtures("processes")
SNAP = "the chromium snap is needed"


@pytest.fixture
def programs(tmp_path, monkeypatch) -> Path:
    """The only folder that programs are looked for in; Playwright has downloaded nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "downloaded"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("ON_RECORD_APPLICATIONS", str(tmp_path / "applications"))
    return folder


@pytest.fixture
def playwright_runs() -> None:
    """Playwright itself runs here, browser or not; else it is as for the tests of a page."""
    if failure := run_step(DRIVER):
        skip_without_browser(f"Playwright does not run: {failure}")


def write_program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.usefixtures("programs", "playwright_runs")
def test_where_there_is_none_that_is_all_there_is_to_say():
    with pytest.raises(NoBrowser, match=r"^none is installed$"):
        find_browser()


@pytest.mark.usefixtures("playwright_runs")
def test_each_that_does_not_start_is_named_with_its_own_words_in_one_line(programs):
    write_program(programs / "chromium-browser", f"echo '{SNAP}' >&2; exit 10")
    write_program(programs / "microsoft-edge", "exit 1")
    with pytest.raises(NoBrowser) as missing:
        find_browser()
    stub, edge = str(missing.value).split("; ")
    assert stub == f"{programs}/chromium-browser: {SNAP}"
    assert edge.startswith(f"{programs}/microsoft-edge: ")
    assert "\n" not in edge


@pytest.mark.usefixtures("playwright_runs", "programs")
def test_the_programs_of_a_mac_are_tried_too(tmp_path):
    app = tmp_path / "applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    app.parent.mkdir(parents=True)
    write_program(app, "exit 1")
    with pytest.raises(NoBrowser, match=f"^{re.escape(str(app))}: "):
        find_browser()


def test_one_that_does_not_start_is_passed_over(browser_program, programs):
    write_program(programs / "chromium", "exit 1")
    if browser_program == OWN:
        pytest.skip("Playwright's own is tried before any other")
    (programs / "google-chrome").symlink_to(browser_program)
    assert find_browser() == str(programs / "google-chrome")


def test_root_gets_the_systems_where_the_download_fails(programs, tmp_path, capsys):
    log = tmp_path / "log"
    write_program(programs / "apt-get", f'echo "$DEBIAN_FRONTEND $*" >> {log}')
    with pytest.raises(NoBrowser, match="; playwright install: "):
        get_browser(may_use_apt=True)
    asked = log.read_text().splitlines()
    assert [line.split()[-1] for line in asked[:1]] == ["update"]
    assert [line.partition(" install ")[2] for line in asked[1:3]] == [
        f"{how} chromium fonts-lato fonts-noto-color-emoji libatomic1"
        for how in ("--download-only", "--no-download")
    ]
    assert all(line.startswith("noninteractive ") for line in asked[:3])
    assert "Lock::Timeout" in asked[0]
    assert capsys.readouterr().err.startswith("Getting a browser for the tests: playwright install")


def test_whoever_is_not_root_asks_for_no_package(programs, tmp_path):
    write_program(programs / "apt-get", f"touch {tmp_path / 'asked'}")
    with pytest.raises(NoBrowser):
        get_browser(may_use_apt=False)
    assert not (tmp_path / "asked").exists()


def test_a_step_that_hangs_is_ended_in_time_with_all_that_it_started(tmp_path):
    child = tmp_path / "child"
    hanging = Step("slow", 1, ("sh", "-c", f"sleep 60 & echo $! > {child}; wait"))
    started = time.monotonic()
    assert run_step(hanging) == "not done after 1 seconds"
    assert time.monotonic() - started < 3
    wait_until(lambda: not lives(int(child.read_text())))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("E: Unable to locate package chromium", "E: Unable to locate package chromium"),
        ("Getting\\nError: no way\\n    at main (x.js)", "Error: no way"),
        ("/a/b/node: no libatomic.so.1\\n", "node: no libatomic.so.1"),
        ("", "it failed and did not say why"),
    ],
)
def test_a_step_that_fails_gives_the_reason_in_one_line(said, reason):
    assert run_step(Step("failing", 5, ("sh", "-c", f"printf '{said}'; exit 1"))) == reason


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize(("ci", "outcome"), [("", "skipped"), ("true", "errors")])
def test_without_one_the_tests_of_the_page_are_skipped_in_one_line_and_fail_in_ci(ci, outcome):
    with pytest.raises(NoBrowser) as missing:
        find_browser()
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/test_browser_phone.py"],
        cwd=ROOT,
        env=os.environ | {"CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    why = f"no browser starts here ({missing.value}). {REMEDY}"
    *_, told, end = run.stdout.splitlines()
    assert re.fullmatch(rf"=+ \d+ {outcome} in .*", end)
    assert run.returncode == bool(ci)
    if ci:
        assert f"skipped, which CI does not allow: Skipped: {why}" in run.stdout
    else:
        assert re.sub(r"^\d+ ", "", told) == f"skipped: {why}"
