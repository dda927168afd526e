import pytest

from bot.clients.directory import SEEDED_CONDUCT, Directory, Entry, Listing, entry_of, load_listing
from bot.clients.find import suggest
from models import Alias, ClientStatus, ConductType, DatabaseUnavailable
from models.conduct import SEEDED
from tests.factories import conduct_type, make_client
from tests.listings import listing


class Store:
    """A directory whose database, background and clock are in the test's hand."""

    def __init__(self) -> None:
        self.kept = listing("Acme")
        self.away = False
        self.loads = 0
        self.waiting: list = []
        self.seconds = 0.0
        self.directory = Directory(self.load, self.waiting.append, lambda: self.seconds)

    def load(self) -> Listing:
        self.loads += 1
        if self.away:
            raise DatabaseUnavailable("away")
        return self.kept

    def run_waiting(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()


@pytest.fixture
def store():
    return Store()


def names(directory: Directory) -> list[str]:
    return [entry.name for entry in directory.listing().clients]


def acme_labs() -> Entry:
    return Entry(2, "Acme Labs", ("acme labs",), None, ClientStatus.ACTIVE)


def test_before_the_first_load_there_are_no_clients_and_the_seeded_kinds_of_conduct(store):
    known = store.directory.listing()
    assert known.clients == ()
    assert [(kind.id, kind.code) for kind in known.conduct] == [(0, kind[0]) for kind in SEEDED]
    assert store.loads == 0


def test_the_first_look_starts_a_load_in_the_background(store):
    store.directory.listing()
    store.run_waiting()
    assert names(store.directory) == ["Acme"]
    assert store.loads == 1


def test_it_is_renewed_once_it_is_older_than_fresh_and_only_once_at_a_time(store):
    assert store.directory.loaded() is store.directory.listing()
    store.kept = listing("Acme", "Beta")
    store.seconds = 29
    assert names(store.directory) == ["Acme"]
    assert store.waiting == []
    store.seconds = 31
    assert names(store.directory) == ["Acme"]
    assert names(store.directory) == ["Acme"]
    assert len(store.waiting) == 1
    store.run_waiting()
    assert names(store.directory) == ["Acme", "Beta"]


def test_a_database_that_is_away_takes_nothing_from_what_is_known(store):
    store.directory.loaded()
    store.away, store.seconds = True, 31
    assert names(store.directory) == ["Acme"]
    store.run_waiting()
    assert names(store.directory) == ["Acme"]
    with pytest.raises(DatabaseUnavailable):
        store.directory.renew()
    assert names(store.directory) == ["Acme"]


def test_a_first_load_that_fails_is_tried_again_a_second_later(store):
    store.away = True
    with pytest.raises(DatabaseUnavailable):
        store.directory.loaded()
    store.directory.listing()
    assert store.waiting == []
    store.away, store.seconds = False, 1.5
    store.directory.listing()
    store.run_waiting()
    assert names(store.directory) == ["Acme"]


def test_loaded_loads_once(store):
    assert store.directory.loaded() is store.directory.loaded()
    assert store.loads == 1


def test_a_listing_is_given_though_the_background_is_closed():
    def closed(_task):
        raise RuntimeError("cannot schedule new futures after shutdown")

    assert Directory(Store().load, closed).listing().clients == ()


def test_a_client_added_just_now_is_known_at_once_and_through_the_next_renewal(store):
    store.directory.loaded()
    store.directory.add(acme_labs())
    assert names(store.directory) == ["Acme", "Acme Labs"]
    assert [entry.id for entry in suggest(store.directory.listing(), "lab")] == [2]
    store.kept = listing("Acme", "Acme Labs")
    store.directory.renew()
    assert names(store.directory) == ["Acme", "Acme Labs"]


def test_a_client_added_while_a_renewal_runs_is_not_lost(store):
    def load_while_somebody_adds() -> Listing:
        seen = store.kept
        directory.add(acme_labs())
        return seen

    directory = Directory(load_while_somebody_adds, store.waiting.append)
    directory.renew()
    assert names(directory) == ["Acme", "Acme Labs"]


def test_a_client_taken_away_is_gone_after_the_next_renewal(store):
    store.directory.loaded()
    store.directory.add(acme_labs())
    store.directory.renew()
    assert names(store.directory) == ["Acme"]


def test_an_added_client_that_was_known_is_known_as_it_is_now(store):
    store.directory.loaded()
    store.directory.add(Entry(1, "Acme Holdings", ("acme holdings",), None, ClientStatus.ACTIVE))
    assert names(store.directory) == ["Acme Holdings"]


def test_what_did_not_change_is_not_prepared_again(store):
    before = store.directory.loaded()
    store.kept = listing("Acme")
    store.directory.renew()
    assert store.directory.listing() is before


def test_the_listing_is_read_from_the_database(database):
    with database.write() as session:
        aliases = [Alias(name="BWD"), Alias(name="Bright Water")]
        brightwater = make_client(session, slack_team_id="T01", aliases=aliases)
        make_client(session, "Äpfel GmbH", status="former")
        conduct_type(session, "other").retired = True
        expected = entry_of(session, brightwater.id)
    with database.read() as session:
        known = load_listing(session)
    apples, water = known.clients
    assert (apples.name, apples.folded, apples.status) == (
        "Äpfel GmbH",
        ("apfel gmbh",),
        ClientStatus.FORMER,
    )
    assert water == expected
    assert water.folded == ("brightwater dental", "bright water", "bwd")
    assert water.slack_team_id == "T01"
    assert [kind.code for kind in known.conduct] == [
        kind[0] for kind in SEEDED if kind[0] != "other"
    ]
    assert all(kind.id for kind in known.conduct)


def test_the_seeded_kinds_are_those_that_the_database_starts_with(database):
    with database.read() as session:
        known = load_listing(session)
        assert session.query(ConductType).count() == len(SEEDED)
    assert [(kind.code, kind.name, kind.short, kind.help) for kind in known.conduct] == [
        (kind.code, kind.name, kind.short, kind.help) for kind in SEEDED_CONDUCT
    ]
