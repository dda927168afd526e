from collections import Counter, defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from bot.glance.counts import glance
from bot.incidents.addenda import withdraw
from bot.incidents.new import NewIncident
from bot.incidents.record import record
from bot.incidents.resend import sent_again
from bot.slack.people import Person
from models import Incident, MonthlyContact, MonthlyCount
from tests.factories import NOW, make_client


TARA, MIGUEL = (Person(f"U_{name}", name, executive=False) for name in ("TARA", "MIGUEL"))
ERIN = Person("U_ERIN", "Erin", executive=True)
ZONE = ZoneInfo("America/Denver")
HAPPENED = st.builds(
    dict,
    conduct=st.sampled_from(["abuse", "non_payment"]),
    severity=st.integers(1, 3),
    contact=st.sampled_from([None, "Karen Holt", "karen holt"]),
    minutes_lost=st.sampled_from([None, 0, 15]),
    confidential=st.booleans(),
    occurred_at=st.integers(0, 70).map(lambda days: NOW - timedelta(days=days)),
)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["record", "same event", "withdraw", "seal"]),
        st.sampled_from([TARA, MIGUEL]),
        st.integers(0, 9),
        HAPPENED,
    ),
    min_size=1,
    max_size=12,
)


def act(session, client_id, number, what, who, which, happened) -> None:
    """Do one thing to the client's record, as the use cases do it."""
    known = session.scalars(select(Incident).order_by(Incident.id)).all()
    chosen = known[which % len(known)] if known else None
    if what == "record" or chosen is None:
        new = of_form(f"V{number}", client_id, **happened)
        record(session, new, who, now=NOW, timezone=ZONE)
    elif what == "same event" and chosen.counts:
        new = of_form(f"V{number}", client_id, **happened)
        record(session, new, who, now=NOW, timezone=ZONE, same_event_as=chosen.id)
    elif what == "withdraw" and not chosen.withdrawn_at:
        withdraw(session, chosen, ERIN, "By mistake.", executive=True, now=NOW)
    elif what == "seal":
        again = of_form(chosen.form_key, client_id, **happened | {"confidential": True})
        sent_again(session, chosen, again, who, now=NOW, timezone=ZONE)


def of_form(key, client_id, **happened) -> NewIncident:
    return NewIncident(form_key=key, client=client_id, what_happened="Shouted.", **happened)


def recounted(session) -> tuple[Counter, Counter]:
    """What the kept counts should be, from the incidents themselves."""
    counts, contacts = Counter(), Counter()
    for one in session.scalars(select(Incident).where(Incident.counts)):
        reader = one.reporter_id if one.confidential else ""
        month = int(f"{one.occurred_at.astimezone(ZONE):%Y%m}")
        counts[month, reader, one.conduct_type_id, one.severity, "incidents"] += 1
        counts[month, reader, one.conduct_type_id, one.severity, "minutes"] += one.minutes_lost or 0
        if one.contact:
            contacts[month, reader, one.contact] += 1
    return counts, contacts


def kept(session) -> tuple[Counter, Counter]:
    counts, contacts = Counter(), Counter()
    for row in session.scalars(select(MonthlyCount)):
        key = (row.month, row.reader, row.conduct_type_id, row.severity)
        counts[*key, "incidents"] += row.incidents
        counts[*key, "minutes"] += row.minutes_lost
    for row in session.scalars(select(MonthlyContact)):
        contacts[row.month, row.reader, row.contact] += row.incidents
    return counts, contacts


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_whatever_becomes_of_the_records_the_counts_kept_are_theirs(database, acts):
    with database.read() as session:
        client_id = make_client(session).id
        for number, each in enumerate(acts):
            act(session, client_id, number, *each)
            session.flush()
        assert kept(session) == recounted(session)
        assert led_wrongly(session) == []


def led_wrongly(session) -> list[str]:
    """The events that a sealed account stands for though an open one is there, or none at all."""
    events = defaultdict(list)
    for one in session.scalars(select(Incident).where(Incident.withdrawn_at.is_(None))):
        events[one.same_event_as_id or one.id].append(one)
    return [
        str([(one.number, one.counts, one.confidential) for one in event])
        for event in events.values()
        if sum(one.counts for one in event) != 1
        or (sum(one.confidential for one in event if one.counts) and not all_sealed(event))
    ]


def all_sealed(event: list[Incident]) -> bool:
    return all(one.confidential for one in event)


def test_a_month_is_the_one_it_was_where_the_msp_is_and_stays_so(database):
    late = NOW.replace(day=1, hour=3)  # still October in Denver
    with database.write() as session:
        new = of_form("V1", make_client(session).id, conduct="abuse", severity=2, occurred_at=late)
        record(session, new, TARA, now=NOW, timezone=ZONE)
    with database.read() as session:
        incident = session.scalars(select(Incident)).one()
        assert incident.month == 202610
        seen = glance(session, incident.client_id, now=NOW, timezone=ZoneInfo("UTC"))
        assert seen.months[-2:] == (1, 0)


@pytest.mark.parametrize("kind", [MonthlyCount, MonthlyContact])
def test_the_glance_is_read_from_the_kept_counts_alone(database, kind):
    with database.write() as session:
        new = of_form(
            *("V1", make_client(session).id),
            conduct="abuse",
            severity=2,
            occurred_at=NOW,
            contact="Karen Holt",
        )
        record(session, new, TARA, now=NOW, timezone=ZONE)
        session.execute(delete(kind))
    with database.read() as session:
        client_id = session.scalars(select(Incident.client_id)).one()
        seen = glance(session, client_id, now=NOW, timezone=ZONE)
        assert (seen.total, seen.named) == {MonthlyCount: (0, 1), MonthlyContact: (1, 0)}[kind]
