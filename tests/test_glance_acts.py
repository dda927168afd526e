"""Whatever people do to a client's record, the glance counts what each of them may see of it."""

from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.glance.counts import glance
from bot.glance.months import last_months
from bot.incidents.addenda import withdraw
from bot.incidents.new import NewIncident
from bot.incidents.record import record
from bot.incidents.resend import sent_again
from bot.slack.people import Person
from models import Incident
from models.text import fold
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
    occurred_at=st.integers(0, 400).map(lambda days: NOW - timedelta(days=days)),
)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["record", "same event", "withdraw", "make confidential"]),
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
        new = form(f"V{number}", client_id, **happened)
        record(session, new, who, now=NOW, timezone=ZONE)
    elif what == "same event" and chosen.counts:
        new = form(f"V{number}", client_id, **happened)
        record(session, new, who, now=NOW, timezone=ZONE, same_event_as=chosen.id)
    elif what == "withdraw" and not chosen.withdrawn_at:
        withdraw(session, chosen, ERIN, "By mistake.", executive=True, now=NOW)
    elif what == "make confidential":
        again = form(chosen.form_key, client_id, **happened | {"confidential": True})
        sent_again(session, chosen, again, who, now=NOW, timezone=ZONE)


def form(key, client_id, **happened) -> NewIncident:
    return NewIncident(form_key=key, client=client_id, what_happened="Shouted.", **happened)


def counted_by_hand(incidents: list[Incident], viewer: Person) -> dict:
    months = last_months(NOW, ZONE)
    seen = [
        one
        for one in incidents
        if one.counts
        and (viewer.executive or not one.confidential or one.reporter_id == viewer.id)
        and int(f"{one.occurred_at.astimezone(ZONE):%Y%m}") in months
    ]
    named = [fold(one.contact) for one in seen if one.contact]
    return {
        "months": tuple(
            sum(int(f"{one.occurred_at.astimezone(ZONE):%Y%m}") == month for one in seen)
            for month in months
        ),
        "severities": sorted(one.severity for one in seen),
        "conduct": sorted(one.conduct_type.short for one in seen),
        "contact": max((named.count(name) for name in named), default=0),
        "minutes": sum(one.minutes_lost or 0 for one in seen),
    }


def counted_at_a_glance(session, client_id, viewer: Person) -> dict:
    seen = glance(
        session,
        client_id,
        now=NOW,
        timezone=ZONE,
        person_id=viewer.id,
        executive=viewer.executive,
    )
    levels = {"minor": 1, "moderate": 2, "serious": 3, "critical": 4}
    return {
        "months": seen.months,
        "severities": sorted(
            levels[name] for name, count in seen.by_severity for _ in range(count)
        ),
        "conduct": sorted(name for name, count in seen.by_conduct for _ in range(count)),
        "contact": seen.top_contact[1] if seen.top_contact else 0,
        "minutes": seen.minutes_lost,
    }


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_a_glance_counts_what_its_viewer_may_see_and_each_event_once(database, acts):
    with database.read() as session:
        client_id = make_client(session).id
        for number, each in enumerate(acts):
            act(session, client_id, number, *each)
            session.flush()
        incidents = session.scalars(select(Incident)).all()
        for viewer in (TARA, MIGUEL, ERIN):
            counted = counted_at_a_glance(session, client_id, viewer)
            assert counted == counted_by_hand(incidents, viewer)
        assert led_wrongly(incidents) == []


def led_wrongly(incidents) -> list[str]:
    """The events that a confidential account stands for though an open one is there, or none."""
    events = defaultdict(list)
    for one in incidents:
        if not one.withdrawn_at:
            events[one.same_event_as_id or one.id].append(one)
    return [
        str([(one.number, one.counts, one.confidential) for one in event])
        for event in events.values()
        if sum(one.counts for one in event) != 1
        or (
            sum(one.confidential for one in event if one.counts)
            and not all(one.confidential for one in event)
        )
    ]


def test_a_month_is_the_one_it_was_where_the_msp_is_and_stays_so(database):
    late = NOW.replace(day=1, hour=3)  # still October in Denver
    with database.write() as session:
        new = form("V1", make_client(session).id, conduct="abuse", severity=2, occurred_at=late)
        record(session, new, TARA, now=NOW, timezone=ZONE)
    with database.read() as session:
        incident = session.scalars(select(Incident)).one()
        assert incident.month == 202610
        seen = glance(session, incident.client_id, now=NOW, timezone=ZoneInfo("UTC"))
        assert seen.months[-2:] == (1, 0)
