"""Confidential means unnoticeable: people who may not see an incident are shown nothing of it."""

import io
import shutil
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select, text

from bot.clients.add import get_or_add
from bot.clients.choice import options
from bot.clients.commands import export_command, import_command
from bot.clients.directory import Directory, entry_of, load_listing
from bot.clients.find import named, suggest
from bot.errors import FieldError, UserError
from bot.escalations import act
from bot.escalations.explained import FEW, Explained, Seen, explained, explained_to
from bot.history.filters import Filters
from bot.history.page import history_page
from bot.incidents.new import NewIncident
from models import Client, Database
from tests.conftest import ROOT
from tests.factories import NOW, make_client, make_escalation, make_incident
from tests.two_worlds import (
    BERLIN,
    ERIN,
    MIGUEL,
    NOA,
    SAM,
    TARA,
    Story,
    World,
    Worlds,
    settle,
)


ACME = "Acme Labs"
MINOR = NewIncident("K1", "Brightwater Dental", "other", 1, "Late again.", NOW)
HIDDEN = replace(MINOR, form_key="H1", confidential=True, severity=4)
NOT_THERE = "This client is not in the directory any more. Choose again."


@pytest.fixture(params=["sqlite", "postgresql"])
def worlds(request, tmp_path):
    """Two migrated databases of one kind."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            source = request.getfixturevalue("migrated_sqlite")
            urls = [f"sqlite:///{shutil.copy(source, tmp_path / f'{n}.db')}" for n in (1, 2)]
        else:
            server = request.getfixturevalue("migrated_postgres")
            urls = [stack.enter_context(server.fresh_database()) for _ in range(2)]
        databases = [Database(url) for url in urls]
        yield Worlds(*map(World, databases))
        for database in databases:
            database.dispose()


@pytest.fixture
def world(database):
    return World(database)


@pytest.mark.parametrize("seed", range(6))
def test_a_technician_is_shown_the_same_whether_or_not_others_record_confidentially(worlds, seed):
    story = Story(worlds, seed)
    for step in range(24):
        story.go_on()
        if seed % 4:  # else Slack takes nothing all the time
            worlds.deliver()
        if step % 6 == 5:
            worlds.compare(TARA)
            worlds.compare(NOA)


def test_what_somebody_recorded_before_is_linked_and_settled_without_a_word_to_them(worlds):
    worlds.record("#1", TARA, MINOR)
    worlds.full.record("hidden", MIGUEL, HIDDEN)
    worlds.record("#2", TARA, replace(MINOR, form_key="K2"))
    for deed in (act.take, settle):
        worlds.full.decide("Brightwater Dental", deed)
        worlds.deliver()
        worlds.compare(TARA)
        worlds.compare(NOA)
    told = [to for to, _ in worlds.full.written]
    assert "U_MIGUEL" in told
    assert "U_TARA" not in told


def test_a_withdrawal_leaves_no_trace_of_a_confidential_account_of_the_event(worlds):
    old, more = replace(MINOR, form_key="A"), timedelta(days=3)
    worlds.record("#1", TARA, old)
    worlds.record("#2", NOA, replace(old, form_key="B"), joins=True)
    worlds.full.record("hidden", MIGUEL, replace(HIDDEN, severity=1), joins=True)
    worlds.record("#3", NOA, replace(old, form_key="C", occurred_at=NOW - more))
    worlds.record("#4", NOA, replace(old, form_key="D", occurred_at=NOW - 2 * more))
    worlds.deliver()
    for label, by in (("#1", TARA), ("#2", NOA)):
        worlds.forward(minutes=5)
        for each in (worlds.quiet, worlds.full):
            each.withdraw(label, by)
        worlds.deliver()
        worlds.compare(TARA)
        worlds.compare(NOA)


def test_all_accounts_of_an_event_stand_together_whoever_withdrew_first(world):
    world.record("#1", TARA, MINOR)
    for label, by in (("#2", NOA), ("#3", SAM)):
        world.record(label, by, replace(MINOR, form_key=label), joins=True)
    world.withdraw("#1", TARA)
    world.withdraw("#2", NOA)
    card = dict(world.shown(SAM))["card #3"]
    assert "Noa Weiss · #2" in card
    assert "Tara Lind · #1" in card


def test_who_has_it_is_written_to_everybody_once_a_reason_shows(world):
    world.record("#1", TARA, MINOR)
    world.record("hidden", MIGUEL, HIDDEN)
    world.record("#2", SAM, replace(MINOR, form_key="K2"))
    world.decide("Brightwater Dental", act.take)
    world.deliver()
    assert {to for to, _ in world.written} == {"executives", "U_MIGUEL"}
    world.record("#3", SAM, replace(MINOR, form_key="K3"))
    world.deliver()
    told_who = [to for to, told in world.written if "*Erin Walsh* is looking after" in told]
    assert sorted(told_who) == ["U_MIGUEL", "U_SAM", "U_TARA"]


def test_executives_read_of_it_in_their_own_receipt_as_before(world):
    world.record("hidden", MIGUEL, HIDDEN)
    assert "The executives are being told." in world.record("#1", ERIN, MINOR)


def seen(number: int, *, days: float = 0, **fields) -> Seen:
    """An incident of Tara's, recorded so many days ago, when it happened."""
    at = NOW - timedelta(days=days)
    plain = {
        "number": f"INC-2026-{number:04}",
        "reporter_name": "",
        "conduct": "other",
        "severity": 1,
        "comfort": None,
        "attention": False,
        "counts": True,
        "occurred_at": at,
        "reporter_id": "U_TARA",
        "recorded_at": at,
        "withdrawn_at": None,
    }
    return Seen(**(plain | {"id": number} | fields))


