"""A whole office in one process: the bot as it is built for production, and a strict Slack."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from slack_bolt import BoltRequest
from sqlalchemy import select

from bot.app import Runtime, build
from bot.clients.add import get_or_add
from bot.config import Settings
from bot.line import Line as SocketLine
from bot.slack.http import web_client
from models import Incident
from sandbox.driver import Person, Slack, running
from tests.waiting import wait_until


@dataclass(frozen=True)
class Office:
    """Slack as people see it, and the bot behind it."""

    slack: Slack
    bot: Runtime

    @property
    def tara(self) -> Person:
        """A technician."""
        return self.slack.person("U_TARA")

    @property
    def miguel(self) -> Person:
        """Another technician."""
        return self.slack.person("U_MIGUEL")

    @property
    def erin(self) -> Person:
        """An executive."""
        return self.slack.person("U_ERIN")

    def add_clients(self, *names: str, **fields: str) -> None:
        """Add clients to the directory, known to the typeahead at once."""
        with self.bot.deps.database.write() as session:
            for name in names:
                client = get_or_add(session, name, now=datetime.now(UTC))
                for field, value in fields.items():
                    setattr(client, field, value)
        self.bot.deps.directory.renew()

    def incidents(self) -> list[Incident]:
        """Return every incident, in the order of recording."""
        with self.bot.deps.database.read() as session:
            return list(session.scalars(select(Incident).order_by(Incident.id)))


class Line:
    """Takes signed requests to the bot without a socket between."""

    def __init__(self) -> None:
        self.bot: Runtime | None = None

    def __call__(self, body: bytes, headers: Mapping[str, str], _seconds: float):
        """Return the bot's answer as Slack reads it; a bot that is not there is no connection."""
        if self.bot is None:
            raise ConnectionError
        answer = self.bot.app.dispatch(BoltRequest(body=body.decode(), headers=dict(headers)))
        kept = {name: values[0] for name, values in answer.headers.items()}
        return answer.status, answer.body or "", kept


@contextmanager
def open_office(database_url: str, *, socket_mode: bool = False, **settings) -> Iterator[Office]:
    """Run both while the block lasts; nothing but Slack's own protocol is between them."""
    line = Line()
    with running(bot=line, socket_mode=socket_mode) as slack:
        line.bot = build(
            Settings(
                bot_token="xoxb-sandbox",
                signing_secret="sandbox-signing-secret",
                executive_channel="C_EXEC",
                database_url=database_url,
                api_url=slack.api_url,
                **settings,
            )
        )
        line.bot.start()
        office = Office(slack, line.bot)
        try:
            with _over_a_socket(office) if socket_mode else nullcontext():
                yield office
        finally:
            line.bot.close()


@contextmanager
def _over_a_socket(office: Office) -> Iterator[None]:
    client = web_client("xoxb-sandbox", office.slack.api_url, 5)
    line = SocketLine(office.bot.app.dispatch, client, "xapp-sandbox")
    keeper = threading.Thread(target=line.keep_open)
    keeper.start()
    wait_until(line.is_open)
    try:
        yield
    finally:
        line.hang_up()
        keeper.join()
