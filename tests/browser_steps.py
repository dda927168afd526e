"""What a person does on the workspace page, and pages whose consoles are looked at."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    expect,
)


PATIENCE = 10_000  # milliseconds
CONTROLS = "button|checkbox|combobox|link|listbox|menuitem|radio|radiogroup|slider|switch|textbox"
NAMELESS = re.compile(
    rf"^\s*- '?(?:{CONTROLS}|dialog|img|navigation|region)(?! \")\b.*$", re.MULTILINE
)


class Pages:
    """Pages of one browser, each in a window of its own, lent again and again.

    A new window costs a second of work; a second page in one would be drawn once a second.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: dict[str, list[Page]] = {}

    @contextmanager
    def lent(self, *, width=1280, height=800, dark=False, **options) -> Iterator[Page]:
        """Lend an empty page on a screen of this kind."""
        screen = {
            "viewport": {"width": width, "height": height},
            "color_scheme": "dark" if dark else "light",
            **options,
        }
        idle = self._idle.setdefault(repr(screen), [])
        page = idle.pop() if idle else self._browser.new_page(**screen)
        yield page
        page.evaluate("sessionStorage.clear()")
        page.goto("about:blank")
        idle.append(page)


@contextmanager
def pages_at(pages: Pages, base_url: str) -> Iterator[Callable[..., Page]]:
    """Give a function that opens pages; afterwards their consoles are looked at."""
    said: list[str] = []
    with ExitStack() as stack:

        def opened(person: str, *, at="", **screen) -> Page:
            page = stack.enter_context(pages.lent(**screen))
            page.set_default_timeout(PATIENCE)
            stack.enter_context(_listening(page, said))
            page.goto(
                f"{base_url}/?{urlencode({'as': person, 'in': at} if at else {'as': person})}"
            )
            expect(page.locator("#main > *").first).to_be_visible()
            return page

        yield opened
    assert said == []


@contextmanager
def _listening(page: Page, said: list[str]) -> Iterator[None]:
    def console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            said.append(f"{message.type}: {message.text}")

    def failed(error: Error) -> None:
        said.append(f"uncaught: {error.stack}")

    page.on("console", console)
    page.on("pageerror", failed)
    yield
    page.remove_listener("console", console)
    page.remove_listener("pageerror", failed)


def write(page: Page, text: str) -> None:
    """Write in the open conversation and send it."""
    composer = page.locator(".main .composer-input")
    composer.fill(text)
    composer.press("Enter")


def modal(page: Page, title: str) -> Locator:
    """The open modal of this title, waited for."""
    dialog = page.get_by_role("dialog", name=title, exact=True)
    expect(dialog).to_be_visible()
    return dialog


def message(page: Page, words: str) -> Locator:
    """The newest message in the conversation with these words."""
    return page.locator(".main article").filter(has_text=words).last


def choose(dialog: Locator, label: str, option: str, typed: str = "") -> None:
    """Choose an option of a select by its label, typing first if need be."""
    box = dialog.get_by_role("combobox", name=label, exact=True)
    box.click()
    if typed:
        box.press_sequentially(typed)
    dialog.get_by_role("option", name=option).click()


def go(page: Page, name: str) -> None:
    """Go to a channel or the app by the sidebar."""
    page.locator("#sidebar").get_by_role("button", name=name).click()


def become(page: Page, name: str) -> None:
    """Be somebody else."""
    page.locator("#me").click()
    page.get_by_role("menuitemradio", name=name).click()
    expect(page.locator("#me")).to_contain_text(name)


def nameless(part: Locator) -> list[str]:
    """What a screen reader could not call by any name, of all that can be used there."""
    return NAMELESS.findall(part.aria_snapshot())
