import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from functools import partial
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from bot.clients.lock import lock_client
from models import (
    Addendum,
    AddendumKind,
    Alias,
    Base,
    Client,
    ClientStatus,
    Database,
    DatabaseUnavailable,
    Delivery,
    Escalation,
    Incident,
    Lane,
    NotMigrated,
    Witness,
)
from models.database import SILENCE
from models.database import database_url as url_of
from models.text import clean, fold
from tests.conftest import ROOT
from tests.factories import NOW, make_client, make_escalation, make_incident
from tests.silent_line import silent_line


def refused(database, *rows) -> None:
    with pytest.raises((IntegrityError, StatementError)), database.write() as session:
        session.add_all(rows)
        session.flush()


def test_two_clients_never_share_a_name_however_it_is_written(database):
    with database.write() as session:
        make_client(session, "Harbour Café")
    refused(database, Client(name="  HARBOUR  cafe", added_at=NOW))


def test_two_clients_never_share_a_psa_id_a_workspace_or_an_alias(database):
    with database.write() as session:
        make_client(session, "One", psa_id="P1", slack_team_id="T1", aliases=[Alias(name="Uno")])
    refused(database, Client(name="Two", psa_id="P1", added_at=NOW))
    refused(database, Client(name="Two", slack_team_id="T1", added_at=NOW))
    refused(database, Client(name="Two", added_at=NOW, aliases=[Alias(name="UNO")]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"severity": 0},
        {"severity": 5},
        {"minutes_lost": -1},
        {"what_happened": ""},
        {"medium": "pigeon"},
        {"comfort": "maybe"},
        {"client_id": 404},
        {"conduct_type_id": 404},
        {"escalation_id": 404},
        {"counts": False},
        {"withdrawn_at": NOW},
    ],
    ids=str,
)
def test_the_database_itself_refuses_what_a_record_can_not_be(database, wrong):
    with database.write() as session:
        incident_id = make_incident(session).id
    with pytest.raises((IntegrityError, StatementError)), database.write() as session:
        incident = session.get(Incident, incident_id)
        for name, value in wrong.items():
            setattr(incident, name, value)
        session.flush()


def test_a_value_outside_an_enum_is_refused_by_the_database_too(database):
    with database.write() as session:
        make_client(session)
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(text("UPDATE clients SET status = 'fired'"))


def test_numbers_and_forms_are_unique(database):
    with database.write() as session:
        incident = make_incident(session, form_key="V1")
        number, client = incident.number, incident.client
        session.expunge(client)
    with pytest.raises(IntegrityError), database.write() as session:
        make_incident(session, client=client, number=number)
    with pytest.raises(IntegrityError), database.write() as session:
        make_incident(session, client=client, form_key="V1")


def test_a_client_has_one_unsettled_escalation_at_most(database):
    with database.write() as session:
        client = make_client(session)
        make_escalation(session, client=client)
        client_id = client.id
    refused(database, Escalation(client_id=client_id, why="again", opened_at=NOW))


def test_an_owned_escalation_has_an_owner(database):
    with database.write() as session:
        client_id = make_client(session).id
    refused(database, Escalation(client_id=client_id, why="x", opened_at=NOW, status="owned"))


def test_a_message_that_stands_stands_in_a_channel(database):
    lane = Lane(name="executives", free_at=NOW)
    row = Delivery(
        key="k", kind="x", subject_id=1, lane="executives", due_at=NOW, created_at=NOW, ts="1.0"
    )
    refused(database, lane, row)


def test_a_witness_is_somebody_and_a_note_says_something(database):
    with database.write() as session:
        incident_id = make_incident(session).id
    refused(database, Witness(incident_id=incident_id))
    note = Addendum(
        incident_id=incident_id,
        kind=AddendumKind.NOTE,
        author_id="U",
        author_name="T",
        added_at=NOW,
        text="",
    )
    refused(database, note)


def test_moments_are_kept_in_utc_and_come_back_aware(database):
    tokyo = timezone(timedelta(hours=9))
    with database.write() as session:
        make_client(session, added_at=datetime(2026, 11, 23, 19, 30, tzinfo=tokyo))
    with database.read() as session:
        kept = session.query(Client).one().added_at
    assert (kept, kept.utcoffset()) == (NOW, timedelta(0))


