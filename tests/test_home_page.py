from dataclasses import dataclass
from datetime import UTC, timedelta

import pytest
from sqlalchemy import update

from bot.delivery.enqueue import insert_absent
from bot.delivery.held import TO_EXECUTIVE
from bot.home.page import OWN, State, home_page
from bot.home.screen import home_view
from bot.incidents.drafts import save_draft
from bot.incidents.new import NewIncident
from bot.slack.ids import NEW_INCIDENT
from models import Delivery, DeliveryStatus, Incident, Lane
from tests.block_kit import action_ids_in, check_view, mrkdwn_in, texts_in
from tests.factories import NOW, make_client, make_escalation, make_incident, make_posted


@dataclass(frozen=True)
class Somebody:
    id: str
    executive: bool = False


ERIN, TARA = Somebody("U_ERIN", executive=True), Somebody("U_TARA")


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def page_of(session, viewer=TARA):
    return home_page(session, viewer, now=NOW, timezone=UTC)


def shown(page):
    view = home_view(page)
    check_view(view)
    return "\n".join(texts_in(view))


def test_a_newcomer_finds_what_to_do_and_kind_words(session):
    page = page_of(session)
    assert (page.own, page.overview) == ((), None)
    assert "You have put nothing on record yet." in shown(page)
    assert action_ids_in(home_view(page)) == [NEW_INCIDENT, "history_overview"]


def test_a_technicians_own_records_come_newest_first_and_nobody_elses(session):
    for hours in (3, 1, 2):
        make_incident(session, recorded_at=NOW - timedelta(hours=hours), ticket=str(hours))
    make_incident(session, reporter_id="U_MIGUEL")
    page = page_of(session)
    assert [own.number for own in page.own] == ["INC-2026-0002", "INC-2026-0003", "INC-2026-0001"]
    assert not page.has_more


def test_more_than_a_screenful_is_left_to_the_histories(session):
    for _ in range(OWN + 1):
        make_incident(session)
    page = page_of(session)
    assert (len(page.own), page.has_more) == (OWN, True)
    assert "Older ones are in each client's history." in shown(page)


@pytest.mark.parametrize(
    ("matter", "fields", "state", "words"),
    [
        (None, {}, State.ON_RECORD, "on record"),
        ({}, {}, State.BEING_TOLD, "the executives are being told"),
        ({"owner_id": "U_ERIN"}, {}, State.TAKEN, "taken by Erin"),
        ({"owner_id": "U_ERIN", "settled_at": NOW}, {}, State.SETTLED, "settled by Erin"),
        ({}, {"withdrawn_at": NOW}, State.WITHDRAWN, "withdrawn"),
    ],
)
def test_each_record_says_what_became_of_it(session, matter, fields, state, words):
    client = make_client(session)
    raised = None if matter is None else make_escalation(session, client=client, **matter)
    severity = 4 if raised else 2
    known = {"escalation_id": raised and raised.id, "severity": severity}
    make_incident(session, client=client, **known, **fields)
    (own,) = page_of(session).own
    assert own.state is state
    assert f"_{words}_" in shown(page_of(session))


def test_what_is_with_the_executives_is_said_in_a_line(session):
    client = make_client(session)
    assert "executives" not in shown(page_of(session))
    make_incident(session, client=client)
    assert "Nothing waits for you.\n" in shown(page_of(session)) + "\n"
    raised = make_escalation(session, client=client)
    own = {"escalation_id": raised.id, "confidential": True, "severity": 4}
    make_incident(session, client=client, **own)
    told = shown(page_of(session))
    assert "Nothing waits for you. The executives are being told of 1 record of yours" in told
    assert ":lock: confidential" in told


def raise_it(session, name="Elm", **fields):
    """A critical incident of Tara's, and its escalation."""
    client = make_client(session, name)
    raised = make_escalation(session, client=client, **fields)
    make_incident(session, client=client, escalation_id=raised.id, severity=4)
    return raised


def test_the_executives_have_been_told_once_the_message_stands(session):
    make_posted(session, raise_it(session))
    (own,) = page_of(session).own
    assert own.state is State.BEFORE_EXECUTIVES
    raise_it(session, "Oak")
    told = shown(page_of(session))
    assert "_the executives have been told_" in told
    assert (
        "The executives know of 1 record of yours and are being told of 1 record of yours; " in told
    )


def make_dm(session, delivery_id):
    """A direct message that reached an executive about a message that Slack refuses."""
    insert_absent(session, Lane, name="U_ERIN")
    told = {"kind": TO_EXECUTIVE, "subject_id": delivery_id, "lane": "U_ERIN"}
    times = {"due_at": NOW, "created_at": NOW}
    session.add(Delivery(key="held:1", channel="D1", ts="1.0", **told, **times))
    session.flush()


@pytest.mark.parametrize("viewer", [TARA, ERIN])
def test_a_message_that_slack_refuses_for_longer_is_said_plainly(session, viewer):
    message = make_posted(session, raise_it(session))
    session.execute(update(Incident).values(reporter_id=viewer.id))
    message.status, message.error, message.ts = DeliveryStatus.HELD, "not_in_channel", None
    for minutes, state in ((9, State.BEING_TOLD), (11, State.NOT_TOLD)):
        message.due_at = NOW - timedelta(minutes=minutes)
        session.flush()
        (own,) = page_of(session, viewer).own
        assert own.state is state
    told = shown(page_of(session, viewer))
    assert "so they have not heard of 1 record of yours yet. If it can't wait" in told
    assert "by direct message" not in told
    make_dm(session, message.id)
    told = shown(page_of(session, viewer))
    assert "have not heard" not in told
    assert "each of them is told of 1 record of yours by direct message." in told
    assert "_the executives are told by direct message_" in told
    assert "have been told" not in told
    assert "know of" not in told


def test_an_executive_finds_what_is_before_them_and_who_has_most_going_on(session):
    raised = make_escalation(session, client=make_client(session, "Oak"), why="A critical incident")
    assert raised.id
    make_incident(session, client=make_client(session, "Elm"), severity=4, confidential=True)
    told = shown(page_of(session, ERIN))
    places = [
        told.index(words)
        for words in (
            "Open matters",
            "*Oak*",
            "Nobody has it yet",
            "A critical incident",
            "Clients with the most going on",
            "*Elm*",
            "1 critical",
            "Your records",
        )
    ]
    assert places == sorted(places)
    assert "Waiting for you: 1 that nobody has yet." in told


@pytest.mark.parametrize(
    ("owners", "told"),
    [
        (
            ["U_ERIN", "", "U_ADA", ""],
            "Waiting for you: 1 that you have and 2 that nobody has yet.",
        ),
        (["U_ERIN", "U_ERIN"], "Waiting for you: 2 that you have."),
        (["U_ADA"], "Nothing waits for you: others have what is open."),
    ],
)
def test_an_executive_reads_how_much_is_theirs_to_do(session, owners, told):
    for number, owner in enumerate(owners):
        client = make_client(session, f"Client {number}")
        make_escalation(session, client=client, **({"owner_id": owner} if owner else {}))
    assert told in shown(page_of(session, ERIN))


def keep_a_form(session, key, client, *, person="U_TARA", saved_at=NOW, what="He is an idiot."):
    new = NewIncident(key, client, "abuse", 2, what, NOW)
    save_draft(session, new, person, words_asked=True, now=saved_at)


@pytest.mark.parametrize("viewer", [TARA, ERIN])
def test_a_form_that_waits_for_an_answer_is_shown_with_what_was_written(session, viewer):
    keep_a_form(session, "K1", make_client(session).id, person=viewer.id)
    keep_a_form(session, "K2", "Zeta Works", person=viewer.id, saved_at=NOW - timedelta(hours=2))
    keep_a_form(session, "K3", "Elm", person="U_MIGUEL", what="Between us")
    told = shown(page_of(session, viewer))
    places = [
        told.index(words)
        for words in (
            "Not on record yet",
            "*Brightwater Dental*",
            "He is an idiot.",
            "*Zeta Works*",
        )
    ]
    assert places == sorted(places)
    assert "Nothing waits for you" not in told
    assert "Between us" not in told


def test_what_was_recorded_by_another_form_since_waits_no_longer(session):
    oak = make_client(session, "Oak and Sons")
    keep_a_form(session, "K1", "oak and  SONS", saved_at=NOW - timedelta(hours=1))
    make_incident(session, client=oak, recorded_at=NOW - timedelta(hours=2))
    make_incident(session, client=oak, reporter_id="U_MIGUEL")
    make_incident(session, client=make_client(session, "Elm"))
    assert [begun.client_name for begun in page_of(session).begun] == ["oak and  SONS"]
    make_incident(session, client=oak)
    assert page_of(session).begun == ()


def test_a_form_is_shown_for_a_day_and_no_longer_than_it_is_kept(session):
    keep_a_form(session, "K1", "Zeta Works", saved_at=NOW - timedelta(hours=25))
    assert page_of(session).begun == ()


def test_an_executive_reads_that_nothing_is_before_them(session):
    assert "No matter is open." in shown(page_of(session, ERIN))


def test_a_technician_finds_no_trace_of_what_is_before_the_executives(session):
    oak = make_client(session, "Oak")
    make_escalation(session, client=oak)
    make_incident(session, client=oak, reporter_id="U_MIGUEL", confidential=True)
    assert "Oak" not in shown(page_of(session))


@pytest.mark.parametrize("said", ["x" * 150, "👩‍👩‍👧‍👦" * 20, "ش" * 150, "<!channel> &amp;" * 9])
def test_slack_takes_the_fullest_home_in_any_script(session, said):
    for number in range(12):
        client = make_client(session, f"{number}{said}"[:150])
        raised = make_escalation(session, client=client, why=f"{said}\n" * 20, owner_id="U_ERIN")
        raised.owner_name = said
        make_incident(
            session,
            client=client,
            reporter_id="U_ERIN",
            reporter_name=said,
            escalation_id=raised.id,
            confidential=True,
        )
        make_incident(session, client=make_client(session, f"{said} other {number}"[-150:]))
        keep_a_form(session, f"K{number}", said, person="U_ERIN", what=(said * 99)[:3000])
    session.flush()
    page = page_of(session, ERIN)
    assert shown(page)
    assert all("<!channel>" not in told for told in mrkdwn_in(home_view(page)))
