"""The App Home, made anew whenever somebody opens it."""

from bot.deps import Deps
from bot.home.page import home_page
from bot.home.screen import home_view
from bot.slack.door import Body, Door
from bot.slack.people import Person


def register(door: Door[Deps]) -> None:
    """Show each person their own view when they open the App Home."""
    door.event("app_home_opened", opened)


def opened(deps: Deps, body: Body, person: Person) -> None:
    """Show the Home tab; the app's other tabs need nothing."""
    if body["event"].get("tab") == "home":
        publish(deps, person)


def publish(deps: Deps, person: Person) -> None:
    """Show the person their App Home as things are now."""
    with deps.database.read() as session:
        page = home_page(session, person, now=deps.now(), timezone=deps.settings.timezone)
    deps.slack.views_publish(user_id=person.id, view=home_view(page))
