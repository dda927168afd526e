import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.history.filters import Filters, Place, Shown, read, written
from tests.factories import NOW


FULL = Shown(7, Filters("abuse", 3, "90", "printer refund"), Place(NOW, 42), Place(NOW, 40))


def test_what_a_view_shows_comes_back_with_it():
    assert read(written(FULL)) == FULL
    assert read(written(Shown(7, Filters(), None, None))) == Shown(7, Filters(), None, None)


def test_the_turn_that_led_to_a_page_is_not_part_of_what_it_shows():
    assert "turn" not in written(FULL)


def test_it_fits_into_a_view_at_its_longest():
    place, poo = Place(NOW, 2**31 - 1), "\N{PILE OF POO}"
    shown = Shown(2**31 - 1, Filters(poo * 50, 4, "year", poo * 200), place, place)
    assert len(written(shown)) <= 3000
    assert read(written(shown)) == shown


@given(st.text(max_size=3000), st.text(max_size=50), st.datetimes(timezones=st.just(UTC)))
def test_it_fits_into_a_view_whatever_was_searched(words, conduct, moment):
    place = Place(moment, 2**31 - 1)
    assert len(written(Shown(2**31 - 1, Filters(conduct, 4, "year", words), place, place))) <= 3000


@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '"x"',
        "{}",
        '{"client": "7"}',
        '{"client": true}',
        "[" * 5000,
        '{"client": -1}',
        '{"client": 99999999999}',
        '{"client": 7.5}',
    ],
)
def test_metadata_that_names_no_client_is_no_view_of_ours(metadata):
    assert read(metadata) is None


@pytest.mark.parametrize(
    "tampered",
    [
        {"conduct": 7, "severity": "4", "period": "1000", "words": ["x"]},
        {"conduct": None, "severity": 9, "period": {}, "words": {}},
        {"severity": True + 10, "first": "x", "last": ["x", 1]},
        {"first": [None, None], "last": ["2026-01-01T00:00:00+00:00"]},
        {"first": ["2026-01-01T00:00:00+00:00", "1"], "last": ["9999-12-31T23:59:59-12:00", 1]},
        {"first": ["0001-01-01T00:00:00+14:00", 1], "last": ["2026-01-01", 0]},
    ],
)
def test_what_was_tampered_with_is_left_out(tampered):
    shown = read(json.dumps({"client": 7, **tampered}))
    assert shown == Shown(7, Filters(), None, None)


def test_no_control_character_comes_back():
    shown = read(json.dumps({"client": 7, "words": "a\0b\ud800", "conduct": "x\0"}))
    assert (shown.filters.words, shown.filters.conduct) == ("ab?", "x")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
NAMES = ("conduct", "severity", "period", "words", "first", "last")


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_tampering_gives_filters_that_can_be_asked(parts):
    shown = read(json.dumps({"client": 7, **parts}))
    assert shown.client_id == 7
    assert shown.filters.severity in range(5)
    assert shown.filters.period in {"", "30", "90", "year"}
    for place in (shown.first, shown.last):
        assert place is None or place.occurred_at <= datetime.max.replace(tzinfo=UTC)
