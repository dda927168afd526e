r"""What a cell of the clients' table holds, for spreadsheets and for a second import alike.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, and
read without. Aliases share a cell, separated by `;` or `|`; in an alias these are written `\;`.
"""

import re
from collections.abc import Iterable


COLUMNS = ("name", "psa_id", "aliases", "slack_team_id")
"""The columns in the order of the export. Only the name must be there to import."""

_FORMULA = re.compile("'*[=+\\-@\t\r\uff0b\uff0d\uff1d\uff20]")
_ESCAPED = re.compile(r"\\([\\;|])")
_ALIAS = re.compile(r"(?:\\[\\;|]|[^;|])+")


def to_cell(text: str) -> str:
    """Return the text as a cell that no spreadsheet computes."""
    return f"'{text}" if _FORMULA.match(text) else text


def from_cell(cell: str) -> str:
    """Return the text that `to_cell` was given; what a spreadsheet wrote itself is kept."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def join_aliases(aliases: Iterable[str]) -> str:
    """Return the aliases as the text of one cell."""
    return ";".join(re.sub(r"([\\;|])", r"\\\1", alias) for alias in aliases)


def split_aliases(text: str) -> list[str]:
    """Return the aliases in the text of one cell, empty ones left out."""
    parts = (match[0].strip() for match in _ALIAS.finditer(text))
    return [_ESCAPED.sub(r"\1", part) for part in parts if part]
