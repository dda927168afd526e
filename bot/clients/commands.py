"""`clients import` and `clients export` on the command line: calm summaries and exit codes."""

import io
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import IntegrityError

from bot.clients.exporting import export_clients
from bot.clients.importing import Imported, NotImported, Parsed, import_clients, parse
from models import Database, DatabaseUnavailable


DONE, FAILED, USED_WRONGLY = 0, 1, 2
TOLD_EVERY = 5_000
AWAY = (
    "The database does not answer, or is not at its newest migration. "
    "Check DATABASE_URL, run `alembic upgrade head`, then try again."
)


def import_command(path: str | Path, database: Database, now: datetime, out: TextIO) -> int:
    """Import the CSV file, all of it or nothing; return the exit code."""
    _can_write(out)
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "this is not the name of a file"
        _say(out, f"{path} cannot be read: {reason}. Name a CSV file of clients.")
        return USED_WRONGLY
    return _telling(out, "Nothing was imported.", lambda: _import(data, database, now, out))


def export_command(database: Database, out: TextIO, errors: TextIO | None = None) -> int:
    """Write the directory to `out` as UTF-8, and what goes wrong to `errors` (standard error)."""
    _can_write(out)

    def export() -> int:
        with database.read() as session:
            export_clients(session, out)
        out.flush()
        return DONE

    return _telling(errors or sys.stderr, "The export is not complete.", export)


def _import(data: bytes, database: Database, now: datetime, out: TextIO) -> int:
    parsed = parse(data)
    try:
        with database.write() as session:
            done = import_clients(
                session, parsed.rows, now=now, problems=parsed.problems, progress=_Teller(out)
            )
    except NotImported as refused:
        count = len(refused.problems)
        mend = "this" if count == 1 else f"these {count:,} things"
        _say(out, f"Nothing was imported. Mend {mend} and import the file again:\n{refused}")
        return FAILED
    _say(out, _summary(done, parsed))
    return DONE


def _telling(errors: TextIO, outcome: str, work: Callable[[], int]) -> int:
    try:
        return work()
    except DatabaseUnavailable:
        _say(errors, f"{outcome} {AWAY}")
    except IntegrityError:
        _say(errors, f"{outcome} Somebody changed the directory at the same moment. Try again.")
    except KeyboardInterrupt:
        _say(errors, f"{outcome} Stopped as you asked.")
    except BrokenPipeError:
        # Whoever read the output has enough. What is still buffered must not raise at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


class _Teller:
    """Tells of a long import now and then."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._next = out, TOLD_EVERY

    def __call__(self, done: int, total: int) -> None:
        if done >= self._next and done < total:
            self._next += TOLD_EVERY
            _say(self._out, f"{done:,} of {total:,} …")


def _can_write(out: TextIO) -> None:
    """Let the stream take any name and leave the ends of lines as they are."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(encoding="utf-8", newline="")


def _summary(done: Imported, parsed: Parsed) -> str:
    text = f"{done.added:,} added, {done.updated:,} changed, {done.unchanged:,} as they were."
    if parsed.repeated:
        text += f" Lines that repeat another one: {parsed.repeated:,}, taken as one."
    return text


def _say(out: TextIO, text: str) -> None:
    out.write(f"{text}\n")
