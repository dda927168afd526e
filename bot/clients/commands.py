"""`clients import` and `clients export` on the command line: calm summaries and exit codes."""

import io
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import IntegrityError

from bot.clients.exporting import export_clients
from bot.clients.importing import Imported, NotImported, Parsed, import_clients, parse, prepare
from bot.errors import OutputLost
from bot.output import Lines, printing
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
    told = Lines(out, sys.stderr)
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "this is not the name of a file"
        told.say(f"{path} cannot be read: {reason}. Name a CSV file of clients.")
        return USED_WRONGLY
    return _telling(told, "Nothing was imported.", lambda: _import(data, database, now, told))


def export_command(database: Database, out: TextIO, errors: TextIO | None = None) -> int:
    """Write the directory to `out` as UTF-8, and what goes wrong to `errors` (standard error)."""
    _can_write(out)

    def export() -> int:
        whole = io.StringIO()  # first, so that an export that fails prints no table at all
        with database.read() as session:
            export_clients(session, whole)
        whole.seek(0)
        with printing(out):
            out.writelines(whole)  # in lines: unbuffered, Python loses what one write does not take
        return DONE

    told = Lines(errors or sys.stderr, sys.stderr)
    return _telling(told, "The export is not complete.", export)


def _import(data: bytes, database: Database, now: datetime, told: Lines) -> int:
    parsed = parse(data)
    try:
        with database.read() as session:
            ready = prepare(session, parsed.rows, parsed.problems)
        done = ready.outcome
        if done.added or done.updated:
            with database.write() as session:
                done = import_clients(
                    session, parsed.rows, now=now, progress=_Teller(told), prepared=ready
                )
    except NotImported as refused:
        count = len(refused.problems)
        mend = "this" if count == 1 else f"these {count:,} things"
        told.say(f"Nothing was imported. Mend {mend} and import the file again:\n{refused}")
        status = FAILED
    else:
        told.say(_summary(done, parsed))
        status = DONE
    for note in parsed.unread:
        told.say(note)
    return status


def _telling(told: Lines, outcome: str, work: Callable[[], int]) -> int:
    try:
        return work()
    except DatabaseUnavailable:
        told.say(f"{outcome} {AWAY}")
    except IntegrityError:
        told.say(f"{outcome} Somebody changed the directory at the same moment. Try again.")
    except KeyboardInterrupt:
        told.say(f"{outcome} Stopped as you asked.")
    except OutputLost as lost:
        if str(lost):
            told.say(f"{outcome} {lost}")
    return FAILED


class _Teller:
    """Tells of a long import now and then."""

    def __init__(self, told: Lines) -> None:
        self._told, self._next = told, TOLD_EVERY

    def __call__(self, done: int, total: int) -> None:
        if done >= self._next and done < total:
            self._next += TOLD_EVERY
            self._told.say(f"{done:,} of {total:,} …")


def _can_write(out: TextIO) -> None:
    """Let the stream take any name and leave the ends of lines as they are."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(encoding="utf-8", newline="")


def _summary(done: Imported, parsed: Parsed) -> str:
    text = f"{done.added:,} added, {done.updated:,} changed, {done.unchanged:,} as they were."
    if parsed.repeated:
        text += f" Lines that repeat another one: {parsed.repeated:,}, taken as one."
    return text
