from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.escalations.rules import (
    NOT_COMFORTABLE,
    PATTERNS,
    SERIOUS_ABUSE,
    SEVERAL,
    UNANSWERED,
    Filed,
    Tally,
    adds,
    fires,
    merged,
    reasons,
    sentence,
    window_start,
    windows_of,
)
from models import Comfort
from tests.factories import NOW


def filed(**changed) -> Filed:
    kept = {
        "number": "INC-2026-0042",
        "reporter_name": "Tara",
        "conduct": "out_of_scope",
        "severity": 2,
        "comfort": None,
        "attention": False,
        "counts": True,
        "occurred_at": NOW,
    }
    return Filed(**kept | changed)


def sentences(*args) -> list[str]:
    return [reason.sentence for reason in reasons(*args)]


def patterns(incident: Filed, now: datetime = NOW, timezone=UTC) -> set:
    return set(windows_of(incident, now=now, timezone=timezone))


EVERY_TALLY = st.builds(Tally, st.integers(1, 5000), st.integers(1, 200))


def test_a_single_ordinary_incident_is_no_reason():
    assert sentences(filed(), {SEVERAL: Tally(1, 1)}) == []


def test_a_critical_incident_is_a_reason_at_once_and_is_named():
    assert sentences(filed(severity=4), {}) == ["A critical incident, INC-2026-0042"]


def test_asking_for_the_executives_is_a_reason_at_once():
    said = sentences(filed(attention=True), {})
    assert said == ["Tara asked for the executives to look at INC-2026-0042"]


@pytest.mark.parametrize(
    ("pattern", "too_few", "enough", "said"),
    [
        (SEVERAL, Tally(2, 2), Tally(3, 2), "3 incidents by 2 technicians in 30 days"),
        (
            SERIOUS_ABUSE,
            Tally(1, 1),
            Tally(2, 1),
            "2 serious abuse reports by one technician in 90 days",
        ),
        (
            UNANSWERED,
            Tally(2, 1),
            Tally(3, 3),
            "3 reports of no answer by 3 technicians in 60 days",
        ),
        (
            NOT_COMFORTABLE,
            Tally(9, 1),
            Tally(2, 2),
            "2 technicians not comfortable working with them again in 90 days",
        ),
    ],
)
def test_a_pattern_is_a_reason_from_its_least_number_on(pattern, too_few, enough, said):
    assert sentences(filed(), {pattern: too_few}) == []
    assert sentences(filed(), {pattern: enough}) == [said]


def test_several_reasons_are_all_given_the_strongest_first():
    held = {
        SEVERAL: Tally(4, 2),
        SERIOUS_ABUSE: Tally(2, 2),
        NOT_COMFORTABLE: Tally(2, 2),
    }
    assert sentences(filed(severity=4, attention=True), held) == [
        "A critical incident, INC-2026-0042",
        "Tara asked for the executives to look at INC-2026-0042",
        "2 serious abuse reports by 2 technicians in 90 days",
        "2 technicians not comfortable working with them again in 90 days",
        "4 incidents by 2 technicians in 30 days",
    ]


def test_what_several_technicians_report_is_stronger_than_what_one_does():
    held = {SERIOUS_ABUSE: Tally(2, 1), SEVERAL: Tally(3, 3)}
    assert sentences(filed(), held) == [
        "3 incidents by 3 technicians in 30 days",
        "2 serious abuse reports by one technician in 90 days",
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {SEVERAL}),
        ({"conduct": "abuse"}, {SEVERAL}),
        ({"conduct": "abuse", "severity": 3}, {SEVERAL, SERIOUS_ABUSE}),
        ({"conduct": "unethical", "severity": 3}, {SEVERAL}),
        ({"conduct": "no_response"}, {SEVERAL, UNANSWERED}),
        ({"comfort": Comfort.NO}, {SEVERAL, NOT_COMFORTABLE}),
        ({"comfort": Comfort.WITH_SUPPORT}, {SEVERAL}),
        ({"counts": False, "conduct": "abuse", "severity": 4, "comfort": Comfort.NO}, set()),
    ],
)
def test_an_incident_is_part_of_the_patterns_of_its_kind(changed, expected):
    assert patterns(filed(**changed)) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (30, {SEVERAL, UNANSWERED, NOT_COMFORTABLE}),
        (31, {UNANSWERED, NOT_COMFORTABLE}),
        (60, {UNANSWERED, NOT_COMFORTABLE}),
        (61, {NOT_COMFORTABLE}),
        (90, {NOT_COMFORTABLE}),
        (91, set()),
    ],
)
def test_an_incident_filed_late_is_part_of_the_windows_that_reach_back_to_it(days, expected):
    incident = filed(conduct="no_response", comfort=Comfort.NO, severity=4)
    late = filed(**vars(incident) | {"occurred_at": NOW - timedelta(days=days)})
    assert patterns(late) == expected


