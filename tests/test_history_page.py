from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select

from bot.errors import UserError
from bot.escalations.gone import Gone
from bot.escalations.standing import Settlement
from bot.history.filters import Filters, Turn
from bot.history.lookups import MOST_COUNTED, SEARCHED, SHOWN
from bot.history.page import Matter, history_page, noted
from models import AuditEvent, ClientStatus, Evidence, Incident
from tests.factories import NOW, make_client, make_escalation, make_incident, make_posted


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


def page_of(session, client, viewer=ERIN, filters=None, timezone=UTC):
    return history_page(
        session, client.id, viewer, filters or Filters(), now=NOW, timezone=timezone
    )


def numbers(page):
    return [line.number for line in page.lines]


def older(page):
    return replace(page.filters, turn=Turn(older=True, place=page.last))


def newer(page):
    return replace(page.filters, turn=Turn(older=False, place=page.first))


def days_ago(days, **more):
    return NOW - timedelta(days=days, **more)


def test_a_client_with_nothing_on_record_has_an_empty_page(session):
    page = page_of(session, make_client(session, status=ClientStatus.WATCH))
    assert (page.client_name, page.status.label) == ("Brightwater Dental", "On watch")
    assert (page.lines, page.matter, page.glance.total) == ((), None, 0)
    assert (page.has_newer, page.has_older) == (False, False)


def test_a_client_that_is_not_there_is_said_so_with_what_to_do(session):
    with pytest.raises(UserError, match="look it up again"):
        history_page(session, 99, ERIN, Filters(), now=NOW, timezone=UTC)


def test_a_record_is_shown_with_what_one_wants_to_know_first(session):
    client = make_client(session)
    told = "Shouted at me.\nThen hung up."
    first = make_incident(
        session,
        client=client,
        severity=3,
        what_happened=told,
        recorded_at=NOW + timedelta(minutes=4),
    )
    session.add_all([Evidence(incident_id=first.id, kind="message", text="x") for _ in range(2)])
    (line,) = page_of(session, client).lines
    assert (line.number, line.conduct, line.severity.label) == ("INC-2026-0001", "abuse", "serious")
    assert (line.reporter_name, line.late) == ("Tara", timedelta(minutes=4))
    assert line.opening == told
    session.flush()
    assert page_of(session, client).lines[0].pieces == 2


def test_records_come_newest_first_and_can_be_paged_back_and_forth(session):
    client = make_client(session)
    for day in range(20):
        make_incident(session, client=client, occurred_at=days_ago(20 - day))
    expected = [f"INC-2026-{number:04d}" for number in range(20, 0, -1)]
    first = page_of(session, client)
    second = page_of(session, client, filters=older(first))
    third = page_of(session, client, filters=older(second))
    assert numbers(first) + numbers(second) + numbers(third) == expected
    assert [page.has_older for page in (first, second, third)] == [True, True, False]
    assert [page.has_newer for page in (first, second, third)] == [False, True, True]
    back = page_of(session, client, filters=newer(third))
    assert numbers(back) == numbers(second)
    assert (back.has_newer, back.has_older) == (True, True)


def test_the_newest_page_is_a_full_one_however_one_comes_back_to_it(session):
    client = make_client(session)
    for days in range(12, 0, -1):
        make_incident(session, client=client, occurred_at=days_ago(days))
    second = page_of(session, client, filters=older(page_of(session, client)))
    make_incident(session, client=client)
    back = page_of(session, client, filters=newer(second))
    assert len(back.lines) == SHOWN
    assert back.filters.turn is not None
    top = page_of(session, client, filters=newer(back))
    assert numbers(top) == numbers(page_of(session, client))
    assert not top.has_newer


def test_records_of_the_same_moment_are_each_shown_once(session):
    client = make_client(session)
    for _ in range(3 * SHOWN):
        make_incident(session, client=client)
    seen, page = [], page_of(session, client)
    seen += numbers(page)
    while page.has_older:
        page = page_of(session, client, filters=older(page))
        seen += numbers(page)
    assert len(seen) == len(set(seen)) == 3 * SHOWN
    back = page_of(session, client, filters=newer(page))
    assert numbers(back) == seen[SHOWN : 2 * SHOWN]


