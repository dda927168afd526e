"""Settings from the environment: checked all at once, secrets never shown."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.exc import ArgumentError

from bot.errors import BadSettings
from models.database import database_url


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
    database_url: str = field(default="sqlite:///on_record.db", repr=False)
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
class _Setting:
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
        if not low <= int(value) <= high:
            raise ValueError
        return int(value)

    return read


def _database(value: str) -> str:
    if database_url(value).get_backend_name() not in {"sqlite", "postgresql"}:
        raise ValueError
    return value


def _level(value: str) -> str:
    return _like("DEBUG|INFO|WARNING|ERROR|CRITICAL")(value.upper())


SETTINGS: Mapping[str, _Setting] = {
    "bot_token": _Setting(
        "SLACK_BOT_TOKEN",
        "",
        _like(r"xoxb-\S+"),
        "the bot token from “OAuth & Permissions”, it starts with xoxb-",
    ),
    "signing_secret": _Setting(
        "SLACK_SIGNING_SECRET",
        "",
        _like(r"\S*"),
        "the signing secret from “Basic Information”; HTTP mode needs it",
    ),
    "app_token": _Setting(
        "SLACK_APP_TOKEN",
        "",
        _like(r"(xapp-\S+)?"),
        "the app-level token from “Basic Information” with connections:write, "
        "it starts with xapp-; Socket Mode needs it",
    ),
    "executive_channel": _Setting(
        "EXECUTIVE_CHANNEL",
        "",
        _like(r"[CG][A-Z0-9_]+"),
        "the id of the executives' private channel, like C0123456789 "
        "(channel name, then “About”, at the very bottom)",
    ),
    "database_url": _Setting(
        "DATABASE_URL",
        "sqlite:///on_record.db",
        _database,
        "sqlite:///file.db or postgresql://user:password@host/name",
    ),
    "technician_group": _Setting(
        "TECHNICIAN_GROUP",
        "",
        _like(r"(S[A-Z0-9_]+)?"),
        "a user group's id, like S0123456789, or empty for every full member",
    ),
    "timezone": _Setting("TIMEZONE", "UTC", ZoneInfo, "a zone's name, like Europe/Berlin"),
    "api_url": _Setting(
        "SLACK_API_URL",
        "https://slack.com/api/",
        _like(r"https?://\S+"),
        "the base URL of the Web API; leave it out for Slack itself",
    ),
    "port": _Setting("PORT", "3000", _between(1, 65535), "a port number"),
    "web_concurrency": _Setting(
        "WEB_CONCURRENCY", "1", _between(1, 64), "the number of web worker processes, like 1"
    ),
    "log_level": _Setting("LOG_LEVEL", "INFO", _level, "DEBUG, INFO, WARNING, ERROR or CRITICAL"),
    "log_format": _Setting("LOG_FORMAT", "console", _like("console|json"), "console or json"),
}
"""Every setting by its field in Settings; the README's table is tested against this."""


def from_env(environ: Mapping[str, str], mode: Mode | None = None) -> Settings:
    """Return the settings for `mode` (None: whichever the tokens allow).

    Raises BadSettings with one text that names every bad setting and its mend.
    """
    values: dict[str, object] = {}
    bad: dict[str, str] = {}
    for name, setting in SETTINGS.items():
        raw = environ.get(setting.name, "").strip()
        try:
            values[name] = setting.read(raw or setting.default)
        except (ValueError, ArgumentError, KeyError, OSError):
            bad[setting.name] = f"{_state(raw)}: {setting.mend}"
    bad |= _missing_for(mode, environ, bad)
    if bad:
        raise BadSettings(_message(bad))
    return Settings(**values)  # type: ignore[arg-type]  # each value was read by its own reader


def _missing_for(
    mode: Mode | None, environ: Mapping[str, str], bad: Mapping[str, str]
) -> dict[str, str]:
    if mode is None:
        mode = Mode.SOCKET if environ.get("SLACK_APP_TOKEN", "").strip() else Mode.WEB
    needed = SETTINGS["app_token" if mode is Mode.SOCKET else "signing_secret"]
    if needed.name in bad or environ.get(needed.name, "").strip():
        return {}
    return {needed.name: f"{_state('')}: {needed.mend}"}


def _state(raw: str) -> str:
    return "is malformed" if raw else "is missing"


def _message(bad: Mapping[str, str]) -> str:
    lines = [f"  {name} {problem}" for name, problem in bad.items()]
    return "\n".join(["On Record cannot start. Mend these settings (environment or .env):", *lines])