def test_a_window_begins_at_midnight_where_the_msp_is():
    kathmandu = ZoneInfo("Asia/Kathmandu")
    late_evening_utc = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # the 24th, 01:45, over there
    assert window_start(late_evening_utc, 1, kathmandu) == datetime(
        2026, 11, 22, 18, 15, tzinfo=UTC
    )
    assert window_start(late_evening_utc, 1, UTC) == datetime(2026, 11, 22, tzinfo=UTC)


def test_a_window_keeps_its_days_when_the_clocks_change():
    berlin = ZoneInfo("Europe/Berlin")
    after = datetime(2026, 10, 26, 12, 0, tzinfo=UTC)
    assert window_start(after, 2, berlin) == datetime(2026, 10, 23, 22, 0, tzinfo=UTC)


@given(st.integers(-5_000_000, 5_000_000), st.integers(0, 400))
def test_a_window_reaches_back_its_days_and_at_most_one_more(minutes, days):
    now = NOW + timedelta(minutes=minutes)
    back = now - window_start(now, days, ZoneInfo("America/New_York"))
    assert timedelta(days=days, hours=-1) <= back < timedelta(days=days + 1, hours=1)


@given(st.dictionaries(st.sampled_from(PATTERNS), EVERY_TALLY), st.randoms())
def test_the_order_in_which_patterns_come_does_not_matter(tallies, random):
    shuffled = list(tallies.items())
    random.shuffle(shuffled)
    assert reasons(filed(), dict(shuffled)) == reasons(filed(), tallies)


@given(st.sampled_from(PATTERNS), EVERY_TALLY, st.integers(0, 50), st.integers(0, 50))
def test_more_never_makes_a_pattern_weaker(pattern, tally, incidents, technicians):
    more = Tally(tally.incidents + incidents, tally.technicians + technicians)
    assert fires(pattern, tally) <= fires(pattern, more)


@given(st.sampled_from(PATTERNS), EVERY_TALLY)
def test_every_sentence_can_be_checked_it_has_its_numbers_and_its_days(pattern, tally):
    said = sentence(pattern, tally)
    technicians = "one technician" if tally.technicians == 1 else f"{tally.technicians} technicians"
    assert technicians in said
    assert said.endswith(f"in {pattern.days} days")
    if pattern.of == "incidents":
        assert said.startswith(f"{tally.incidents} ")


@given(st.sampled_from(PATTERNS), EVERY_TALLY, EVERY_TALLY)
def test_a_new_count_stands_in_for_the_old_one_and_is_no_new_reason(pattern, before, after):
    old, new = sentence(pattern, before), sentence(pattern, after)
    assert merged([old], [new]) == (new,)
    assert not adds([old], [new])


@given(st.lists(st.tuples(st.sampled_from(PATTERNS), EVERY_TALLY), max_size=8))
def test_merging_keeps_one_sentence_for_each_pattern_whatever_the_order(held):
    said = [sentence(*one) for one in held]
    kept = merged((), said)
    assert len(kept) == len({pattern for pattern, _ in held})
    assert merged(kept, kept) == kept
    assert set(kept) <= set(said)


def test_an_old_reason_stays_beside_a_new_one_the_strongest_first():
    old = ["2 serious abuse reports by 2 technicians in 90 days"]
    new = ["A critical incident, INC-2026-0042", "3 incidents by 2 technicians in 30 days"]
    assert merged(old, new) == (new[0], old[0], new[1])
    assert adds(old, new)


def test_two_who_ask_for_the_executives_are_both_named():
    old = ["Tara asked for the executives to look at INC-2026-0042"]
    new = ["Miguel asked for the executives to look at INC-2026-0043"]
    assert set(merged(old, new)) == {*old, *new}
    assert adds(old, new)
