"""What the rooms work with, passed in and never global."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from slack_sdk import WebClient

from bot.background import Background
from bot.clients.directory import Directory
from bot.config import Settings
from bot.slack.people import People, Person
from models import Database


@dataclass(frozen=True)
class Deps:
    """The collaborators of one process.

    `wake` has the outbox look now; `show_home` has somebody's App Home rebuilt soon.
    """

    settings: Settings
    database: Database
    slack: WebClient
    people: People
    directory: Directory
    background: Background
    now: Callable[[], datetime]
    wake: Callable[[], None]
    show_home: Callable[[Person], None]
