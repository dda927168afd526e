from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.directory import SEEDED_CONDUCT, Conduct
from bot.escalations.gone import Gone
from bot.escalations.standing import Settlement
from bot.glance.counts import Glance
from bot.history.filters import Filters, Place, Turn, read
from bot.history.overview import Before, Going, Overview
from bot.history.overview_screen import kept_words, near_view, overview_view
from bot.history.page import HistoryPage, Line, Matter
from bot.history.screen import chosen, history_view
from bot.slack.ids import NEW_INCIDENT, OPEN_HISTORY, OPEN_RECORD
from models import ClientStatus, Severity
from tests.block_kit import action_ids_in, check_view, element, mrkdwn_in, texts_in
from tests.factories import NOW


SPAN = (202512, 202611)
QUIET = Glance(0, (), (), (0,) * 12, None, 0, 0, SPAN)
BUSY = Glance(
    9,
    (("abuse", 6), ("ignored instructions", 3)),
    (("serious", 4), ("moderate", 5)),
    (0, 0, 1, 0, 0, 2, 1, 0, 1, 1, 1, 2),
    ("Karen Holt", 6),
    8,
    340,
    SPAN,
)
LINE = Line(
    incident_id=42,
    number="INC-2026-0042",
    conduct="abuse",
    severity=Severity.SERIOUS,
    occurred_at=NOW,
    late=timedelta(minutes=4),
    reporter_name="Tara",
    opening="Shouted “you people are useless” twice.\nThen hung up.",
    confidential=False,
    withdrawn=False,
    further_of="",
    pieces=0,
)
PAGE = HistoryPage(
    client_id=7,
    client_name="Brightwater Dental",
    status=ClientStatus.WATCH,
    matter=None,
    glance=BUSY,
    filters=Filters(),
    lines=(LINE,),
    has_newer=False,
    has_older=False,
)
GOING = Going(
    7,
    "Brightwater Dental",
    ClientStatus.WATCH,
    (("serious", 2), ("minor", 1)),
    (("abuse", 2), ("other", 1)),
    NOW,
)
BEFORE = Before(("A critical incident",), NOW, "Erin", yours=False)


def shown(page):
    view = history_view(page, SEEDED_CONDUCT)
    check_view(view)
    return view


@pytest.mark.parametrize(
    ("place", "filters", "told"),
    [
        ((0, 0), Filters(), "Your look"),
        ((0, 1), Filters(), "1 record of all time."),
        ((0, 9), Filters(), "1 to 1 of 9 records of all time."),
        ((8, 9), Filters(period="year"), "9 to 9 of 9 records in 12 months."),
        ((0, 1), Filters(severity=3, period="90"), "1 matching record in 90 days."),
        ((8, 501), Filters("abuse"), "9 to 9 of more than 500 matching records of all time."),
        ((501, 501), Filters(), "Your look"),
    ],
)
def test_the_foot_says_where_one_is_and_of_what(place, filters, told):
    view = shown(replace(PAGE, passed=place[0], total=place[1], filters=filters))
    assert view["blocks"][-1]["elements"][0]["text"].startswith(told)


def test_a_record_of_which_nothing_counts_any_more_says_so_where_the_counts_would_be():
    assert "No incident counts in the last 12 months." in text(shown(replace(PAGE, glance=QUIET)))


def text(view):
    return "\n".join(texts_in(view))


def test_a_page_says_how_things_stand_before_it_lists_the_records():
    told = text(shown(PAGE))
    places = [
        told.index(words)
        for words in (
            "Brightwater Dental",
            "*On watch*",
            "*9 incidents in 12 months*\n▁▁▅▁▁█▅▁▅▅▅█",
            "6 abuse · 3 ignored instructions",
            "4 serious · 5 moderate",
            "6 of 9 by Karen Holt",
            "*INC-2026-0042*  Abuse · serious",
            "Tara, 4 minutes later",
            "Shouted “you people are useless” twice.",
            "is noted",
        )
    ]
    assert places == sorted(places)
    assert "Then hung up" not in told


def test_each_record_opens_and_a_new_one_can_be_made_for_the_client():
    view = shown(PAGE)
    assert element(view, OPEN_RECORD)["value"] == "42"
    assert element(view, NEW_INCIDENT)["value"] == "7"


