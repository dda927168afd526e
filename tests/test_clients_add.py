from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from bot.clients.add import get_or_add
from bot.errors import UserError
from models import Alias, Client, ClientStatus
from tests.factories import NOW, make_client


SPELLINGS = ("Harbour Café", "harbour cafe", "HARBOUR  CAFÉ", "Harbour-Café")


def ids(database, *names: str) -> list[int]:
    with database.write() as session:
        return [get_or_add(session, name, now=NOW).id for name in names]


def clients(database) -> list[tuple[str, str]]:
    with database.read() as session:
        return list(session.execute(select(Client.name, Client.normalised).order_by(Client.id)))


def test_a_new_name_is_added(database):
    with database.write() as session:
        number = get_or_add(session, "  Harbour   Café ", now=NOW).id
    with database.read() as session:
        kept = session.get_one(Client, number)
        assert (kept.name, kept.normalised, kept.status, kept.added_at) == (
            "Harbour Café",
            "harbour cafe",
            ClientStatus.ACTIVE,
            NOW,
        )


def test_the_same_name_in_any_spelling_is_the_same_client(database):
    assert len(set(ids(database, *SPELLINGS))) == 1
    assert clients(database) == [("Harbour Café", "harbour cafe")]


def test_an_alias_names_its_client(database):
    with database.write() as session:
        known = make_client(session, aliases=[Alias(name="BWD")]).id
    assert ids(database, "bwd", "Brightwater dental") == [known, known]


@pytest.mark.parametrize("name", ["", " \n ", "\u200b\u202e", "\x00", "x" * 151])
def test_what_is_no_name_is_refused_with_what_to_do(database, name):
    with database.write() as session, pytest.raises(UserError, match="Please"):
        get_or_add(session, name, now=NOW)
    assert clients(database) == []


@pytest.mark.parametrize(
    "name", ["🦷", "=1+1", "a\x00b", "Robert'); DROP TABLE clients;--", "\ud800x"]
)
def test_any_text_is_only_a_name(database, name):
    assert ids(database, name) == ids(database, name)
    assert len(clients(database)) == 1


def test_a_name_that_unfolds_into_too_many_letters_is_refused(database):
    with database.write() as session, pytest.raises(UserError, match="too long"):
        ligature = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
        get_or_add(session, ligature * 71, now=NOW)


def test_many_who_add_the_same_client_at_once_get_the_same_one(database):
    rounds, people = 5, 8
    barrier = Barrier(people, timeout=20)

    def add(person: int) -> list[int]:
        found = []
        for number in range(rounds):
            barrier.wait()
            spelling = SPELLINGS[person % len(SPELLINGS)]
            found += ids(database, f"{spelling} {number}")
        return found

    with ThreadPoolExecutor(people) as pool:
        found = list(pool.map(add, range(people)))
    assert len({tuple(numbers) for numbers in found}) == 1
    assert len(set(found[0])) == rounds == len(clients(database))


def test_a_name_and_an_alias_given_at_once_are_one_client(database):
    barrier = Barrier(2, timeout=20)

    def add_by_name() -> int:
        barrier.wait()
        return ids(database, "BWD")[0]

    def add_both() -> int:
        barrier.wait()
        with database.write() as session:
            client = get_or_add(session, "Brightwater Dental", now=NOW)
            if not session.scalar(select(Client).where(Client.normalised == "bwd")):
                client.aliases.append(Alias(name="BWD"))
            return client.id

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda task: task(), (add_by_name, add_both)))
    with database.read() as session:
        shared = select(func.count()).join(Alias, Alias.normalised == Client.normalised)
        assert session.scalar(shared.select_from(Client)) == 0
