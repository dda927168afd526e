import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.directory import SEEDED_CONDUCT
from bot.incidents import fields as detail
from bot.incidents.evidence import from_files, from_message
from bot.incidents.fields import CONDUCT, SEVERITY, WHAT, WHEN
from bot.incidents.form import MORE, Form, build, shown, with_conduct
from bot.incidents.form_parse import block_of, parse, typed_answers
from bot.incidents.new import NewEvidence, NewIncident, from_json, to_json
from bot.incidents.questions import QUESTIONS
from bot.slack import blocks
from tests.block_kit import check_view, texts_in
from tests.factories import NOW


REQUIRED = {
    "client": {"selected_option": {"value": "c:12"}},
    CONDUCT: {"selected_option": {"value": "abuse"}},
    SEVERITY: {"selected_option": {"value": "3"}},
    WHAT: {"value": "Shouted twice, then hung up."},
    WHEN: {"selected_date_time": int(NOW.timestamp())},
}
BRIGHTWATER = blocks.option("Brightwater Dental", "c:12")
ANY_TEXT = st.text(max_size=200)


def sent(form: Form | None = None, **held) -> dict:
    """A submitted view as Slack sends it: the view, its ids, and what each field holds."""
    view = build(form or Form(NOW), SEEDED_CONDUCT)
    state = {name: {name: value} for name, value in {**REQUIRED, **held}.items() if value}
    return {**view, "id": "V1", "root_view_id": "V1", "hash": "1.a", "state": {"values": state}}


def labels(view: dict) -> list[str]:
    return [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]


def test_the_form_opens_short_with_four_required_fields_and_the_time():
    view = build(Form(NOW), SEEDED_CONDUCT)
    assert labels(view) == [
        "Client",
        "What kind of conduct?",
        "How serious?",
        "What happened, in order",
        "When did it happen?",
    ]
    assert MORE in [block.get("block_id") for block in view["blocks"]]


def test_more_detail_unfolds_in_place_and_keeps_every_field_that_was_there():
    short, long = build(Form(NOW), SEEDED_CONDUCT), build(Form(NOW, more=True), SEEDED_CONDUCT)
    fields = [block["block_id"] for block in short["blocks"] if block["type"] == "input"]
    unfolded = [block["block_id"] for block in long["blocks"] if block["type"] == "input"]
    assert unfolded[: len(fields)] == fields
    assert len(unfolded) == len(fields) + 14
    assert all(
        block["optional"] for block in long["blocks"] if block.get("block_id") in unfolded[5:]
    )


@pytest.mark.parametrize("conduct", QUESTIONS)
def test_each_kind_of_conduct_asks_its_own_questions_and_all_are_optional(conduct):
    view = build(Form(NOW, conduct=conduct), SEEDED_CONDUCT)
    asked = [block for block in view["blocks"] if block.get("optional")]
    assert [block["label"]["text"] for block in asked] == [
        question.label for question in QUESTIONS[conduct]
    ]
    check_view(view)


def test_answers_to_another_kind_come_back_when_it_is_chosen_again():
    view = sent(
        Form(NOW, conduct="non_payment"),
        **{"answer_non_payment.invoice": {"value": "2026-118"}},
    )
    away = with_conduct(shown(view), "abuse", typed_answers(view))
    back = with_conduct(shown(build(away, SEEDED_CONDUCT)), "non_payment", {})
    rebuilt = build(back, SEEDED_CONDUCT)
    fields = {block.get("block_id"): block for block in rebuilt["blocks"]}
    assert fields["answer_non_payment.invoice"]["element"]["initial_value"] == "2026-118"


def test_a_view_shows_the_form_it_was_built_from():
    message = NewEvidence("message", "you people are useless", "U_KAREN", "Karen", NOW, "https://x")
    file = NewEvidence("file", file_id="F1", file_name="a.png", file_type="image/png", size=7)
    form = Form(
        NOW,
        key="k1",
        contact_id="U_KAREN",
        client=BRIGHTWATER,
        client_block="client_found",
        hint="No client is called “x”.",
        conduct="abuse",
        more=True,
        evidence=(message, file),
        answers={"non_payment.invoice": "2026-118"},
    )
    assert shown(build(form, SEEDED_CONDUCT)) == form


def test_required_fields_alone_make_an_incident():
    assert parse(sent(), now=NOW) == NewIncident(
        "V1", 12, "abuse", 3, "Shouted twice, then hung up.", NOW
    )


