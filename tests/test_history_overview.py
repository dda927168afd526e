from dataclasses import dataclass
from datetime import UTC, timedelta

import pytest

from bot.escalations.gone import Gone
from bot.history.overview import overview
from models import ClientStatus
from tests.factories import NOW, make_client, make_escalation, make_incident


@dataclass(frozen=True)
class Somebody:
    id: str
    executive: bool = False


ERIN = Somebody("U_ERIN", executive=True)
TARA, MIGUEL = Somebody("U_TARA"), Somebody("U_MIGUEL")


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def seen(session, viewer=ERIN, **more):
    return overview(session, viewer, now=NOW, timezone=UTC, **more)


def names(going):
    return [client.name for client in going]


def with_incidents(session, name, *severities, days=1, **more):
    client = make_client(session, name)
    for severity in severities:
        make_incident(
            session,
            client=client,
            severity=severity,
            occurred_at=NOW - timedelta(days=days),
            **more,
        )
    return client


def test_nothing_going_on_is_an_empty_overview(session):
    make_client(session)
    found = seen(session)
    assert (found.before, found.others, found.unsettled) == ((), (), 0)


def test_the_clients_with_the_most_weight_come_first(session):
    with_incidents(session, "Many small", 1, 1, 1)
    with_incidents(session, "One critical", 4)
    with_incidents(session, "Two serious", 3, 3)
    assert names(seen(session).others) == ["One critical", "Two serious", "Many small"]


def test_each_client_is_counted_by_severity_with_the_last_date(session):
    client = with_incidents(session, "Oak", 3, 1, 1, days=5)
    client.status = ClientStatus.WATCH
    make_incident(session, client=client, severity=4, occurred_at=NOW - timedelta(days=2))
    (going,) = seen(session).others
    assert going.by_severity == (("critical", 1), ("serious", 1), ("minor", 2))
    assert going.status is ClientStatus.WATCH
    assert going.last_at == NOW - timedelta(days=2)


def test_the_kinds_of_conduct_are_counted_most_frequent_first(session):
    oak = make_client(session, "Oak")
    for conduct in ("other", "abuse", "non_payment", "abuse"):
        make_incident(session, client=oak, conduct=conduct)
    (going,) = seen(session).others
    assert going.by_conduct == (("abuse", 2), ("other", 1), ("unpaid", 1))


def test_only_the_last_ninety_days_and_what_counts_weigh(session):
    with_incidents(session, "Long ago", 4, days=91)
    with_incidents(session, "Withdrawn", 4, withdrawn_at=NOW)
    oak = with_incidents(session, "Oak", 2, days=90)
    make_incident(session, client=oak, severity=4, same_event_as_id=1)
    (going,) = seen(session).others
    assert (going.name, going.by_severity) == ("Oak", (("moderate", 1),))


def test_what_is_before_the_executives_comes_first_what_nobody_has_then_ones_own_the_newest_first(
    session,
):
    with_incidents(session, "Heavy", 4, 4, 4)
    for name, days, fields in (
        ("With Ada", 19, {"owner_id": "U_ADA"}),
        ("Taken", 9, {"owner_id": "U_ERIN"}),
        ("Newer", 1, {}),
        ("Older", 3, {}),
        ("Settled", 20, {"owner_id": "U_ERIN", "settled_at": NOW}),
    ):
        client = with_incidents(session, name, 1, days=100)
        opened = NOW - timedelta(days=days)
        make_escalation(session, client=client, opened_at=opened, why="A\nB", **fields)
    found = seen(session)
    assert names(found.before) == ["Newer", "Older", "Taken", "With Ada"]
    assert names(found.others) == ["Heavy"]
    assert found.before[0].before.why == ("A", "B")
    assert [going.before.owner_name for going in found.before] == ["", "", "Erin", "Ada"]
    assert [going.before.yours for going in found.before] == [False, False, True, False]
    assert (found.before[0].by_severity, found.before[0].last_at) == ((), None)


def test_a_client_before_the_executives_is_not_listed_twice(session):
    oak = with_incidents(session, "Oak", 4, 4)
    make_escalation(session, client=oak)
    with_incidents(session, "Elm", 1)
    found = seen(session, most=1)
    assert (names(found.before), names(found.others)) == (["Oak"], ["Elm"])
    assert found.before[0].by_severity == (("critical", 2),)


def test_it_is_short_and_says_how_many_more_there_are(session):
    for number in range(5):
        make_escalation(session, client=with_incidents(session, f"Before {number}", 1))
        with_incidents(session, f"Other {number}", 1)
    found = seen(session, most=2)
    assert (len(found.before), len(found.others), found.unsettled) == (2, 2, 5)


@pytest.mark.parametrize("viewer", [TARA, MIGUEL], ids=["reporter", "another"])
def test_no_sealed_record_and_no_matter_shows_in_a_technicians_overview(session, viewer):
    with_incidents(session, "Sealed alone", 4, confidential=True)
    oak = with_incidents(session, "Oak", 1)
    make_incident(session, client=oak, severity=4, confidential=True)
    make_escalation(session, client=oak)
    found = seen(session, viewer)
    assert (found.before, found.unsettled) == ((), 0)
    assert [(going.name, going.by_severity) for going in found.others] == [("Oak", (("minor", 1),))]
    assert found.others[0].last_at == NOW - timedelta(days=1)
    assert names(seen(session).others) == ["Sealed alone"]


def test_what_was_withdrawn_of_a_matter_is_known_here_too(session):
    oak = with_incidents(session, "Oak", 4)
    matter = make_escalation(session, client=oak)
    gone = make_incident(session, client=oak, escalation_id=matter.id, withdrawn_at=NOW)
    (going,) = seen(session).before
    assert going.before.gone == Gone((gone.number,), everything=True)
    make_incident(session, client=oak, escalation_id=matter.id)
    (going,) = seen(session).before
    assert going.before.gone == Gone((gone.number,), everything=False)
