import json
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FieldError, UserError
from bot.escalations import buttons, letters, settle_form, take_over_form, thread
from bot.escalations.standing import (
    Act,
    Later,
    Latest,
    OurPart,
    Reports,
    Settlement,
    Standing,
)
from bot.escalations.summary import duration, summary
from bot.escalations.why import names
from bot.glance.counts import Glance
from bot.slack.ids import OPEN_HISTORY, OPEN_RECORD
from models import EscalationStatus, Medium
from tests.block_kit import (
    MESSAGE_CHARACTERS,
    action_ids_in,
    check_message,
    check_view,
    element,
    mrkdwn_in,
    texts_in,
)
from tests.factories import NOW


LATEST = Latest(
    number="INC-2026-0042",
    occurred_at=NOW,
    medium=Medium.CALL,
    conduct="abuse",
    severity="serious",
    contact="Bob Critical",
    confidential=False,
    further=False,
    what_happened="Shouted “useless” twice and hung up.",
)
GLANCE = Glance(
    total=9,
    by_conduct=(("abuse", 6), ("ignored instructions", 2), ("unanswered", 1)),
    by_severity=(("serious", 3), ("moderate", 6)),
    months=(0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 2, 2),
    top_contact=("Karen Holt (office manager)", 7),
    named=8,
    minutes_lost=400,
    span=(202512, 202611),
)
NOTHING_YET = Glance(0, (), (), (0,) * 12, None, 0, 0, GLANCE.span)


def standing(**changed) -> Standing:
    kept = {
        "escalation_id": 7,
        "client_id": 3,
        "client_name": "Brightwater Dental",
        "status": EscalationStatus.OPEN,
        "why": ("3 incidents by 2 technicians in 30 days",),
        "opened_at": NOW,
        "owner_id": "",
        "owner_name": "",
        "owned_at": None,
        "snoozed_until": None,
        "snoozer_id": "",
        "settled_at": None,
        "outcome": "",
        "handed_back": None,
        "reopened": None,
        "last_settled": None,
    }
    return Standing(**kept | changed)


def reports(**changed) -> Reports:
    kept = {
        "latest": LATEST,
        "named": None,
        "count": 3,
        "reporters": ("Tara", "Miguel"),
        "not_again": 0,
        "with_support": 0,
        "softened": 0,
        "our_part": (),
        "gone": (),
    }
    return Reports(**kept | changed)


OWNED = {
    "status": EscalationStatus.OWNED,
    "owner_id": "U_ERIN",
    "owner_name": "Erin",
    "owned_at": NOW,
}
SETTLED = OWNED | {
    "status": EscalationStatus.SETTLED,
    "settled_at": NOW,
    "outcome": "Talked with the owner.",
}


def said(message) -> str:
    return "\n".join(texts_in(message.blocks))


def shown(of=None, what=None, glance=GLANCE, version=1):
    return summary(of or standing(), what or reports(), glance, version)


def test_the_summary_says_why_the_facts_and_what_can_be_done():
    message = shown(
        what=reports(
            not_again=1,
            with_support=1,
            our_part=(OurPart("We answered late.", NOW), OurPart("Wrong part.", NOW)),
        )
    )
    check_message(message.text, message.blocks)
    words = said(message)
    for fact in (
        "Brightwater Dental needs a decision-maker",
        "*Why now:* 3 incidents by 2 technicians in 30 days",
        ", by telephone · abuse, serious · by Bob Critical · INC-2026-0042",
        "Shouted “useless” twice and hung up.",
        "*Last 12 months*, Dec 2025 to Nov 2026\n",
        "9 incidents\n3 serious · 6 moderate",
        "7 of 9 by Karen Holt (office manager)",
        "6 abuse · 2 ignored instructions · 1 unanswered",
        "6 h 40 min of technicians' time",
        "In this matter: 3 reports by Tara and Miguel · 1 of 2 not comfortable",
        " with them again · 1 of 2 would need support with them\n",
        "Our own part: We answered late. (",
        ", and 1 more",
    ):
        assert fact in words
    assert message.text == (
        "Brightwater Dental needs a decision-maker: 3 incidents by 2 technicians in 30 days"
    )
    assert action_ids_in(message.blocks) == [buttons.TAKE, OPEN_HISTORY, buttons.SNOOZE]
    assert element(message.blocks, buttons.TAKE)["style"] == "primary"
    assert element(message.blocks, OPEN_HISTORY)["value"] == "3"