def keep_many(session, client, count, **fields):
    """Put so many alike on record, a minute apart."""
    made = make_incident(session, client=client, **fields)
    columns = Incident.__table__.columns
    row = {column.name: getattr(made, column.name) for column in columns[1:]}
    more = [
        row | {"number": f"N-{number}", "occurred_at": NOW - timedelta(minutes=number)}
        for number in range(1, count)
    ]
    session.execute(Incident.__table__.insert(), more)


def test_words_are_looked_for_in_so_many_records_at_once_and_older_looks_further(session):
    client = make_client(session)
    make_incident(session, client=client, what_happened="printer", occurred_at=days_ago(99))
    keep_many(session, client, SEARCHED + 1)
    page = page_of(session, client, filters=Filters(words="printer"))
    assert (page.lines, page.has_older, page.has_newer) == ((), True, False)
    assert page.horizon.occurred_at == NOW - timedelta(minutes=SEARCHED - 1)
    further = page_of(session, client, filters=older(page))
    assert numbers(further) == ["INC-2026-0001"]
    assert (further.has_older, further.has_newer, further.horizon) == (False, True, None)
    back = page_of(session, client, filters=newer(further))
    assert back == page


def test_a_horizon_gives_no_hint_of_sealed_records(session):
    client = make_client(session)
    keep_many(session, client, SEARCHED + 1, confidential=True)
    assert page_of(session, client, MIGUEL, Filters(words="printer")).horizon is None


def test_a_place_where_nothing_is_older_shows_an_empty_page_with_a_way_back(session):
    client = make_client(session)
    make_incident(session, client=client)
    beyond = page_of(session, client, filters=older(page_of(session, client)))
    assert (beyond.lines, beyond.has_newer, beyond.has_older) == ((), True, False)


def test_withdrawn_records_and_further_accounts_are_shown_but_not_counted(session):
    client = make_client(session)
    first = make_incident(session, client=client, occurred_at=days_ago(3))
    make_incident(session, client=client, occurred_at=days_ago(2), same_event_as_id=first.id)
    make_incident(session, client=client, occurred_at=days_ago(1), withdrawn_at=NOW)
    page = page_of(session, client)
    assert page.glance.total == 1
    withdrawn, further, head = page.lines
    assert (withdrawn.withdrawn, further.withdrawn) == (True, False)
    assert (further.further_of, head.further_of) == (head.number, "")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(conduct="abuse"), ["INC-2026-0004", "INC-2026-0001"]),
        (Filters(severity=4), ["INC-2026-0003"]),
        (Filters(conduct="abuse", severity=1), ["INC-2026-0004"]),
        (Filters(conduct="no_such_kind"), []),
        (Filters(period="30"), ["INC-2026-0004", "INC-2026-0003"]),
        (Filters(period="90"), ["INC-2026-0004", "INC-2026-0003", "INC-2026-0002"]),
        (Filters(period="year"), ["INC-2026-0004", "INC-2026-0003", "INC-2026-0002"]),
        (Filters(words="printer"), ["INC-2026-0003", "INC-2026-0002"]),
        (Filters(words="PRINTER  refund"), ["INC-2026-0002"]),
        (Filters(words="prínter"), ["INC-2026-0003", "INC-2026-0002"]),
        (Filters(words="%"), []),
        (Filters(words="_rinter"), ["INC-2026-0003", "INC-2026-0002"]),
        (Filters(words="nothing of the kind"), []),
        (Filters(words="🙂"), []),
        (Filters(words="' OR 1=1 --"), []),
    ],
)
def test_each_filter_leaves_what_it_names(session, filters, found):
    client = make_client(session)
    kept = (
        (800, "abuse", 2, "Shouted"),
        (80, "other", 2, "Wanted a refund for the printer"),
        (20, "no_response", 4, "The printer again"),
        (1, "abuse", 1, "Swore"),
    )
    for number, (days, conduct, severity, told) in enumerate(kept, 1):
        make_incident(
            session,
            client=client,
            number=f"INC-2026-{number:04d}",
            occurred_at=days_ago(days),
            conduct=conduct,
            severity=severity,
            what_happened=told,
        )
    assert numbers(page_of(session, client, filters=filters)) == found


