"""Whatever people write, no acknowledgement is larger than Slack's line carries."""

import json
import time
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack import blocks
from bot.slack.budget import BUDGET, FOLLOWS, MISSING, fit, preview
from sandbox.deliver.socket import LARGEST_FRAME
from sandbox.driver import words_of
from sandbox.limits.blocks import MODAL
from sandbox.limits.messages import option_problems
from sandbox.limits.views import view_problems
from tests.door_room import open_house
from tests.office import open_office


ENVELOPE_ID = "57b603a5-5960-4bfa-becf-deae754e6674"
LETTERS = st.sampled_from(["a", "é", "Ж", "日", "👍", '"', "\\", "\n", "<", "&", "\ud83d", "\x00"])
TEXT = st.builds(
    lambda letters, times: letters * times, st.text(LETTERS, max_size=5), st.integers(0, 700)
)


def sent_bytes(answer: object) -> int:
    """The bytes of the acknowledgement on the wire."""
    return len(json.dumps({"envelope_id": ENVELOPE_ID, "payload": answer}))


def a_block(text: str) -> st.SearchStrategy[dict]:
    button = blocks.button("Open", "press", "1")
    return st.sampled_from(
        [
            blocks.header(text),
            blocks.section(text or "-"),
            blocks.section(text or "-", accessory=button),
            blocks.section(fields=[text] * 10),
            blocks.context(text, text),
            blocks.quote(text),
            blocks.divider(),
            blocks.actions(button),
            blocks.field(text, blocks.text_input("words", initial=text)),
        ]
    )


VIEWS = st.builds(
    lambda title, shown, metadata: blocks.modal(
        "form", title, shown, submit="Go", metadata=metadata
    ),
    TEXT,
    st.lists(TEXT.flatmap(a_block), min_size=1, max_size=12),
    TEXT.map(lambda text: text[:3000]),
)
OPTIONS = st.lists(
    st.builds(lambda text, more: blocks.option(text, "1", more), TEXT, TEXT),
    min_size=1,
    max_size=100,
)
ERRORS = st.dictionaries(
    st.text("abc_0123", min_size=1, max_size=40), TEXT, min_size=1, max_size=20
)


@given(st.sampled_from(["update", "push"]), VIEWS)
def test_a_view_travels_whole_or_as_its_beginning_which_slack_takes(action, view):
    fitted = fit({"response_action": action, "view": view})
    assert sent_bytes(fitted.answer) <= BUDGET
    if fitted.whole is None:
        assert fitted.answer["view"] == view
    else:
        assert {**fitted.whole, "external_id": ""} == {**view, "external_id": ""}
        shown = fitted.answer["view"]
        assert shown["external_id"] == fitted.whole["external_id"]
        assert view_problems(shown, MODAL) == []


@given(VIEWS)
def test_in_a_beginning_there_is_nothing_to_press_or_to_fill_in_and_it_says_that_more_follows(view):
    shown = preview(view)
    assert not [block for block in shown["blocks"] if block["type"] in {"input", "actions"}]
    assert not [block for block in shown["blocks"] if "accessory" in block]
    assert "submit" not in shown
    assert words_of(shown["blocks"][-1]) == FOLLOWS


@given(OPTIONS)
def test_of_options_the_first_stay_and_the_last_and_none_is_cut(options):
    kept = fit({"options": options}).answer["options"]
    assert sent_bytes({"options": kept}) <= BUDGET
    assert kept == [*options[: len(kept) - 1], options[-1]]
    assert option_problems({"options": kept}) == option_problems({"options": options[: len(kept)]})


def test_as_many_options_stay_as_fit():
    options = [blocks.option("Ж" * 75, str(number), "Ж" * 75) for number in range(61)]
    kept = fit({"options": options}).answer["options"]
    assert sent_bytes({"options": [*kept, options[20]]}) > BUDGET
    assert len(kept) > 14


@given(ERRORS)
def test_of_errors_each_is_said_however_short(errors):
    kept = fit({"response_action": "errors", "errors": errors}).answer["errors"]
    assert sent_bytes({"response_action": "errors", "errors": kept}) <= BUDGET
    assert kept.keys() == errors.keys()
    assert all(kept[name] or not errors[name] for name in errors)