def test_several_reasons_stand_on_two_lines_and_many_are_counted():
    why = tuple(f"{word} reason" for word in ("First", "Second", "Third", "Fourth", "Fifth"))
    message = shown(standing(why=why))
    assert (
        "*Why now:* First reason\n*Also:* Second reason; Third reason; Fourth reason; 1 more"
        in (said(message))
    )


def test_a_sealed_incident_is_marked_as_confidential():
    sealed = Latest(**vars(LATEST) | {"confidential": True})
    assert "INC-2026-0042 · confidential" in said(shown(what=reports(latest=sealed)))
    assert "confidential" not in said(shown())


def test_once_somebody_has_it_the_summary_is_calmer():
    message = shown(standing(**OWNED))
    check_message(message.text, message.blocks)
    assert message.text == "Brightwater Dental is with Erin"
    assert action_ids_in(message.blocks) == [buttons.SETTLE, OPEN_HISTORY, buttons.MORE]
    offered = element(message.blocks, buttons.MORE)["options"]
    assert [option["text"]["text"] for option in offered] == ["Hand back", "Take over"]
    assert "Erin took it <!date^" in said(message)


def test_once_settled_the_outcome_and_the_reason_are_all_that_is_left():
    message = shown(standing(**SETTLED))
    check_message(message.text, message.blocks)
    assert message.text == "Brightwater Dental: settled"
    assert action_ids_in(message.blocks) == [OPEN_HISTORY, buttons.REOPEN]
    assert "Talked with the owner." in said(message)
    assert "3 incidents by 2 technicians in 30 days" in said(message)
    assert "useless" not in said(message)


def test_a_snoozed_summary_says_until_when_and_who():
    message = shown(standing(snoozed_until=NOW + timedelta(days=1), snoozer_id="U_ERIN"))
    check_message(message.text, message.blocks)
    assert "Snoozed until <!date^" in said(message)
    assert "by <@U_ERIN>" in said(message)


def test_what_is_not_known_is_left_out():
    message = shown(what=reports(latest=None, reporters=()), glance=NOTHING_YET)
    check_message(message.text, message.blocks)
    assert [block["type"] for block in message.blocks] == ["header", "section", "actions"]


def test_a_reason_was_counted_then_and_what_was_withdrawn_since_is_named():
    message = shown(what=reports(gone=("INC-2026-0001", "INC-2026-0007")))
    check_message(message.text, message.blocks)
    assert (
        "*Why it was raised:* 3 incidents by 2 technicians in 30 days\n"
        "*Withdrawn since, no longer counted:* INC-2026-0001 and INC-2026-0007\n*Latest:*"
    ) in said(message)
    assert message.text == (
        "Brightwater Dental needs a decision-maker: 3 incidents by 2 technicians in 30 days "
        "(2 reports withdrawn since)"
    )


GONE = {"latest": None, "reporters": (), "gone": ("INC-2026-0001",)}


@pytest.mark.parametrize("state", [{}, OWNED], ids=["open", "owned"])
def test_once_everything_is_withdrawn_the_summary_says_so_and_it_can_only_be_settled(state):
    message = shown(standing(**state), reports(**GONE))
    check_message(message.text, message.blocks)
    assert message.text == "Brightwater Dental: all reports withdrawn"
    assert action_ids_in(message.blocks) == [OPEN_HISTORY, buttons.SETTLE]
    words = said(message)
    assert "nothing is left to decide" in words
    assert ": 3 incidents by 2 technicians in 30 days\n" in words
    assert "INC-2026-0001" in words
    assert "decision-maker" not in words
    assert "Why now" not in words


def test_what_was_settled_stays_settled_when_everything_is_withdrawn():
    message = shown(standing(**SETTLED), reports(**GONE))
    check_message(message.text, message.blocks)
    assert message.text == "Brightwater Dental: settled"
    assert action_ids_in(message.blocks) == [OPEN_HISTORY, buttons.REOPEN]
    assert "*Withdrawn since, no longer counted:* INC-2026-0001" in said(message)


def test_what_the_reason_names_is_quoted_and_a_later_second_account_is_named_as_such():
    critical = Latest(**vars(LATEST) | {"number": "INC-2026-0041", "what_happened": "A threat."})
    account = Latest(**vars(LATEST) | {"further": True})
    message = shown(what=reports(named=critical, latest=account))
    words = said(message)
    assert "*Reported:* <!date^" in words
    assert "A threat." in words
    assert "useless" not in words
    assert "Latest: <!date^" in words
    assert "INC-2026-0042 · second account of an event on record" in words
    assert words.index("INC-2026-0041") < words.index("INC-2026-0042")


