from datetime import UTC, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from bot.escalations.counts import Newcomer, open_escalation, tallies
from bot.escalations.rules import (
    PATTERNS,
    SERIOUS_ABUSE,
    SEVERAL,
    Filed,
    Tally,
    meets,
    window_start,
)
from models import Comfort
from tests.factories import NOW, make_client, make_escalation, make_incident


STARTS = {pattern: window_start(NOW, pattern.days, UTC) for pattern in PATTERNS}

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "reporter_id": st.sampled_from(["U_TARA", "U_MIGUEL", "U_SAM"]),
            "severity": st.integers(1, 4),
            "conduct": st.sampled_from(["abuse", "no_response", "other"]),
            "comfort": st.sampled_from([None, "no", "yes"]),
            "occurred_at": st.integers(0, 100).map(lambda days: NOW - timedelta(days=days)),
            "confidential": st.booleans(),
            "withdrawn_at": st.sampled_from([None, None, NOW]),
        }
    ),
    max_size=12,
)

THIS = {
    "reporter_id": "U_TARA",
    "severity": 3,
    "conduct": "abuse",
    "comfort": "no",
    "occurred_at": NOW,
    "confidential": False,
    "withdrawn_at": None,
}


def in_plain_words(rows: list[dict]) -> dict:
    """The same counts, one row after the other."""
    return {pattern: _tally([row for row in rows if _met(row, pattern)]) for pattern in PATTERNS}


def _met(row: dict, pattern) -> bool:
    filed = Filed(
        number="",
        reporter_name="",
        conduct=row["conduct"],
        severity=row["severity"],
        comfort=row["comfort"] and Comfort(row["comfort"]),
        attention=False,
        counts=True,
        occurred_at=row["occurred_at"],
    )
    counts = row["withdrawn_at"] is None
    return counts and meets(filed, pattern) and row["occurred_at"] >= STARTS[pattern]


def _tally(rows: list[dict]) -> Tally:
    return Tally(len(rows), len({row["reporter_id"] for row in rows}))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(rows=ROWS, elsewhere=ROWS)
def test_the_database_counts_as_one_would_by_hand(database, rows, elsewhere):
    with Session(database.engine, autoflush=False) as session:
        client, other = make_client(session), make_client(session, "Harbour Café")
        for row in elsewhere:
            make_incident(session, client=other, **row)
        for row in rows:
            make_incident(session, client=client, **row)
        rows = [*rows, THIS]

        met = {pattern: STARTS[pattern] for pattern in PATTERNS if _met(THIS, pattern)}
        newcomer = Newcomer("U_TARA", confidential=False)
        before = tallies(session, client.id, met, reporter_id="U_TARA", newcomer=newcomer)
        make_incident(session, client=client, **THIS)
        found = tallies(session, client.id, STARTS, reporter_id="U_TARA")

        seen = [row for row in rows if not row["confidential"] or row["reporter_id"] == "U_TARA"]
        assert found.everything == in_plain_words(rows)
        assert all(before.everything[pattern] == found.everything[pattern] for pattern in met)
        assert all(before.seen[pattern] == found.seen[pattern] for pattern in met)
        assert found.seen == in_plain_words(seen)


def test_another_account_of_the_same_event_does_not_count(database):
    with database.write() as session:
        first = make_incident(session, severity=3)
        make_incident(session, severity=3, reporter_id="U_MIGUEL", same_event_as_id=first.id)
        found = tallies(session, first.client_id, STARTS, reporter_id="U_TARA").everything
    assert found[SEVERAL] == found[SERIOUS_ABUSE] == Tally(1, 1)


def test_the_open_escalation_is_the_one_that_is_not_settled(database):
    with database.write() as session:
        client = make_client(session)
        assert open_escalation(session, client.id) is None
        settled = {"owner_id": "U_ERIN", "settled_at": NOW, "outcome": "Talked."}
        make_escalation(session, client=client, **settled)
        assert open_escalation(session, client.id) is None
        escalation = make_escalation(session, client=client)
        assert open_escalation(session, client.id) is escalation


def test_counting_is_one_statement_that_reads_the_index_alone(database):
    with database.write() as session:
        incident = make_incident(session)
        said = []
        event.listen(
            database.engine,
            "before_cursor_execute",
            lambda *args: said.append((args[2], args[3])),
        )
        tallies(session, incident.client_id, STARTS, reporter_id="U_TARA")
        [(statement, values)] = said
        if not database.is_sqlite:
            session.execute(text("SET enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        plan = session.connection().exec_driver_sql(explain + statement, values).all()
    index = "COVERING INDEX" if database.is_sqlite else "ndex"
    assert any(index in str(line) and "ix_incidents_history" in str(line) for line in plan)
