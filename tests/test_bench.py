import random
import time

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bench.figures import (
    Figure,
    amount,
    at_least,
    at_most,
    at_most_times,
    line,
    percentile,
    times_cheaper,
)
from bench.names import client_names, with_a_slip
from bench.rounds import interleaved
from bench.rows import COLUMNS, made_up
from bench.server import cpu_of
from bench.statements import listening
from models.text import fold
from tests.factories import NOW


def test_a_ratio_is_taken_round_by_round_and_judged_by_its_median():
    figure = Figure("CPU", "ms", [2.0, 6.0, 1.0], [1.0, 2.0, 2.0], at_most_times(2))
    assert figure.ratios == [2.0, 3.0, 0.5]
    assert figure.verdict == "met"


def test_one_more_than_the_target_is_missed():
    assert Figure("CPU", "ms", [3.1], [2.0], at_most_times(1.5)).verdict == "MISSED"
    assert Figure("time", "ms", [50.1], (), at_most(50)).verdict == "MISSED"
    assert Figure("found", "%", [94.9], (), at_least(95)).verdict == "MISSED"
    assert Figure("CPU", "ms", [1.0], [7.9], times_cheaper(8)).verdict == "MISSED"


def test_just_the_target_is_met():
    assert Figure("CPU", "ms", [3.0], [2.0], at_most_times(1.5)).verdict == "met"
    assert Figure("time", "ms", [50.0], (), at_most(50)).verdict == "met"
    assert Figure("found", "%", [95.0], (), at_least(95)).verdict == "met"
    assert Figure("CPU", "ms", [1.0], [8.0], times_cheaper(8)).verdict == "met"


def test_a_bound_on_ours_does_not_look_at_the_floor():
    assert Figure("time", "ms", [4.0], [0.1], at_most(5)).verdict == "met"


def test_without_a_target_nothing_is_judged():
    assert Figure("time", "ms", [4.0], [0.1]).verdict == ""


def test_a_line_shows_ours_the_floor_the_ratio_and_the_verdict():
    shown = line(Figure("CPU", "ms", [2.0, 3.0], [1.0, 1.0], at_most_times(1.5)))
    assert shown.split() == [
        *("CPU", "2.50", "ms", "1.00", "ms", "2.50", "[2.00", "to", "3.00]"),
        *("≤", "1.5", "x", "MISSED"),
    ]


def test_how_much_cheaper_is_shown_the_right_way_round():
    shown = line(Figure("CPU", "ms", [2.0], [20.0], times_cheaper(8)))
    assert "10.00 [10.0 to 10.0]" in shown
    assert shown.endswith("≥ 8 x cheaper     met")


def test_a_figure_whose_floor_is_nothing_still_has_a_line():
    assert "[0.00 to 0.00]" in line(Figure("failed", "", [0.0], [0.0], at_most(0)))


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_a_value_that_was_measured(share, value):
    assert percentile(range(100, 0, -1), share) == value


@pytest.mark.parametrize(
    ("value", "shown"), [(0.126, "0.13"), (12.34, "12.3"), (123.4, "123"), (1234.5, "1,234")]
)
def test_an_amount_is_as_short_as_it_may_be(value, shown):
    assert amount(value) == shown


def test_every_side_has_its_turn_in_every_round_and_nobody_is_always_first():
    turns = []
    sides = {name: lambda name=name: turns.append(name) or len(turns) for name in ("a", "b")}
    assert interleaved(2, sides) == {"a": [1, 4], "b": [2, 3]}
    assert turns == ["a", "b", "b", "a"]


def test_made_up_clients_are_as_many_as_asked_for_and_no_two_alike():
    names = client_names(2000)
    assert len({fold(name) for name in names}) == 2000
    assert names == client_names(2000)


@given(st.integers(), st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_a_slip_changes_a_word_by_one_letter(seed, word):
    slipped = with_a_slip(random.Random(seed), word)
    assert slipped != word
    assert abs(len(slipped) - len(word)) <= 1


def test_made_up_incidents_fit_the_table_and_lie_in_the_three_years_before_now():
    made = [dict(zip(COLUMNS, row, strict=True)) for row in made_up(3000, 20, NOW)]
    assert [row["id"] for row in made] == list(range(1, 3001))
    assert made == sorted(made, key=lambda row: row["occurred_at"])
    assert made[0]["occurred_at"].startswith("2023-11-24")
    assert made[-1]["occurred_at"].startswith("2026-11-2")
    assert all((row["withdrawn_at"] is None) == bool(row["counts"]) for row in made)


def test_the_first_client_is_the_busiest():
    whose = [row[COLUMNS.index("client_id")] for row in made_up(5000, 50, NOW)]
    counts = [whose.count(client) for client in range(1, 51)]
    assert counts[0] == max(counts)
    assert counts[0] > 5 * counts[25]


def test_statements_are_counted_while_listening_and_the_beginning_is_none(database):
    with listening(database.engine) as heard, database.write() as session:
        session.execute(text("SELECT  1"))
        session.execute(text("SELECT 2"))
    with database.read() as session:
        session.execute(text("SELECT 3"))
    assert heard == ["SELECT 1", "SELECT 2"]


def test_the_cpu_of_a_process_is_what_it_worked_and_not_what_it_waited():
    process, worked = psutil.Process(), time.process_time()
    before = cpu_of(process)
    time.sleep(0.5)
    sum(range(5_000_000))
    worked = time.process_time() - worked
    assert cpu_of(process) - before == pytest.approx(worked, abs=0.05)