@pytest.mark.parametrize(
    ("page", "offered"),
    [
        (PAGE, set()),
        (replace(PAGE, has_older=True), {"history_older"}),
        (replace(PAGE, has_newer=True), {"history_newer"}),
        (replace(PAGE, has_older=True, has_newer=True), {"history_older", "history_newer"}),
        (replace(PAGE, filters=Filters(severity=3)), {"history_everything"}),
        (replace(PAGE, filters=Filters(words="printer")), {"history_everything"}),
    ],
)
def test_only_what_leads_somewhere_is_offered(page, offered):
    steps = {"history_older", "history_newer", "history_everything"}
    assert steps & set(action_ids_in(shown(page))) == offered


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        (replace(LINE, confidential=True), ":lock: confidential"),
        (replace(LINE, withdrawn=True), "~INC-2026-0042~"),
        (replace(LINE, withdrawn=True), "withdrawn, not counted"),
        (
            replace(LINE, further_of="INC-2026-0040"),
            "further account of INC-2026-0040, counted once",
        ),
        (replace(LINE, pieces=1), "1 piece of evidence"),
        (replace(LINE, pieces=3), "3 pieces of evidence"),
        (replace(LINE, late=timedelta(days=2)), "2 days later"),
    ],
)
def test_a_record_is_marked_with_what_is_special_about_it(line, mark):
    assert mark in text(shown(replace(PAGE, lines=(line,))))
    assert mark not in text(shown(PAGE))


def test_a_contact_who_did_it_all_is_said_to_have():
    glance = replace(BUSY, top_contact=("Karen Holt", 9))
    assert "All by Karen Holt" in text(shown(replace(PAGE, glance=glance)))


def test_executives_read_why_it_is_before_them_and_others_only_that_it_is():
    matter = Matter(("A critical incident", "3 incidents"), NOW, "Erin")
    told = text(shown(replace(PAGE, matter=matter)))
    assert "Erin has it" in told
    assert "A critical incident\n3 incidents" in told
    assert "nobody has it yet" in text(shown(replace(PAGE, matter=replace(matter, owner_name=""))))
    assert "*The executives know of this.*" in text(shown(replace(PAGE, matter=Matter())))
    coming = text(shown(replace(PAGE, matter=Matter(told=False))))
    assert "*The executives are being told of this.*" in coming


def test_what_was_withdrawn_of_a_matter_is_said_where_its_reason_stands():
    partly = Matter(("A critical incident",), NOW, "", Gone(("INC-2026-0041",)))
    told = text(shown(replace(PAGE, matter=partly)))
    mark = "A critical incident\n*Withdrawn since, no longer counted:* INC-2026-0041"
    assert mark in told
    assert "All reports" not in told
    wholly = replace(partly, gone=Gone(("INC-2026-0041",), everything=True))
    assert f"{mark}\nAll reports were withdrawn." in text(shown(replace(PAGE, matter=wholly)))
    before = replace(BEFORE, gone=wholly.gone)
    view = overview_view(Overview((replace(GOING, before=before),), (), 1))
    check_view(view)
    assert f"{mark}\nAll reports were withdrawn." in text(view)


def test_what_was_agreed_before_is_told_with_when_and_by_whom():
    agreed = Settlement(NOW, "Erin Walsh", "Karen <writes>.")
    told = text(shown(replace(PAGE, settled=(agreed, agreed))))
    assert "*Last settled* <!date^" in told
    assert "by Erin Walsh: “Karen &lt;writes&gt;.”\n*Settled before* " in told


def test_the_status_is_said_only_where_it_is_not_the_usual_one():
    usual = shown(replace(PAGE, status=ClientStatus.ACTIVE))
    assert "ctive" not in text(usual)
    assert [block["type"] for block in usual["blocks"]][:2] == ["header", "section"]
    assert "fields" in usual["blocks"][1]


def test_a_search_names_where_it_found_what_the_account_does_not_say():
    line = replace(LINE, found="in the evidence")
    assert "_Found in the evidence_" in text(shown(replace(PAGE, lines=(line,))))
    assert "Found" not in text(shown(PAGE))


