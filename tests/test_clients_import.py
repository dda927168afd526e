import io

import pytest
from sqlalchemy import select

from bot.clients.exporting import export_clients
from bot.clients.importing import (
    Imported,
    NotImported,
    Prepared,
    Row,
    import_clients,
    parse,
    prepare,
)
from models import Alias, Client, ClientStatus
from models.text import fold
from tests.factories import NOW, make_client


HEADER = "name,psa_id,aliases,slack_team_id\n"


def load(database, text: str) -> Imported:
    with database.write() as session:
        return import_clients(session, parse((HEADER + text).encode()).rows, now=NOW)


def refused(database, text: str) -> list[str]:
    with database.write() as session, pytest.raises(NotImported) as caught:
        import_clients(session, parse((HEADER + text).encode()).rows, now=NOW)
    return [str(problem) for problem in caught.value.problems]


def kept(database) -> dict[str, tuple[str | None, list[str], str | None]]:
    with database.read() as session:
        return {
            client.name: (
                client.psa_id,
                [alias.name for alias in client.aliases],
                client.slack_team_id,
            )
            for client in session.scalars(select(Client).order_by(Client.normalised))
        }


def exported(database) -> str:
    out = io.StringIO()
    with database.read() as session:
        export_clients(session, out)
    return out.getvalue()


def test_new_clients_are_added_with_everything_the_file_says(database):
    assert load(database, "Acme,7,AC|Acme Labs,T01\nBeta,,,\n") == Imported(2, 0, 0)
    assert kept(database) == {"Acme": ("7", ["AC", "Acme Labs"], "T01"), "Beta": (None, [], None)}
    with database.read() as session:
        client = session.scalars(select(Client)).first()
        assert (client.status, client.added_at) == (ClientStatus.ACTIVE, NOW)
        assert client.normalised == fold(client.name)


def test_importing_twice_changes_nothing(database):
    text = "Acme,7,AC,T01\nBeta,,,\nacme,,Acme Labs,\n"
    load(database, text)
    before = exported(database)
    assert load(database, text) == Imported(0, 0, 2)
    assert exported(database) == before


def test_an_empty_cell_leaves_what_is_known(database):
    load(database, "Acme,7,AC,T01\n")
    assert load(database, "Acme,,,\n") == Imported(0, 0, 1)
    assert kept(database) == {"Acme": ("7", ["AC"], "T01")}


def test_what_the_file_says_is_added_to_what_is_known(database):
    load(database, "Acme,,AC,\n")
    assert load(database, "ACME,7,Acme Labs|ac,T01\n") == Imported(0, 1, 0)
    assert kept(database) == {"ACME": ("7", ["AC", "Acme Labs"], "T01")}


def test_status_and_history_of_a_client_are_left_alone(database):
    with database.write() as session:
        number = make_client(session, "Acme", status="watch").id
    load(database, "acme,7,,\n")
    with database.read() as session:
        client = session.scalars(select(Client)).one()
        assert (client.id, client.status) == (number, ClientStatus.WATCH)


def test_a_client_known_by_its_psa_id_is_renamed_and_keeps_its_old_name_as_an_alias(database):
    load(database, "Acme,7,,\n")
    assert load(database, "Acme Holdings,7,,\n") == Imported(0, 1, 0)
    assert kept(database) == {"Acme Holdings": ("7", ["Acme"], None)}
    assert load(database, "Acme Holdings,7,,\n") == Imported(0, 0, 1)


def test_a_client_renamed_back_has_its_names_changed_round(database):
    load(database, "Acme,7,,\n")
    load(database, "Acme Holdings,7,,\n")
    assert load(database, "Acme,7,,\n") == Imported(0, 1, 0)
    assert kept(database) == {"Acme": ("7", ["Acme Holdings"], None)}


def test_the_old_name_of_a_renamed_client_may_go_to_a_new_one(database):
    load(database, "Acme,7,,\n")
    assert load(database, "Acme,8,,\nAcme Holdings,7,,\n") == Imported(1, 1, 0)
    assert kept(database) == {"Acme": ("8", [], None), "Acme Holdings": ("7", [], None)}


def test_two_clients_may_change_names_and_workspaces(database):
    load(database, "Acme,7,,T01\nBeta,8,,T02\n")
    assert load(database, "Acme,8,,T01\nBeta,7,,T02\n") == Imported(0, 2, 0)
    assert kept(database) == {"Acme": ("8", [], "T01"), "Beta": ("7", [], "T02")}


def test_a_row_that_names_an_alias_is_that_client_and_does_not_rename_it(database):
    load(database, "Brightwater Dental,,BWD,\n")
    assert load(database, "bwd,,,T01\n") == Imported(0, 1, 0)
    assert load(database, "Brightwater Dental,,,\nBWD,,,T01\n") == Imported(0, 0, 1)
    assert kept(database) == {"Brightwater Dental": (None, ["BWD"], "T01")}


@pytest.mark.parametrize("text", ["BWD,7,,\n", "BWD,7,,\nBrightwater Dental,,,\n"])
def test_a_row_with_a_psa_id_gives_the_client_its_name(database, text):
    load(database, "Brightwater Dental,,BWD,\n")
    assert load(database, text) == Imported(0, 1, 0)
    assert kept(database) == {"BWD": ("7", ["Brightwater Dental"], None)}
    assert load(database, text) == Imported(0, 0, 1)


