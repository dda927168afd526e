"""Rows of plain values as JSON Lines and as CSV, in files that take their names together."""

import csv
import errno
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from bot.clients.cells import to_cell


Rows = Iterable[Sequence[Any]]


def write_jsonl(rows: Rows, columns: Sequence[str], out: TextIO) -> None:
    """Write each row as one JSON object on a line; times with their zone, nothing as null."""
    line = json.JSONEncoder(default=_plain, ensure_ascii=False).encode
    out.writelines(f"{line(dict(zip(columns, row, strict=True)))}\n" for row in rows)


def write_csv(rows: Rows, columns: Sequence[str], out: TextIO) -> None:
    """Write a line of names, then each row; no cell is one that a spreadsheet would compute."""
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(map(_cell, row))


WRITERS: Mapping[str, Callable[[Rows, Sequence[str], TextIO], None]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
}


def open_private(path: Path) -> TextIO:
    """Open a new file that only its owner can read; one that is in the way is removed."""
    path.unlink(missing_ok=True)
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(number, "w", encoding="utf-8", newline="")


def part_of(path: Path) -> Path:
    """Return what a file is called until all of them are whole."""
    return path.with_name(f".{path.name}.part")


def refuse_folder(path: Path) -> None:
    """Raise OSError where a folder stands in a file's place."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, f"a folder named {path.name} is in the way")


def give_names(paths: Iterable[Path]) -> None:
    """Let each part take its name; where one cannot, raise OSError and leave all as they were."""
    kept: list[Path] = []
    with ExitStack() as back:
        for path in paths:
            refuse_folder(path)
            if path.exists():
                old = path.with_name(f".{path.name}.old")
                path.replace(old)
                back.callback(old.replace, path)
                kept.append(old)
            else:
                back.callback(path.unlink, missing_ok=True)
            part_of(path).replace(path)
        back.pop_all()
    for old in kept:
        old.unlink()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    msg = f"{type(value).__name__} has no place in an export"
    raise TypeError(msg)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return to_cell(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return to_cell(json.dumps(value, ensure_ascii=False))