def test_what_the_reason_names_is_the_latest_where_nothing_came_after_it():
    words = said(shown(what=reports(named=LATEST)))
    assert words.count("INC-2026-0042") == 1
    assert "*Latest:*" in words


def test_who_answered_otherwise_since_is_taken_off_the_reason_that_counted_them():
    why = (
        "A critical incident",
        "2 technicians not comfortable working with them again in 90 days",
    )
    three = {"reporters": ("Tara", "Miguel", "Nadia"), "not_again": 1, "with_support": 2}
    words = said(shown(standing(why=why), reports(**three, softened=1)))
    assert "working with them again in 90 days (1 has answered otherwise since)" in words
    assert "2 of 3 would need support" in words
    assert words.count("not comfortable") == 1
    assert "A critical incident (" not in words


def test_what_was_agreed_the_last_time_stands_in_the_summary():
    last = Settlement(NOW, "Erin Walsh", "Karen will write <by> email.\n" + "x" * 400)
    message = shown(standing(last_settled=last))
    check_message(message.text, message.blocks)
    assert "*Last settled* <!date^" in said(message)
    assert "by Erin Walsh: “Karen will write &lt;by&gt; email. xxx" in said(message)
    assert "x…”" in said(message)


def test_the_summary_says_who_handed_it_back_and_that_it_was_opened_again():
    back = said(shown(standing(handed_back=Act("U_ERIN", NOW))))
    assert "Handed back <!date^" in back
    assert "by <@U_ERIN>" in back
    opened = standing(**OWNED, outcome="Talked.", reopened=Act("U_ERIN", NOW))
    words = said(shown(opened))
    assert "it had been settled with “Talked.”" in words
    assert "took it" not in words


def test_in_mid_sentence_no_day_begins_with_a_capital():
    ours = (OurPart("We were late.", NOW),)
    states = [
        standing(**OWNED, snoozed_until=NOW, handed_back=Act("U_ERIN", NOW)),
        standing(**SETTLED),
    ]
    dates = re.compile(r"\w \(?<!date\^\d+\^([^|]*)")
    for of in states:
        found = dates.findall(said(shown(of, reports(our_part=ours))))
        assert found
        assert not [form for form in found if "pretty" in form]


def test_an_ended_snooze_is_offered_only_while_it_is_put_off():
    snoozed = element(shown(standing(snoozed_until=NOW)).blocks, buttons.SNOOZE)["options"]
    assert buttons.pressed({"selected_option": snoozed[-1]}) == (7, buttons.END_SNOOZE)
    assert len(element(shown().blocks, buttons.SNOOZE)["options"]) == len(buttons.SNOOZES)


def test_who_is_not_comfortable_is_said_once():
    why = ("2 technicians not comfortable working with them again in 90 days",)
    words = said(shown(standing(why=why), reports(not_again=2)))
    assert words.count("not comfortable") == 1


def test_who_acted_is_left_out_of_the_latest_where_nobody_is_named():
    nobody = Latest(**vars(LATEST) | {"contact": ""})
    assert "abuse, serious · INC-2026-0042" in said(shown(what=reports(latest=nobody)))


def test_a_contact_of_every_incident_is_said_plainly():
    alone = Glance(**vars(GLANCE) | {"total": 7})
    assert "All by Karen Holt (office manager)" in said(shown(glance=alone))


def test_slack_is_told_that_the_buttons_are_new_ones():
    names_ = {shown(version=version).blocks[-1]["block_id"] for version in (1, 2)}
    assert len(names_) == 2


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ((), ""),
        (("Tara",), "Tara"),
        (("Tara", "Miguel"), "Tara and Miguel"),
        (("Tara", "Miguel", "Ana"), "Tara, Miguel and Ana"),
        (("Tara", "Miguel", "Ana", "Ben"), "Tara, Miguel, Ana and Ben"),
        (("Tara", "Miguel", "Ana", "Ben", "Sam"), "Tara, Miguel, Ana, Ben and 1 other"),
    ],
)
def test_people_are_named_as_one_would_say_it(people, expected):
    assert names(people) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"), [(45, "45 min"), (180, "3 h"), (400, "6 h 40 min"), (90000, "1,500 h")]
)
def test_time_is_said_in_hours_and_minutes(minutes, expected):
    assert duration(minutes) == expected