def test_every_detail_is_read():
    form = Form(NOW, conduct="non_payment", more=True)
    new = parse(
        sent(
            form,
            **{
                CONDUCT: {"selected_option": {"value": "non_payment"}},
                detail.CONTACT: {"value": " Karen Holt "},
                detail.MEDIUM: {"selected_option": {"value": "call"}},
                detail.WORDS: {"value": "you people are useless"},
                detail.HEARD: {"selected_option": {"value": "first_hand"}},
                detail.DID: {"value": "Stayed calm"},
                detail.TOLD: {"selected_option": {"value": "yes"}},
                detail.PART: {"value": "Late by a day"},
                detail.MINUTES: {"value": "40"},
                detail.TICKET: {"value": "T-1"},
                detail.COMFORT: {"selected_option": {"value": "no"}},
                detail.WITNESSES: {"selected_users": ["U_SAM"]},
                detail.OTHERS: {"value": "Ana, , Bo "},
                detail.FLAGS: {
                    "selected_options": [{"value": "confidential"}, {"value": "attention"}]
                },
                detail.FILES: {"files": [{"id": "F1", "name": "a.png", "size": 5}]},
                "answer_non_payment.amount": {"value": "1,200 EUR"},
            },
        ),
        now=NOW,
    )
    assert new == NewIncident(
        form_key="V1",
        client=12,
        conduct="non_payment",
        severity=3,
        what_happened="Shouted twice, then hung up.",
        occurred_at=NOW,
        contact="Karen Holt",
        medium="call",
        exact_words="you people are useless",
        heard="first_hand",
        what_we_did="Stayed calm",
        told_before="yes",
        our_part="Late by a day",
        minutes_lost=40,
        ticket="T-1",
        comfort="no",
        confidential=True,
        attention=True,
        witnesses=("U_SAM",),
        witness_names=("Ana", "Bo"),
        answers={"amount": "1,200 EUR"},
        evidence=(NewEvidence("file", file_id="F1", file_name="a.png", size=5),),
    )


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("client", None, "choose a client"),
        ("client", {"selected_option": {"value": "x"}}, "choose a client"),
        (CONDUCT, None, "kind of conduct"),
        (SEVERITY, {"selected_option": {"value": "9"}}, "how serious"),
        (WHAT, {"value": " \n "}, "what happened"),
        (WHAT, {"value": "x" * 3001}, "3,000 characters"),
        (WHEN, None, "when it happened"),
        (WHEN, {"selected_date_time": int(NOW.timestamp()) + 3600}, "in the future"),
        (WHEN, {"selected_date_time": 10**15}, "two years ago. If the year is right"),
        (WHEN, {"selected_date_time": -5}, "two years ago. If the year is right"),
        (WHEN, {"selected_date_time": int(NOW.timestamp()) - 63_158_400}, "in your account"),
        (WHAT, {"value": "\u200b\u2060"}, "what happened"),
        (detail.CONTACT, {"value": "x" * 201}, "200 characters"),
        (detail.TICKET, {"value": "x" * 201}, "200 characters"),
        (detail.WITNESSES, {"selected_users": ["U_SAM", "U" * 40]}, "again"),
        (detail.MINUTES, {"value": "0000000000009999999"}, "whole minutes"),
        (detail.MINUTES, {"value": "-3"}, "whole minutes"),
        (detail.MINUTES, {"value": "100001"}, "whole minutes"),
        (detail.MINUTES, {"value": "٣"}, "whole minutes"),
    ],
)
def test_bad_input_is_named_beside_its_field(field, value, says):
    errors = parse(sent(**{field: value}), now=NOW)
    assert list(errors) == [field]
    assert says in errors[field]


def test_every_bad_field_is_named_at_once():
    errors = parse(sent(**{CONDUCT: None, SEVERITY: None, WHAT: None, WHEN: None}), now=NOW)
    assert set(errors) == {CONDUCT, SEVERITY, WHAT, WHEN}


def test_a_clock_that_is_a_little_ahead_is_no_future_time():
    ahead = {"selected_date_time": int((NOW + timedelta(seconds=50)).timestamp())}
    assert isinstance(parse(sent(**{WHEN: ahead}), now=NOW), NewIncident)


def test_an_error_stands_beside_the_field_even_if_its_block_has_another_name():
    view = build(Form(NOW, client_block="client_found"), SEEDED_CONDUCT)
    assert block_of(view, "client") == "client_found"
    assert block_of(view, detail.MINUTES) == WHEN