def test_the_buttons_of_rows_say_aloud_what_they_open():
    row = element(shown(PAGE), OPEN_RECORD)
    assert row["accessibility_label"] == "Open INC-2026-0042"
    client = element(overview_view(Overview((), (GOING,), 0)), OPEN_HISTORY)
    assert client["accessibility_label"] == "Open Brightwater Dental"


def test_the_bars_have_a_first_and_a_last_month():
    assert "█\nDec 2025 to Nov 2026" in text(shown(PAGE))


def test_a_clean_record_is_said_kindly():
    page = replace(PAGE, glance=QUIET, lines=(), status=ClientStatus.ACTIVE)
    view = shown(page)
    assert "Nothing on record." in text(view)
    assert action_ids_in(view) == [NEW_INCIDENT]


def test_filters_that_leave_nothing_say_how_to_see_more():
    view = shown(replace(PAGE, lines=(), filters=Filters(conduct="unethical")))
    assert "Nothing on record matches." in text(view)
    assert "history_everything" in action_ids_in(view)


def test_the_words_searched_for_are_shown_and_can_be_removed():
    view = shown(replace(PAGE, filters=Filters(words="printer refund")))
    assert "Records with “printer refund”" in text(view)
    assert read(view["private_metadata"]).filters.words == "printer refund"


def test_a_search_that_did_not_reach_the_end_says_how_far_it_came():
    page = replace(PAGE, filters=Filters(words="printer"), has_older=True, horizon=Place(NOW, 1))
    assert "Searched back to" in text(shown(page))
    assert "Nothing found so far." in text(shown(replace(page, lines=())))
    assert read(shown(page)["private_metadata"]).last == Place(NOW, 1)


def test_what_is_chosen_stays_chosen_and_the_row_is_a_new_one_for_it():
    filters = Filters(conduct="abuse", severity=3, period="90")
    before, after = shown(PAGE), shown(replace(PAGE, filters=filters))
    initial = {
        name: element(after, name)["initial_option"]["text"]["text"]
        for name in ("history_conduct", "history_severity", "history_period")
    }
    assert list(initial.values()) == ["Abusive towards staff", "Serious", "90 days"]
    rows = [
        next(block["block_id"] for block in view["blocks"] if "block_id" in block)
        for view in (before, after)
    ]
    assert rows[0] != rows[1]


def choosing(**values):
    picked = {
        f"history_{name}": {"selected_option": value and {"value": value}}
        for name, value in values.items()
    }
    return {"state": {"values": {"filters.x": picked}}}


@pytest.mark.parametrize(
    ("view", "filters"),
    [
        (choosing(conduct="abuse"), Filters("abuse", 3, "90", "x")),
        (choosing(conduct="any"), Filters("", 3, "90", "x")),
        (choosing(severity="1"), Filters("other", 1, "90", "x")),
        (choosing(severity="any"), Filters("other", 0, "90", "x")),
        (choosing(severity="99"), Filters("other", 0, "90", "x")),
        (choosing(period="year"), Filters("other", 3, "year", "x")),
        (choosing(period="any"), Filters("other", 3, "", "x")),
        (choosing(period="13"), Filters("other", 3, "", "x")),
        (choosing(period=None), Filters("other", 3, "90", "x")),
        (choosing(conduct="abuse", severity="1", period="30"), Filters("abuse", 1, "30", "x")),
        ({}, Filters("other", 3, "90", "x")),
        ({"state": None}, Filters("other", 3, "90", "x")),
    ],
)
def test_what_is_chosen_counts_and_begins_with_the_newest(view, filters):
    turned = Filters("other", 3, "90", "x", Turn(older=True, place=Place(NOW, 1)))
    assert chosen(turned, view) == filters


def test_the_overview_puts_what_is_before_the_executives_first():
    other = replace(GOING, client_id=8, name="Oak and Sons", status=ClientStatus.ACTIVE)
    view = overview_view(Overview((replace(GOING, before=BEFORE),), (other,), 3))
    check_view(view)
    told = text(view)
    assert told.index("Erin has it") < told.index("A critical incident") < told.index("Oak")
    assert "*Brightwater Dental* · on watch" in told
    assert "Mostly abuse · 2 serious · 1 minor · last" in told
    assert "And 2 more." in told
    values = [block["accessory"]["value"] for block in view["blocks"] if "accessory" in block]
    assert values == ["7", "8"]


