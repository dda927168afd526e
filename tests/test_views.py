"""Slack takes every view and every message of the bot, whatever people write."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.incidents.confirmation import confirmation
from bot.incidents.new import Recorded
from bot.incidents.standing import Note
from tests.block_kit import check_message, check_view, mrkdwn_in, texts_in
from tests.every_view import full_record, messages, pages, views
from tests.factories import NOW
from tests.test_house import MODULES, draws


HOSTILE = "<!channel> <@UEVIL> <https://evil.example|good> <!date^1^{date}|x> & *bold* @here"
LONGEST = {
    "latin": "x" * 20_000,
    "emoji": "👩‍👩‍👧‍👦" * 2_500,
    "astral": "\N{PILE OF POO}" * 20_000,
    "right to left": "شكرا " * 4_000,
    "overridden": "\u202e" * 20_000,
    "markup": "<&>" * 6_500,
    "lines": "a\n" * 10_000,
    "hostile": HOSTILE * 200,
    "blank": " ",
    "nothing": "",
}


@pytest.mark.parametrize("said", LONGEST.values(), ids=LONGEST)
def test_slack_takes_every_view_with_every_text_at_its_longest(said):
    for view in views(said):
        check_view(view)


@pytest.mark.parametrize("said", LONGEST.values(), ids=LONGEST)
def test_slack_takes_every_message_with_every_text_at_its_longest(said):
    for message in messages(said):
        check_message(message.text, message.blocks)


def marked_up(said: str) -> Iterator[str]:
    """Everything that Slack would read as markup."""
    for view in views(said):
        yield from mrkdwn_in(view)
    for message in messages(said):
        yield from (message.text, *mrkdwn_in(message.blocks))


PIECES = st.sampled_from(
    ["<!channel>", "<@UEVIL>", "<https://evil.example|good>", "<#CEVIL>", "&lt;", "&", "|", "\n"]
)
WRITTEN = st.lists(st.one_of(PIECES, st.text(max_size=30)), max_size=8).map("".join)


@given(WRITTEN)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_that_people_write_is_ever_read_as_markup(said):
    for text in marked_up(said):
        for mark in ("<!channel", "<@UEVIL", "<https://evil", "<#CEVIL"):
            assert mark not in text


@given(WRITTEN)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_slack_takes_every_view_and_message_whatever_people_write(said):
    for view in views(said):
        check_view(view)
    for message in messages(said):
        check_message(message.text, message.blocks)


DRAWN = re.compile(r"\b(View|Block|Markup|Message)\b")


def drawing() -> set[tuple[str, str]]:
    """Every function of the house's views that returns something to be shown."""
    return {
        (str(path), node.name)
        for name, path in MODULES.items()
        if draws(name)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and node.returns
        and DRAWN.search(ast.unparse(node.returns))
    }


def called(said: str) -> set[tuple[str, str]]:
    """Every function that is called while everything is drawn."""
    seen = set()

    def note(frame, event, _arg):
        if event == "call":
            seen.add((frame.f_code.co_filename, frame.f_code.co_name))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        list(views(said))
        list(messages(said))
    finally:
        sys.setprofile(before)
    return seen


def test_no_view_is_left_out_of_these_tests():
    assert drawing() - called("x") == set()
    assert len(drawing()) > 80


@pytest.mark.parametrize(
    ("escalated", "other", "said"),
    [
        ("", "", "That is all you need to do."),
        (
            "",
            "INC-2026-0001",
            "It is kept as a second account of INC-2026-0001; the event counts once.",
        ),
        ("The executives are being told.", "", "The executives are being told."),
        (
            "The executives are being told.",
            "INC-2026-0001",
            "The executives are being told. It is kept as a second account of INC-2026-0001; ",
        ),
    ],
    ids=["quiet", "beside another", "escalated", "both"],
)
def test_who_recorded_something_reads_what_came_of_it(escalated, other, said):
    view = confirmation(Recorded(1, "INC-2026-0002", NOW, NOW, escalated, other))
    assert any(text.startswith(said) for text in texts_in(view))


def quotes(view) -> Iterator[str]:
    """What people wrote, without our own words around it."""
    yield from texts_in([block for block in view["blocks"] if block["type"] == "rich_text"])


def test_the_longest_note_can_be_read_to_its_last_word():
    record, text = full_record("x"), "".join(f"{n:06} " for n in range(40_000))
    note = Note(withdrawal=False, author_name="Tara", added_at=NOW, text=text)
    shown = list(pages(replace(record, notes=(note, *record.notes))))
    assert len(shown) > 1
    for view in shown:
        check_view(view)
    assert text in "".join(quoted for view in shown for quoted in quotes(view))
