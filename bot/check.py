"""`python -m bot check`: looks at all that can be set up wrongly, and says how to mend it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse
from sqlalchemy import delete, false

from bot import config
from bot.config import ROOT, SETTINGS, Setting
from bot.delivery.held import Held, given_up, held
from bot.delivery.mends import is_farewell, mend
from bot.errors import SlackUnreachable
from bot.health import AWAY, Migrations
from bot.slack.channels import objection
from bot.slack.http import POSTING_SECONDS, web_client
from bot.slack.people import FAILURES, People, what_failed
from bot.slack.text import plural
from models import Database, DatabaseUnavailable, Lane


ALONE = {"app_token": "Socket Mode alone needs it", "signing_secret": "HTTP alone needs it"}
WRITABLE = "Let the user that runs the bot write to the file and to its folder."
SECRET = frozenset({"bot_token", "signing_secret", "app_token", "database_url"})
UNREACHABLE = "unreachable"
NOT_SLACK = "http_200"
OWN = {"ratelimited": "Slack was asked too often. Try again in a minute."}
BROKEN = (AttributeError, KeyError, TypeError, ValueError)
"""What reading JSON of another shape than Slack's answers raises."""

_LINE = "Turn on Socket Mode, make an app-level token with connections:write: SLACK_APP_TOKEN."
APP_TOKEN = dict.fromkeys(
    ("invalid_auth", "not_authed", "not_allowed_token_type", "missing_scope", "forbidden"), _LINE
)
_GROUP = "Set TECHNICIAN_GROUP to the id of a user group of this workspace, or leave it out."
GROUP = dict.fromkeys(("no_such_subteam", "subteam_not_found", "plan_upgrade_required"), _GROUP)
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """One thing looked at: as it should be, worth knowing (marked `·`), or with what mends it."""

    what: str
    mend: str = ""
    mark: str = "✓"

    def __str__(self) -> str:
        """Return the line that is printed."""
        return f"✗ {self.what}. {self.mend}" if self.mend else f"{self.mark} {self.what}"


def findings(environ: Mapping[str, str], *, patience: int = POSTING_SECONDS) -> Iterator[Finding]:
    """Look at every setting, then at Slack and the database as far as the settings allow.

    Each question to Slack is given up after `patience` seconds.
    """
    values, bad = config.read(environ, SETTINGS)
    needed = config.needed_for(None, environ)
    if not environ.get(needed.name, "").strip():
        bad[needed.name] = config.problem("", needed)
    for name, setting in SETTINGS.items():
        yield _setting(name, setting, bad, environ)
    with ThreadPoolExecutor() as pool:  # so that a Slack that hangs costs its time only once
        for found in pool.map(_guarded, _looks(values, patience)):
            yield from found


def _setting(
    name: str, setting: Setting, bad: Mapping[str, str], environ: Mapping[str, str]
) -> Finding:
    if setting.name in bad:
        state, _, mended = bad[setting.name].partition(": ")
        return Finding(f"{setting.name} {state}", f"Set it to {mended}.")
    if not environ.get(setting.name, "").strip():
        default = setting.default or ALONE.get(name, "not needed")
        return Finding(f"{setting.name} is not set: {default}")
    shown = "is set" if name in SECRET else f"is {environ[setting.name].strip()}"
    return Finding(f"{setting.name} {shown}")


def _looks(values: Values, patience: int) -> Iterator[Callable[[], Iterable[Finding]]]:
    if "bot_token" in values and "api_url" in values:
        slack = web_client(values["bot_token"], values["api_url"], patience)
        yield partial(_bot, slack)
        if values.get("app_token"):
            yield partial(_line, slack, values["app_token"])
        if "executive_channel" in values:
            yield partial(_channel, slack, values["executive_channel"])
        if values.get("technician_group"):
            yield partial(_technicians, slack, values["technician_group"])
    if "database_url" in values:
        yield partial(_database, values["database_url"])


