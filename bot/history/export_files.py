"""Rows of plain values as JSON Lines and as CSV."""

import csv
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
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
