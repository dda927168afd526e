"""A record that is whole is said to be; each way to break it by hand is named, with the mend."""

import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.demo.seed import seed
from bot.escalations.raise_ import consider
from bot.verify import findings
from models import AuditEvent, Database, NumberSeries
from tests.factories import NOW, make_client, make_incident


@pytest.fixture
def kept(database):
    """A database with a sample record, made by the bot's own use cases."""
    with database.write() as session:
        seed(session, now=NOW)
    return database


only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def record(session, **fields):
    """An incident as the bot records it, as far as this is about."""
    incident = make_incident(session, **fields)
    noted = {"at": NOW, "actor_id": "U_TARA", "action": "incident.recorded"}
    session.add(AuditEvent(**noted, client_id=incident.client_id, incident_id=incident.id))
    session.flush()
    return incident


def to_mend(database) -> list[str]:
    return [str(found) for found in findings(database) if found.mend]


def run(database, *statements: str) -> None:
    """Change the record by hand, past what the database would hold together."""
    with database.write() as session:
        if not database.is_sqlite:
            session.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            session.execute(text(statement))


def test_a_record_that_the_bot_kept_is_whole(kept):
    told = [str(found) for found in findings(kept)]
    assert [line for line in told if not line.startswith("✓")] == []
    assert re.search(r"✓ 2026: \d\d+ numbers, none missing or given out twice", "\n".join(told))
    assert "✓ every escalation has its message" in told


def test_an_empty_record_is_whole(database):
    assert to_mend(database) == []


SERIES = "✗ 2026: the next number is one that is given out already. Set the last number of 2026"
ASTRAY = "✗ accounts beside one that does not count, or of another client: INC-2026-0002. Keep"
BROKEN = {
    "UPDATE incidents SET number = 'INC-2026-0009' WHERE number = 'INC-2026-0002'": (
        "✗ 2026: 6 missing, the first is INC-2026-0002. Keep a copy"
    ),
    "UPDATE number_series SET last = 7 WHERE year = 2026": (
        "✗ 2026: the last 4 missing, up to INC-2026-0007. Keep a copy"
    ),
    "UPDATE number_series SET last = 2 WHERE year = 2026": SERIES,
    "DELETE FROM number_series": SERIES,
    "UPDATE incidents SET number = 'INC-2026-3' WHERE number = 'INC-2026-0003'": (
        "✗ numbers written in another way: INC-2026-3. Keep a copy"
    ),
    "DELETE FROM audit_events WHERE action = 'incident.recorded' AND incident_id < 3": (
        "✗ records without a trace of their recording: INC-2026-0001, INC-2026-0002. Keep a copy"
    ),
    "UPDATE incidents SET client_id = 2 WHERE number = 'INC-2026-0002'": ASTRAY,
    "UPDATE incidents SET counts = false, withdrawn_at = recorded_at WHERE id = 1": ASTRAY,
    "DELETE FROM deliveries WHERE thread_of_id IS NOT NULL; DELETE FROM deliveries": (
        "✗ escalations without their message: no. 1. Tell the executives"
    ),
    (
        "UPDATE incidents SET escalation_id = NULL;"
        "UPDATE audit_events SET escalation_id = NULL; DELETE FROM escalations"
    ): (
        "✗ messages about nothing on record: escalation_summary of no. 1, "
        "escalation_reminder of no. 1. Keep a copy"
    ),
    "UPDATE escalations SET status = 'owned', owner_id = 'U_ERIN'": (
        "✗ reminders of what somebody has or has settled: escalation_reminder of no. 1."
    ),
}


@pytest.mark.parametrize(("broken", "named"), BROKEN.items())
def test_what_was_broken_by_hand_is_named_with_the_mend(database, broken, named):
    with database.write() as session:
        client = make_client(session)
        make_client(session, "Another")
        first = record(session, client=client, contact="Karen Holt", minutes_lost=20)
        record(session, client=client, same_event_as_id=first.id)
        consider(session, record(session, client=client, severity=4), now=NOW)
    assert to_mend(database) == []
    run(database, *broken.split(";"))
    assert any(line.startswith(named) for line in to_mend(database)), to_mend(database)


def test_of_many_broken_ones_some_are_named_and_all_are_counted(database):
    with database.write() as session:
        for _ in range(8):
            make_incident(session)
    (told,) = to_mend(database)
    assert "INC-2026-0005 and 3 more." in told


def test_a_withdrawn_account_may_stand_beside_a_withdrawn_one(database):
    with database.write() as session:
        first = record(session, withdrawn_at=NOW)
        record(session, same_event_as_id=first.id, withdrawn_at=NOW)
    assert to_mend(database) == []


def test_each_year_is_looked_at_by_itself(database):
    with database.write() as session:
        record(session, occurred_at=NOW - timedelta(days=400))
        record(session)
        session.add(NumberSeries(year=2024, last=1))
    (told,) = to_mend(database)
    assert told.startswith("✗ 2024: the last 1 missing, up to INC-2024-0001. Keep a copy")


@only_sqlite
def test_what_leads_nowhere_is_counted(database):
    with database.write() as session:
        record(session)
    with sqlite3.connect(database.url.database) as unchecked:
        unchecked.execute("DELETE FROM clients")
    unchecked.close()
    told = to_mend(database)
    assert any(line.startswith("✗ 1 of incidents lead to nothing in clients.") for line in told)


@only_sqlite
def test_a_damaged_file_is_told_in_words_and_all_else_is_looked_at(database):
    with database.write() as session:
        for _ in range(200):
            record(session)
    path = Path(database.url.database)
    database.dispose()
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        asked = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_audit_events_client_id_at'"
        (page,) = plain.execute(asked).fetchone()
    plain.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096 + 8)
        file.write(b"\xff" * 4088)
    told = [str(found) for found in findings(database)]
    assert any("SQLite file is damaged" in line or "could not answer" in line for line in told)
    assert any(line.startswith("✓ 2026: 200 numbers") for line in told)


@pytest.mark.parametrize("content", [b"this is no database" * 500, b""])
def test_a_file_that_holds_no_record_is_told_in_words(tmp_path, content):
    path = tmp_path / "other.db"
    path.write_bytes(content)
    database = Database(f"sqlite:///{path}")
    (told,) = findings(database)
    assert told.mend
    database.dispose()
