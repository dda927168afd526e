"""/client-history: a client's record looked up and rendered, however many records there are."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from statistics import median
from time import perf_counter, thread_time
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from bench import rows
from bench.databases import KINDS, opened
from bench.figures import Figure, at_most, at_most_times
from bench.rounds import interleaved
from bench.sampler import in_process
from bench.scale import Scale
from bot.clients.directory import SEEDED_CONDUCT
from bot.history.filters import Filters
from bot.history.page import history_page, noted
from bot.history.screen import history_view
from bot.slack.people import Person
from models import Database


ZONE = ZoneInfo("UTC")
VIEWER = Person("U_TARA", "Tara Lind", executive=False)
LOOKS = 20
"""In each round; the round's figure is their median."""

Ask = Callable[[str, tuple[object, ...]], list[Any]]
"""Asks the driver itself."""

LAST = (
    "SELECT id, number, occurred_at, conduct_type_id, severity, reporter_name, what_happened "
    "FROM incidents WHERE client_id = {} ORDER BY occurred_at DESC, id DESC LIMIT 20"
)
COUNTS = (
    "SELECT conduct_type_id, severity, count(*) FROM incidents "
    "WHERE client_id = {} AND occurred_at >= {} GROUP BY conduct_type_id, severity"
)


@dataclass(frozen=True)
class Size:
    """So many incidents of so many clients."""

    incidents: int
    clients: int

    def __str__(self) -> str:
        return f"{self.incidents:,} of {self.clients:,} clients"

    def whose(self, which: str) -> list[int]:
        """Return the ids of the busiest client, or of some in the middle."""
        busiest, middle = rows.busiest_and_median(self.clients)
        return [busiest] if which == BUSIEST else list(range(middle - 9, middle + 10))


MEDIAN, BUSIEST = "a median client", "the busiest"
BOUNDS = {MEDIAN: 5, BUSIEST: 15}
"""Milliseconds of a look. The busiest client's twelve months are counted from its own index
entries, so that its look grows with its record; it has 25,000 of a million incidents."""

SMALL, LARGE = Size(10_000, 50), Size(1_000_000, 5000)
SIZES = (SMALL, Size(100_000, 500), LARGE)
"""The MSP grows with its record: 200 incidents a client over three years, on average."""


@dataclass(frozen=True)
class Shelf:
    """A loaded database, as the bot opens it and as its driver does."""

    size: Size
    database: Database
    raw: Ask
    mark: str

    def ours(self, client_id: int) -> None:
        """Look the client up and render the page."""
        now = datetime.now(UTC)
        with self.database.read() as session:
            page = history_page(session, client_id, VIEWER, Filters(), now=now, timezone=ZONE)
        view = history_view(page, SEEDED_CONDUCT)
        assert page.lines, "nothing was found"
        assert view["blocks"], "nothing was shown"

    def with_the_note(self, client_id: int) -> None:
        """Do so and note that somebody looked: one write, on the disk."""
        self.ours(client_id)
        with self.database.write() as session:
            noted(session, client_id, VIEWER, now=datetime.now(UTC))

    def floor(self, client_id: int) -> None:
        """Ask the driver for the last 20 and for the counts of 90 days."""
        since = datetime.now(UTC) - timedelta(days=90)
        self.raw(LAST.format(self.mark), (client_id,))
        self.raw(COUNTS.format(self.mark, self.mark), (client_id, f"{since:%Y-%m-%d %H:%M:%S}"))


def run(scale: Scale) -> Iterator[Figure]:
    """Measure against the same look-ups through the driver alone."""
    sizes = [size for size in SIZES if not (scale.quick and size is LARGE)]
    with contextlib.ExitStack() as stack:
        shelves = {kind: _shelves(stack, kind, sizes) for kind in KINDS}
        work = [shelf for of_kind in shelves.values() for shelf in of_kind]
        work.sort(key=lambda shelf: -shelf.size.incidents)
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(_fill, work))
        for kind, of_kind in shelves.items():
            yield from _figures(kind, _measured(of_kind, scale.pick(9, 5)))
            if scale.profile:
                look = partial(of_kind[0].ours, of_kind[0].size.whose(MEDIAN)[0])
                in_process(f"{kind}, {MEDIAN}, {of_kind[0].size}", look)