def _guarded(look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except Exception as error:  # noqa: BLE001 - its words may hold a secret; all else is looked at
        return [Finding(f"a check failed ({type(error).__name__})", "Please report this.")]


def _bot(slack: WebClient) -> Iterator[Finding]:
    try:
        answer = slack.auth_test()
    except (*FAILURES, *BROKEN) as error:
        yield _refused("SLACK_BOT_TOKEN", "is not taken by Slack", error)
        return
    yield Finding(f"the bot is “{answer.get('user')}” in {answer.get('team')}")
    wanted = json.loads((ROOT / "manifest.json").read_text())["oauth_config"]["scopes"]["bot"]
    missing = sorted(set(wanted) - _scopes(answer))
    if missing:
        yield Finding(f"scopes are missing: {', '.join(missing)}", mend("missing_scope"))
    else:
        yield Finding(f"all {len(wanted)} scopes of manifest.json are granted")


def _scopes(answer: SlackResponse) -> set[str]:
    headers = {name.lower(): str(value) for name, value in answer.headers.items()}
    return {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}


def _line(slack: WebClient, app_token: str) -> Iterator[Finding]:
    try:
        slack.apps_connections_open(app_token=app_token)
    except (*FAILURES, *BROKEN) as error:
        yield _refused("Socket Mode", "is not opened by Slack", error, APP_TOKEN)
    else:
        yield Finding("Socket Mode connections can be opened")


def _channel(slack: WebClient, channel_id: str) -> Iterator[Finding]:
    try:
        channel = slack.conversations_info(channel=channel_id).get("channel")
    except (*FAILURES, *BROKEN) as error:
        nobody = "cannot be read, so nobody is an executive"
        yield _refused("the executives' channel", nobody, error)
        return
    refused = objection(channel)
    if not refused and not (channel or {}).get("is_member"):
        refused = "not_in_channel"
    if refused or channel is None:
        unusable = "the executives' channel cannot be used, so nobody is an executive"
        yield Finding(f"{unusable} ({refused})", mend(refused))
        return
    yield Finding(f"#{channel.get('name')} is private, ours alone, and the bot is in it")
    yield from _executives(slack, channel_id)


def _executives(slack: WebClient, channel_id: str) -> Iterator[Finding]:
    people = People(slack, lambda _task: None, executive_channel=channel_id)
    try:
        people.learn()
        colleagues = filter(people.is_colleague, people.executives())
        names = sorted(map(people.name, colleagues))
    except (*FAILURES, SlackUnreachable) as error:
        yield _refused("who the executives are", "cannot be read", error)
        return
    if names:
        yield Finding(f"{plural(len(names), 'executive')}: {', '.join(names)}")
    else:
        yield Finding(
            "nobody is an executive", "Invite the executives into the channel of EXECUTIVE_CHANNEL."
        )


def _technicians(slack: WebClient, group: str) -> Iterator[Finding]:
    try:
        users = slack.usergroups_users_list(usergroup=group).get("users") or []
    except (*FAILURES, *BROKEN) as error:
        yield _refused("the technicians' group", "cannot be read", error, GROUP)
        return
    if users:
        yield Finding(f"{plural(len(users), 'person', 'people')} in the technicians' group")
    else:
        yield Finding("the technicians' group is empty", "Add the technicians to it in Slack.")


def _refused(
    what: str, how: str, error: Exception, own: Mapping[str, str] = MappingProxyType({})
) -> Finding:
    code = NOT_SLACK if isinstance(error, BROKEN) else what_failed(error).get("slack")
    if code is None:
        return Finding(f"Slack does not answer about {what} ({UNREACHABLE})", mend(UNREACHABLE))
    if code.startswith("http_"):
        said = f"HTTP {code.removeprefix('http_')}"
        return Finding(f"{said} is not an answer from Slack about {what}", mend(code))
    name = code.partition(":")[0]
    return Finding(f"{what} {how} ({code})", own.get(name) or OWN.get(name) or mend(code))


def _database(url: str) -> Iterator[Finding]:
    database = Database(url)
    try:
        yield from _state_of(database)
    finally:
        database.dispose()


def _state_of(database: Database) -> Iterator[Finding]:
    named = _name_of(database)
    trouble = Migrations(database).trouble()
    if trouble:
        of_file = f" {WRITABLE}" if trouble == AWAY and database.is_sqlite else ""
        yield Finding(f"{named} cannot be used", f"{trouble[0].upper()}{trouble[1:]}.{of_file}")
        return
    if _is_read_only(database):
        yield Finding(f"{named} is read-only", WRITABLE)
    else:
        yield Finding(f"{named} answers and is at the newest migration")
    with database.read() as session:
        waiting, lost = held(session), given_up(session)
    yield from map(_waiting, waiting)
    yield from map(_given_up, lost)
    if not waiting:
        yield Finding("no message waits for a mend")


def _is_read_only(database: Database) -> bool:
    try:
        with database.write() as session:
            session.execute(delete(Lane).where(false()))
    except DatabaseUnavailable as error:
        original = getattr(error.__cause__, "orig", None)
        return getattr(original, "sqlite_errorname", "") == "SQLITE_READONLY"
    return False


def _waiting(found: Held) -> Finding:
    since = f"{found.oldest:%d %b %H:%M} UTC"
    messages = plural(found.count, f"{found.kind} message")
    what = f"{messages} not sent since {since} ({found.error})"
    if is_farewell(found.error):
        return Finding(f"{what}. {found.mend}", mark="·")
    return Finding(what, found.mend)


def _given_up(found: Held) -> Finding:
    messages = plural(found.count, f"{found.kind} message")
    what = f"{messages} since {found.oldest:%d %b %H:%M} UTC given up after a day ({found.error})"
    return Finding(f"{what}: the recipient cannot be messaged", mark="·")


def _name_of(database: Database) -> str:
    """Return which database it is, without what may hold a password."""
    url = database.url
    if database.is_sqlite:
        return f"the SQLite file {url.database}"
    return f"PostgreSQL {url.database or ''} at {url.host or 'this machine'}"