def test_words_are_looked_for_in_this_clients_records_alone(session):
    client = make_client(session)
    make_incident(session, client=make_client(session, "Oak and Sons"), what_happened="printer")
    assert page_of(session, client, filters=Filters(words="printer")).lines == ()


def test_a_period_begins_at_midnight_of_the_msps_own_day(session):
    client = make_client(session)
    make_incident(session, client=client, occurred_at=datetime(2026, 10, 23, 22, 30, tzinfo=UTC))
    thirty = Filters(period="30")
    assert page_of(session, client, filters=thirty, timezone=UTC).lines == ()
    berlin = page_of(session, client, filters=thirty, timezone=ZoneInfo("Europe/Berlin"))
    assert len(berlin.lines) == 1


def test_paging_keeps_to_the_filters(session):
    client = make_client(session)
    for day in range(2 * SHOWN + 4):
        make_incident(
            session,
            client=client,
            occurred_at=days_ago(day + 1),
            conduct="abuse" if day % 2 else "other",
        )
    page = page_of(session, client, filters=Filters(conduct="abuse"))
    assert page.has_older
    rest = page_of(session, client, filters=older(page))
    assert {line.conduct for line in (*page.lines, *rest.lines)} == {"abuse"}
    assert len(page.lines) + len(rest.lines) == SHOWN + 2


def test_executives_see_what_is_before_them_and_why(session):
    client = make_client(session)
    make_escalation(session, client=client, why="A critical incident\n3 incidents", opened_at=NOW)
    matter = page_of(session, client).matter
    assert matter.why == ("A critical incident", "3 incidents")
    assert (matter.opened_at, matter.owner_name) == (NOW, "")


def test_a_settled_matter_is_before_nobody(session):
    client = make_client(session)
    make_escalation(session, client=client, owner_id="U_ERIN", settled_at=NOW)
    assert page_of(session, client).matter is None


def test_others_see_that_the_executives_have_it_where_they_see_a_record_of_it(session):
    client = make_client(session)
    raised = make_escalation(session, client=client, owner_id="U_ERIN")
    assert page_of(session, client, TARA).matter is None
    report = {"client": client, "confidential": True, "escalation_id": raised.id}
    make_incident(session, **report)
    assert page_of(session, client, TARA).matter is None
    make_incident(session, severity=4, **report)
    matter = page_of(session, client, TARA).matter
    assert (matter.why, matter.opened_at, matter.owner_name) == ((), None, "")
    assert page_of(session, client, MIGUEL).matter is None


@pytest.mark.parametrize("filters", [Filters(), Filters(conduct="abuse"), Filters(period="30")])
def test_each_page_knows_where_it_is_among_how_many(session, filters):
    client = make_client(session)
    for day in range(2 * SHOWN + 2):
        make_incident(session, client=client, occurred_at=days_ago(day))
    make_incident(session, client=client, occurred_at=days_ago(400), conduct="other")
    total = 2 * SHOWN + 2 + (filters == Filters())
    page, places = page_of(session, client, TARA, filters), []
    for _ in range(2):
        places.append((page.passed, page.total))
        page = page_of(session, client, TARA, older(page))
    places.append((page.passed, page.total))
    page = page_of(session, client, TARA, newer(page))
    places.append((page.passed, page.total))
    page = page_of(session, client, TARA, newer(page))
    places.append((page.passed, page.total))
    assert places == [(passed * SHOWN, total) for passed in (0, 1, 2, 1, 0)]


def test_a_search_knows_the_number_of_its_hits_where_it_begins(session):
    client = make_client(session)
    for day in range(SHOWN + 1):
        make_incident(session, client=client, occurred_at=days_ago(day), what_happened=f"no {day}")
    page = page_of(session, client, TARA, Filters(words="no"))
    assert (page.total, page.has_older) == (SHOWN + 1, True)
    assert page_of(session, client, TARA, older(page)).total == 0
    assert page_of(session, client, TARA, Filters(words="no 3")).total == 1