@given(
    st.dictionaries(
        st.sampled_from([*REQUIRED, detail.MINUTES, detail.FLAGS, detail.FILES, detail.WITNESSES]),
        st.sampled_from([{}, {"value": None}, {"value": 5}, {"selected_option": None}])
        | st.fixed_dictionaries({"value": ANY_TEXT}),
    )
)
def test_whatever_the_fields_hold_parsing_answers(held):
    assert isinstance(parse(sent(**held), now=NOW), NewIncident | dict)


@given(ANY_TEXT, ANY_TEXT, st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=3))
def test_a_draft_gives_back_what_was_typed(what, words, answers):
    evidence = (NewEvidence("message", what, "U1", words, NOW, None), NewEvidence("file", size=1))
    new = NewIncident(
        "V1", words, "abuse", 2, what, NOW, exact_words=words, answers=answers, evidence=evidence
    )
    assert from_json(json.loads(json.dumps(to_json(new)))) == new


MESSAGE = {
    "team": {"id": "T_HOME", "domain": "acme-msp"},
    "channel": {"id": "C_CONNECT"},
    "message": {
        "ts": "1795428300.000200",
        "thread_ts": "1795428000.000100",
        "user": "U_KAREN",
        "team": "T_CLIENT",
        "text": "you people\x00 are useless",
        "files": [{"id": "F1", "name": "a.png", "mimetype": "image/png", "size": 12}],
    },
}


def test_a_copied_message_keeps_text_author_time_and_permalink():
    told, file = from_message(MESSAGE)
    assert (told.text, told.author_id) == ("you people are useless", "U_KAREN")
    assert told.written_at == datetime.fromtimestamp(1795428300.0002, UTC)
    assert told.permalink == (
        "https://acme-msp.slack.com/archives/C_CONNECT/p1795428300000200"
        "?thread_ts=1795428000.000100&cid=C_CONNECT"
    )
    assert (file.file_name, file.file_type, file.size) == ("a.png", "image/png", 12)


def test_what_slack_escaped_on_its_way_is_kept_as_it_was_written():
    text = "a &lt; b &amp;&amp; see <https://x.example|our page>, <@U1>, <#C1|desk> <!here>"
    kept = from_message({"message": {"ts": "1.0", "text": text}})[0].text
    assert kept == "a < b && see our page (https://x.example), @U1, #desk @here"


def test_ten_files_with_long_names_are_all_kept():
    files = [
        {
            "id": f"F{n}",
            "name": "n" * 300,
            "mimetype": "application/x",
            "size": n,
            "user": "U_KAREN",
            "permalink": f"https://acme-msp.slack.com/files/U_KAREN/F{n}/{'n' * 200}",
        }
        for n in range(10)
    ]
    message = {**MESSAGE["message"], "files": files, "username": "b" * 500}
    evidence = from_message({**MESSAGE, "message": message})
    view = build(Form(NOW, evidence=evidence, answers={"abuse.kind": "x" * 500}), SEEDED_CONDUCT)
    check_view(view)
    assert [piece.kind for piece in shown(view).evidence] == ["message", *["file"] * 10]


def screenshot(number: int) -> NewEvidence:
    """A file described as Slack does it for what people paste."""
    name = f"Screenshot 2026-11-{number:02} at 10.15.30.png"
    link = f"https://acme-msp.slack.com/files/U0123456789/F{number:010}/{name.lower()}"
    return NewEvidence(
        "file",
        file_id=f"F{number:010}",
        file_name=name,
        file_type="image/png",
        size=345_678,
        permalink=link,
        author_id="U0123456789",
    )


@pytest.mark.parametrize("files", [1, 6, 10])
def test_answers_to_another_kind_come_back_however_many_files_there_are(files):
    told = from_message(MESSAGE)[0]
    typed = {
        "ignored_instructions.advised": "a" * 400,
        "ignored_instructions.refused_how": "c" * 150,
        "ignored_instructions.came_of_it": "d" * 300,
    }
    evidence = (told, *map(screenshot, range(files)))
    form = Form(NOW, client=BRIGHTWATER, conduct="abuse", evidence=evidence, answers=typed)
    view = build(form, SEEDED_CONDUCT)
    check_view(view)
    assert shown(view).answers == typed


def test_an_answer_that_was_emptied_stays_empty_when_its_kind_is_chosen_again():
    form = Form(NOW, conduct="abuse", answers={"abuse.kind": "shouting"})
    emptied = sent(form)
    away = build(with_conduct(shown(emptied), "other", typed_answers(emptied)), SEEDED_CONDUCT)
    assert with_conduct(shown(away), "abuse", {}).answers == {}