def test_a_moment_without_zone_is_refused(database):
    refused(database, Client(name="X", added_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the point


def test_what_a_transaction_could_not_finish_is_not_there(database):
    with pytest.raises(RuntimeError), database.write() as session:
        make_client(session)
        raise RuntimeError
    with database.read() as session:
        assert session.query(Client).count() == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_transactions_that_deadlock_the_one_given_up_is_done_once_more(database):
    with database.write() as session:
        first, second = (make_client(session, name).id for name in ("Acme", "Elm"))
    both_hold_one, tries = Barrier(2), []

    def work(ids, session) -> None:
        tries.append(ids)
        lock_client(session, ids[0])
        if tries.count(ids) == 1:
            both_hold_one.wait(timeout=5)
        lock_client(session, ids[1])

    with ThreadPoolExecutor(2) as pool:
        orders = [(first, second), (second, first)]
        done = [pool.submit(database.transact, partial(work, ids)) for ids in orders]
        assert [each.result(timeout=10) for each in done] == [None, None]
    assert len(tries) == 3


def test_what_fails_for_another_reason_is_not_done_again(database):
    tries = []

    def work(session) -> None:
        tries.append(session)
        session.execute(text("SELECT * FROM nowhere"))

    with pytest.raises(NotMigrated):
        database.transact(work)
    assert len(tries) == 1


def test_a_read_changes_nothing(database):
    with database.read() as session:
        make_client(session)
    with database.read() as session:
        assert session.query(Client).count() == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_write_that_another_process_holds_up_is_said_in_time(database_url):
    other = Database(database_url)
    hurried = Database(database_url, patience=0.2)
    with other.write() as session:
        make_client(session)
        with pytest.raises(DatabaseUnavailable), hurried.write() as later:
            make_client(later)
    other.dispose()
    hurried.dispose()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_write_that_another_thread_holds_up_is_said_in_time(database_url):
    database = Database(database_url, patience=0.2)
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with database.write():
            held.set()
            release.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(5)
    with pytest.raises(DatabaseUnavailable), database.write():
        pass
    release.set()
    thread.join()
    database.dispose()


def test_postgresql_that_is_away_is_said_and_back_again_is_used(postgres_server):
    database = Database(postgres_server.url)
    with database.read() as session:
        session.execute(text("SELECT 1"))
    postgres_server.stop()
    with pytest.raises(DatabaseUnavailable), database.write() as session:
        make_client(session)
    postgres_server.start()
    with database.write() as session:
        make_client(session)
    database.dispose()


def test_a_statement_that_takes_too_long_is_ended(postgres_server):
    database = Database(postgres_server.url, patience=0.2)
    with pytest.raises(DatabaseUnavailable), database.read() as session:
        session.execute(text("SELECT pg_sleep(5)"))
    database.dispose()


def test_evidence_survives_a_power_cut_on_sqlite(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/x.db")
    with database.read() as session:
        pragmas = [
            session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    database.dispose()
    assert pragmas == ["wal", 2, 1]


@pytest.mark.parametrize(
    ("given_url", "driver"),
    [
        ("postgres://u:p%25w@h/d?sslmode=require", "postgresql+psycopg"),
        ("postgresql://u:p@h/d", "postgresql+psycopg"),
        ("sqlite:///x.db", "sqlite"),
    ],
)
def test_either_way_of_writing_postgresql_means_the_driver_we_ship(given_url, driver):
    assert url_of(given_url).drivername == driver
    assert "p%w" not in str(url_of(given_url))


def upgrade(url: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    environment = {"DATABASE_URL": url, "PYTHON_DOTENV_DISABLED": "1", "PATH": ""}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path, migrated_postgres):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new.db"
        return
    with migrated_postgres.clone() as server:
        server.execute("CREATE DATABASE empty")
        yield server.url_of("empty")


def test_two_releases_at_once_are_safe(empty_url):
    both = [upgrade(empty_url), upgrade(empty_url)]
    assert [process.communicate(timeout=60)[1] for process in both] == [b"", b""]
    assert [process.returncode for process in both] == [0, 0]
    database = Database(empty_url)
    tables = set(inspect(database.engine).get_table_names())
    database.dispose()
    assert tables == {*Base.metadata.tables, "alembic_version"}


def test_a_database_that_was_never_migrated_says_so(empty_url):
    database = Database(empty_url)
    with pytest.raises(NotMigrated), database.read() as session:
        session.scalars(select(Client)).all()
    database.dispose()


def test_an_sqlite_file_is_made_by_opening_it_and_not_by_asking_for_it(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    assert not database.is_made
    with database.read() as session:
        session.execute(text("SELECT 1"))
    assert database.is_made
    database.dispose()


def test_a_new_file_is_waited_for_while_somebody_else_writes_its_first_page(tmp_path):
    other = sqlite3.connect(tmp_path / "new.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, other.execute, ["COMMIT"])
    timer.start()
    database = Database(f"sqlite:///{tmp_path}/new.db")
    with database.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
    timer.join()
    database.dispose()
    other.close()


def test_a_postgresql_that_falls_silent_is_given_up_and_a_new_connection_works(postgres_server):
    with silent_line(postgres_server) as line:
        database = Database(line.url)
        with database.read() as session:
            session.execute(text("SELECT 1"))
            line.fall_silent()
            began = time.monotonic()
            with pytest.raises(OperationalError):
                session.execute(text("SELECT 1"))
        assert time.monotonic() - began < 2 * SILENCE
        with database.read() as session:
            assert session.scalar(text("SELECT 1")) == 1
        assert time.monotonic() - began < 2 * SILENCE
        database.dispose()


def test_an_answer_of_the_server_in_good_time_keeps_the_connection(postgres_server):
    database = Database(postgres_server.url)
    own = text("SELECT pg_backend_pid()")
    with database.read() as session:
        pid = session.scalar(own)
        with pytest.raises(OperationalError):
            session.execute(text("SELECT pg_sleep(3)"))
    with database.read() as session:
        assert session.scalar(own) == pid
    database.dispose()


@given(st.text(min_size=1, max_size=40))
def test_folding_twice_changes_nothing(name):
    assert fold(fold(name)) == fold(name)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("  Harbour   CAFÉ, Inc. ", "harbour cafe inc"),
        ("Smith & Sons", "smith and sons"),
        ("Søren Łódź", "soren lodz"),
        ("Straße", "strasse"),
        ("株式会社", "株式会社"),
        ("का", "का"),
        ("की", "की"),
        ("ไทย", "ไทย"),
        ("A.B.C. Smith & Co", "a b c smith and co"),
        ("\N{SCRIPT CAPITAL E}", "e"),
        ("🦊", "🦊"),
    ],
)
def test_names_are_compared_without_case_accents_and_punctuation(written, folded):
    assert fold(written) == folded


@given(st.text())
def test_cleaned_text_is_one_that_every_database_keeps(told):
    kept = clean(told + "\x00\ud800")
    assert "\x00" not in kept
    assert kept.encode()


def test_a_status_has_words_for_the_screen():
    assert [status.label for status in ClientStatus] == [
        "Active",
        "On watch",
        "Off-boarding",
        "Former",
    ]
