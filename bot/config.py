"""Settings from the environment: checked all at once, secrets never shown."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.errors import BadSettings
from models.database import UNSET, usable_url


ROOT = Path(__file__).resolve().parent.parent
CHECK = ".venv/bin/python -m bot check"
UPGRADE = ".venv/bin/alembic upgrade head"
"""The commands that say what is set up wrongly, and that bring the tables up to date."""


class Mode(StrEnum):
    """How Slack reaches the bot."""

    WEB = "web"
    SOCKET = "worker"


@dataclass(frozen=True)
class Settings:
    """Everything that differs between installations. See the README's table."""

    bot_token: str = field(repr=False)
    executive_channel: str
    signing_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    database_url: str = field(default=UNSET, repr=False)
    technician_group: str = ""
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    api_url: str = "https://slack.com/api/"
    port: int = 3000
    web_concurrency: int = 1
    log_level: str = "INFO"
    log_format: str = "console"

    @property
    def mode(self) -> Mode:
        """Return Socket Mode where there is an app token, else HTTP."""
        return Mode.SOCKET if self.app_token else Mode.WEB


@dataclass(frozen=True)
class Setting:
    """One environment variable: its default, what it must look like, and the mend."""

    name: str
    default: str
    read: Callable[[str], object]
    mend: str


def _like(pattern: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise ValueError
        return value

    return read


def _between(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        number = int(_like("[0-9]+")(value))
        if not low <= number <= high:
            raise ValueError
        return number

    return read


def _database(value: str) -> str:
    usable_url(value)
    return value


def _api_url(value: str) -> str:
    parts = urlsplit(_like(r"https?://[!-~]+")(value))
    if not parts.hostname or parts.port == 0 or "@" in parts.netloc:  # never a password in it
        raise ValueError
    return value


def _level(value: str) -> str:
    return _like("DEBUG|INFO|WARNING|ERROR|CRITICAL")(value.upper())


UNREADABLE = ".env cannot be read. Save it as plain text in UTF-8."
SETTINGS: Mapping[str, Setting] = {
    "bot_token": Setting(
        "SLACK_BOT_TOKEN",
        "",
        _like(r"xoxb-[!-~]+"),
        "the bot token from “OAuth & Permissions”, it starts with xoxb-",
    ),
    "signing_secret": Setting(
        "SLACK_SIGNING_SECRET",
        "",
        _like(r"[!-~]*"),
        "the signing secret from “Basic Information”; HTTP mode needs it",
    ),
    "app_token": Setting(
        "SLACK_APP_TOKEN",
        "",
        _like(r"(xapp-[!-~]+)?"),
        "the app-level token from “Basic Information” with connections:write, "
        "it starts with xapp-; Socket Mode needs it",
    ),
    "executive_channel": Setting(
        "EXECUTIVE_CHANNEL",
        "",
        _like(r"[CG][A-Z0-9_]+"),
        "the id of the executives' private channel, like C0123456789 "
        "(channel name, then “About”, at the very bottom)",
    ),
    "database_url": Setting(
        "DATABASE_URL",
        UNSET,
        _database,
        "sqlite:///file.db or postgresql://user:password@host/name (a special character in the "
        "password is written as %XX)",
    ),
    "technician_group": Setting(
        "TECHNICIAN_GROUP",
        "",
        _like(r"(S[A-Z0-9_]+)?"),
        "a user group's id, like S0123456789, or empty for every full member",
    ),
    "timezone": Setting(
        "TIMEZONE", "UTC", ZoneInfo, "a zone's name, like Europe/Berlin, America/New_York or UTC"
    ),
    "api_url": Setting(
        "SLACK_API_URL",
        "https://slack.com/api/",
        _api_url,
        "the base URL of the Web API; leave it out for Slack itself",
    ),
    "port": Setting("PORT", "3000", _between(1, 65535), "a port number"),
    "web_concurrency": Setting(
        "WEB_CONCURRENCY", "1", _between(1, 64), "the number of web worker processes, like 1"
    ),
    "log_level": Setting("LOG_LEVEL", "INFO", _level, "DEBUG, INFO, WARNING, ERROR or CRITICAL"),
    "log_format": Setting("LOG_FORMAT", "console", _like("console|json"), "console or json"),
}
"""Every setting by its field in Settings; the README's table is tested against this."""


def from_env(environ: Mapping[str, str], mode: Mode | None = None) -> Settings:
    """Return the settings for `mode` (None: whichever the tokens allow).

    Raises BadSettings with one text that names every bad setting and its mend.
    """
    values, bad = read(environ, SETTINGS)
    bad |= _missing_for(mode, environ, bad)
    if bad:
        raise BadSettings(_message(bad))
    return Settings(**values)  # type: ignore[arg-type]  # each value was read by its own reader


def database_from_env(environ: Mapping[str, str]) -> str:
    """Return DATABASE_URL alone, for what needs no Slack; raises BadSettings."""
    values, bad = read(environ, ["database_url"])
    if bad:
        raise BadSettings(_message(bad))
    return str(values["database_url"])


def drop_useless_proxies(environ: MutableMapping[str, str]) -> None:
    """Forget every proxy where Slack is a stand-in on this machine, which no proxy can reach.

    slack_sdk asks the proxy of HTTPS_PROXY or HTTP_PROXY for every address, whatever NO_PROXY says.
    """
    if _is_this_machine(environ.get(SETTINGS["api_url"].name, "")):
        for name in [name for name in environ if name.lower() in PROXIES]:
            del environ[name]


def _is_this_machine(url: str) -> bool:
    try:
        host = urlsplit(url.strip()).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read(
    environ: Mapping[str, str], names: Iterable[str]
) -> tuple[dict[str, object], dict[str, str]]:
    """Return the good values by field, and what is wrong with the others by variable."""
    values: dict[str, object] = {}
    bad: dict[str, str] = {}
    for name in names:
        setting = SETTINGS[name]
        raw = environ.get(setting.name, "").strip()
        try:
            values[name] = setting.read(raw or setting.default)
        except (ValueError, KeyError, OSError):
            bad[setting.name] = problem(raw, setting)
    return values, bad


def problem(raw: str, setting: Setting) -> str:
    """Return what is wrong with it and how it is mended; never its value, which may be secret."""
    return f"is {'malformed' if raw else 'missing'}: {setting.mend}"


PROXIES = ("http_proxy", "https_proxy", "all_proxy")
EITHER = "the app-level token, xapp-…, for Socket Mode; or set SLACK_SIGNING_SECRET for HTTP"


def needed_for(mode: Mode | None, environ: Mapping[str, str]) -> Setting:
    """Return the one setting that this mode cannot do without; of None, either will do."""
    app_token, signing_secret = SETTINGS["app_token"], SETTINGS["signing_secret"]
    if mode is not None:
        return app_token if mode is Mode.SOCKET else signing_secret
    given = (each for each in (app_token, signing_secret) if environ.get(each.name, "").strip())
    return next(given, replace(app_token, mend=EITHER))


def _missing_for(
    mode: Mode | None, environ: Mapping[str, str], bad: Mapping[str, str]
) -> dict[str, str]:
    needed = needed_for(mode, environ)
    if needed.name in bad or environ.get(needed.name, "").strip():
        return {}
    return {needed.name: problem("", needed)}


def _message(bad: Mapping[str, str]) -> str:
    lines = [f"  {name} {wrong}" for name, wrong in bad.items()]
    return "\n".join(["On Record cannot start. Mend these settings (environment or .env):", *lines])
