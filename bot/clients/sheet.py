"""Reads a file of clients: what each line says, or what is wrong with it. Nothing is kept."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.clients.cells import COLUMNS, from_cell, split_aliases
from bot.clients.csv_text import NoTable, Problem, read_table
from bot.clients.names import as_name, tidy
from models.text import fold


PSA_ID_LENGTH = 100
_TEAM = re.compile(r"[TE][A-Z0-9_]{2,31}", re.ASCII)


@dataclass(frozen=True)
class Row:
    """What a file says of one client; `line` is where it begins, as an editor counts."""

    line: int
    name: str
    psa_id: str = ""
    aliases: tuple[str, ...] = ()
    slack_team_id: str = ""

    @cached_property
    def folded(self) -> str:
        """Return the name as names are compared."""
        return fold(self.name)


@dataclass(frozen=True)
class Parsed:
    """What a file says: a row for each client, every problem, and how many lines said it again."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    repeated: int = 0
    unread: tuple[str, ...] = ()
    """Sentences on the columns that were not read."""


def parse(data: bytes) -> Parsed:
    """Return what the file says; lines that say the same of one client are taken as one."""
    try:
        table = read_table(data)
    except NoTable as nothing:
        return Parsed((), nothing.problems)
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, record in table.records():
        if isinstance(record, Problem):
            problems.append(record)
        elif any(cell.strip() for cell in record):
            cells = _cells(table.columns, record)
            bad = [Problem(line, text) for text in _problems(table.columns, record, cells)]
            problems += bad
            rows += [] if bad else [_row(line, cells)]
    merged, contradictions, repeated = _merged(rows)
    found = tuple(sorted([*problems, *contradictions]))
    return Parsed(tuple(merged), found, repeated, table.unread)


def _problems(
    columns: Sequence[str], record: Sequence[str], cells: Mapping[str, str]
) -> Iterator[str]:
    if len(record) > len(columns):  # an empty one too: a name with a comma in it moves the others
        yield (
            f"There are more cells here ({len(record)}) than columns in the first line "
            f"({len(columns)}). Put quotation marks round a cell that has the separator in it."
        )
        return
    yield from _name_problems(cells["name"])
    for alias in split_aliases(cells["aliases"]):
        yield from (f"In the aliases: {problem}" for problem in _name_problems(alias))
    if len(tidy(cells["psa_id"])) > PSA_ID_LENGTH:
        yield f"The psa_id is too long. Please keep it to {PSA_ID_LENGTH} characters."
    team = cells["slack_team_id"]
    if team and not _TEAM.fullmatch(team):
        yield (
            f"“{tidy(team)[:40]}” is not the id of a Slack workspace: that starts with T or E, "
            "like T0123456789. Leave the cell empty where you do not know it."
        )


def _name_problems(text: str) -> Iterator[str]:
    try:
        as_name(text)
    except ValueError as error:
        yield str(error)


def _row(line: int, cells: Mapping[str, str]) -> Row:
    aliases = {fold(alias): as_name(alias) for alias in split_aliases(cells["aliases"])}
    row = Row(line, as_name(cells["name"]), tidy(cells["psa_id"]), (), cells["slack_team_id"])
    if not aliases:
        return row
    aliases.pop(row.folded, None)
    return replace(row, aliases=tuple(aliases.values()))


def _cells(columns: Sequence[str], record: Sequence[str]) -> dict[str, str]:
    filled = dict(zip(columns, map(from_cell, record), strict=False))
    team = filled.get("slack_team_id", "")
    return dict.fromkeys(COLUMNS, "") | filled | {"slack_team_id": team.upper()}


def _merged(rows: Sequence[Row]) -> tuple[list[Row], list[Problem], int]:
    """Return one row a client, what contradicts itself, and how many lines said it again."""
    by_name: dict[str, Row] = {}
    by_psa_id: dict[str, Row] = {}
    problems: list[Problem] = []
    repeated = 0
    for row in rows:
        same = by_name.get(row.folded, row)
        contradiction = _contradiction(row, same, by_psa_id.get(row.psa_id, row))
        if contradiction:
            problems.append(Problem(row.line, contradiction))
            continue
        repeated += same is not row
        by_name[row.folded] = kept = _both(same, row)
        if kept.psa_id:
            by_psa_id[kept.psa_id] = kept
    return list(by_name.values()), problems, repeated


def _contradiction(row: Row, same: Row, same_id: Row) -> str:
    if same_id.folded != row.folded:
        return (
            f"The psa_id “{row.psa_id}” is on line {same_id.line} too, with another name. "
            "Give each client its own, or one name to both lines."
        )
    for column in ("psa_id", "slack_team_id"):
        values = {getattr(same, column), getattr(row, column)} - {""}
        if len(values) > 1:
            return (
                f"This client is on line {same.line} too, with another {column}. Remove one of the "
                "lines; if they are two clients, tell them apart in the name, say by the town."
            )
    return ""


def _both(first: Row, second: Row) -> Row:
    if first is second:
        return first
    known = {fold(alias) for alias in first.aliases}
    more = (alias for alias in second.aliases if fold(alias) not in known)
    return replace(
        first,
        psa_id=first.psa_id or second.psa_id,
        slack_team_id=first.slack_team_id or second.slack_team_id,
        aliases=(*first.aliases, *more),
    )
