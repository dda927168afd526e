"""Take pictures of the workspace page: python -m sandbox.pictures OUT --steps FILE [--url URL].

The file is a list of pictures: {"name", "person", "in", "width", "height", "dark", "of", "do"}.
"do" are the steps before the picture, such as ["write", "/hello"], ["click", "button", "Send"],
["fill", "Name", "Bright Dental"], ["choose", "Client", "Bright", "Bright Dental"],
["wait", "words"] and ["scroll", "words"]. "of" is a CSS selector of the part that is pictured.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from sandbox.wire import Json


FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 10_000  # milliseconds
SHARP = 2  # pixels of the picture for each of the page
SETTLED = 400  # milliseconds after the last step
USED_WRONGLY = 2


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """Give a headless browser with an empty profile; RuntimeError where there is none."""
    path = next(filter(None, map(which, NAMES)), None)
    if path is None:
        raise RuntimeError("Chromium is needed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


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
        page.locator(wanted.get("of", "body")).screenshot(path=path, animations="disabled")
    finally:
        context.close()
    return path


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
    # Playwright lists the roles as literals; a steps file may name any of them.
    _front(page).get_by_role(role, name=name).last.click()  # type: ignore[arg-type]


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
    parser.add_argument("--url", default="http://127.0.0.1:3000", help="a running workspace")
    chosen = parser.parse_args(arguments)
    try:
        pictures = json.loads(chosen.steps.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The steps cannot be read: {error}\n")
        return USED_WRONGLY
    chosen.out.mkdir(parents=True, exist_ok=True)
    with opened_browser() as browser:
        for each in pictures:
            sys.stdout.write(f"{take(browser, chosen.url, each, chosen.out)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
