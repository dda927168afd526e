"""Imports clients: everything that a file says, or nothing of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from bot.clients.add import one_writer
from bot.clients.csv_text import Problem
from bot.clients.plan import Card, Plan, plan
from bot.clients.sheet import Parsed, Row, parse
from bot.errors import UserError
from models import Alias, Client


__all__ = ["Imported", "NotImported", "Parsed", "Problem", "Row", "import_clients", "parse"]

BATCH = 1000
Progress = Callable[[int, int], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Imported:
    """How many clients were added, how many changed, and how many were as the file says."""

    added: int
    updated: int
    unchanged: int


class NotImported(UserError):  # noqa: N818 - it reads as what happened
    """The file says what cannot be: nothing of it was imported. Names every bad line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems in the order of their lines."""
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def import_clients(
    session: Session,
    rows: Sequence[Row],
    *,
    now: datetime,
    problems: Sequence[Problem] = (),
    progress: Progress | None = None,
) -> Imported:
    """Return what was done with the rows; `progress` is told how many of how many clients.

    Raises NotImported with `problems` and those of the rows beside what is in the directory.
    """
    one_writer(session)
    before = _cards(session)
    planned = plan(before, rows)
    if problems or planned.problems:
        raise NotImported([*problems, *planned.problems])
    steps = _Steps(len(planned.changed) + len(planned.new), progress)
    _change(session, before, planned, steps)
    _add(session, planned.new, now, steps)
    session.expire_all()
    return Imported(len(planned.new), len(planned.changed), planned.unchanged)


class _Steps:
    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def done(self, count: int) -> None:
        self._done += count
        if self._progress:
            self._progress(self._done, self._total)


def _cards(session: Session) -> dict[int, Card]:
    aliases: dict[int, dict[str, str]] = {}
    for number, folded, name in session.execute(
        select(Alias.client_id, Alias.normalised, Alias.name)
    ):
        aliases.setdefault(number, {})[folded] = name
    columns = (Client.id, Client.name, Client.normalised, Client.psa_id, Client.slack_team_id)
    return {
        number: Card(name, folded, psa_id, team, aliases.get(number, {}))
        for number, name, folded, psa_id, team in session.execute(select(*columns))
    }


def _change(session: Session, before: Mapping[int, Card], planned: Plan, steps: _Steps) -> None:
    _let_go(session, before, planned.changed)
    for batch in _batches(planned.changed.items()):
        _run(session, update(Client), [{"id": number, **_fields(card)} for number, card in batch])
        gained = (
            {"client_id": number, "name": name, "normalised": folded}
            for number, card in batch
            for folded, name in card.aliases.items()
            if folded not in before[number].aliases
        )
        _run(session, insert(Alias), list(gained))
        steps.done(len(batch))


def _let_go(session: Session, before: Mapping[int, Card], changed: Mapping[int, Card]) -> None:
    """Take from each client what another may get: two of them may change places."""
    lost = [
        folded
        for number, card in changed.items()
        for folded in before[number].aliases
        if folded not in card.aliases
    ]
    for some in _batches(lost):
        session.execute(delete(Alias).where(Alias.normalised.in_(some)))
    # No folded name has a "~" beside a digit, so these are nobody's.
    nobody = [
        {"id": number, "normalised": f"~{number}", "psa_id": None, "slack_team_id": None}
        for number, card in changed.items()
        if _unique(card) != _unique(before[number])
    ]
    for batch in _batches(nobody):
        _run(session, update(Client), batch)


def _add(session: Session, cards: Sequence[Card], now: datetime, steps: _Steps) -> None:
    adding = insert(Client).returning(Client.id, sort_by_parameter_order=True)
    for batch in _batches(cards):
        numbers = session.scalars(adding, [_fields(card) | {"added_at": now} for card in batch])
        aliases = (
            {"client_id": number, "name": name, "normalised": folded}
            for number, card in zip(numbers, batch, strict=True)
            for folded, name in card.aliases.items()
        )
        _run(session, insert(Alias), list(aliases))
        steps.done(len(batch))


def _fields(card: Card) -> dict[str, Any]:
    return {
        "name": card.name,
        "normalised": card.folded,
        "psa_id": card.psa_id,
        "slack_team_id": card.slack_team_id,
    }


def _unique(card: Card) -> tuple[str | None, ...]:
    return card.folded, card.psa_id, card.slack_team_id


def _run(session: Session, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:  # noqa: ANN401 - an insert or an update
    if rows:
        session.execute(statement, rows)


def _batches(items: Any) -> Iterator[list[Any]]:  # noqa: ANN401 - batches of whatever is given
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch
