"""Logs: one line an event, a reference for each request, no personal text."""

import json
import logging
import logging.config
import secrets
import sys
import threading
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any


_reference: ContextVar[str] = ContextVar("reference", default="-")
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "reference"}
_OURS = ("bot", "models", "alembic")
_QUIET = {
    # Below these they print whole bodies, and what somebody wrote must not reach a log; or chatter.
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.INFO,
    "alembic": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "psycopg": logging.WARNING,
    "websockets": logging.CRITICAL,
}
log = logging.getLogger(__name__)


def new_reference() -> str:
    """Return a new reference and use it for what this request logs from here on."""
    short = secrets.token_hex(3).upper()
    _reference.set(short)
    return short


def reference() -> str:
    """Return the reference of the request at hand."""
    return _reference.get()


class Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record with its extras; an error as its kind and place, never its words."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": event(record),
            "reference": reference(),
            **extras(record),
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = type(record.exc_info[1]).__name__
            line["trace"] = trace(record.exc_info[1])
        return json.dumps(line, default=str)


class Console(logging.Formatter):
    """One readable line, for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record with its extras; an error as its kind and place, never its words."""
        at = datetime.fromtimestamp(record.created, UTC)
        told = [f"{name}={value}" for name, value in extras(record).items()]
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            told.append(f"{type(error).__name__} at {' < '.join(trace(error))}")
        head = f"{at:%H:%M:%S} {record.levelname:<7} {reference()} {event(record)}"
        return " ".join(" ".join([head, *told]).splitlines())


def event(record: logging.LogRecord) -> str:
    """Return what happened; of a library's error only where, for its words may be anybody's."""
    if record.exc_info and record.name.partition(".")[0] not in _OURS:
        return f"error in {record.name}"
    return record.getMessage()


def extras(record: logging.LogRecord) -> dict[str, object]:
    """Return what the caller gave beside the message."""
    return {name: value for name, value in vars(record).items() if name not in _PLAIN}


def trace(error: BaseException) -> list[str]:
    """Return where it happened, innermost first.

    Messages are left out: a database's names the values, and those are what somebody wrote.
    """
    places: list[str] = []
    step = error.__traceback__
    while step:
        code = step.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    cause = error.__cause__ or error.__context__
    named = [f"caused by {type(cause).__name__}", *trace(cause)] if cause else []
    return places[::-1][:12] + named


def configuration(level: str, form: str) -> dict[str, Any]:
    """Return what `logging.config` takes: every line to standard error, in the wanted form."""
    least = logging.getLevelNamesMapping()[level]
    quiet = {name: {"level": max(floor, least)} for name, floor in _QUIET.items()}
    gunicorn = {"level": level, "handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"form": {"()": Json if form == "json" else Console}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "form"}},
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {**quiet, "gunicorn.error": gunicorn},
    }


def set_up(level: str, form: str) -> None:
    """Send every log line, warning and uncaught error to standard error in the wanted form."""
    logging.config.dictConfig(configuration(level, form))
    watch_uncaught()


def watch_uncaught() -> None:
    """Log errors that nobody caught as all others are: Python's own report repeats their words."""
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def keep_quiet() -> None:
    """Hold back the libraries' lines that repeat what somebody wrote, whatever the level is."""
    for name, floor in _QUIET.items():
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, floor))


def _uncaught(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        log.critical("uncaught_error", exc_info=(kind, error, place))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value:
        log.critical("uncaught_error", exc_info=args.exc_value)
