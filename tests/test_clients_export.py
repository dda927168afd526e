import io

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from bot.clients.cells import join_aliases
from bot.clients.exporting import export_clients, write
from bot.clients.importing import Imported, Row, import_clients, parse
from bot.clients.names import tidy
from bot.clients.plan import Card, plan
from models import Alias, Client
from models.text import fold
from tests.factories import NOW, make_client


HEADER = "name,psa_id,aliases,slack_team_id\n"


def exported(database) -> str:
    out = io.StringIO()
    with database.read() as session:
        export_clients(session, out)
    return out.getvalue()


def load(database, text: str) -> Imported:
    parsed = parse(text.encode())
    assert parsed.problems == ()
    with database.write() as session:
        return import_clients(session, parsed.rows, now=NOW)


def test_the_directory_is_exported_in_the_order_of_the_names(database):
    with database.write() as session:
        aliases = [Alias(name="Acme Labs"), Alias(name="A;C")]
        make_client(session, "Zeta")
        make_client(session, "acme, Inc.", psa_id="7", slack_team_id="T01", aliases=aliases)
        make_client(session, "=1+1")
    assert exported(database) == (
        f'{HEADER}\'=1+1,,,\n"acme, Inc.",7,A\\;C|Acme Labs,T01\nZeta,,,\n'
    )


def test_an_empty_directory_is_exported_as_its_header(database):
    assert exported(database) == HEADER


def test_what_was_exported_is_imported_as_it_was(database):
    names = (
        '=HYPERLINK("x")',
        "'t Hof",
        "'=odd",
        "+49 GmbH",
        "Smith, Jones",
        "ملاحة",
        "🦷",
        "a\\b|c;",
    )
    with database.write() as session:
        for number, name in enumerate(names):
            aliases = [Alias(name=f"-{name} one{number}"), Alias(name=f"two{number};{name}\\")]
            make_client(session, name, psa_id=f"@{number}", aliases=aliases)
    before = exported(database)
    assert load(database, before) == Imported(0, 0, len(names))
    with database.write() as session:
        session.execute(delete(Alias))
        session.execute(delete(Client))
    assert load(database, before) == Imported(len(names), 0, 0)
    assert exported(database) == before


def test_more_clients_than_are_read_at_once_are_exported_with_their_aliases(database):
    text = HEADER + "".join(
        f"Client {number},,A{number}|B{number},\n" for number in range(1001, 3500)
    )
    load(database, text)
    assert exported(database) == text


texts = st.text("aB é;|\\,\"'=+-@7ł\u202e\n🦷", min_size=1, max_size=8).map(tidy).filter(fold)
clients = st.lists(st.tuples(texts, st.lists(texts, max_size=3), texts | st.just("")), max_size=6)


def directory(clients) -> dict[int, Card]:
    """The clients that can be in one directory: no name or id twice."""
    known: dict[int, Card] = {}
    taken: set[str] = set()
    for name, aliases, psa_id in clients:
        names = {fold(text): text for text in (*aliases, name)}
        if taken.isdisjoint({*names, f"id {psa_id}"}):
            taken |= {*names, f"id {psa_id}"} if psa_id else names.keys()
            shown = names.pop(fold(name))
            known[len(known) + 1] = Card(shown, fold(name), psa_id or None, None, names)
    return known


def as_file(known: dict[int, Card]) -> bytes:
    out = io.StringIO()
    cards = known.values()
    write(((c.name, c.psa_id or "", join_aliases(c.aliases.values()), "") for c in cards), out)
    return out.getvalue().encode()


@given(clients)
def test_any_directory_comes_back_as_it_was(clients):
    known = directory(clients)
    parsed = parse(as_file(known))
    assert parsed.problems == ()
    read = [Row(0, row.name, row.psa_id, row.aliases) for row in parsed.rows]
    assert read == [
        Row(0, card.name, card.psa_id or "", tuple(card.aliases.values()))
        for card in known.values()
    ]
    planned = plan(known, parsed.rows)
    assert (planned.new, planned.changed, planned.problems) == ((), {}, ())
    assert planned.unchanged == len(known)


@given(clients, clients)
def test_what_one_import_did_the_next_one_finds_done(before, after):
    known = directory(before)
    parsed = parse(as_file(directory(after)))
    first = plan(known, parsed.rows)
    if first.problems:
        return
    done = known | dict(first.changed) | {-n: card for n, card in enumerate(first.new, start=1)}
    second = plan(done, parsed.rows)
    assert (second.new, second.changed, second.problems) == ((), {}, ())
    names = [folded for card in done.values() for folded, _ in card.names()]
    assert len(names) == len(set(names))