def test_a_client_gets_a_new_psa_id_when_the_file_knows_it_by_name(database):
    load(database, "Acme,7,,\n")
    assert load(database, "Acme,1007,,\n") == Imported(0, 1, 0)
    assert kept(database) == {"Acme": ("1007", [], None)}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Beta,,AC,\n", "Line 2: “AC” also names another client, Acme (in the directory)."),
        ("Beta,,acme,\n", "Line 2: “acme” also names another client, Acme (in the directory)."),
        ("Gamma,,X,\nDelta,,x,\n", "Line 3: “x” also names another client, Gamma (on line 2)."),
        (
            "Gamma,,Delta,\nDelta,,,\n",
            "Line 3: “Delta” also names another client, Gamma (on line 2).",
        ),
        ("Zeta,7,,\nAcme,8,,\nAcme Labs,7,,\n", "Line 4: The psa_id “7” is on line 2 too"),
        ("Beta,,,T01\n", "Line 2: The slack_team_id “T01” is that of Acme (in the directory) too."),
        ("X,,,T09\nY,,,T09\n", "Line 3: The slack_team_id “T09” is that of X (on line 2) too."),
        ("Omega,7,,\nAcme,,,T02\nAC,,,T03\n", "Line 4: This is the client of line 3 by another"),
    ],
)
def test_what_does_not_go_together_is_refused_with_line_and_mend(database, text, problem):
    load(database, "Acme,7,AC,T01\nOther,9,,\n")
    before = exported(database)
    parsed = parse((HEADER + text).encode())
    with database.write() as session, pytest.raises(NotImported) as caught:
        import_clients(session, parsed.rows, now=NOW, problems=parsed.problems)
    found = [str(found) for found in caught.value.problems]
    assert len(found) == 1
    assert found[0].startswith(problem)
    assert exported(database) == before


def test_renaming_to_a_name_that_another_client_has_is_refused(database):
    load(database, "Acme,7,,\nBeta,8,,\n")
    (found,) = refused(database, "Beta,7,,\n")
    assert found.startswith("Line 2: “Beta” also names another client, Beta (in the directory).")


def test_of_a_file_with_a_problem_nothing_at_all_is_imported(database):
    load(database, "Acme,,AC,\n")
    before = exported(database)
    assert len(refused(database, "Beta,,,\nGamma,,ac,\nDelta,,AC,\n")) == 2
    assert exported(database) == before


def test_problems_of_the_file_are_told_together_with_those_of_the_directory(database):
    load(database, "Acme,,AC,\n")
    parsed = parse((HEADER + ",1,,\nBeta,,AC,\n").encode())
    with database.write() as session, pytest.raises(NotImported) as caught:
        import_clients(session, parsed.rows, now=NOW, problems=parsed.problems)
    assert [problem.line for problem in caught.value.problems] == [2, 3]


def test_many_clients_are_imported_with_word_of_how_far_it_is(database):
    text = "".join(f"Client {number},{number},C{number},\n" for number in range(2500))
    told = []
    with database.write() as session:
        done = import_clients(
            session,
            parse((HEADER + text).encode()).rows,
            now=NOW,
            progress=lambda done, total: told.append((done, total)),
        )
    assert done == Imported(2500, 0, 0)
    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]
    assert load(database, text.replace("Client", "Customer")) == Imported(0, 2500, 0)
    with database.read() as session:
        assert session.query(Alias).count() == 5000


def prepared(database, text: str) -> tuple[list[Row], Prepared]:
    rows = list(parse((HEADER + text).encode()).rows)
    with database.read() as session:
        return rows, prepare(session, rows)


def test_what_was_prepared_is_done(database):
    load(database, "Acme,7,AC,T01\n")
    rows, ready = prepared(database, "Acme Labs,7,A|B,\nBeta,,,\n")
    assert ready.outcome == Imported(1, 1, 0)
    assert list(kept(database)) == ["Acme"]
    with database.write() as session:
        assert import_clients(session, rows, now=NOW, prepared=ready) == Imported(1, 1, 0)
    assert kept(database) == {
        "Acme Labs": ("7", ["A", "AC", "Acme", "B"], "T01"),
        "Beta": (None, [], None),
    }


def test_what_was_prepared_is_worked_out_again_if_the_directory_changed_meanwhile(database):
    rows, ready = prepared(database, "Acme,7,AC,\nBeta,,,\n")
    load(database, "acme,,,T01\n")
    with database.write() as session:
        assert import_clients(session, rows, now=NOW, prepared=ready) == Imported(1, 1, 0)
    assert kept(database) == {"Acme": ("7", ["AC"], "T01"), "Beta": (None, [], None)}


def test_what_no_longer_goes_together_is_refused_and_nothing_is_kept(database):
    rows, ready = prepared(database, "Zeta,,,\nBeta,,AC,\n")
    load(database, "Acme,,AC,\n")
    with database.write() as session, pytest.raises(NotImported, match="also names another"):
        import_clients(session, rows, now=NOW, prepared=ready)
    assert list(kept(database)) == ["Acme"]


def test_others_may_write_while_an_import_is_worked_out(database):
    with database.read() as reading:
        ready = prepare(reading, parse((HEADER + "Acme,,,\n").encode()).rows)
        load(database, "Beta,,,\n")
    assert ready.outcome == Imported(1, 0, 0)