@pytest.mark.parametrize(
    ("incidents", "expected"),
    [
        ([], None),
        ([seen(1), seen(2)], None),
        ([seen(1, severity=4)], Explained(1, frozenset())),
        ([seen(1), seen(2, attention=True)], Explained(2, frozenset())),
        ([seen(1, days=2), seen(2, days=1), seen(3)], Explained(3, frozenset({1, 2, 3}))),
        ([seen(1, days=40), seen(2, days=1), seen(3)], None),
        (
            [seen(1, days=40), *(seen(n, days=4 - n) for n in (2, 3, 4))],
            Explained(4, frozenset({2, 3, 4})),
        ),
        ([seen(1), seen(2, counts=False), seen(3)], None),
        ([seen(1), seen(2, counts=False, severity=4)], Explained(2, frozenset())),
        ([seen(1, days=2, withdrawn_at=NOW - timedelta(days=1)), seen(2), seen(3)], None),
        (
            [seen(1, days=2, withdrawn_at=NOW), seen(2, days=2), seen(3, days=1)],
            Explained(3, frozenset({1, 2, 3})),
        ),
        (
            [seen(1, days=3), seen(2, days=2, severity=4), seen(3, days=1)],
            Explained(2, frozenset({1, 2, 3})),
        ),
    ],
)
def test_an_escalation_is_explained_by_the_rules_over_what_somebody_sees(incidents, expected):
    assert explained(incidents, BERLIN) == expected


@pytest.mark.parametrize("before", [FEW - 1, FEW, FEW + 1])
def test_a_reason_is_found_behind_many_incidents_that_are_none(database, before):
    with database.write() as session:
        ids = []
        for name in ("Elm", "Oak"):
            client = make_client(session, name)
            raised = make_escalation(session, client=client)
            fields = {"client": client, "escalation_id": raised.id, "recorded_at": NOW}
            for _ in range(before):
                make_incident(session, **fields, occurred_at=NOW - timedelta(days=99))
            make_incident(session, **fields, confidential=True, reporter_id="U_SAM", severity=4)
            ids.append((raised.id, make_incident(session, **fields, severity=4).id))
        found = explained_to(session, [raised for raised, _ in ids], "U_MIGUEL", BERLIN)
        assert found == {raised: Explained(first, frozenset()) for raised, first in ids}
        last = explained_to(session, [ids[0][0]], "U_MIGUEL", BERLIN, but=ids[0][1])
        assert last == {}


def offered(world: World, typed: str, viewer) -> list[str]:
    with world.database.read() as session:
        return [each["text"]["text"] for each in options(load_listing(session), typed, viewer)]


def test_a_client_of_a_confidential_incident_is_offered_to_its_reporter_and_executives(world):
    world.record("hidden", MIGUEL, replace(HIDDEN, client=ACME))
    for viewer in (MIGUEL, ERIN):
        assert offered(world, "acme labs", viewer) == [ACME]
    for viewer in (TARA, None):
        assert offered(world, "acme labs", viewer) == ["Add “acme labs” as a new client"]
    with world.database.read() as session:
        assert named(load_listing(session), "acme", viewer=MIGUEL).client.name == ACME
        assert named(load_listing(session), "acme", viewer=TARA).near == []


def test_naming_it_openly_adds_it_for_everybody_as_if_it_had_not_been_there(worlds):
    worlds.full.record("hidden", MIGUEL, replace(HIDDEN, client="ACME labs"))
    worlds.compare(TARA)
    worlds.record("#1", TARA, replace(MINOR, client=ACME))
    worlds.compare(TARA)
    worlds.compare(NOA)
    assert offered(worlds.full, "acme", NOA)[0] == ACME


@pytest.mark.parametrize("by", [MIGUEL, ERIN])
def test_its_reporter_or_an_executive_names_it_openly_by_choosing_it(world, by):
    world.record("hidden", MIGUEL, replace(HIDDEN, client=ACME))
    number = client_id(world, ACME)
    world.record("again", by, replace(HIDDEN, form_key="H2", client=number))
    assert offered(world, "acme labs", TARA) == ["Add “acme labs” as a new client"]
    world.record("#1", by, replace(MINOR, client=number))
    assert offered(world, "acme labs", TARA) == [ACME]


def test_a_second_confidential_incident_names_it_to_its_own_reporter_alone(world):
    for key, by in (("H1", MIGUEL), ("H2", SAM)):
        world.record(key, by, replace(HIDDEN, form_key=key, client=ACME))
    for viewer in (MIGUEL, SAM):
        assert offered(world, "acme labs", viewer) == [ACME]
    assert offered(world, "acme labs", TARA) == ["Add “acme labs” as a new client"]


