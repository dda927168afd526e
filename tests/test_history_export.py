import csv
import io
import json
import os
import stat
import tracemalloc
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.history.export import AT_ONCE, export, export_command, print_command, queries
from models import (
    Addendum,
    Alias,
    AuditEvent,
    Base,
    Client,
    Database,
    Evidence,
    Heard,
    Incident,
    Medium,
    Witness,
)
from tests.factories import NOW, make_client, make_escalation, make_incident


NOT_RECORDS = {"deliveries", "drafts", "executives", "lanes", "number_series", "second_looks"}
"""What the bot works with, and nobody's words stand in alone."""


@pytest.fixture
def out(tmp_path):
    return tmp_path / "new" / "folder"


SAID = 'Line one\n\u2028“You”, "they" said; =1+1 🙂 ش\ttab'


@pytest.fixture
def kept(database):
    """Something in every table that is exported."""
    with database.write() as session:
        client = make_client(session, "Müller & Söhne", psa_id="P-1")
        client.aliases.append(Alias(name="M&S"))
        raised = make_escalation(session, client=client, owner_id="U_ERIN")
        first = make_incident(
            session,
            client=client,
            what_happened=SAID,
            exact_words="=HYPERLINK(1)",
            medium=Medium.CALL,
            heard=Heard.FIRST_HAND,
            answers={"invoice": "R-1", "amount": "900 €"},
            confidential=True,
            minutes_lost=0,
            escalation_id=raised.id,
            recorded_at=NOW + timedelta(microseconds=5),
        )
        make_incident(
            session,
            client=client,
            same_event_as_id=first.id,
            what_happened="he said;=HYPERLINK(1)\n- bye",
            answers={"said": "so;=1+1"},
        )
        session.add_all(
            [
                Witness(incident_id=first.id, user_id="U_SAM"),
                Witness(incident_id=first.id, name="Somebody"),
                Evidence(incident_id=first.id, kind="file", file_name="a.png", size=7),
                Addendum(
                    incident_id=first.id,
                    kind="note",
                    author_id="U_TARA",
                    author_name="Tara",
                    added_at=NOW,
                    text=SAID,
                ),
                AuditEvent(at=NOW, actor_id="U_TARA", action="x", incident_id=first.id),
            ]
        )
    return database


def lines(out, name):
    return [
        json.loads(line) for line in (out / f"{name}.jsonl").read_text("utf-8").split("\n")[:-1]
    ]


def cells(out, name):
    with (out / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_kept(database, model):
    """The rows of a table as they are in the database, with times as text."""
    columns = model.__table__.columns
    with database.read() as session:
        rows = session.execute(select(*columns).order_by(columns["id"])).mappings()
        return [
            {
                name: value.isoformat() if isinstance(value, datetime) else value
                for name, value in row.items()
            }
            for row in rows
        ]


def test_every_table_of_records_is_exported():
    assert set(queries()) | NOT_RECORDS == set(Base.metadata.tables)


def test_nothing_is_lost_in_json_lines(kept, out):
    count = export(kept, out, lambda _line: None)
    models = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
    found = {name: lines(out, name) for name in queries()}
    for name, rows in found.items():
        assert rows, name
        for row, original in zip(rows, as_kept(kept, models[name]), strict=True):
            original.pop("search_text", None)
            assert {column: row[column] for column in original} == original
    assert count == sum(map(len, found.values()))


def test_a_reader_finds_names_and_numbers_beside_the_keys(kept, out):
    export(kept, out, lambda _line: None)
    incident = lines(out, "incidents")[0]
    assert (incident["client_name"], incident["conduct_name"]) == (
        "Müller & Söhne",
        "Abusive towards staff",
    )
    assert "search_text" not in incident
    assert {row["incident_number"] for row in lines(out, "witnesses")} == {"INC-2026-0001"}


def test_csv_has_every_row_and_no_cell_that_a_spreadsheet_computes(kept, out):
    export(kept, out, lambda _line: None, form="csv")
    first, second = cells(out, "incidents")
    assert first["what_happened"] == SAID.replace("; =1+1", ";' =1+1")
    assert first["exact_words"] == "'=HYPERLINK(1)"
    assert second["what_happened"] == "he said;'=HYPERLINK(1)\n'- bye"
    assert second["answers"] == """{"said": "so;'=1+1"}"""
    assert (first["minutes_lost"], second["minutes_lost"]) == ("0", "")
    assert (first["confidential"], first["medium"]) == ("true", "call")
    assert json.loads(first["answers"]) == {"invoice": "R-1", "amount": "900 €"}
    assert first["occurred_at"] == "2026-11-23T10:30:00+00:00"
    assert len(cells(out, "audit_events")) == 1
    assert cells(out, "client_aliases")[0]["name"] == "M&S"


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_records_stand_in_the_order_of_their_numbers(database, out, form):
    with database.write() as session:
        client = make_client(session)
        for day in (5, 1, 9, 3):
            make_incident(session, client=client, occurred_at=NOW - timedelta(days=day))
    export(database, out, lambda _line: None, form=form)
    read = {"jsonl": lines, "csv": cells}[form]
    numbers = [row["number"] for row in read(out, "incidents")]
    assert numbers == sorted(numbers) == [f"INC-2026-{number:04d}" for number in range(1, 5)]


def test_only_the_owner_can_read_the_files_and_nothing_else_is_left(kept, out):
    usual = os.umask(0)
    try:
        export(kept, out, lambda _line: None)
    finally:
        os.umask(usual)
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {path.name for path in out.iterdir()} == {f"{name}.jsonl" for name in queries()}
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}


