"""What a person does on the workspace page, and pages whose consoles are looked at."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    expect,
)


PATIENCE = 10_000  # milliseconds


class Contexts:
    """Contexts of one browser, one for each kind of screen."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._made: dict[str, BrowserContext] = {}

    def get(self, *, width=1280, height=800, dark=False, **options) -> BrowserContext:
        """Return the context for a screen of this size."""
        key = repr((width, height, dark, options))
        if key not in self._made:
            self._made[key] = self._browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                **options,
            )
        return self._made[key]

    def close(self) -> None:
        """Close them all."""
        for each in self._made.values():
            each.close()


@contextmanager
def pages_at(contexts: Contexts, base_url: str) -> Iterator[Callable[..., Page]]:
    """Give a function that opens pages; afterwards they are closed and their consoles looked at."""
    said: list[str] = []
    with ExitStack() as stack:

        def opened(person: str, *, at="", **screen) -> Page:
            page = contexts.get(**screen).new_page()
            stack.callback(page.close)
            page.set_default_timeout(PATIENCE)
            _listen(page, said)
            page.goto(
                f"{base_url}/?{urlencode({'as': person, 'in': at} if at else {'as': person})}"
            )
            expect(page.locator("#main > *").first).to_be_visible()
            return page

        yield opened
    assert said == []


def _listen(page: Page, said: list[str]) -> None:
    def console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            said.append(f"{message.type}: {message.text}")

    def failed(error: Error) -> None:
        said.append(f"uncaught: {error.stack}")

    page.on("console", console)
    page.on("pageerror", failed)


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
