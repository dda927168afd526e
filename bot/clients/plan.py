"""What an import would do: which clients are new, which change, and what does not go together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.clients.csv_text import Problem
from bot.clients.sheet import Row
from models.text import fold


@dataclass(frozen=True)
class Card:
    """A client as an import sees it; `aliases` are by their folded names.

    None is `confidential` once it is imported: that names it openly.
    """

    name: str
    folded: str
    psa_id: str | None = None
    slack_team_id: str | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    confidential: bool = False

    def names(self) -> Iterator[tuple[str, str]]:
        """Yield every name, folded and as it is shown."""
        yield self.folded, self.name
        yield from self.aliases.items()


@dataclass(frozen=True)
class Plan:
    """What is to be done. Clients that exist are under their id."""

    new: tuple[Card, ...]
    changed: Mapping[int, Card]
    unchanged: int
    problems: tuple[Problem, ...]


def plan(cards: Mapping[int, Card], rows: Sequence[Row]) -> Plan:
    """Return what these rows do to these clients, or every problem.

    A row is the client with its PSA id, else with its name, else with its alias, else a new one.
    It adds and changes and never takes away: an empty cell leaves what is known, aliases are
    added to those there are. A row with a PSA id gives its client the name that it has there, and
    the old one is kept as an alias; a row without one renames nobody.
    """
    merge = _Merge(cards)
    for row in sorted(rows, key=lambda row: (row.psa_id not in merge.by_psa_id, not row.psa_id)):
        merge.take(row)
    clashes = list(merge.clashes())
    merge.keep_old_names()
    touched = {number: card for number, card in merge.after.items() if number in merge.lines}
    changed = {
        number: card
        for number, card in touched.items()
        if number in cards and card != cards[number]
    }
    new = tuple(card for number, card in touched.items() if number not in cards)
    problems = tuple(sorted({*merge.problems, *clashes}))
    return Plan(new, changed, len(touched) - len(changed) - len(new), problems)


class _Merge:
    """The clients while the rows are taken in, one by one; new ones are under 0, -1 and so on."""

    def __init__(self, cards: Mapping[int, Card]) -> None:
        self.before = cards
        self.after = dict(cards)
        self.lines: dict[int, int] = {}
        self.problems: list[Problem] = []
        self.by_psa_id = {card.psa_id: number for number, card in cards.items() if card.psa_id}
        self._by_name = {card.folded: number for number, card in cards.items()}
        self._by_alias = {alias: number for number, card in cards.items() for alias in card.aliases}
        self._by_id: set[int] = set()
        self._said: dict[tuple[int, str], str] = {}

    def take(self, row: Row) -> None:
        """Take in what a row says; known PSA ids come first, rows without one last."""
        number = self._whose(row)
        card = self.after.get(number, Card(row.name, row.folded))
        if self._contradicts(number, row):
            return
        name, folded = card.name, card.folded
        if row.psa_id:
            self._by_id.add(number)
            name, folded = row.name, row.folded
        elif row.folded == folded and number not in self._by_id:
            name = row.name
        aliases = {fold(alias): alias for alias in row.aliases} | dict(card.aliases)
        aliases.pop(folded, None)
        psa_id, team = row.psa_id or card.psa_id, row.slack_team_id or card.slack_team_id
        self.after[number] = Card(name, folded, psa_id, team, aliases)
        self.lines[number] = row.line

    def clashes(self) -> Iterator[Problem]:
        """Yield what two clients would both have, where a row is to blame."""
        owners: dict[tuple[str, str], int] = {}
        for number, card in self.after.items():
            shared = [("name", folded, shown) for folded, shown in card.names()]
            shared += [("psa_id", card.psa_id or "", card.psa_id or "")]
            shared += [("slack_team_id", card.slack_team_id or "", card.slack_team_id or "")]
            for column, key, shown in shared:
                other = owners.setdefault((column, key), number)
                blamed = max(self.lines.get(number, 0), self.lines.get(other, 0))
                if key and other != number and blamed:
                    innocent = other if self.lines.get(number) == blamed else number
                    yield Problem(blamed, self._clash(column, shown, innocent))

    def keep_old_names(self) -> None:
        """Keep the name that a client had before as an alias, unless another has it now."""
        taken = {folded for card in self.after.values() for folded, _ in card.names()}
        for number, card in self.before.items():
            if card.folded not in taken:
                renamed = self.after[number]
                aliases = {**renamed.aliases, card.folded: card.name}
                self.after[number] = replace(renamed, aliases=aliases)

    def _whose(self, row: Row) -> int:
        if row.psa_id in self.by_psa_id:
            return self.by_psa_id[row.psa_id]
        named = self._by_name.get(row.folded, self._by_alias.get(row.folded))
        is_another = bool(row.psa_id) and named in self._by_id
        return len(self.before) - len(self.after) if named is None or is_another else named

    def _contradicts(self, number: int, row: Row) -> bool:
        for column in ("psa_id", "slack_team_id"):
            value = getattr(row, column)
            said = self._said.setdefault((number, column), value) if value else value
            if said != value:
                self.problems.append(
                    Problem(
                        row.line,
                        f"This is the client of line {self.lines[number]} by another of its names, "
                        f"with another {column}. Remove one of the lines or mend the {column}.",
                    )
                )
                return True
        return False

    def _clash(self, column: str, shown: str, other: int) -> str:
        where = f"on line {self.lines[other]}" if other in self.lines else "in the directory"
        name = self.after[other].name
        if column == "name":
            return (
                f"“{shown}” also names another client, {name} ({where}). "
                "If they are one client, use one name for it; else take it from one of them."
            )
        return f"The {column} “{shown}” is that of {name} ({where}) too. Mend one of them."
