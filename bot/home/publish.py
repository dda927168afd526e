"""Shows somebody their App Home as things are now."""

from functools import partial

from bot.deps import Deps
from bot.home.page import home_page
from bot.home.screen import home_view
from bot.slack.people import Person


def publish(deps: Deps, person: Person) -> None:
    """Show the person their App Home as things are now."""
    with deps.database.read() as session:
        page = home_page(session, person, now=deps.now(), timezone=deps.settings.timezone)
    deps.slack.views_publish(user_id=person.id, view=home_view(page))


def publish_soon(deps: Deps, person: Person) -> None:
    """Do the same in the background, after something that this person did."""
    deps.background.run(partial(publish, deps, person))
