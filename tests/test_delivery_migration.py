"""A filled outbox goes on being sent after the migration, and comes back from it."""

from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from models import Database, DeliveryStatus
from sandbox.driver import running
from tests.conftest import ROOT
from tests.delivery_slack import make_outbox, row, texts, wait_until_sent


URGENCY = "0004"
OLD = """
INSERT INTO deliveries (id, key, kind, subject_id, lane, thread_of_id, status, due_at, wanted,
                        attempts, in_doubt_since, channel, ts, created_at)
VALUES (:id, :key, :kind, :id, 'executives', :above, :status, :due_at, :wanted,
        :attempts, :doubt, :channel, :ts, :created_at)
"""


@pytest.fixture(scope="module")
def workspace():
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def slack(workspace):
    workspace.reset()
    workspace.settings(rate_limits=False)
    return workspace


def migrate(url, how):
    """Run `how` on the database, with alembic's settings and the revision before."""
    database, config = Database(url, patience=None), Config(ROOT / "alembic.ini")
    before = ScriptDirectory.from_config(config).get_revision(URGENCY).down_revision
    with database.engine.execution_options(on_record_write=True).begin() as connection:
        config.attributes["connection"] = connection
        how(config, before)
    database.dispose()


def downgrade(config, before):
    command.downgrade(config, before)


def upgrade(config, _before):
    command.upgrade(config, "head")


def kept(moment, is_sqlite):
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f") if is_sqlite else moment


def fill(url, now):
    """As revision 0003 leaves it: in a lease, in doubt, behind a rest, with a timer."""
    database = Database(url)
    ago, ahead = now - timedelta(minutes=5), now + timedelta(minutes=30)
    rows = [
        {"id": 1, "status": "sent", "channel": "C_EXEC", "ts": "1.0"},
        {"id": 2, "attempts": 1, "doubt": ago},
        {"id": 3, "attempts": 3, "due_at": now + timedelta(seconds=50)},
        {"id": 4, "status": "held", "attempts": 9},
        {"id": 5, "kind": "reply", "above": 2},
        {"id": 6, "due_at": now + timedelta(days=1)},
    ]
    usual = {
        "kind": "summary",
        "above": None,
        "status": "pending",
        "due_at": ago,
        "wanted": 1,
        "attempts": 0,
        "doubt": None,
        "channel": None,
        "ts": None,
        "created_at": ago,
    }
    with database.write() as session:
        lane = {"free_at": kept(ahead, database.is_sqlite)}
        session.execute(text("INSERT INTO lanes VALUES ('executives', :free_at)"), lane)
        for each in rows:
            values = {**usual, **each, "key": f"key {each['id']}"}
            for name in ("due_at", "doubt", "created_at"):
                values[name] = values[name] and kept(values[name], database.is_sqlite)
            session.execute(text(OLD), values)
    database.dispose()


def test_what_waits_in_an_outbox_of_0003_is_sent_after_the_upgrade(database_url, slack):
    now = datetime.now(UTC)
    migrate(database_url, downgrade)
    fill(database_url, now)
    migrate(database_url, upgrade)
    database = Database(database_url)
    outbox = make_outbox(database, slack.api_url, lambda: datetime.now(UTC), pause=0)
    outbox.start()
    slack.wait_for_message("C_EXEC", "reply 5 v1", 20)
    assert outbox.stop(10)
    assert sorted(texts(slack)) == ["reply 5 v1", *(f"summary {each} v1" for each in (2, 3, 4))]
    assert row(database, 6).status is DeliveryStatus.PENDING
    assert row(database, 6).due_at > now
    database.dispose()


def test_after_a_downgrade_and_an_upgrade_all_that_waits_is_sent(database_url, slack):
    now = datetime.now(UTC)
    migrate(database_url, downgrade)
    fill(database_url, now)
    migrate(database_url, upgrade)
    migrate(database_url, downgrade)
    migrate(database_url, upgrade)
    database = Database(database_url)
    outbox = make_outbox(database, slack.api_url, lambda: now + timedelta(days=1), pause=0)
    outbox.start()
    wait_until_sent(database)
    assert outbox.stop(10)
    assert len(texts(slack)) == 5
    database.dispose()