def test_of_many_files_the_first_are_kept_and_it_is_said_how_many_more_there_were():
    files = [
        {"id": f"F{n}", "name": "☎" * 300, "permalink": "https://" + "p" * 200} for n in range(25)
    ]
    evidence = from_message({**MESSAGE, "message": {**MESSAGE["message"], "files": files}})
    assert [piece.file_id for piece in evidence[1:11]] == [f"F{n}" for n in range(10)]
    assert (evidence[11].file_name, evidence[11].permalink) == (
        "15 more files with the message",
        evidence[0].permalink,
    )
    view = build(Form(NOW, client=BRIGHTWATER, evidence=evidence), SEEDED_CONDUCT)
    check_view(view)
    assert len(shown(view).evidence) == 12
    (on_top,) = texts_in(view["blocks"][0])
    assert on_top.endswith("is kept as evidence, with 10 files and 15 more files with the message.")


def test_a_copied_message_is_said_to_be_kept_on_top_by_its_author():
    message = NewEvidence("message", "useless", "U_KAREN", "Karen & Holt", NOW, "https://x")
    form = Form(NOW, evidence=(message,), contact_id="U_KAREN", more=True)
    view = build(form, SEEDED_CONDUCT)
    (on_top,) = texts_in(view["blocks"][0])
    assert on_top.startswith("*Karen &amp; Holt's message* of <!date^")
    fields = {block.get("block_id"): block for block in view["blocks"]}
    assert "No need to copy the message" in fields[WHAT]["hint"]["text"]
    assert fields[detail.CONTACT]["element"]["initial_value"] == "Karen & Holt"
    (unnamed,) = texts_in(
        build(replace(form, evidence=(replace(message, author_name=None),)), ())["blocks"][0]
    )
    assert unnamed.startswith("*The message* of")


def test_what_matters_most_in_more_detail_stands_first_and_says_who_will_see_it():
    view = build(Form(NOW, more=True), SEEDED_CONDUCT)
    assert labels(view)[5] == "Handling"
    (readers,) = texts_in(view["blocks"][-1])
    assert "If it is confidential, only you and the executives can." in readers


@pytest.mark.parametrize("more", [False, True])
def test_what_is_optional_is_said_where_it_begins(more):
    view = build(Form(NOW, conduct="abuse", more=more), SEEDED_CONDUCT)
    places = [block.get("block_id") for block in view["blocks"]]
    (said,) = texts_in(view["blocks"][places.index(WHEN) + 1])
    assert said.startswith("Everything below is optional")
    asked = [block for block in view["blocks"] if block["type"] == "input"]
    assert [block["optional"] for block in asked] == [False] * 5 + [True] * (len(asked) - 5)


def test_building_a_form_leaves_its_answers_alone():
    form = Form(NOW, conduct="abuse", answers={f"abuse.{n}": "x" * 500 for n in range(9)})
    build(form, SEEDED_CONDUCT)
    assert len(form.answers) == 9


def test_a_message_without_text_still_says_what_was_attached():
    body = {"message": {"ts": "1.0", "attachments": [{"fallback": "Invoice 7"}]}}
    assert from_message(body)[0].text == "Invoice 7"


def test_files_with_next_to_no_description_are_kept():
    assert from_files([{"id": "F9"}])[0].file_name == "a file"


@given(
    st.sampled_from(["🜲", "\N{ARABIC LETTER ALEF}", "<!channel>", "&", '"']),
    st.sampled_from([*QUESTIONS, "other"]),
)
def test_the_longest_form_in_any_script_is_one_that_slack_takes(letter, conduct):
    message = NewEvidence(
        "message", (letter * 12_000)[:12_000], "U1", letter * 150, NOW, "https://x.slack.com"
    )
    files = tuple(
        NewEvidence("file", file_id=f"F{n}", file_name=letter * 300, permalink="https://x" * 20)
        for n in range(10)
    )
    form = Form(
        NOW,
        client=blocks.option(letter * 75, "c:1"),
        hint=(letter * 500)[:500],
        conduct=conduct,
        more=True,
        evidence=(message, *files),
        answers={f"{conduct}.{n}": letter * 500 for n in range(5)},
    )
    view = build(form, SEEDED_CONDUCT)
    check_view(view)
    assert shown(view).evidence[0].text == (letter * 12_000)[:12_000]


def test_an_emptied_client_hint_is_not_shown():
    view = build(replace(Form(NOW), hint=""), SEEDED_CONDUCT)
    assert "hint" not in view["blocks"][0]