LATER = Later(42, LATEST, "Miguel", withdrawn=False, owner_id="", gone=())


def test_a_reply_is_short_and_has_the_why_only_where_it_is_new():
    plain = thread.reply(LATER, ())
    check_message(plain.text, plain.blocks)
    assert "Another incident, reported by Miguel" in said(plain)
    assert "Why now" not in said(plain)
    assert element(plain.blocks, OPEN_RECORD)["value"] == "42"
    assert "*Why now:* 4 incidents" in said(thread.reply(LATER, ("4 incidents",)))


def test_a_reply_marks_a_reason_of_which_something_was_withdrawn():
    later = Later(**vars(LATER) | {"gone": ("INC-2026-0001",)})
    words = said(thread.reply(later, ("A critical incident, INC-2026-0001",)))
    assert "*Why it was raised:* A critical incident, INC-2026-0001" in words
    assert "*Withdrawn since, no longer counted:* INC-2026-0001" in words


def test_a_reply_calls_whoever_looks_after_it_and_nobody_else():
    owned = Later(**vars(LATER) | {"owner_id": "U_ERIN"})
    message = thread.reply(owned, ())
    check_message(message.text, message.blocks)
    assert "For <@U_ERIN>, who has this" in said(message)
    assert "<@" not in said(thread.reply(LATER, ()))


def test_a_reply_says_when_it_is_another_account_of_the_same_event():
    account = Latest(**vars(LATEST) | {"further": True})
    further = Later(**vars(LATER) | {"incident": account})
    assert "The same event, also reported by Miguel" in said(thread.reply(further, ()))


def test_a_reply_about_what_was_withdrawn_keeps_none_of_its_words():
    withdrawn = thread.reply(Later(**vars(LATER) | {"withdrawn": True}), ("4 incidents",))
    check_message(withdrawn.text, withdrawn.blocks)
    assert said(withdrawn) == "INC-2026-0042 by Miguel was withdrawn."


def test_the_reminder_names_the_client_and_can_be_acted_on():
    message = thread.reminder(standing())
    check_message(message.text, message.blocks)
    assert "Nobody has taken *Brightwater Dental* yet." in message.text
    assert action_ids_in(message.blocks) == [buttons.TAKE]


def test_the_letters_say_who_and_what_came_of_it_and_open_the_readers_own_record():
    seen = letters.seen(standing(**OWNED), 42)
    settled = letters.settled(standing(**SETTLED), 42)
    for message in (seen, settled):
        check_message(message.text, message.blocks)
        assert element(message.blocks, OPEN_RECORD)["value"] == "42"
    assert "*Erin* is looking after what you reported about *Brightwater Dental*" in seen.text
    assert "Talked with the owner." in said(settled)


HOSTILE = "<!channel> <@U_ERIN> <https://evil|good> & *bold* @here #general"
LONG = st.sampled_from(
    [
        HOSTILE * 60,
        "\N{PILE OF POO}" * 4000,
        "شكرا " * 900,
        "<&>" * 1500,
        "a\nb\n" * 900,
        "“" * 4000,
    ]
)
WORDS = st.one_of(LONG, st.text(min_size=1))
STATES = st.sampled_from([{}, OWNED, SETTLED])


@given(words=WORDS, state=STATES)
def test_the_summary_is_valid_at_any_length_in_any_script_and_nothing_typed_is_markup(words, state):
    of = standing(
        **state
        | {"client_name": words[:150], "owner_name": words[:150], "why": (words,) * 9}
        | {"outcome": words[:500], "snoozed_until": NOW, "snoozer_id": "U_ERIN"}
        | {"handed_back": Act("U_ERIN", NOW), "reopened": Act("U_OMAR", NOW)}
        | {"last_settled": Settlement(NOW, words[:150], words[:500])}
    )
    what = reports(
        latest=Latest(**vars(LATEST) | {"what_happened": words, "contact": words[:200]}),
        named=Latest(**vars(LATEST) | {"what_happened": words, "number": "INC-2026-0001"}),
        count=10**6,
        reporters=(words[:150],) * 9,
        not_again=9,
        with_support=9,
        softened=9,
        our_part=(OurPart(words, NOW),) * 9,
        gone=("INC-2026-1000000",) * 9,
    )
    counts = tuple((words[:50], 10**9) for _ in range(40))
    glance = Glance(10**9, counts, counts, (10**9,) * 12, (words[:200], 5), 5, 10**9, GLANCE.span)
    message = summary(of, what, glance, 10**6)
    check_message(message.text, message.blocks)
    assert sum(map(len, texts_in(message.blocks))) <= MESSAGE_CHARACTERS
    assert "<!channel" not in "".join([message.text, *mrkdwn_in(message.blocks)])


