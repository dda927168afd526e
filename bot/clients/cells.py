r"""What a cell of the clients' table holds, for spreadsheets and for a second import alike.

What a spreadsheet would take for a formula is written with an apostrophe before it, and read
without: where the cell begins, and wherever a spreadsheet that parts cells by another separator
would begin one. Aliases share a cell, with `|` between them; `;` is read as well, for many write
it. In an alias these are written `\|` and `\;`.
"""

import re
from collections.abc import Iterable


COLUMNS = ("name", "psa_id", "aliases", "slack_team_id")
"""The columns in the order of the export. Only the name must be there to import."""

_BEGINS = r"(?:^|(?<=[;\t\r\n]))"
_FORMULA = r"(?=['\" ]*[=+\-@\uff0b\uff0d\uff1d\uff20])"
_UNGUARDED = re.compile(_BEGINS + _FORMULA)
_GUARDED = re.compile(_BEGINS + "'" + _FORMULA)
_ESCAPED = re.compile(r"\\([\\;|])")
_ALIAS = re.compile(r"(?:\\[\\;|]|[^;|])+")


def to_cell(text: str) -> str:
    """Return the text as a cell that no spreadsheet computes, whatever separates its cells."""
    return _UNGUARDED.sub("'", text)


def from_cell(cell: str) -> str:
    """Return the text that `to_cell` was given; what a spreadsheet wrote itself is kept."""
    return _GUARDED.sub("", cell.strip())


def join_aliases(aliases: Iterable[str]) -> str:
    """Return the aliases as the text of one cell."""
    return "|".join(re.sub(r"([\\;|])", r"\\\1", alias) for alias in aliases)


def split_aliases(text: str) -> list[str]:
    """Return the aliases in the text of one cell, empty ones left out."""
    parts = (match[0].strip() for match in _ALIAS.finditer(text))
    return [_ESCAPED.sub(r"\1", part) for part in parts if part]