def test_a_search_shows_the_words_around_its_first_hit(session):
    client = make_client(session)
    told = f"First line.\n{'Then this and that. ' * 30}At last the Prïnter (new) was kicked twice."
    make_incident(session, client=client, what_happened=told)
    (line,) = page_of(session, client, TARA, Filters(words="printer kicked")).lines
    assert line.opening.startswith("…")
    assert line.opening.index("Prïnter") < 50
    assert line.opening.endswith("was kicked twice.")
    assert line.found == ""


def test_a_hit_that_shows_by_itself_leaves_the_beginning_of_the_account(session):
    client = make_client(session)
    told = "Called my mobile eleven times between 22:00 and 23:30\nabout a printer."
    make_incident(session, client=client, what_happened=told)
    (line,) = page_of(session, client, TARA, Filters(words="printer")).lines
    assert line.opening == told.replace("\n", " ")


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"exact_words": "Stupid printer"}, "in the exact words"),
        ({"contact": "Prue Printer"}, "in the contact's name"),
        ({"what_we_did": "Sent a printer"}, "in what we did"),
        ({"our_part": "The printer was late"}, "in our own part"),
        ({"ticket": "PRINTER-1"}, "in the ticket"),
        ({"evidence": {"kind": "message", "text": "Your printer!"}}, "in the evidence"),
        ({"evidence": {"kind": "file", "file_name": "printer.png"}}, "in the evidence"),
        ({}, "elsewhere in the record"),
    ],
    ids=str,
)
def test_a_search_says_where_the_words_are_if_not_in_the_account(session, fields, where):
    client = make_client(session)
    if "evidence" in fields:
        fields = {"evidence": [Evidence(**fields["evidence"])]}
    make_incident(session, client=client, search_text="printer", **fields)
    (line,) = page_of(session, client, TARA, Filters(words="printer")).lines
    assert line.found == where
    assert line.opening == "Shouted at me for ten minutes, then hung up."


def settled(session, client, outcome, days, **fields):
    at = {"settled_at": days_ago(days), "owner_id": "U_ERIN", "outcome": outcome}
    matter = make_escalation(session, client=client, **at)
    return make_incident(session, client=client, escalation_id=matter.id, **fields)


def test_executives_read_how_the_last_matters_were_settled_newest_first_and_few(session):
    client = make_client(session)
    for days in (5, 1, 9, 7):
        settled(session, client, f"{days} days ago", days, confidential=True)
    settled(session, make_client(session, "Elm"), "Elsewhere", 2)
    make_escalation(session, client=client)
    found = page_of(session, client).settled
    assert [each.outcome for each in found] == ["1 days ago", "5 days ago", "7 days ago"]
    assert found[0] == Settlement(days_ago(1), "Erin", "1 days ago")


@pytest.mark.parametrize(
    ("fields", "viewer", "expected"),
    [
        ({"severity": 4}, TARA, [Settlement(days_ago(1), "Erin", "Talked.")]),
        ({"severity": 4, "confidential": True}, TARA, [Settlement(days_ago(1), "Erin", "Talked.")]),
        ({}, TARA, []),
        ({"severity": 4}, MIGUEL, []),
        ({"severity": 4, "confidential": True}, MIGUEL, []),
        ({"severity": 4, "withdrawn_at": NOW}, TARA, []),
    ],
    ids=["own", "own and sealed", "no reason", "a colleague's", "sealed", "withdrawn"],
)
def test_technicians_read_how_a_matter_was_settled_that_their_own_report_is_in(
    session, fields, viewer, expected
):
    client = make_client(session)
    settled(session, client, "Talked.", 1, **fields)
    assert list(page_of(session, client, viewer).settled) == expected


def test_what_was_withdrawn_of_an_open_matter_is_told_to_executives(session):
    client = make_client(session)
    matter = make_escalation(session, client=client)
    gone = make_incident(session, client=client, escalation_id=matter.id, withdrawn_at=NOW)
    make_incident(session, client=client, escalation_id=matter.id, severity=4)
    assert page_of(session, client).matter.gone == Gone((gone.number,), everything=False)
    assert page_of(session, client, TARA).matter == Matter(told=False)
    make_posted(session, matter)
    assert page_of(session, client, TARA).matter == Matter()


