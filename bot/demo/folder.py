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


@contextlib.contextmanager
def held(folder: Path, address: str) -> Iterator[None]:
    """Keep other demos out of the folder while the block lasts, however it ends; else InUse.

    The lock is SQLite's: it holds on every system, and goes with the process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)
    with contextlib.closing(lock):
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise InUse((folder / ADDRESS).read_text(encoding="utf-8")) from error
        (folder / ADDRESS).write_text(address, encoding="utf-8")
        yield


def empty(folder: Path) -> None:
    """Remove all that a demo has kept in a folder that we hold."""
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        elif each.stem != Path(LOCK).stem:
            each.unlink()
