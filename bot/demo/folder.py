"""The demo's folder: one demo works in it at a time, and one can start afresh in it."""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bot.errors import OnRecordError


LOCK, ADDRESS = "running.lock", "running.txt"


class InUse(OnRecordError):  # noqa: N818 - it reads as what happened
    """Another demo works in the folder; the text is its address."""


class NotWritable(OnRecordError):  # noqa: N818 - the same
    """The folder cannot be written to; the text says why."""


@contextlib.contextmanager
def held(folder: Path, address: str) -> Iterator[None]:
    """Keep other demos out of the folder while the block lasts, however it ends.

    Raises InUse or NotWritable. The lock is SQLite's: it holds on every system, and goes with
    the process.
    """
    with contextlib.ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)
            stack.enter_context(contextlib.closing(lock)).execute("BEGIN EXCLUSIVE")
            (folder / ADDRESS).write_text(address, encoding="utf-8")
        except OSError as error:
            raise NotWritable(error.strerror) from error
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise NotWritable(str(error)) from error
            raise InUse((folder / ADDRESS).read_text(encoding="utf-8")) from error
        yield


def empty(folder: Path) -> None:
    """Remove all that a demo has kept in a folder that we hold."""
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        elif each.stem != Path(LOCK).stem:
            each.unlink()
