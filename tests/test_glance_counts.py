from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.glance.counts import glance
from bot.glance.months import month_starts
from bot.glance.sparkline import BARS, sparkline
from tests.factories import NOW, make_client, make_incident


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def seen(session, client, person_id="U_ERIN", *, executive=True, timezone=UTC):
    return glance(
        session, client.id, now=NOW, timezone=timezone, person_id=person_id, executive=executive
    )


def test_a_client_with_nothing_on_record_has_a_glance_of_zeros(session):
    found = seen(session, make_client(session))
    assert (found.total, found.by_conduct, found.by_severity) == (0, (), ())
    assert (found.months, found.top_contact, found.minutes_lost) == ((0,) * 12, None, 0)


def test_conduct_is_counted_most_frequent_first_and_severity_worst_first(session):
    client = make_client(session)
    make_incident(session, client=client, conduct="no_response", severity=1)
    for severity in (3, 3, 2):
        make_incident(session, client=client, conduct="abuse", severity=severity)
    found = seen(session, client)
    assert found.by_conduct == (("abuse", 3), ("unanswered", 1))
    assert found.by_severity == (("serious", 2), ("moderate", 1), ("minor", 1))
    assert found.total == 4


def test_what_is_older_than_twelve_calendar_months_is_not_counted(session):
    client = make_client(session)
    make_incident(session, client=client, occurred_at=datetime(2025, 11, 30, 23, 59, tzinfo=UTC))
    make_incident(session, client=client, occurred_at=datetime(2025, 12, 1, tzinfo=UTC))
    make_incident(session, client=client, occurred_at=NOW)
    assert seen(session, client).months == (1, *(0,) * 10, 1)


@pytest.mark.parametrize(("zone", "place"), [("UTC", 9), ("Europe/Berlin", 10)])
def test_months_are_those_of_the_msps_own_calendar(session, zone, place):
    client, timezone = make_client(session), ZoneInfo(zone)
    late = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)
    make_incident(session, client=client, occurred_at=late, timezone=timezone)
    assert seen(session, client, timezone=timezone).months[place] == 1


def test_withdrawn_records_and_further_reports_are_not_counted(session):
    client = make_client(session)
    first = make_incident(session, client=client)
    make_incident(session, client=client, same_event_as_id=first.id)
    make_incident(session, client=client, withdrawn_at=NOW, contact="Karen Holt", minutes_lost=9)
    found = seen(session, client)
    assert (found.total, found.top_contact, found.minutes_lost) == (1, None, 0)


def test_another_clients_records_are_not_counted(session):
    client = make_client(session)
    make_incident(session, client=make_client(session, "Oak and Sons"))
    assert seen(session, client).total == 0


def test_minutes_lost_are_summed_and_a_blank_is_none(session):
    client = make_client(session)
    for minutes in (30, None, 45):
        make_incident(session, client=client, minutes_lost=minutes)
    assert seen(session, client).minutes_lost == 75


def test_the_contact_named_most_is_found_however_the_name_was_spelt(session):
    client = make_client(session)
    for contact in ("Karen Holt", "karen  holt", "José", None, "", "Karen Holt"):
        make_incident(session, client=client, contact=contact)
    found = seen(session, client)
    assert found.top_contact == ("Karen Holt", 3)
    assert (found.named, found.total) == (4, 6)


def test_a_confidential_record_is_counted_for_its_reporter_and_executives_alone(session):
    client = make_client(session)
    make_incident(
        session,
        client=client,
        confidential=True,
        reporter_id="U_TARA",
        contact="Karen Holt",
        minutes_lost=20,
    )
    nothing = seen(session, make_client(session, "Quiet"), "U_MIGUEL", executive=False)
    assert seen(session, client, "U_MIGUEL", executive=False) == nothing
    assert seen(session, client, "U_TARA", executive=False).total == 1
    assert seen(session, client, "U_ERIN").top_contact == ("Karen Holt", 1)


@pytest.mark.parametrize(
    ("months", "drawn"),
    [
        ((), ""),
        ((0, 0, 0), "▁▁▁"),
        ((0, 1, 2, 4, 8, 15), "▁▂▂▃▅█"),
        ((1,) * 12, "█" * 12),
        ((0, 1, 8000), "▁▂█"),
    ],
)
def test_the_tallest_bar_is_the_busiest_month(months, drawn):
    assert sparkline(months) == drawn


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=24))
def test_a_month_with_something_is_never_drawn_as_one_without(months):
    drawn = sparkline(months)
    assert len(drawn) == len(months)
    assert all((bar == BARS[0]) == (count == 0) for bar, count in zip(drawn, months, strict=True))


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants them so
    st.sampled_from(["UTC", "Asia/Kathmandu", "America/Los_Angeles", "Pacific/Kiritimati"]),
)
def test_the_last_month_holds_now_and_each_begins_where_one_ends(now, zone):
    starts = month_starts(now, ZoneInfo(zone))
    assert len(starts) == 12
    assert starts[-1] <= now < starts[-1] + timedelta(days=32)
    assert all(
        timedelta(days=27) < later - sooner < timedelta(days=32)
        for sooner, later in pairwise(starts)
    )
    assert all(start.astimezone(ZoneInfo(zone)).day == 1 for start in starts)