def test_what_is_small_travels_as_it_is():
    for answer in ({}, {"options": []}, {"response_action": "clear"}):
        assert fit(answer).answer is answer


LONG = [blocks.section("Saved as INC-1."), *(blocks.quote("日" * 2000) for _ in range(4))]
CARD = blocks.modal("card", "Record", [*LONG, blocks.actions(blocks.button("Press", "press"))])
QUESTION = blocks.modal(
    "form", "Question", [*LONG, blocks.field("Why?", blocks.text_input("why"))], submit="Go"
)


@pytest.fixture
def house():
    with open_house() as house:
        tara = house.person()
        tara.command("/open")
        tara.fill({"client": "Acme", "Words": "typed"})
        yield house


def shows(house, words, seconds=6.0):
    """Wait until the top modal shows these words."""
    tara = house.person()
    return house.slack.wait_for(lambda: words in words_of(tara.modals[-1]) and tara.modals, seconds)


def test_a_large_update_shows_its_beginning_and_then_all_of_it(house):
    house.slack.latency(0.5, "views.update")
    house.room.answer = {"response_action": "update", "view": CARD}
    assert house.person().submit().ok
    (beginning,) = house.person().modals
    assert words_of(beginning["blocks"][0]) == "Saved as INC-1."
    assert words_of(beginning["blocks"][-1]) == FOLLOWS
    assert len(beginning["blocks"]) < len(LONG)
    (modal,) = shows(house, "Press")
    assert len(modal["blocks"]) == len(CARD["blocks"])
    assert modal["callback_id"] == "card"


def test_a_large_push_shows_its_beginning_on_top_and_then_all_of_it_and_can_be_sent(house):
    house.room.answer = {"response_action": "push", "view": QUESTION}
    assert house.person().submit().ok
    below, _ = shows(house, "Why?")
    assert below["state"]["values"]["words"]["words"]["value"] == "typed"
    house.room.answer = {}
    tara = house.person()
    tara.fill({"Why?": "Because."})
    assert tara.submit().ok
    assert len(tara.modals) == 1


@pytest.mark.parametrize("action", ["update", "push"])
def test_whoever_closes_the_beginning_hears_no_more_of_it(house, caplog, action):
    house.slack.latency(0.3, "views.update")
    house.room.answer = {"response_action": action, "view": CARD}
    tara = house.person()
    assert tara.submit().ok
    tara.close(everything=True)
    calls = 6 if action == "update" else 5
    house.slack.wait_for(lambda: len(house.slack.calls("views.update")) == calls, 8)
    time.sleep(0.3)
    assert tara.modals == []
    assert len(house.slack.calls("views.update")) == calls
    assert "view_not_completed" not in caplog.messages


def test_a_view_that_slack_does_not_show_for_a_moment_is_sent_again(house):
    house.slack.fault("views.update", "status", 2, status=503)
    house.room.answer = {"response_action": "push", "view": CARD}
    assert house.person().submit().ok
    assert shows(house, "Press")


def test_a_view_that_slack_never_shows_says_so_and_nothing_typed_is_lost(house, caplog):
    house.slack.fault("views.update", "status", 5, status=503)
    house.room.answer = {"response_action": "push", "view": CARD}
    tara = house.person()
    assert tara.submit().ok
    below, _ = shows(house, MISSING)
    assert below["state"]["values"]["words"]["words"]["value"] == "typed"
    assert "view_not_completed" in caplog.messages


def test_where_the_acknowledgement_is_lost_the_form_itself_turns_into_the_whole_view(house):
    view = house.person().modal
    house.room.answer = {"response_action": "update", "view": CARD}
    house.send(submission(view))
    assert len(shows(house, "Press", 8)) == 1


def submission(view: dict) -> str:
    """The body of a submitted view."""
    payload = {"type": "view_submission", "user": {"id": "U_TARA"}, "view": view}
    return "payload=" + quote(json.dumps(payload), safe="")


def test_a_form_of_an_older_version_is_kept_however_large_it_is(house):
    view = {**house.person().modal, "callback_id": "old", "blocks": LONG}
    answer = house.send(submission(view))
    assert sent_bytes(json.loads(answer.body)) <= BUDGET
    assert shows(house, "older version", 8)


