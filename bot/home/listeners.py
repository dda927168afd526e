"""The App Home, rebuilt whenever somebody opens it."""

from bot.deps import Deps
from bot.home.publish import publish
from bot.slack.door import Body, Door
from bot.slack.people import Person


def register(door: Door[Deps]) -> None:
    """Show each person their own view when they open the App Home."""
    door.event("app_home_opened", opened)


def opened(deps: Deps, body: Body, person: Person) -> None:
    """Show the Home tab; the app's other tabs need nothing."""
    if body["event"].get("tab") == "home":
        publish(deps, person)