def _shelves(stack: contextlib.ExitStack, kind: str, sizes: Sequence[Size]) -> list[Shelf]:
    """Return an empty database for each size."""
    enter = stack.enter_context
    make = enter(KINDS[kind]())
    found = []
    for size in sizes:
        database = enter(opened(enter(make())))
        raw = enter(_sqlite(database) if database.is_sqlite else _postgresql(database))
        found.append(Shelf(size, database, raw, "?" if database.is_sqlite else "%s"))
    return found


def _fill(shelf: Shelf) -> None:
    rows.load(shelf.database, shelf.size.incidents, shelf.size.clients)


@contextlib.contextmanager
def _sqlite(database: Database) -> Iterator[Ask]:
    connections: list[sqlite3.Connection] = []

    def ask(statement: str, values: tuple[object, ...]) -> list[Any]:
        if not connections:
            connections.append(sqlite3.connect(str(database.url.database)))
        return connections[0].execute(statement, values).fetchall()

    yield ask
    for each in connections:
        each.close()


@contextlib.contextmanager
def _postgresql(database: Database) -> Iterator[Ask]:
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:

        def ask(statement: str, values: tuple[object, ...]) -> list[Any]:
            return connection.execute(statement.encode(), values).fetchall()

        yield ask


@dataclass(frozen=True)
class Took:
    """Milliseconds of one look, and of our own CPU for it; medians of a round."""

    whole: float
    cpu: float


Measured = dict[tuple[Size, str, str], list[Took]]
"""By size, client and side, a round each."""


def _measured(shelves: Sequence[Shelf], rounds: int) -> Measured:
    sides = {
        (shelf.size, which, side): partial(_median_of, work, shelf.size.whose(which))
        for shelf in shelves
        for which in BOUNDS
        for side, work in (
            ("ours", shelf.ours),
            ("noted", shelf.with_the_note),
            ("floor", shelf.floor),
        )
    }
    for side in sides.values():
        side()  # to be warm
    return interleaved(rounds, sides)


def _median_of(work: Callable[[int], None], clients: Sequence[int]) -> Took:
    whole, cpu = [], []
    for client, _ in zip(cycle(clients), range(LOOKS), strict=False):
        started, used = perf_counter(), thread_time()
        work(client)
        whole.append(perf_counter() - started)
        cpu.append(thread_time() - used)
    return Took(1000 * median(whole), 1000 * median(cpu))


def _figures(kind: str, found: Measured) -> Iterator[Figure]:
    sizes = list(dict.fromkeys(size for size, _, _ in found))
    whole = {key: [took.whole for took in each] for key, each in found.items()}
    for which, bound in BOUNDS.items():
        for size in sizes:
            ours, floor = whole[size, which, "ours"], whole[size, which, "floor"]
            yield Figure(f"{kind}, {which}, {size}", "ms", ours, floor, at_most(bound))
    largest = max(sizes, key=lambda size: size.incidents)
    for which, target in ((MEDIAN, at_most_times(1.5)), (BUSIEST, None)):
        after, before = whole[largest, which, "ours"], whole[SMALL, which, "ours"]
        yield Figure(f"{kind}, {which}, growth from {SMALL}", "ms", after, before, target)
    for which in BOUNDS:
        ours, floor = (
            [took.cpu for took in found[largest, which, side]] for side in ("ours", "floor")
        )
        yield Figure(f"{kind}, {which}, {largest}, our own CPU", "ms", ours, floor)
    noted_too, name = whole[largest, MEDIAN, "noted"], f"{kind}, {MEDIAN}, and the look noted"
    yield Figure(name, "ms", noted_too, (), at_most(BOUNDS[MEDIAN]))