def test_a_typeahead_offers_what_fits(house):
    house.room.offered = [
        blocks.option(f"{number} {'Ж' * 70}", str(number)) for number in range(61)
    ]
    offered = house.person().type_ahead("client", "ж")
    assert 20 < len(offered) < 61
    assert offered[0].startswith("0 ")
    assert offered[-1].startswith("60 ")


@pytest.fixture(scope="module")
def office(tmp_path_factory, migrated_sqlite):
    path = tmp_path_factory.mktemp("budget") / "on_record.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    with open_office(f"sqlite:///{path}", socket_mode=True) as office:
        office.slack.settings(rate_limits=False)
        office.add_clients("Brightwater Dental")
        yield office


FORM = {
    "Client": "Brightwater Dental",
    "What kind of conduct?": "Abusive towards staff",
    "How serious?": "2 · Moderate",
    "What happened, in order": "They shouted.",
}


def record(office, person, mail: str) -> None:
    """Record an incident from a copied mail."""
    person.close(everything=True) if person.modals else None
    ts = person.write("C_GENERAL", mail)
    person.message_shortcut("log_client_incident", "C_GENERAL", ts)
    person.fill(FORM)
    assert person.submit().ok
    while "One question first" in words_of(person.modal["title"]):
        question = person.modal
        if "Is it the same event?" in words_of(question):
            person.fill({"Is it the same event?": "A separate event"})
        assert person.submit().ok
        assert office.slack.wait_for(lambda old=question: person.modal["id"] != old["id"], 5)
    assert office.slack.wait_for(lambda: "on record" in words_of(person.modal), 5)


def add_note(office, person, text: str) -> None:
    depth = len(person.modals)
    person.press("Add something")
    assert office.slack.wait_for(lambda: len(person.modals) == depth + 1, 5)
    field = next(block for block in person.modal["blocks"] if block["type"] == "input")
    person.fill({field["label"]["text"]: text})
    assert person.submit().ok


def acknowledgements(office) -> list[int]:
    return [sent_bytes(each["answer"]) for each in office.slack.deliveries()]


def line_was_never_lost(office, caplog) -> None:
    assert "line_lost" not in caplog.messages
    assert max(acknowledgements(office)) <= BUDGET < LARGEST_FRAME


MAIL = "\n".join(f"{number}. “Nobody came” “Again?” “Unacceptable!”" for number in range(420))


@pytest.mark.parametrize(
    ("mail", "note"),
    [(MAIL, "They called."), ("Short.", "日本語" * 1000), ("怒鳴られた。" * 530, "Ж" * 3000)],
    ids=["a copied mail of 21 kB", "a note of 3,000 characters", "3,200 Japanese characters"],
)
def test_a_note_on_a_long_record_leaves_the_line_as_it_is_and_shows_the_record(
    office, caplog, mail, note
):
    tara = office.tara
    record(office, tara, mail)
    add_note(office, tara, note)
    assert office.slack.wait_for(lambda: "The original stays" in words_of(tara.modal), 6)
    assert note[:100] in words_of(tara.modal) or "Read on" in words_of(tara.modal)
    assert tara.command("/client-history").ok
    line_was_never_lost(office, caplog)


def test_sixty_one_clients_with_long_cyrillic_names_leave_the_line_as_it_is(office, caplog):
    name = "Общество «Стоматология доктора Преображенского на Невском проспекте»"
    office.add_clients(*(f"{name} {number}" for number in range(61)))
    tara = office.tara
    tara.command("/client-incident")
    offered = tara.type_ahead("Client", "Общество")
    assert len(offered) > 10
    assert offered[-1] == "Add “Общество” as a new client"
    line_was_never_lost(office, caplog)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text("aЖ日👍é ", min_size=1, max_size=75),
    mail=st.text("aЖ日👍é\n", min_size=1).map(lambda text: (text * 4000)[:12_000]),
    note=st.text('aЖ日👍é"', min_size=1).map(lambda text: (text * 3000)[:3000]),
)
def test_nothing_that_people_write_makes_an_acknowledgement_too_large(
    office, caplog, name, mail, note
):
    tara = office.tara
    if mail.strip() and note.strip():
        record(office, tara, mail)
        add_note(office, tara, note)
    if name.strip():
        tara.command("/client-incident")
        tara.type_ahead("Client", name)
    line_was_never_lost(office, caplog)
