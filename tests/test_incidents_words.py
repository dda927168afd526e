import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incidents.words import LIST, MOST, Judgement, judging, read_list, word_list
from bot.incidents.words_form import words_view
from tests.block_kit import check_view, mrkdwn_in, texts_in


LABEL = "What did they do or say?"


def phrases(text):
    return [judgement.phrase for judgement in judging(text)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("She is an idiot.", ["idiot"]),
        ("What a bunch of IDIOTS", ["IDIOTS"]),
        ("An ídiot, plainly", ["ídiot"]),
        ("An i\u0301diot, plainly", ["i\u0301diot"]),
        ("They never listen to us", ["They never listen to us"]),
        ("Always late", ["Always late"]),
        ("She constantly calls at night", ["She constantly calls at night"]),
        ("He broke it on purpose", ["He broke it on purpose"]),
        ("He deliberately broke it", ["He deliberately broke it"]),
        ("They didn't care at all", ["didn't care"]),
        ("They didn\u2019t care at all", ["didn\u2019t care"]),
        ("They didnt care at all", ["didnt care"]),
        ("He wanted to hurt us", ["wanted to hurt us"]),
        ("She shouted at us on purpose", ["She shouted at us on purpose"]),
        ("She is an idiot and always shouts at us", ["idiot", "always shouts at us"]),
        ("She lied on purpose.", ["She lied on purpose"]),
        ("He was rude and lazy", ["rude", "lazy"]),
        ("on \n purpose", ["on purpose"]),
    ],
)
def test_labels_absolutes_and_mind_reading_are_named_as_they_were_typed(text, named):
    assert phrases(text) == named


@pytest.mark.parametrize(
    "text",
    [
        "The always-on VPN dropped and the never-expiring password expired.",
        "Always On VPN was rolled out, the password never expires",
        "Support is to be reachable at all times",
        "NEVERMIND, wrong ticket. Never mind!",
        "She wanted to reset her password and wants to talk to a manager",
        "We moved them to Crazy Egg and to Lazy Admin last week",
        "See https://never.example/always and C:\\idiot\\stupid.txt, mail idiot@example.org",
        "The script is `stupid always`",
        "They don't care which printer we use. As always, thanks.",
        "Nevertheless the psychology of stupidest was fully foolproof",
        "",
        "   ",
        "🙂 هذا غبي 愚か",
    ],
)
def test_ordinary_words_are_not_questioned(text):
    assert phrases(text) == []


@pytest.mark.parametrize(
    "quoted",
    ["“{}”", '"{}"', "«{}»", "\u2018{}\u2019", "'{}'", "„{}“"],
)
def test_words_in_quotation_marks_are_the_clients_own(quoted):
    said = quoted.format("you stupid idiot, you never listen")
    assert phrases(f"She shouted {said} and hung up.") == []
    assert phrases(f"She shouted {said} and never called back.") == ["never called back"]


@pytest.mark.parametrize(
    "text",
    [
        "They don't pay and they aren't idiots",
        "The clients' printer, the idiots' choice",
        'A 24" screen for idiots, a 27" one for us',
        'He said "this and left. Idiots',
        "\u2018Twas the clients\u2019 own idiots",
        "rock 'n' roll idiots 'til five",
    ],
)
def test_an_apostrophe_or_an_inch_is_no_quotation(text):
    assert len(phrases(text)) == 1


def test_each_phrase_is_named_once_in_its_place_and_only_a_few_at_all():
    assert phrases("Rude, never on time. RUDE! Lazy.") == ["Rude", "never on time", "Lazy"]
    text = "idiot. moron. cretin. clown. jerk. crook. bully."
    assert phrases(text) == ["idiot", "moron", "cretin", "clown", "jerk"]
    assert MOST == 5


def test_each_kind_of_phrase_has_a_question_of_its_own():
    asked = {
        judgement.phrase: judgement.question
        for judgement in judging(
            "Rude. She lied. He always did. They never do. It was done on purpose."
        )
    }
    assert asked["Rude"] == LABEL
    assert len(set(asked.values())) == 5
    assert all(question.endswith("?") for question in asked.values())


def test_the_list_is_data_and_any_other_may_be_used():
    listed = read_list("# ours\n[rum] Which rum?\ndark|light … rum|rums\n[fine]\ndark rum cake\n")
    assert judging("Light  RUMS", listed) == [Judgement("Light RUMS", "Which rum?")]
    assert judging("dark rum cake, idiot", listed) == []


def test_every_entry_of_the_list_is_found_in_its_simplest_form():
    for line in LIST.read_text(encoding="utf-8").partition("\n[fine]\n")[0].splitlines():
        if line and not line.startswith(("#", "[")):
            simplest = " ".join(part.split("|")[0] for part in line.split() if part != "…")
            assert judging(simplest), line


def test_every_entry_that_is_fine_is_left_alone():
    for line in LIST.read_text(encoding="utf-8").partition("\n[fine]\n")[2].splitlines():
        for last in line.rpartition(" ")[2].split("|"):
            said = [part.split("|")[0] for part in line.split()[:-1]]
            assert judging(" ".join([*said, last])) == []


def test_the_list_is_read_once():
    assert word_list() is word_list()


@given(st.text(max_size=400))
def test_any_text_gives_at_most_a_few_phrases_out_of_itself(text):
    found = judging(text + " idiot")
    said = " ".join((text + " idiot").split())
    assert len(found) <= MOST
    assert all(judgement.phrase in said for judgement in found)


@pytest.mark.parametrize("part", ["\u2018a ", '"a ', "'a ", "“", "a_", "a'", "a", "never ", "``"])
def test_no_text_takes_long(part):
    started = time.thread_time()
    judging((part * 3000)[:3000])
    assert time.thread_time() - started < 0.5


def test_the_question_names_the_phrases_and_leads_back_or_on():
    view = words_view(judging("She lied on purpose. They never listen."), "kept")
    shown = "\n".join(texts_in(view))
    assert "Two phrases read as judgements." in shown
    assert "“She lied on purpose”" in shown
    assert "“They never listen”" in shown
    assert view["submit"]["text"] == "Record as it is"
    assert view["close"]["text"] == "Change it"
    assert view["private_metadata"] == "kept"
    assert "One phrase reads as a judgement." in "\n".join(texts_in(words_view(judging("rude"))))


@given(st.lists(st.text(min_size=1, max_size=3000), min_size=1, max_size=MOST))
def test_the_question_is_a_view_that_slack_takes_whatever_was_typed(typed):
    check_view(words_view([Judgement(text, LABEL) for text in typed], "x" * 3000))


@pytest.mark.parametrize("text", ["<!channel>" * 300, "👩‍👩‍👧‍👦" * 400, "ش" * 3000, "&" * 3000])
def test_long_phrases_of_any_script_are_cut_and_never_markup(text):
    view = words_view([Judgement(text, LABEL)] * MOST)
    check_view(view)
    assert "<!channel>" not in "".join(mrkdwn_in(view))
