"""A browser for the page's tests and pictures: finds one that starts, or gets one.

`python -m sandbox.browser` names the browser that it finds. If none starts, it gets one:
Playwright's own, or as root on Debian or Ubuntu the system's. Each attempt is bounded in time.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from playwright.sync_api import Browser, Error, Playwright, sync_playwright


FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable"),
)
MAC_FOLDERS = f"/Applications{os.pathsep}~/Applications"
MAC_APPS = ("Chromium", "Google Chrome", "Microsoft Edge")
OWN = "Playwright's own"
STARTING = 60_000  # milliseconds
ENDING = 10  # seconds
PACKAGES = ("chromium", "fonts-lato", "fonts-noto-color-emoji", "libatomic1")
REMEDY = (
    "Install Chromium, Chrome or Edge (on Debian as root: "
    f"apt-get install {' '.join(PACKAGES)}), then run make browser"
)

PLAYWRIGHT = (sys.executable, "-m", "playwright")
APT = (
    *("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=60", "-o", "Acquire::Retries=1"),
    *("-o", "Acquire::http::Timeout=10", "-o", "Acquire::https::Timeout=10"),
)
QUIET = {
    "DEBIAN_FRONTEND": "noninteractive",
    "NEEDRESTART_MODE": "l",  # restart none of this machine's services
    "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "5000",  # milliseconds
}


class NoBrowser(Exception):  # noqa: N818 - it reads as what is so
    """No browser starts; the text says why, in one line."""


@dataclass(frozen=True)
class Step:
    """A command on the way to a browser, the seconds that it may take, and its name."""

    name: str
    seconds: int
    command: tuple[str, ...]


DRIVER = Step("playwright", 60, (*PLAYWRIGHT, "--version"))
DOWNLOAD = (Step("playwright install", 600, (*PLAYWRIGHT, "install", "--only-shell", "chromium")),)
SYSTEM = (
    Step("apt-get update", 120, (*APT, "update")),
    Step("apt-get download", 600, (*APT, "install", "--download-only", *PACKAGES)),
    Step("apt-get install", 600, (*APT, "install", "--no-download", *PACKAGES)),
)
LIBRARIES = (Step("playwright install-deps", 600, (*PLAYWRIGHT, "install-deps", "chromium")),)


def installed() -> Iterator[str]:
    """Yield what may be a browser: Playwright's own, then the paths of others.

    ON_RECORD_APPLICATIONS may name other folders than those where a Mac keeps its programs.
    """
    yield OWN
    folders = os.environ.get("ON_RECORD_APPLICATIONS", MAC_FOLDERS).split(os.pathsep)
    apps = (
        os.path.expanduser(f"{folder}/{app}.app/Contents/MacOS/{app}")  # noqa: PTH111 - unlike Path, no error without a home
        for folder in folders
        for app in MAC_APPS
    )
    yield from filter(None, map(shutil.which, (*NAMES, *apps)))


@contextmanager
def opened_browser(program: str) -> Iterator[Browser]:
    """Give this browser, headless with an empty profile; raises NoBrowser if it does not start."""
    with sync_playwright() as playwright:
        browser = _launch(playwright, [program])[1]
        try:
            yield browser
        finally:
            browser.close()


def find_browser() -> str:
    """Return the first browser that starts; raises NoBrowser if none does."""
    if failure := run_step(DRIVER):
        raise NoBrowser(f"Playwright does not run: {failure}")
    with sync_playwright() as playwright:
        program, browser = _launch(playwright, installed())
        browser.close()
    return program


def _launch(playwright: Playwright, programs: Iterable[str]) -> tuple[str, Browser]:
    failures = []
    for program in programs:
        path = None if program == OWN else program
        try:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=STARTING)
        except Error as error:
            failures.append(_failure(program, error.message))
        else:
            return program, browser
    raise NoBrowser("; ".join(filter(None, failures)) or "none is installed")


def _failure(program: str, message: str) -> str:
    """Return what is wrong with a browser in one line; "" if it is just not there."""
    if "Executable doesn't exist" in message:
        return ""
    said = re.search(r"\[err\] (.+)", message) or re.match(r"(?:\S+: )?(.+)", message)
    return f"{program}: {said[1].strip() if said else message}"


def get_browser(*, may_use_apt: bool) -> str:
    """Return a browser that starts, after fetching one if need be; else raises NoBrowser."""
    ways = [DOWNLOAD, SYSTEM, LIBRARIES] if may_use_apt else [DOWNLOAD]
    failures: list[str] = []
    for way in ways:
        try:
            return find_browser()
        except NoBrowser:
            failures.extend(filter(None, [_follow(way)]))
    try:
        return find_browser()
    except NoBrowser as missing:
        raise NoBrowser("; ".join([str(missing), *failures])) from None


def _follow(way: Iterable[Step]) -> str:
    """Run the steps until one fails; return what went wrong, or ""."""
    for step in way:
        sys.stderr.write(f"Getting a browser for the tests: {step.name} ...\n")
        if failure := run_step(step):
            return f"{step.name}: {failure}"
    return ""


def run_step(step: Step) -> str:
    """Run a command and end all that it started; return what went wrong, or ""."""
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        process = subprocess.Popen(  # noqa: S603 - our own command
            step.command,
            env=os.environ | QUIET,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            status = process.wait(step.seconds)
        except subprocess.TimeoutExpired:
            return f"not done after {step.seconds} seconds"
        finally:
            _end(process)
        said.seek(0)
        return _complaint(said.read()) if status else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a process and of all that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(OSError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(ENDING)


def _complaint(said: str) -> str:
    """Return the line that says why a command failed."""
    lines = [re.sub(r"^/\S*/", "", line.strip()) for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"Error: |E: ", line)]
    return (errors or lines[-1:] or ["it failed and did not say why"])[0]


def main() -> int:
    """Find a browser for the tests, or get one; return the exit status."""
    try:
        program = get_browser(may_use_apt=os.geteuid() == 0 and bool(shutil.which("apt-get")))
        sys.stdout.write(f"The browser for the tests: {program}\n")
    except NoBrowser as missing:
        sys.stderr.write(f"No browser starts here ({missing}). {REMEDY}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