def client_id(world: World, name: str) -> int:
    with world.database.read() as session:
        return session.scalars(select(Client.id).where(Client.name == name)).one()


def test_a_client_that_few_know_of_is_refused_like_one_that_is_not_there(world):
    world.record("hidden", MIGUEL, replace(HIDDEN, client=ACME))
    for number in (client_id(world, ACME), 99):
        with pytest.raises(FieldError, match=NOT_THERE):
            world.record("#1", TARA, replace(MINOR, client=number))
        with world.database.read() as session, pytest.raises(UserError, match="any more"):
            asked = (session, number, TARA, Filters())
            history_page(*asked, now=NOW, timezone=BERLIN)


def test_a_form_sent_again_does_not_tell_how_a_client_of_few_is_spelled(worlds):
    worlds.full.record("hidden", MIGUEL, replace(HIDDEN, client="ACME labs"))
    worlds.record("#1", TARA, MINOR)
    worlds.record("#1", TARA, replace(MINOR, client=ACME))
    worlds.compare(TARA)


def test_a_form_sent_again_does_not_name_a_client_of_few_by_its_id(world):
    world.record("hidden", MIGUEL, replace(HIDDEN, client=ACME))
    world.record("#1", TARA, MINOR)
    world.record("#1", TARA, replace(MINOR, client=client_id(world, ACME)))
    assert ACME not in dict(world.shown(TARA))["card #1"]
    other = replace(MINOR, form_key="K2")
    world.record("#2", MIGUEL, other)
    world.record("#2", MIGUEL, replace(other, client=client_id(world, ACME)))
    assert f"Client: {ACME}" in dict(world.shown(MIGUEL))["card #2"]


def test_a_form_sent_again_says_no_more_of_the_executives_than_the_first_time(worlds):
    worlds.full.record("hidden", MIGUEL, HIDDEN)
    for _ in range(2):
        worlds.record("#1", TARA, MINOR)
    assert "The executives are being told." in worlds.full.record("hidden", MIGUEL, HIDDEN)


def test_an_import_names_it_openly_and_an_export_leaves_it_out(world, tmp_path):
    world.record("hidden", MIGUEL, replace(HIDDEN, client=ACME))
    out = io.StringIO()
    assert export_command(world.database, out) == 0
    assert "Acme" not in out.getvalue()
    sheet = tmp_path / "clients.csv"
    sheet.write_text("name\nacme LABS\n")
    assert import_command(sheet, world.database, NOW, io.StringIO()) == 0
    assert offered(world, "acme", TARA)[0].lower() == "acme labs"
    assert export_command(world.database, out) == 0
    assert "acme" in out.getvalue().lower()


def test_what_a_process_remembers_of_a_client_of_few_is_offered_to_them_alone(world):
    world.record("hidden", MIGUEL, replace(HIDDEN, client=ACME))

    def load():
        with world.database.read() as session:
            return load_listing(session)

    directory = Directory(load, lambda work: work())
    with world.database.read() as session:
        directory.add(entry_of(session, client_id(world, ACME)))
    for _ in range(2):
        names = [
            [entry.name for entry in suggest(directory.listing(), "", viewer=viewer)]
            for viewer in (TARA, MIGUEL, ERIN)
        ]
        assert names == [[], [ACME], [ACME]]
        directory.renew()
    world.record("#1", MIGUEL, replace(MINOR, client=ACME))
    with world.database.read() as session:
        directory.add(entry_of(session, client_id(world, ACME)))
    assert [entry.name for entry in directory.listing().clients] == [ACME]
    assert directory.listing().confidential == ()


def migrated(database: Database, step) -> None:
    config = Config(ROOT / "alembic.ini")
    with database.engine.execution_options(on_record_write=True).begin() as connection:
        config.attributes["connection"] = connection
        step(config)


def test_the_migration_hides_the_clients_that_a_confidential_incident_added_and_keeps_all(
    database,
):
    with database.write() as session:
        later = NOW + timedelta(days=1)
        stories = {
            "Added so": [{"confidential": True}, {"confidential": True, "recorded_at": later}],
            "By two": [{"confidential": True}, {"confidential": True, "reporter_id": "U_SAM"}],
            "Open too": [{"confidential": True}, {}],
            "There before": [{"confidential": True, "recorded_at": later}],
            "Imported": [],
        }
        for name, incidents in stories.items():
            client = make_client(session, name)
            for fields in incidents:
                make_incident(session, client=client, **fields)
        get_or_add(session, "New", now=NOW)
    migrated(database, lambda config: command.downgrade(config, "0002"))
    with database.engine.connect() as connection:
        assert len(connection.execute(text("SELECT * FROM clients")).all()) == len(stories) + 1
    migrated(database, lambda config: command.upgrade(config, "head"))
    with database.read() as session:
        few = session.scalars(select(Client.name).where(Client.confidential.is_(True))).all()
        assert sorted(few) == ["Added so", "By two"]
        assert len(session.scalars(select(Client)).all()) == len(stories) + 1