def test_an_earlier_export_is_replaced_whole(kept, out):
    out.mkdir(parents=True)
    (out / "incidents.jsonl").write_text("old\n")
    (out / ".incidents.jsonl.part").write_text("left by a power cut")
    export(kept, out, lambda _line: None)
    assert len(lines(out, "incidents")) == 2
    assert not list(out.glob(".*"))


def test_an_export_that_fails_leaves_what_was_there(kept, out):
    out.mkdir(parents=True)
    (out / "incidents.jsonl").write_text("old\n")

    def full_disk(line):
        if line.startswith("witnesses"):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        export(kept, out, full_disk)
    assert [path.name for path in out.iterdir()] == ["incidents.jsonl"]
    assert (out / "incidents.jsonl").read_text() == "old\n"


def old_export(out):
    out.mkdir(parents=True)
    for name in ("clients", "conduct_types", "incidents"):
        (out / f"{name}.jsonl").write_text("old\n")


def is_as_it_was(out):
    files = {path.name: path.read_text() for path in out.iterdir() if path.is_file()}
    return files == {f"{name}.jsonl": "old\n" for name in ("clients", "conduct_types", "incidents")}


def test_a_folder_in_a_files_place_is_named_and_nothing_is_replaced(kept, out):
    old_export(out)
    (out / "witnesses.jsonl").mkdir()
    told = io.StringIO()
    assert export_command(kept, out, told) == 1
    assert told.getvalue() == (
        "Nothing was exported: a folder named witnesses.jsonl is in the way. "
        f"Name another folder than {out}.\n"
    )
    assert is_as_it_was(out)


def test_files_that_took_their_names_give_them_back_where_a_later_one_cannot(kept, out):
    old_export(out)

    def in_the_way(line):
        if line.startswith("audit_events"):
            (out / "witnesses.jsonl").mkdir()

    with pytest.raises(OSError, match="in the way"):
        export(kept, out, in_the_way)
    assert is_as_it_was(out)


def test_files_of_an_earlier_export_in_another_form_are_named(kept, out):
    export(kept, out, lambda _line: None, form="csv")
    told = io.StringIO()
    assert export_command(kept, out, told) == 0
    last = told.getvalue().splitlines()[-1]
    assert last.startswith("Not of this export, from an earlier one: clients.csv, ")
    assert export_command(kept, out.parent / "other", again := io.StringIO()) == 0
    assert "Not of this export" not in again.getvalue()


def test_the_command_tells_of_its_way_and_its_end(kept, out):
    told = io.StringIO()
    assert export_command(kept, out, told) == 0
    assert "incidents.jsonl: 2\n" in told.getvalue()
    assert "only you can read them" in told.getvalue()


def test_a_folder_that_cannot_be_written_is_said_with_what_to_do(kept, out):
    out.parent.mkdir()
    (out.parent / "file").write_text("")
    told = io.StringIO()
    assert export_command(kept, out.parent / "file", told) == 1
    assert "Name another folder" in told.getvalue()


def test_a_database_that_is_not_ready_is_said_with_what_to_do(tmp_path, out):
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    told = io.StringIO()
    assert export_command(database, out, told) == 1
    assert "alembic upgrade head" in told.getvalue()
    assert list(out.iterdir()) == []
    database.dispose()


def test_a_stop_leaves_nothing_behind(kept, out):
    class Stopped(io.StringIO):
        def write(self, text):
            if text.startswith("incidents"):
                raise KeyboardInterrupt
            return super().write(text)

    told = Stopped()
    assert export_command(kept, out, told) == 1
    assert "Stopped as you asked." in told.getvalue()
    assert list(out.iterdir()) == []


def test_more_records_take_no_more_memory(database, out):
    def peak(count):
        with database.write() as session:
            client = session.scalar(select(Client)) or make_client(session)
            made = make_incident(session, client=client)
            columns = Incident.__table__.columns
            row = {column.name: getattr(made, column.name) for column in columns[1:]}
            more = [{**row, "number": f"INC-{count}-{n}"} for n in range(count)]
            session.execute(Incident.__table__.insert(), more)
        tracemalloc.start()
        export(database, out, lambda _line: None)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    few = peak(2 * AT_ONCE)
    assert peak(6 * AT_ONCE) < 1.3 * few


@pytest.mark.parametrize(("form", "start"), [("jsonl", '{"id": 1'), ("csv", "id,number")])
def test_without_a_folder_the_incidents_alone_are_printed(database, form, start):
    with database.write() as session:
        make_incident(session)
    out, told = io.StringIO(), io.StringIO()
    assert print_command(database, out, told, form=form) == 0
    assert out.getvalue().startswith(start)
    assert "INC-2026-0001" in out.getvalue()
    assert told.getvalue() == ""