def test_a_long_record_is_counted_only_so_far(session):
    client = make_client(session)
    for _ in range(MOST_COUNTED + 9):
        make_incident(session, client=client)
    assert page_of(session, client, TARA).total == MOST_COUNTED + 1


def confidential_among_others(session, client):
    """Records of which every second is Tara's, sealed."""
    for day in range(2 * SHOWN + 2):
        make_incident(
            session,
            client=client,
            occurred_at=days_ago(day + 1),
            confidential=bool(day % 2),
            what_happened="printer",
            contact="Karen Holt" if day % 2 else "Ben",
        )


@pytest.mark.parametrize(
    "filters",
    [Filters(), Filters(words="printer"), Filters(conduct="abuse", severity=2, period="90")],
)
def test_who_may_not_see_a_sealed_record_finds_no_trace_of_it(session, filters):
    sealed, bare = make_client(session), make_client(session, "Bare")
    confidential_among_others(session, sealed)
    for day in range(0, 2 * SHOWN + 2, 2):
        make_incident(
            session,
            client=bare,
            occurred_at=days_ago(day + 1),
            what_happened="printer",
            contact="Ben",
        )
    ours, theirs = (page_of(session, client, MIGUEL, filters) for client in (sealed, bare))
    for _ in range(2):
        assert [line.occurred_at for line in ours.lines] == [
            line.occurred_at for line in theirs.lines
        ]
        assert (ours.has_older, ours.has_newer) == (theirs.has_older, theirs.has_newer)
        assert ours.glance == theirs.glance
        assert (ours.passed, ours.total) == (theirs.passed, theirs.total)
        ours = page_of(session, sealed, MIGUEL, older(ours))
        theirs = page_of(session, bare, MIGUEL, older(theirs))


@pytest.mark.parametrize("viewer", [TARA, ERIN], ids=["reporter", "executive"])
def test_its_reporter_and_executives_see_a_sealed_record(session, viewer):
    client = make_client(session)
    confidential_among_others(session, client)
    page = page_of(session, client, viewer)
    assert page.glance.total == 2 * SHOWN + 2
    assert [line.confidential for line in page.lines] == [False, True] * (SHOWN // 2)


def test_nobody_learns_of_a_sealed_account_by_another_of_the_same_event(session):
    client = make_client(session)
    head = make_incident(session, client=client, confidential=True, reporter_id="U_TARA")
    make_incident(session, client=client, reporter_id="U_MIGUEL", same_event_as_id=head.id)
    (line,) = page_of(session, client, MIGUEL).lines
    assert line.further_of == ""
    assert page_of(session, client, ERIN).lines[0].further_of == head.number


def test_a_place_that_was_tampered_with_shows_nothing_that_is_sealed(session):
    client = make_client(session)
    make_incident(session, client=client, confidential=True, occurred_at=days_ago(5))
    page = page_of(session, client, ERIN)
    for turn in (older(page).turn, newer(page).turn):
        assert page_of(session, client, MIGUEL, Filters(turn=turn)).lines == ()


def test_each_look_is_noted(session):
    client = make_client(session)
    noted(session, client.id, TARA, now=NOW)
    session.flush()
    event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.actor_id, event.client_id) == (
        "history.viewed",
        "U_TARA",
        client.id,
    )


@contextmanager
def counted(database):
    asked = []

    def note(_connection, _cursor, statement, *_more):
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_page_asks_as_many_questions_of_many_records_as_of_few(database):
    with database.write() as session:
        few, many = make_client(session), make_client(session, "Oak and Sons")
        for client, count in ((few, 1), (many, 40)):
            raised = {"escalation_id": make_escalation(session, client=client).id, "severity": 4}
            for day in range(count):
                at = days_ago(day)
                incident = make_incident(session, client=client, occurred_at=at, **raised)
                session.add(Evidence(incident_id=incident.id, kind="message", text="x"))
        ids = few.id, many.id
    asked = []
    for client_id in ids:
        with database.read() as session, counted(database) as statements:
            history_page(session, client_id, TARA, Filters(), now=NOW, timezone=UTC)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 8
