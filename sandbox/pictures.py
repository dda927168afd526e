"""Take pictures of the workspace page: python -m sandbox.pictures OUT --steps FILE.

With --start COMMAND the workspace is started for it and stopped again. The file is a list of
pictures: {"name", "person", "in", "width", "height", "dark", "of", "do"}. "of" is a CSS selector
of the part that is pictured. "do" are the steps before it, such as ["write", "/hello"],
["click", "button", "Send"], ["fill", "Name", "Bright Dental"], ["wait", "words"],
["choose", "Client", "typed", "option"], ["scroll", "words"], ["type", "words"],
["press", "Tab"] and ["hover", "words"].
"""

import argparse
import json
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page

from sandbox.browser import REMEDY, NoBrowser, find_browser, opened_browser
from sandbox.driving.client import directly
from sandbox.wire import Json


PATIENCE = 10_000  # milliseconds
STARTING = 90.0  # seconds
SHARP = 1.5  # pixels of the picture for each of the page
SETTLED = 400  # milliseconds after the last step
FAILED, USED_WRONGLY = 1, 2


@contextmanager
def started(command: str, url: str, seconds: float = STARTING) -> Iterator[None]:
    """Run a command while the block lasts; RuntimeError where the URL does not answer in time."""
    if not command:
        yield
        return
    process = subprocess.Popen(shlex.split(command))  # noqa: S603 - the user's own command
    try:
        _wait_for(url, seconds)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _wait_for(url: str, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(OSError), directly().open(url, timeout=10):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nothing answers at {url}")


def take(browser: Browser, url: str, wanted: Json, out: Path) -> Path:
    """Take one picture; returns its file."""
    size = {"width": wanted.get("width", 1100), "height": wanted.get("height", 760)}
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        device_scale_factor=SHARP,
        color_scheme="dark" if wanted.get("dark") else "light",
        reduced_motion="reduce",
    )
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        asked = {"as": wanted.get("person", ""), "in": wanted.get("in", "")}
        page.goto(f"{url}/?{urlencode({name: each for name, each in asked.items() if each})}")
        page.locator("#main > *").first.wait_for()
        for deed, *given in wanted.get("do", ()):
            DEEDS[deed](page, *given)
        page.wait_for_timeout(SETTLED)
        path = out / f"{wanted['name']}.png"
        page.locator(wanted.get("of", "body")).last.screenshot(path=path, animations="disabled")
        _leave(page)
    finally:
        context.close()
    return path


def _leave(page: Page) -> None:
    """Close the modals, which the workspace keeps open otherwise."""
    dialogs = page.locator("dialog[open]")
    if dialogs.count():
        dialogs.last.get_by_role("button", name="Close").first.click()
        dialogs.first.wait_for(state="detached")


def _front(page: Page) -> Page | Locator:
    """Return the modal on top, or the page where none is open."""
    dialog = page.locator("dialog[open]")
    return dialog.last if dialog.count() else page


def _write(page: Page, text: str) -> None:
    page.locator(".main .composer-input").fill(text)
    page.keyboard.press("Enter")


def _type(page: Page, text: str) -> None:
    page.locator(".main .composer-input").press_sequentially(text)


def _click(page: Page, role: str, name: str) -> None:
    _front(page).get_by_role(role, name=name).last.click()  # type: ignore[arg-type]  # a steps file may name any role


def _fill(page: Page, label: str, text: str) -> None:
    _front(page).get_by_label(label).first.fill(text)


def _choose(page: Page, label: str, typed: str, option: str) -> None:
    box = _front(page).get_by_role("combobox", name=label).first
    box.click()
    if typed:
        box.press_sequentially(typed)
    _front(page).get_by_role("option", name=option).first.click()


def _wait(page: Page, words: str) -> None:
    page.get_by_text(words).last.wait_for()


def _scroll(page: Page, words: str) -> None:
    page.get_by_text(words).last.scroll_into_view_if_needed()


def _press(page: Page, key: str) -> None:
    page.keyboard.press(key)


def _hover(page: Page, words: str) -> None:
    page.locator("article").filter(has_text=words).last.hover()


DEEDS: Mapping[str, Callable[..., None]] = {
    "write": _write,
    "type": _type,
    "click": _click,
    "fill": _fill,
    "choose": _choose,
    "wait": _wait,
    "scroll": _scroll,
    "press": _press,
    "hover": _hover,
}


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures that a file describes; returns the exit status."""
    parser = argparse.ArgumentParser("sandbox.pictures", description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="the folder for the pictures")
    parser.add_argument("--steps", type=Path, required=True, help="the JSON file of pictures")
    parser.add_argument("--url", default="http://127.0.0.1:3000", help="where the workspace is")
    parser.add_argument("--start", default="", help="a command that starts it")
    chosen = parser.parse_args(arguments)
    try:
        pictures = json.loads(chosen.steps.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The steps cannot be read: {error}\n")
        return USED_WRONGLY
    chosen.out.mkdir(parents=True, exist_ok=True)
    try:
        with opened_browser(find_browser()) as browser, started(chosen.start, chosen.url):
            for each in pictures:
                sys.stdout.write(f"{take(browser, chosen.url, each, chosen.out)}\n")
    except NoBrowser as missing:
        sys.stderr.write(f"No browser starts here ({missing}). {REMEDY}\n")
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
