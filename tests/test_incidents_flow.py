import time

import pytest

from bot.incidents.questions import QUESTIONS
from sandbox.driver import HOME, Outcome
from sandbox.driving.words import words_of
from tests.office import Office, open_office
from tests.waiting import wait_until


@pytest.fixture
def office(database_url):
    with open_office(database_url) as office:
        office.add_clients("Brightwater Dental", "Harbour Café", "Müller Logistik")
        yield office


FORM = {
    "Client": "Brightwater Dental",
    "What kind of conduct?": "Abusive towards staff",
    "How serious?": "2 · Moderate",
    "What happened, in order": "Shouted “useless” twice, then hung up.",
}


def record(person, **changed) -> Outcome:
    """Record an incident as somebody does who fills in what is asked."""
    person.command("/client-incident")
    person.fill({**FORM, **changed})
    return person.submit()


def texts(view: dict) -> str:
    return words_of(view)


def buttons(view: dict) -> list[str]:
    return [
        element["text"]["text"]
        for block in view["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "button"
    ]


def nothing_was_refused(office: Office) -> None:
    assert [(call["method"], call["answer"]) for call in office.slack.refused()] == []


def test_a_technician_records_an_incident_and_the_form_turns_into_the_confirmation(office):
    tara = office.tara
    assert record(tara).ok
    assert len(tara.modals) == 1
    assert "INC-" in texts(tara.modal)
    assert buttons(tara.modal) == ["Open the record", "Add something"]
    incident = office.incidents()[0]
    assert incident.what_happened == "Shouted “useless” twice, then hung up."
    assert (incident.reporter_id, incident.reporter_name) == ("U_TARA", "Tara Lind")
    nothing_was_refused(office)


def test_the_command_fills_in_the_client_that_it_names(office):
    office.tara.command("/client-incident", "brightwater dental")
    chosen = office.tara.values["client"]["client"]["selected_option"]
    assert chosen["text"]["text"] == "Brightwater Dental"


def test_a_name_that_is_nobodys_is_said_beside_the_field_with_the_nearest(office):
    office.tara.command("/client-incident", "brigtwater")
    client = office.tara.modal["blocks"][0]
    assert "initial_option" not in client["element"]
    assert "Brightwater Dental" in client["hint"]["text"]


def begun(person) -> tuple[dict | None, str, str | None]:
    """What a form opened with: the client chosen, the words beside it, and what happened so far."""
    view = person.modal
    values, client = view["state"]["values"], view["blocks"][0]
    hint = client.get("hint", {}).get("text", "")
    chosen = next(iter(values[client["block_id"]].values()))["selected_option"]
    return chosen and chosen["text"]["text"], hint, values["what"]["what"]["value"]


@pytest.mark.parametrize(
    ("text", "client", "hint", "what"),
    [
        ("müller", "Müller Logistik", "", None),
        ("Brightwater Dental shouted at me", "Brightwater Dental", "Not", "shouted at me"),
        ("“harbour café” “useless”, twice", "Harbour Café", "Not", '"useless", twice'),
        ("brigtwater shouted", None, "called “brigtwater”. Did you mean “Brightw", "shouted"),
        ("zzz hung up", None, "No client was found in what you typed", "zzz hung up"),
        ("Brightwater R&amp;D &lt;late&gt;", "Brightwater Dental", "Not", "R&D <late>"),
    ],
)
def test_what_is_typed_behind_the_command_fills_in_the_client_and_begins_the_account(
    office, text, client, hint, what
):
    office.bot.deps.directory.loaded()
    tara = office.tara
    tara.command("/client-incident", text)
    named, said, account = begun(tara)
    assert (named, account, bool(said)) == (client, what, bool(hint))
    assert hint in said
    tara.press("More detail")
    assert begun(tara)[2] == what
    nothing_was_refused(office)


def test_a_choice_that_arrives_after_more_detail_was_pressed_folds_nothing_up(office):
    tara = office.tara
    tara.command("/client-incident")
    tara.fill({"What kind of conduct?": "Abusive towards staff"})
    (chosen,) = office.slack.deliveries("block_actions")
    unfold(tara)
    tara.fill({"Contact person at the client": "Karen Doyle"})
    office.slack.send_again(chosen)
    wait_until(lambda: len(office.slack.refused()) == 1)
    wait_until(lambda: office.slack.calls("views.update")[-1]["answer"]["ok"])
    assert "Karen Doyle" in str(tara.values)


def test_words_typed_before_the_directory_is_read_are_not_lost(database_url):
    with open_office(database_url) as first:
        first.add_clients("Brightwater Dental")
    with open_office(database_url) as office:
        tara = office.tara
        tara.command("/client-incident", "Brightwater Dental shouted at me")
        wait_until(lambda: begun(tara)[0] is not None, lambda: str(begun(tara)))
        client, hint, what = begun(tara)
        assert client == "Brightwater Dental"
        assert what.endswith("shouted at me")
        assert "No client" not in hint


@pytest.mark.parametrize("word", ["help", "HELP", "?"])
def test_help_is_told_to_the_asker_alone(office, word):
    office.tara.command("/client-incident", word)
    assert office.tara.told("/client-incident Brightwater Dental opens it")
    assert office.tara.modals == []


def test_a_typo_finds_the_client_and_what_was_typed_can_always_be_added(office):
    office.tara.command("/client-incident")
    offered = office.tara.type_ahead("Client", "brigtwater")
    assert offered == ["Brightwater Dental", "Add “brigtwater” as a new client"]


def test_a_new_client_is_added_with_the_record(office):
    tara = office.tara
    tara.command("/client-incident")
    assert tara.type_ahead("Client", "Zeta Works") == ["Add “Zeta Works” as a new client"]
    tara.fill({**FORM, "Client": "Add “Zeta Works” as a new client"})
    assert tara.submit().ok
    with office.bot.deps.database.read() as session:
        assert session.merge(office.incidents()[0]).client.name == "Zeta Works"
    directory = office.bot.deps.directory
    wait_until(lambda: "Zeta Works" in [entry.name for entry in directory.listing().clients])
    miguel = office.miguel
    miguel.command("/client-incident", "zeta works")
    chosen = miguel.values["client"]["client"]["selected_option"]
    assert chosen["text"]["text"] == "Zeta Works"


def test_each_kind_of_conduct_shows_its_questions_and_keeps_what_was_typed(office):
    tara = office.tara
    tara.command("/client-incident")
    tara.fill({"What happened, in order": "Third reminder, no answer."})
    for name, code in (
        ("Left invoices unpaid", "non_payment"),
        ("Left us unanswered", "no_response"),
    ):
        tara.choose("What kind of conduct?", name)
        tara.fill({QUESTIONS[code][0].label: "typed"})
        assert tara.values["what"]["what"]["value"] == "Third reminder, no answer."
    tara.choose("What kind of conduct?", "Left invoices unpaid")
    tara.fill({"Amount, with currency": "900 EUR"})
    tara.fill({**FORM, "What kind of conduct?": "Left invoices unpaid"})
    assert tara.submit().ok
    assert office.incidents()[0].answers == {"invoice": "typed", "amount": "900 EUR"}


def test_more_detail_unfolds_in_place_and_everything_is_kept(office):
    tara = office.tara
    tara.command("/client-incident")
    tara.fill(FORM)
    unfold(tara)
    shot = tara.upload("screen.png", b"png", "image/png")
    tara.fill(
        {
            "Contact person at the client": "Karen Holt",
            "How did it reach you?": "Telephone",
            "Colleagues who saw or heard it": ["U_SAM"],
            "Exact words of the client": "You idiots are always useless.",
            "Our own part in it": "We were a day late.",
            "Minutes lost": "40",
            "Comfortable working with this contact again?": "With support",
            "Files": [shot],
            "Handling": ["Confidential"],
        }
    )
    assert tara.submit().ok
    incident = office.incidents()[0]
    assert incident.what_happened == FORM["What happened, in order"]
    assert (incident.contact, incident.minutes_lost, incident.confidential) == (
        "Karen Holt",
        40,
        True,
    )
    tara.press("Open the record")
    wait_for(tara, "Our own part")
    nothing_was_refused(office)


def test_a_future_time_is_refused_beside_the_field_and_nothing_is_lost(office):
    tara = office.tara
    outcome = record(tara, **{"When did it happen?": int(time.time()) + 7200})
    assert list(outcome.errors) == ["when"]
    assert "future" in outcome.errors["when"]
    assert tara.values["what"]["what"]["value"] == FORM["What happened, in order"]
    tara.fill({"When did it happen?": int(time.time()) - 60})
    assert tara.submit().ok


def test_judging_words_are_asked_about_and_recorded_as_they_are(office):
    tara = office.tara
    record(tara, **{"What happened, in order": "She lied on purpose. They never listen."})
    assert len(tara.modals) == 2
    assert "on purpose" in texts(tara.modal)
    assert office.incidents() == []
    assert tara.submit().ok
    turned_into_confirmation(tara)
    assert office.incidents()[0].what_happened == "She lied on purpose. They never listen."


def turned_into_confirmation(person) -> None:
    wait_until(lambda: "is on record" in texts(person.modals[0]))
    assert len(person.modals) == 1


def test_change_it_leads_back_to_the_form_and_the_question_is_asked_once(office):
    tara = office.tara
    record(tara, **{"What happened, in order": "He is an idiot."})
    tara.close()
    assert tara.values["what"]["what"]["value"] == "He is an idiot."
    tara.fill({"What happened, in order": "He never called back, he is an idiot."})
    assert tara.submit().ok
    assert len(tara.modals) == 1
    assert office.incidents()[0].what_happened == "He never called back, he is an idiot."


def test_two_technicians_tell_of_one_event(office):
    record(office.tara)
    miguel = office.miguel
    record(miguel)
    assert "INC-" in texts(miguel.modal)
    miguel.choose("Is it the same event?", f"The same as {office.incidents()[0].number}")
    assert miguel.submit().ok
    turned_into_confirmation(miguel)
    first, second = office.incidents()
    assert (second.same_event_as_id, second.counts) == (first.id, False)


def test_after_the_words_the_event_is_asked_about_in_the_same_place(office):
    record(office.tara)
    miguel = office.miguel
    record(miguel, **{"What happened, in order": "He is an idiot."})
    miguel.submit()
    assert len(miguel.modals) == 2
    miguel.choose("Is it the same event?", "A separate event")
    assert miguel.submit().ok
    turned_into_confirmation(miguel)
    assert [incident.counts for incident in office.incidents()] == [True, True]


def test_a_message_is_copied_as_evidence_and_its_workspace_names_the_client(office):
    office.add_clients("Bright Dental", slack_team_id="T_CLIENT")
    ts = office.slack.messages("C_CONNECT")[0]["ts"]
    tara = office.tara
    tara.message_shortcut("log_client_incident", "C_CONNECT", ts)
    tara.fill({name: value for name, value in FORM.items() if name != "Client"})
    assert tara.submit().ok
    with office.bot.deps.database.read() as session:
        incident = session.merge(office.incidents()[0])
        assert incident.client.name == "Bright Dental"
        assert incident.contact == "Karen Moss"
        (message,) = incident.evidence
    assert message.text == "The printer is broken again and nobody ever answers."
    assert message.author_name == "Karen Moss"
    assert message.permalink.endswith(f"/archives/C_CONNECT/p{ts.replace('.', '')}")
    assert abs(incident.occurred_at.timestamp() - float(ts)) < 1
    nothing_was_refused(office)


def from_karens_message(office):
    office.add_clients("Bright Dental", slack_team_id="T_CLIENT")
    ts = office.slack.messages("C_CONNECT")[0]["ts"]
    tara = office.tara
    tara.message_shortcut("log_client_incident", "C_CONNECT", ts)
    wait_until(lambda: "Karen Moss's message" in texts(tara.modal), lambda: texts(tara.modal))
    tara.fill({name: value for name, value in FORM.items() if name != "Client"})
    return tara


def test_who_wrote_the_message_is_named_and_shown_as_the_contact_to_be_changed_or_emptied(office):
    tara = from_karens_message(office)
    unfold(tara)
    wait_until(lambda: "contact" in tara.values)
    assert tara.values["contact"]["contact"]["value"] == "Karen Moss"
    tara.fill({"Contact person at the client": ""})
    assert tara.submit().ok
    assert office.incidents()[0].contact is None


def test_nobody_witnesses_their_own_account_and_no_bot_does_either(office):
    tara = office.tara
    office.bot.deps.people.warm()
    tara.command("/client-incident")
    tara.fill(FORM)
    unfold(tara)
    seers = ["U_TARA", "U_SAM", "U_BOT", "U_OTHERBOT"]
    tara.fill({"Colleagues who saw or heard it": seers})
    assert tara.submit().ok
    with office.bot.deps.database.read() as session:
        witnesses = session.merge(office.incidents()[0]).witnesses
        assert [seer.user_id for seer in witnesses] == ["U_SAM"]


def test_the_global_shortcut_opens_the_same_form(office):
    office.tara.shortcut("new_client_incident")
    assert office.tara.modal["callback_id"] == "incident_form"


def test_a_form_sent_twice_is_one_incident(office):
    record(office.tara)
    (sent,) = [
        each
        for each in office.slack.deliveries("view_submission")
        if each["payload"]["view"]["callback_id"] == "incident_form"
    ]
    office.slack.send_again(sent)
    assert len(office.incidents()) == 1


def test_a_note_stands_beside_the_record_and_never_changes_it(office):
    tara = office.tara
    record(tara)
    tara.press("Open the record")
    wait_for(tara, "by Tara Lind")
    tara.press("Add something")
    tara.fill({"What would you like to add?": "Called back and apologised."})
    assert tara.submit().ok
    wait_for(tara, "Called back and apologised.")
    assert office.incidents()[0].what_happened == FORM["What happened, in order"]


def unfold(person) -> None:
    """Press the button once the questions of the chosen conduct are there, as a person would."""
    wait_for(person, "Who was it aimed at?")
    person.press("More detail")


def wait_for(person, words: str) -> None:
    wait_until(lambda: words in texts(person.modal), lambda: texts(person.modal))


def test_a_withdrawn_record_says_so(office):
    tara = office.tara
    record(tara)
    tara.press("Open the record")
    wait_for(tara, "by Tara Lind")
    tara.press("Withdraw…")
    wait_for(tara, f"Brightwater Dental · {office.incidents()[0].number}")
    tara.fill({"Why?": "It was another client."})
    assert tara.submit().ok
    wait_for(tara, "withdrawn, no longer counts")
    assert "Withdraw…" not in buttons(tara.modal)


def from_history(person) -> None:
    """Open the form as a second modal, from the client's history."""
    person.command("/client-history", "brightwater dental")
    wait_for(person, "New incident")
    person.press("New incident")


def test_two_incidents_recorded_from_one_history_are_two(office):
    tara = office.tara
    from_history(tara)
    tara.fill({name: value for name, value in FORM.items() if name != "Client"})
    assert tara.submit().ok
    tara.close()
    tara.press("New incident")
    tara.fill({**FORM, "Client": "Brightwater Dental", "How serious?": "4 · Critical"})
    assert tara.submit().ok
    assert [incident.severity for incident in office.incidents()] == [2, 4]


def test_after_a_question_the_form_turns_into_the_confirmation_not_what_is_below_it(office):
    tara = office.tara
    from_history(tara)
    tara.fill({**FORM, "What happened, in order": "He is an idiot."})
    tara.submit()
    assert tara.submit().ok
    wait_until(lambda: "is on record" in texts(tara.modals[-1]))
    assert [view["callback_id"] for view in tara.modals] == ["history", "incident_saved"]


def test_a_form_opened_high_on_the_stack_can_still_ask_its_question(office):
    record(office.miguel)
    tara = office.tara
    record(tara, **{"When did it happen?": int(time.time()) - 86_400})
    tara.close(everything=True)
    tara.home()
    tara.press("Open", HOME)
    wait_for(tara, "by Tara")
    tara.press("Client history")
    wait_for(tara, "New incident")
    tara.press("New incident")
    wait_for(tara, "How serious?")
    assert len(tara.modals) == 2
    tara.fill(FORM)
    assert tara.submit().ok
    assert len(tara.modals) == 3
    assert "Is it the same event?" in texts(tara.modal)


def test_on_top_of_three_windows_one_is_asked_to_close_one_before_a_form_opens(office):
    record(office.miguel)
    tara = office.tara
    tara.command("/client-history", "brightwater dental")
    wait_for(tara, "New incident")
    tara.press("Open")
    wait_for(tara, "by Miguel")
    tara.press("Client history")
    wait_for(tara, "New incident")
    assert len(tara.modals) == 3
    tara.press("New incident")
    wait_for(tara, "Please close this window first")
    for _ in range(2):
        tara.close()
    tara.press("New incident")
    wait_for(tara, "How serious?")


def test_every_note_is_kept_however_the_windows_were_reused(office):
    tara = office.tara
    from_history(tara)
    tara.fill({name: value for name, value in FORM.items() if name != "Client"})
    tara.submit()
    for text in ("First", "Second"):
        tara.press("Add something")
        tara.fill({"What would you like to add?": text})
        assert tara.submit().ok
        wait_for(tara, text)
    with office.bot.deps.database.read() as session:
        notes = session.merge(office.incidents()[0]).addenda
        assert [note.text for note in notes] == ["First", "Second"]


def test_a_message_of_a_bot_or_a_colleague_names_no_contact(office):
    ts = office.tara.write("C_GENERAL", "Third week without a restart.")
    miguel = office.miguel
    miguel.message_shortcut("log_client_incident", "C_GENERAL", ts)
    miguel.fill(FORM)
    assert miguel.submit().ok
    assert office.incidents()[0].contact is None
