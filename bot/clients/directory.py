"""The clients as every process remembers them, so that a keystroke never waits for the database."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clients.index import Index
from bot.clients.known import Viewer
from models import Alias, Client, ClientStatus, ConductType, DatabaseUnavailable, Incident
from models.conduct import SEEDED


log = logging.getLogger(__name__)


class Entry(NamedTuple):
    """A client in the directory; `folded` is its name and its aliases, folded, the name first.

    `reporters` are those who may know of a confidential one; None where everybody may.
    """

    id: int
    name: str
    folded: tuple[str, ...]
    slack_team_id: str | None
    status: ClientStatus
    reporters: frozenset[str] | None = None

    def is_known_to(self, viewer: Viewer) -> bool:
        """Return whether this person is offered the client."""
        return self.reporters is None or viewer.executive or viewer.id in self.reporters


@dataclass(frozen=True)
class Conduct:
    """A kind of conduct that is in use."""

    id: int
    code: str
    name: str
    short: str
    help: str


@dataclass(frozen=True)
class Listing:
    """What the form needs to know: the clients in the order of the names, and what to call it.

    `clients` are everybody's; `confidential` ones are offered to few, see `offered`.
    """

    clients: tuple[Entry, ...]
    conduct: tuple[Conduct, ...]
    confidential: tuple[Entry, ...] = ()

    @cached_property
    def index(self) -> Index:
        """Return what finds a client while somebody types; former clients come last."""
        former = [entry.status is ClientStatus.FORMER for entry in self.clients]
        order = sorted(range(len(self.clients)), key=former.__getitem__)
        return Index([(number, name) for number in order for name in self.clients[number].folded])

    @cached_property
    def _of_few(self) -> dict[str | None, "Listing"]:
        return {}

    def offered(self, viewer: Viewer | None) -> tuple["Listing", ...]:
        """Return what this person is offered: confidential clients first, then everybody's.

        They stay apart, so that a confidential name never affects what others are offered.
        """
        if viewer is None or not self.confidential:
            return (self,)
        key = None if viewer.executive else viewer.id
        theirs = self._of_few.get(key)
        if theirs is None:
            entries = (entry for entry in self.confidential if entry.is_known_to(viewer))
            theirs = self._of_few[key] = Listing(tuple(entries), self.conduct)
        return (theirs, self) if theirs.clients else (self,)

    def of_id(self, client_id: int, viewer: Viewer) -> Entry | None:
        """Return the client of this id, as far as this person may know of it."""
        entries = (entry for part in self.offered(viewer) for entry in part.clients)
        return next((entry for entry in entries if entry.id == client_id), None)


SEEDED_CONDUCT = tuple(Conduct(0, *kind) for kind in SEEDED)
"""The kinds of conduct before the first load; 0 is no row's id."""


