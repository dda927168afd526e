"""Imports clients: everything that a file says, or nothing of it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, String, cast, delete, insert, literal, select, update
from sqlalchemy.orm import Session

from bot.clients.add import one_writer
from bot.clients.bulk import given, kept
from bot.clients.csv_text import Problem
from bot.clients.plan import Card, Plan, plan
from bot.clients.sheet import Parsed, Row, parse
from bot.errors import UserError
from models import Alias, Client, ClientStatus


__all__ = [
    "Imported",
    "NotImported",
    "Parsed",
    "Problem",
    "Row",
    "import_clients",
    "parse",
    "prepare",
]

BATCH = 1000
FIELDS = ("name", "normalised", "psa_id", "slack_team_id")
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


@dataclass(frozen=True)
class Prepared:
    """What is to be done with a file's rows, as long as the directory is as it was seen."""

    seen: tuple[str, str]
    before: Mapping[int, Card]
    plan: Plan

    @property
    def outcome(self) -> Imported:
        """Return what an import would have done."""
        return Imported(len(self.plan.new), len(self.plan.changed), self.plan.unchanged)


def prepare(session: Session, rows: Sequence[Row], problems: Sequence[Problem] = ()) -> Prepared:
    """Return what an import would do, to be worked out while others may still write.

    Raises NotImported with `problems` and those of the rows beside what is in the directory.
    """
    return _prepared(_seen(session), rows, problems)


def import_clients(
    session: Session,
    rows: Sequence[Row],
    *,
    now: datetime,
    problems: Sequence[Problem] = (),
    progress: Progress | None = None,
    prepared: Prepared | None = None,
) -> Imported:
    """Return what was done with the rows; `progress` is told how many of how many clients.

    What was prepared is done if the directory is still the same, else it is worked out again.
    Raises NotImported like `prepare`.
    """
    one_writer(session)
    seen = _seen(session)
    if not prepared or prepared.seen != seen:
        prepared = _prepared(seen, rows, problems)
    planned = prepared.plan
    steps = _Steps(len(planned.changed) + len(planned.new), progress)
    _change(session, prepared.before, planned.changed, steps)
    _add(session, planned.new, now, steps)
    session.expire_all()
    return prepared.outcome


def _prepared(seen: tuple[str, str], rows: Sequence[Row], problems: Sequence[Problem]) -> Prepared:
    before = _cards(*seen)
    planned = plan(before, rows)
    if problems or planned.problems:
        raise NotImported([*problems, *planned.problems])
    return Prepared(seen, before, planned)


class _Steps:
    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def done(self, count: int) -> None:
        self._done += count
        if self._progress:
            self._progress(self._done, self._total)


def _seen(session: Session) -> tuple[str, str]:
    """Return the directory as it is, to read the cards from and to compare."""
    columns = (Client.id, *(getattr(Client, name) for name in FIELDS), Client.confidential)
    return kept(session, *columns), kept(session, Alias.client_id, Alias.normalised, Alias.name)


def _cards(clients: str, aliases: str) -> dict[int, Card]:
    of_client: dict[int, dict[str, str]] = {}
    for number, folded, name in json.loads(aliases):
        of_client.setdefault(number, {})[folded] = name
    return {
        number: Card(name, folded, psa_id, team, of_client.get(number, {}), bool(confidential))
        for number, name, folded, psa_id, team, confidential in json.loads(clients)
    }


def _change(
    session: Session, before: Mapping[int, Card], changed: Mapping[int, Card], steps: _Steps
) -> None:
    _let_go(session, before, changed)
    for batch in _batches(changed.items()):
        value = given(session, [(*_fields(card), number) for number, card in batch])
        new = select(value[len(FIELDS)].as_integer().label("id"), *_texts(value, FIELDS)).subquery()
        session.execute(
            update(Client)
            .where(Client.id == new.c.id)
            .values({name: new.c[name] for name in FIELDS} | {"confidential": False})
            .execution_options(synchronize_session=False)
        )
        _add_aliases(session, [(card, before[number].aliases) for number, card in batch])
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
    moved = [n for n, card in changed.items() if _unique(card) != _unique(before[n])]
    # No folded name has a "~" beside a digit, so these are nobody's.
    nobody = {"normalised": "~" + cast(Client.id, String), "psa_id": None, "slack_team_id": None}
    for some in _batches(moved):
        value = given(session, [(number,) for number in some])
        session.execute(
            update(Client)
            .where(Client.id.in_(select(value[0].as_integer())))
            .values(nobody)
            .execution_options(synchronize_session=False)
        )


def _add(session: Session, cards: Sequence[Card], now: datetime, steps: _Steps) -> None:
    added = {
        Client.status: literal(ClientStatus.ACTIVE, Client.status.type),
        Client.added_at: literal(now, Client.added_at.type),
    }
    for batch in _batches(cards):
        value = given(session, [_fields(card) for card in batch])
        new = select(*_texts(value, FIELDS), *added.values())
        session.execute(insert(Client).from_select([*FIELDS, *added], new))
        _add_aliases(session, [(card, {}) for card in batch])
        steps.done(len(batch))


def _add_aliases(session: Session, cards: Iterable[tuple[Card, Mapping[str, str]]]) -> None:
    """Add the aliases of each card but those that its client has already."""
    gained = [
        (card.folded, name, folded)
        for card, there in cards
        for folded, name in card.aliases.items()
        if folded not in there
    ]
    if not gained:
        return
    owner, name, folded = _texts(given(session, gained), ("owner", "name", "normalised"))
    new = select(Client.id, name, folded).where(Client.normalised == owner)
    session.execute(insert(Alias).from_select(["client_id", "name", "normalised"], new))


def _texts(value: ColumnElement[Any], names: Sequence[str]) -> list[ColumnElement[Any]]:
    """Return the first cells of each given row as columns of these names."""
    return [value[place].as_string().label(name) for place, name in enumerate(names)]


def _fields(card: Card) -> tuple[str | None, ...]:
    return card.name, card.folded, card.psa_id, card.slack_team_id


def _unique(card: Card) -> tuple[str | None, ...]:
    return card.folded, card.psa_id, card.slack_team_id


def _batches(items: Any) -> Iterator[list[Any]]:  # noqa: ANN401 - batches of whatever is given
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch
