from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.history.lookups import SHOWN
from models import AuditEvent
from sandbox.driver import at, words_of
from tests.factories import make_client, make_escalation, make_incident
from tests.office import Office, open_office
from tests.waiting import wait_until


@pytest.fixture
def office(database_url):
    with open_office(database_url) as office:
        office.add_clients("Brightwater Dental", "Harbour Café", "Oak and Sons")
        yield office


SECOND = "2"
"""The value of the button that opens the second record that was kept."""


def keep(office: Office, client: str = "Brightwater Dental", count: int = 1, **fields) -> None:
    """Put incidents on record, the latest a minute ago, each a day apart."""
    now = office.bot.deps.now()
    named = {entry.name: entry.id for entry in office.bot.deps.directory.loaded().clients}
    with office.bot.deps.database.write() as session:
        for number in range(count):
            make_incident(
                session,
                client_id=named[client],
                number=f"INC-{client[:3].upper()}-{count - number:03d}",
                occurred_at=now - timedelta(days=number, minutes=1),
                **fields,
            )


def wait_for(person, words: str) -> str:
    """What stands in the modal on top, once these words do."""
    wait_until(lambda: words in words_of(person.modal), lambda: words_of(person.modal))
    return words_of(person.modal)


def chosen(person) -> list[str]:
    """What stands in the three selects of the history on top."""
    rows = (block for block in person.modal["blocks"] if block["block_id"].startswith("filters."))
    return [each["initial_option"]["text"]["text"] for each in next(rows)["elements"]]


def looks(office: Office) -> int:
    viewed = select(func.count()).where(AuditEvent.action == "history.viewed")
    with office.bot.deps.database.read() as session:
        return session.scalar(viewed)


def nothing_was_refused(office: Office) -> None:
    assert [(call["method"], call["answer"]) for call in office.slack.refused()] == []


def test_the_command_opens_the_clients_history_to_the_asker_alone(office):
    keep(office, count=2, severity=3)
    office.tara.command("/client-history", "brightwater dental")
    told = wait_for(office.tara, "Brightwater Dental")
    assert "2 incidents in 12 months" in told
    assert "INC-BRI-002" in told
    assert looks(office) == 1
    assert office.miguel.modals == []
    nothing_was_refused(office)


@pytest.mark.parametrize("word", ["help", "HELP", "?"])
def test_help_is_told_to_the_asker_alone(office, word):
    office.tara.command("/client-history", word)
    assert office.tara.told("/client-history Brightwater Dental opens that client's record")
    assert office.tara.modals == []


def test_words_behind_the_name_are_looked_for_in_its_records(office):
    keep(office, count=3)
    keep(office, "Oak and Sons", what_happened="Wanted a refund for the printer")
    office.tara.command("/client-history", "“Oak and Sons” REFUND")
    assert "Records with “REFUND”" in wait_for(office.tara, "INC-OAK-001")
    office.tara.command("/client-history", "oak and sons toner")
    wait_for(office.tara, "Nothing on record matches.")
    office.tara.press("Show all")
    wait_for(office.tara, "INC-OAK-001")
    nothing_was_refused(office)


def test_what_slack_escapes_on_its_way_is_read_as_it_was_typed(office):
    office.add_clients("Smith & Sons")
    keep(office, "Smith & Sons", what_happened="Wrote <urgent> in every subject")
    office.tara.command("/client-history", "smith &amp; sons &lt;urgent&gt;")
    assert "Records with “&lt;urgent&gt;”" in wait_for(office.tara, "INC-SMI-001")


def test_a_slip_is_answered_with_the_nearest_names_and_the_words_are_kept(office):
    keep(office, what_happened="The printer again")
    office.tara.command("/client-history", "brihgtwater printer")
    assert "Did you mean one of these?" in wait_for(office.tara, "No client is called")
    office.tara.press("Open")
    assert "Records with “printer”" in wait_for(office.tara, "INC-BRI-001")
    assert len(office.tara.modals) == 1
    nothing_was_refused(office)


def test_a_name_that_is_nobodys_can_be_looked_up_by_a_part_of_it(office):
    keep(office, "Harbour Café")
    office.tara.command("/client-history", "zzzzzz")
    wait_for(office.tara, "Look it up by a part of its name.")
    assert office.tara.type_ahead("history_look_up", "zzzzzz") == []
    assert office.tara.type_ahead("history_look_up", "cafe") == ["Harbour Café"]
    office.tara.choose("history_look_up", "Harbour Café")
    wait_for(office.tara, "INC-HAR-001")


def test_a_client_that_another_process_added_is_found_at_once(office):
    with office.bot.deps.database.write() as session:
        make_client(session, "Newcomer Ltd")
    office.tara.command("/client-history", "newcomer ltd")
    wait_for(office.tara, "Nothing on record.")


def test_without_a_name_come_the_clients_with_the_most_going_on(office):
    keep(office, severity=1)
    keep(office, "Oak and Sons", severity=4)
    office.tara.command("/client-history")
    told = wait_for(office.tara, "Clients with the most going on")
    assert told.index("Oak and Sons") < told.index("Brightwater Dental")
    assert looks(office) == 0


def test_pages_turn_in_place_and_back(office):
    keep(office, count=2 * SHOWN + 2)
    tara = office.tara
    tara.command("/client-history", "brightwater dental")
    wait_for(tara, "INC-BRI-018")
    tara.press("Older")
    wait_for(tara, "INC-BRI-010")
    tara.press("Older")
    assert "Older" not in wait_for(tara, "INC-BRI-001")
    tara.press("Newer")
    wait_for(tara, "INC-BRI-010")
    tara.press("Newer")
    assert "Newer" not in wait_for(tara, "INC-BRI-018")
    assert len(tara.modals) == 1
    assert looks(office) == 5
    nothing_was_refused(office)


def test_filters_narrow_in_place_and_stay_chosen_while_paging(office):
    keep(office, count=SHOWN + 1, severity=3)
    keep(office, "Oak and Sons")
    tara = office.tara
    tara.command("/client-history", "brightwater dental")
    wait_for(tara, "INC-BRI-009")
    tara.choose("history_severity", "Minor")
    wait_for(tara, "Nothing on record matches.")
    tara.choose("history_severity", "Serious")
    wait_for(tara, "INC-BRI-009")
    tara.press("Older")
    wait_for(tara, "INC-BRI-001")
    assert chosen(tara) == ["All conduct", "Serious", "All time"]
    nothing_was_refused(office)


def test_of_two_choices_in_quick_succession_both_count(office):
    keep(office)
    tara = office.tara
    tara.command("/client-history", "brightwater dental")
    wait_for(tara, "INC-BRI-001")
    office.slack.latency(0.3, "views.update")
    tara.choose("history_conduct", "Abusive towards staff")
    tara.choose("history_period", "30 days")
    wanted = ["Abusive towards staff", "Any severity", "30 days"]
    wait_until(lambda: chosen(tara) == wanted, lambda: str(chosen(tara)))


def test_a_press_on_a_view_that_changed_meanwhile_changes_nothing_and_says_nothing(office):
    keep(office, count=3 * SHOWN)
    tara = office.tara
    tara.command("/client-history", "brightwater dental")
    wait_for(tara, "INC-BRI-024")
    tara.press("Older")
    wait_for(tara, "INC-BRI-016")
    (pressed,) = office.slack.deliveries("block_actions")
    office.slack.send_again(pressed)
    wait_until(office.slack.refused)
    assert "INC-BRI-016" in words_of(tara.modal)
    assert len(tara.modals) == 1
    assert {call["answer"]["error"] for call in office.slack.refused()} == {"hash_conflict"}


def test_each_record_opens_in_full_and_leads_back(office):
    keep(office, count=2, what_happened="Shouted.\nThe whole story.")
    tara = office.tara
    tara.command("/client-history", "brightwater dental")
    wait_for(tara, "INC-BRI-002")
    tara.press(SECOND)
    wait_for(tara, "The whole story.")
    assert len(tara.modals) == 2
    tara.close()
    wait_for(tara, "2 incidents in 12 months")


def test_a_record_leads_to_its_clients_history_and_on_without_end(office):
    keep(office, count=2)
    tara = office.tara
    tara.command("/client-history", "brightwater dental")
    for _ in range(3):
        wait_for(tara, "2 incidents in 12 months")
        tara.press(SECOND)
        wait_for(tara, "The original stays")
        tara.press("Client history")
    wait_for(tara, "2 incidents in 12 months")
    assert len(tara.modals) <= 3


def test_the_summary_in_the_executives_channel_leads_to_the_history(office):
    office.tara.command("/client-incident", "brightwater dental")
    office.tara.fill(
        {
            "What kind of conduct?": "Abusive towards staff",
            "How serious?": "4 · Critical",
            "What happened, in order": "Threatened to come over.",
        }
    )
    assert office.tara.submit().ok
    summary = office.slack.wait_for_message("C_EXEC", "Brightwater Dental")
    office.erin.press("Client history", at(summary))
    assert "A critical incident" in wait_for(office.erin, "Open matter")


def test_a_new_incident_begins_with_the_client_filled_in(office):
    tara = office.tara
    tara.command("/client-history", "brightwater dental")
    wait_for(tara, "Nothing on record.")
    tara.press("New incident")
    wait_until(lambda: len(tara.modals) == 2)
    assert tara.values["client"]["client"]["selected_option"]["text"]["text"] == (
        "Brightwater Dental"
    )


def test_a_sealed_record_shows_to_its_reporter_and_executives_alone(office):
    keep(office, confidential=True, reporter_id="U_TARA", what_happened="Between us")
    for person in (office.tara, office.erin):
        person.command("/client-history", "brightwater dental")
        assert "Between us" in wait_for(person, "1 incident in 12 months")
    office.miguel.command("/client-history", "brightwater between")
    wait_for(office.miguel, "Nothing on record matches.")
    office.miguel.press("Show all")
    wait_for(office.miguel, "Nothing on record. If something happens")


def test_executives_read_why_it_is_before_them_and_technicians_that_it_is(office):
    named = {entry.name: entry.id for entry in office.bot.deps.directory.loaded().clients}
    with office.bot.deps.database.write() as session:
        raised = make_escalation(
            session, client_id=named["Brightwater Dental"], why="A critical incident"
        )
        number = raised.id
    keep(office, escalation_id=number, severity=4)
    office.erin.command("/client-history", "brightwater dental")
    wait_for(office.erin, "A critical incident")
    office.tara.command("/client-history", "brightwater dental")
    assert "A critical incident" not in wait_for(
        office.tara, "The executives are being told of this."
    )


def test_a_database_that_is_away_is_said_in_the_modal_with_what_to_do(office):
    office.bot.deps.directory.loaded()
    with office.bot.deps.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit_events RENAME TO away")
    office.tara.command("/client-history", "brightwater dental")
    told = wait_for(office.tara, "try again in a minute")
    assert "Reference" in told
    assert "Nothing on record" not in told


@pytest.mark.parametrize("who", ["U_GUEST", "U_SINGLE", "U_OTHERBOT", "U_KAREN"])
def test_people_from_outside_learn_nothing(office, who):
    keep(office)
    stranger = office.slack.person(who)
    for text in ("", "brightwater dental"):
        told = len(stranger.ephemerals())
        stranger.command("/client-history", text, force=True)
        wait_until(lambda told=told: len(stranger.ephemerals()) > told)
    assert all("ask one of the executives" in words_of(each) for each in stranger.ephemerals())
    assert stranger.modals == []
    assert looks(office) == 0


def test_a_new_installation_answers_without_a_client_in_the_directory(database_url):
    with open_office(database_url) as office:
        office.tara.command("/client-history")
        wait_for(office.tara, "A calm time.")
        office.tara.command("/client-history", "anybody")
        wait_for(office.tara, "No client is called “anybody”.")


def test_the_home_shows_ones_own_records_and_opens_them(office):
    keep(office, what_happened="Shouted.\nThe whole story.", reporter_id="U_TARA")
    home = office.tara.home()
    assert "INC-BRI-001" in words_of(home)
    office.tara.press("Open", {"home": True})
    wait_for(office.tara, "The whole story.")
    assert "INC-BRI-001" not in words_of(office.miguel.home())
    nothing_was_refused(office)


def test_a_client_is_looked_up_from_the_home(office):
    keep(office, "Oak and Sons")
    office.tara.home()
    office.tara.press("Look up a client")
    wait_for(office.tara, "Clients with the most going on")
    office.tara.press("Open")
    wait_for(office.tara, "INC-OAK-001")


def test_the_home_of_a_guest_says_kindly_that_it_is_not_for_them(office):
    assert "ask one of the executives" in words_of(office.slack.person("U_GUEST").home())


def test_the_home_says_when_the_database_is_away(office):
    with office.bot.deps.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE addenda RENAME TO away")
        connection.exec_driver_sql("ALTER TABLE escalations RENAME TO gone")
    assert "try again in a minute" in words_of(office.tara.home())