class Directory:
    """Remembers the listing; renews it behind the asker's back once it is older than `fresh`."""

    def __init__(
        self,
        load: Callable[[], Listing],
        later: Callable[[Callable[[], None]], None],
        clock: Callable[[], float] = time.monotonic,
        fresh: float = 30.0,
    ) -> None:
        """`later` runs a renewal in the background; `clock` and `fresh` count seconds."""
        self._load, self._later, self._clock, self._fresh = load, later, clock, fresh
        self._listing = Listing((), SEEDED_CONDUCT)
        self._is_loaded = False
        self._tried_at = float("-inf")
        self._added: dict[int, Entry] = {}
        self._loading = threading.Lock()
        self._state = threading.Lock()

    def listing(self) -> Listing:
        """Return what is known now; never waits and never raises."""
        if self._is_due():
            self._in_background(self._renew_quietly)
        return self._listing

    def loaded(self) -> Listing:
        """Return the listing, waiting for a first load; may raise DatabaseUnavailable."""
        if not self._is_loaded:
            with self._loading:
                if not self._is_loaded:
                    self._renew()
        return self.listing()

    def renew(self) -> None:
        """Load the listing now; raises what loading raises and keeps what was known."""
        with self._loading:
            self._renew()

    def add(self, entry: Entry) -> None:
        """Know a client that was saved just now, or changed, without waiting for a renewal."""
        with self._state:
            self._added[entry.id] = entry
            self._listing = _with_entries(self._listing, [entry])
            listing = self._listing
        self._in_background(lambda: _prepare(listing))

    def _is_due(self) -> bool:
        with self._state:
            now = self._clock()
            due = now - self._tried_at > (self._fresh if self._is_loaded else 1.0)
            if due:
                self._tried_at = now
            return due and not self._loading.locked()

    def _in_background(self, task: Callable[[], None]) -> None:
        try:
            self._later(task)
        except RuntimeError:  # the threads are being closed: what is known has to do
            log.info("directory_not_renewed")

    def _renew_quietly(self) -> None:
        try:
            self.renew()
        except DatabaseUnavailable:
            log.warning("directory_not_renewed")

    def _renew(self) -> None:
        with self._state:
            self._tried_at = self._clock()
            before = set(self._added)
        fresh = self._load()
        known = self._listing
        if fresh == known:
            fresh = known
        _prepare(fresh)
        with self._state:
            for number in before:  # saved before this load began, so the load has seen them
                self._added.pop(number, None)
            self._listing = _with_entries(fresh, list(self._added.values()))
            self._is_loaded = True


def load_listing(session: Session) -> Listing:
    """Return every client with its names, and the kinds of conduct in use."""
    aliases: dict[int, list[str]] = {}
    for number, name in session.execute(select(Alias.client_id, Alias.normalised)):
        aliases.setdefault(number, []).append(name)
    columns = (Client.id, Client.name, Client.normalised, Client.slack_team_id, Client.status)
    rows = session.execute(select(*columns)).all()
    few = _reporters(session)  # read last: one recorded just now is included
    clients = [
        Entry(
            *row[:2], (row.normalised, *sorted(aliases.get(row.id, ()))), *row[3:], few.get(row.id)
        )
        for row in rows
    ]
    kinds = session.scalars(
        select(ConductType).where(ConductType.retired.is_(False)).order_by(ConductType.position)
    )
    conduct = tuple(Conduct(kind.id, kind.code, kind.name, kind.short, kind.help) for kind in kinds)
    return _with_entries(Listing((), conduct), clients)


def entry_of(session: Session, client_id: int) -> Entry:
    """Return a client's row as an entry of the directory."""
    client = session.get_one(Client, client_id)
    folded = (client.normalised, *sorted(alias.normalised for alias in client.aliases))
    reporters = _reporters(session, client_id).get(client_id)
    return Entry(client.id, client.name, folded, client.slack_team_id, client.status, reporters)


def _reporters(session: Session, client_id: int | None = None) -> dict[int, frozenset[str]]:
    """Return who recorded something about each confidential client."""
    few = select(Client.id).where(Client.confidential.is_(True))
    if client_id is not None:
        few = few.where(Client.id == client_id)
    reporters: dict[int, set[str]] = {number: set() for number in session.scalars(few)}
    if reporters:
        named = select(Incident.client_id, Incident.reporter_id).distinct()
        for number, reporter in session.execute(named.where(Incident.client_id.in_(reporters))):
            reporters[number].add(reporter)
    return {number: frozenset(found) for number, found in reporters.items()}


def by_name(entry: Entry) -> tuple[str, ...]:
    """Return what clients are sorted by."""
    return entry.folded


def _prepare(listing: Listing) -> None:
    listing.index  # noqa: B018 - built here, so that no keystroke has to


def _with_entries(listing: Listing, entries: list[Entry]) -> Listing:
    if not entries:
        return listing
    replaced = {entry.id for entry in entries}
    known = (*listing.clients, *listing.confidential)
    others = [entry for entry in known if entry.id not in replaced]
    entries = sorted((*others, *entries), key=by_name)
    return replace(
        listing,
        clients=tuple(entry for entry in entries if entry.reporters is None),
        confidential=tuple(entry for entry in entries if entry.reporters is not None),
    )
