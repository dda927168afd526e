# ruff: noqa: RUF001 - names in other scripts have letters that look like ours
import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.clients.find import LIMIT, is_known, suggest
from bot.clients.names import tidy
from models.text import fold
from tests.listings import listing, made_up_names, mistyped


OFFICE = listing(
    "Brightwater Dental",
    "Harbour Café",
    "Müller & Söhne Logistik",
    "O'Brien Legal",
    "St. Mary's Hospital",
    "The Waterfront Hotel",
    "3M Partners",
    **{"Brightwater Dental": "BWD"},
)


def found(typed, clients=OFFICE) -> list[str]:
    return [entry.name for entry in suggest(clients, typed)]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("bri", "Brightwater Dental"),
        ("WATER D", "Brightwater Dental"),
        ("dental", "Brightwater Dental"),
        ("bwd", "Brightwater Dental"),
        ("dental brightwater", "Brightwater Dental"),
        ("cafe", "Harbour Café"),
        ("CAFÉ", "Harbour Café"),
        ("mueller", "Müller & Söhne Logistik"),
        ("muller", "Müller & Söhne Logistik"),
        ("müller und", "Müller & Söhne Logistik"),
        ("söhne", "Müller & Söhne Logistik"),
        ("obrien", "O'Brien Legal"),
        ("o'brien", "O'Brien Legal"),
        ("st marys", "St. Mary's Hospital"),
        ("waterfront", "The Waterfront Hotel"),
        ("3m", "3M Partners"),
    ],
)
def test_a_client_is_found_by_a_part_of_its_name_however_it_is_spelled(typed, name):
    assert name in found(typed)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("brihgtwater", "Brightwater Dental"),
        ("brigtw", "Brightwater Dental"),
        ("brightwaterr dental", "Brightwater Dental"),
        ("dentel", "Brightwater Dental"),
        ("bdw", "Brightwater Dental"),
        ("habour cafe", "Harbour Café"),
        ("hotle", "The Waterfront Hotel"),
        ("wtaerfront htoel", "The Waterfront Hotel"),
        ("hopsitla", "St. Mary's Hospital"),
    ],
)
def test_a_client_is_found_with_a_slip_of_the_finger(typed, name):
    assert found(typed)[0] == name


def test_the_exact_name_comes_first_then_beginnings_then_words_then_what_is_inside():
    clients = listing("Preston Co", "The Eston Group", "Eston Motors", "Eston")
    assert found("eston", clients) == ["Eston", "Eston Motors", "The Eston Group", "Preston Co"]


def test_slips_come_after_what_was_typed():
    assert found("barn", listing("Baron", "Barn Doors", "Lambarn")) == [
        "Barn Doors",
        "Lambarn",
        "Baron",
    ]


def test_slips_keep_a_place_even_where_many_names_contain_what_was_typed():
    many = [f"Barn {number}" for number in range(LIMIT * 2)]
    names = found("barn", listing(*many, "Baron Motors"))
    assert len(names) == LIMIT
    assert "Baron Motors" in names


def test_the_exact_name_is_among_many_that_begin_with_it_though_it_is_a_former_client():
    many = [f"Barn {number}" for number in range(LIMIT * 5)]
    names = found("barn", listing(*many, "Old Barn", "Barn", former=("Barn",)))
    assert names[0] == "Barn 0"
    assert names[-1] == "Barn"


def test_former_clients_are_found_last():
    clients = listing("Acme", "Acme Labs", "Old Acme", former=("Acme",))
    assert found("acme", clients) == ["Acme Labs", "Old Acme", "Acme"]


def test_a_client_is_offered_once_though_name_and_alias_match():
    clients = listing("Brightwater Dental", **{"Brightwater Dental": "Brightwater"})
    assert found("brightwater", clients) == ["Brightwater Dental"]


def test_nothing_typed_offers_the_first_current_clients():
    clients = listing("Beta", "Acme", "Cosmo", former=("Acme",))
    assert found("  ", clients) == ["Beta", "Cosmo"]
    assert found("\u202e", clients) == ["Beta", "Cosmo"]


def test_one_letter_is_enough_to_look():
    assert found("h")[0] == "Harbour Café"


def test_an_empty_directory_offers_nobody():
    assert found("acme", listing()) == []
    assert found("", listing()) == []


def test_names_in_other_scripts_are_found():
    clients = listing("Ελληνικά Ορυχεία", "Рога и Копыта", "株式会社サンプル", "🦷 Dental", "🦷🦷")
    assert found("ορυχ", clients) == ["Ελληνικά Ορυχεία"]
    assert found("рогаи", clients) == ["Рога и Копыта"]
    assert found("копита", clients) == ["Рога и Копыта"]
    assert found("サンプル", clients) == ["株式会社サンプル"]
    assert found("🦷🦷", clients) == ["🦷🦷"]


def test_a_known_name_is_known_in_any_spelling_and_no_other_is():
    assert is_known(OFFICE, " brightwater  DENTAL ")
    assert is_known(OFFICE, "bwd")
    assert is_known(OFFICE, "HARBOUR CAFE")
    assert not is_known(OFFICE, "Brightwater")
    assert not is_known(OFFICE, "obrien legal")
    assert not is_known(OFFICE, "")


names = st.lists(st.text(min_size=1, max_size=40).filter(fold), max_size=30)


@given(names, st.text(max_size=60))
def test_whatever_is_typed_gives_different_clients_and_not_too_many(names, typed):
    clients = listing(*names)
    entries = suggest(clients, typed, 20)
    assert len(entries) <= 20
    assert len({entry.id for entry in entries}) == len(entries)
    assert set(entries) <= set(clients.clients)


@given(names, st.data())
def test_any_part_of_a_name_finds_the_client(names, data):
    assume(names)
    name = data.draw(st.sampled_from(names))
    folded = fold(name)
    start = data.draw(st.integers(0, len(folded) - 1))
    part = folded[start : data.draw(st.integers(start + 1, len(folded)))].strip()
    assume(fold(tidy(part)) == part)
    assert name in [entry.name for entry in suggest(listing(*names), part)]


letters = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12)


@given(st.lists(letters, min_size=1, max_size=20, unique=True), st.randoms(use_true_random=False))
def test_one_slip_in_the_first_word_still_finds_the_client(words, chance):
    clients = listing(*(f"{word} Dental" for word in words))
    word = chance.choice(words)
    typed = mistyped(word, chance)
    assert f"{word} Dental" in [entry.name for entry in suggest(clients, typed)]
    assert f"{word} Dental" in [entry.name for entry in suggest(clients, f"{typed} dental")]


def test_19_of_20_slips_are_forgiven_among_5000_clients():
    names, chance = made_up_names(5000), random.Random(3)
    clients, tries = listing(*names), 300
    hits = 0
    for name in chance.sample(names, tries):
        first, _, rest = name.lower().partition(" ")
        hits += name in [entry.name for entry in suggest(clients, mistyped(first, chance))]
        hits += name in [
            entry.name for entry in suggest(clients, f"{mistyped(first, chance)} {rest}")
        ]
    assert hits >= 0.95 * 2 * tries