def test_ones_own_matters_are_marked():
    yours = replace(GOING, before=replace(BEFORE, yours=True))
    told = text(overview_view(Overview((yours,), (), 1)))
    assert "*You have it* · open since" in told
    assert "Erin has it" not in told


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        ((("abuse", 3),), "Dental* · on watch\nAbuse · 2 serious"),
        ((("abuse", 2), ("other", 1)), "\nMostly abuse · 2 serious"),
        ((("abuse", 2), ("other", 2)), "Dental* · on watch\n2 serious"),
    ],
)
def test_the_kind_of_conduct_that_prevails_is_named(kinds, told):
    view = overview_view(Overview((), (replace(GOING, by_conduct=kinds),), 0))
    check_view(view)
    assert told in text(view)


def test_a_calm_time_is_said_to_be_one():
    view = overview_view(Overview((), (), 0))
    check_view(view)
    assert "A calm time." in text(view)


def test_a_slip_is_answered_with_the_nearest_names_as_buttons():
    near = [Conduct(7, "", "Brightwater Dental", "", ""), Conduct(8, "", "Bright Ltd", "", "")]
    view = near_view("britewater", near, "printer")
    check_view(view)
    assert "No client is called “britewater”. Did you mean one of these?" in text(view)
    opens = [block["accessory"] for block in view["blocks"] if "accessory" in block]
    assert [(each["action_id"], each["value"]) for each in opens] == [
        (OPEN_HISTORY, "7"),
        (OPEN_HISTORY, "8"),
    ]
    assert kept_words(view["private_metadata"]) == "printer"
    assert "private_metadata" not in near_view("x", [])


@pytest.mark.parametrize("metadata", ["", "{", "[]", '{"words": 7}', '{"words": null}', "[" * 5000])
def test_words_that_were_tampered_with_are_left_out(metadata):
    assert kept_words(metadata) == ""


def full(said):
    """A page, an overview and a question with every text as given and everything there is."""
    line = replace(
        LINE,
        number="INC-2026-1000000",
        conduct=said[:50] or "x",
        reporter_name=said[:150],
        opening=said[:500],
        confidential=True,
        withdrawn=True,
        further_of="INC-2026-1000000",
        pieces=99,
    )
    counts = tuple((said[:50], 10**6) for _ in range(20))
    glance = Glance(10**6, counts, counts, (10**5,) * 12, (said[:200], 10**6), 10**6, 10**6, SPAN)
    page = replace(
        PAGE,
        client_name=said[:150],
        glance=glance,
        matter=Matter((said,) * 9, NOW, said[:150]),
        lines=(line,) * 8,
        filters=Filters(said[:50], 4, "year", said[:200]),
        has_newer=True,
        has_older=True,
    )
    kinds = [Conduct(n, f"{n}" * 10, said[:75] or "x", said[:50], "") for n in range(120)]
    yield history_view(page, kinds)
    before = Before((said,) * 9, NOW, said[:150], yours=False)
    going = replace(
        GOING, name=said[:150] or "x", by_severity=counts, by_conduct=counts[:1], before=before
    )
    yield overview_view(Overview((going,) * 10, (replace(going, before=None),) * 10, 10**6))
    yield near_view(said, [Conduct(1, "", said[:150] or "x", "", "")] * 5, said)


@pytest.mark.parametrize(
    "said",
    ["x" * 5000, "👩‍👩‍👧‍👦" * 900, "ش" * 5000, "\u202e" * 5000, "&" * 5000, "a\n" * 3000, "", " "],
)
def test_every_view_is_one_that_slack_takes_with_every_text_at_its_longest(said):
    for view in full(said):
        check_view(view)


HOSTILE = "<!channel> <@U_ERIN> <https://x.example|y> &lt; @here #general"


def test_nobodys_words_are_read_as_markup():
    for view in full(HOSTILE):
        check_view(view)
        told = "\n".join(mrkdwn_in(view))
        assert "<!channel>" not in told
        assert "<@" not in told
        assert "<https" not in told
        assert "&lt;!channel&gt;" in told or "<!channel>" in text(view)


@given(st.text(max_size=300))
def test_any_text_makes_views_that_slack_takes(said):
    for view in full(said):
        check_view(view)
