"""The composition root: makes every part of a process and joins them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_sdk import WebClient

from bot.background import Background
from bot.clients import listeners as clients
from bot.clients.directory import Directory, Listing, load_listing
from bot.config import Settings
from bot.delivery.executives import Memory
from bot.delivery.outbox import Outbox
from bot.deps import Deps
from bot.escalations import listeners as escalations
from bot.escalations import posts
from bot.escalations.messages import renderers
from bot.history import listeners as history
from bot.home import listeners as home
from bot.home.publish import publish_soon
from bot.incidents import listeners as incidents
from bot.logs import keep_quiet
from bot.slack.door import Door
from bot.slack.http import INTERACTIVE_SECONDS, POSTING_SECONDS, web_client
from bot.slack.people import People
from models import Database


ROOMS = (clients, incidents, history, escalations, home)
"""In the order of how often Slack knocks: Bolt tries the listeners one after the other."""

FINISHING = 8.0
"""Seconds for what was accepted, and again for the posts under way, before the process ends."""


@dataclass(frozen=True)
class Runtime:
    """One process at work."""

    app: App
    deps: Deps
    outbox: Outbox

    def start(self) -> None:
        """Send what is due, and learn in the background what the first requests will need."""
        self.outbox.start()
        self.deps.background.run(self.deps.people.warm)
        self.deps.directory.listing()

    def close(self) -> None:
        """Finish what was accepted and what is being sent, then let go of the database."""
        self.deps.background.close(FINISHING)
        self.outbox.stop(FINISHING)
        self.deps.database.dispose()


def build(
    settings: Settings, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Runtime:
    """Return everything made and joined, nothing started; asks neither Slack nor the database."""
    keep_quiet()
    database, background = Database(settings.database_url), Background()
    slack = web_client(settings.bot_token, settings.api_url, INTERACTIVE_SECONDS)
    people = People(
        slack,
        background.run,
        executive_channel=settings.executive_channel,
        technician_group=settings.technician_group,
        learnt=lambda members: memory.learn(members),  # noqa: PLW0108 - each knows the other
    )
    memory = Memory(database, background.run, is_colleague=people.is_colleague, now=now)
    outbox = _outbox(settings, database, people, now)
    directory = Directory(lambda: _listing(database), background.run)
    deps = Deps(
        settings=settings,
        database=database,
        slack=slack,
        people=people,
        directory=directory,
        background=background,
        now=now,
        wake=outbox.wake,
        show_home=lambda person: publish_soon(deps, person),
    )
    return Runtime(_with_rooms(deps), deps, outbox)


def _outbox(
    settings: Settings, database: Database, people: People, now: Callable[[], datetime]
) -> Outbox:
    return Outbox(
        database,
        web_client(settings.bot_token, settings.api_url, POSTING_SECONDS),
        executive_channel=settings.executive_channel,
        renderers=renderers(settings.timezone, now),
        may_hear=people.is_colleague,
        now=now,
        prepare=lambda: _follow(database, settings.executive_channel, now()),
    )


def _follow(database: Database, channel: str, now: datetime) -> None:
    with database.write() as session:
        posts.follow(session, channel, now=now)


def _listing(database: Database) -> Listing:
    with database.read() as session:
        return load_listing(session)


def _with_rooms(deps: Deps) -> App:
    app = bolt_app(deps.settings.bot_token, deps.settings.signing_secret, deps.slack)
    door = Door(app, deps)
    for room in ROOMS:
        room.register(door)
    door.ignore_the_rest()
    return app


class OurWorkspace(Authorize):
    """Answers for the one workspace that installed us, without asking Slack.

    To give it is also what keeps Bolt from starting OAuth where the environment happens to name
    a client id and secret.
    """

    def __init__(self, token: str) -> None:
        self._result = AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    def __call__(self, **_who: object) -> AuthorizeResult:
        """Return the bot's token for any request: the door checks who may do what."""
        return self._result


def bolt_app(token: str, signing_secret: str, slack: WebClient) -> App:
    """Return a Bolt app without listeners; what nobody listens to goes to its error handler.

    Listeners run in the thread of their request: they only hand over or answer in time.
    """
    return App(
        name="on-record",
        logger=logging.getLogger("slack_bolt"),
        client=slack,
        signing_secret=signing_secret,
        authorize=OurWorkspace(token),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        ssl_check_enabled=False,
    )