@given(words=WORDS)
def test_replies_and_letters_are_valid_at_any_length_and_nothing_typed_is_markup(words):
    name = {"client_name": words[:150], "owner_name": words[:150], "outcome": words[:500]}
    latest = Latest(**vars(LATEST) | {"what_happened": words, "contact": words[:200]})
    told = {"incident": latest, "reporter_name": words[:150], "owner_id": "U_ERIN"}
    for message in (
        thread.reply(Later(**vars(LATER) | told), (words,) * 9),
        thread.reminder(standing(**name)),
        letters.handed_back(standing(**name), 42),
        letters.reopened(standing(**OWNED | name), 42),
        letters.seen(standing(**OWNED | name), 42),
        letters.settled(standing(**SETTLED | name), 42),
    ):
        check_message(message.text, message.blocks)
        assert "<!channel" not in "".join([message.text, *mrkdwn_in(message.blocks)])


def test_every_button_reads_back_what_it_says():
    open_row = shown().blocks
    owned_row = shown(standing(**OWNED)).blocks
    assert buttons.pressed(element(open_row, buttons.TAKE)) == (7, "")
    assert buttons.pressed(element(owned_row, buttons.SETTLE)) == (7, "")
    menu = element(owned_row, buttons.MORE)["options"]
    chosen = [buttons.pressed({"selected_option": option}) for option in menu]
    assert chosen == [(7, "hand_back"), (7, "take_over:U_ERIN")]
    assert buttons.pressed(element(shown(standing(**SETTLED)).blocks, buttons.REOPEN)) == (7, "")
    offered = element(open_row, buttons.SNOOZE)["options"]
    read = [buttons.pressed({"selected_option": option}) for option in offered]
    assert [(number, buttons.days_of(choice)) for number, choice in read] == [
        (7, 1),
        (7, 3),
        (7, 7),
    ]


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"value": ""},
        {"value": "x"},
        {"value": "-1"},
        {"value": "٣"},
        {"value": "9" * 30},
        {"selected_option": None},
        {"selected_option": {"value": ":3"}},
    ],
    ids=json.dumps,
)
def test_a_button_of_another_version_is_answered_kindly(action):
    with pytest.raises(UserError, match="out of date"):
        buttons.pressed(action)


def test_the_question_before_a_take_over_is_valid_and_reads_back_whom_it_named():
    view = take_over_form.build(10**9 - 1, "U" * 32)
    check_view(view)
    assert take_over_form.parse(view) == (10**9 - 1, "U" * 32)
    assert "<@U_ERIN> has this." in "".join(texts_in(take_over_form.build(7, "U_ERIN")))


@pytest.mark.parametrize("kept", ["", "7", "x:U_ERIN", "7:", "7:U ERIN", "٣:U_ERIN"])
def test_a_take_over_of_another_version_is_answered_kindly(kept):
    with pytest.raises(UserError, match="out of date"):
        take_over_form.parse({"private_metadata": kept})


@pytest.mark.parametrize("choice", ["", "2", "x", "1.0"])
def test_no_other_snooze_than_those_offered_is_taken(choice):
    with pytest.raises(UserError, match="Please choose"):
        buttons.days_of(choice)


def submitted(typed: str | None) -> dict:
    view = settle_form.build(7)
    return view | {
        "state": {"values": {settle_form.OUTCOME: {settle_form.OUTCOME: {"value": typed}}}}
    }


def test_the_settling_form_is_valid_and_reads_back_one_line():
    check_view(settle_form.build(10**9))
    read = settle_form.parse(submitted("  Talked with\nthe owner\x00. "))
    assert read == (7, "Talked with the owner.")


@pytest.mark.parametrize("typed", [None, "", "  \n ", "\x00"])
def test_an_outcome_that_says_nothing_is_asked_for_beside_the_field(typed):
    with pytest.raises(FieldError) as refused:
        settle_form.parse(submitted(typed))
    assert refused.value.field == settle_form.OUTCOME
