"""Logs: one line an event, a reference for each request, no personal text."""

import json
import logging
import secrets
import sys
from contextvars import ContextVar
from datetime import UTC, datetime


_reference: ContextVar[str] = ContextVar("reference", default="-")
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "reference"}
_QUIET = {
    # These two print whole bodies: what somebody wrote must not reach a log.
    "slack_bolt.RequestVerification": logging.WARNING,
    "slack_sdk": logging.INFO,
    "slack_bolt": logging.INFO,
}


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
            "event": record.getMessage(),
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
        told = " ".join(f"{name}={value}" for name, value in extras(record).items())
        at = datetime.fromtimestamp(record.created, UTC)
        line = f"{at:%H:%M:%S} {record.levelname:<7} {reference()} {record.getMessage()} {told}"
        if record.exc_info and record.exc_info[1]:
            line += (
                f" {type(record.exc_info[1]).__name__} at {' < '.join(trace(record.exc_info[1]))}"
            )
        return line.rstrip()


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


def set_up(level: str, form: str) -> None:
    """Send every log line to standard error in the wanted form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json() if form == "json" else Console())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, logging.getLevelName(level)))
