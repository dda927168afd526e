import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.find import NEAREST, named
from tests.listings import listing


OFFICE = listing(
    "Acme",
    "Acme Plumbing",
    "Brightwater Dental",
    "Harbour Café",
    "Holt Farms",
    "Holt Motors",
    "Printer World",
    **{"Brightwater Dental": "BWD"},
)


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("Brightwater Dental", "Brightwater Dental", ""),
        ("brightwater dental printer", "Brightwater Dental", "printer"),
        ('brightwater dental printer "you people"', "Brightwater Dental", 'printer "you people"'),
        ("bwd printer", "Brightwater Dental", "printer"),
        ("brightwater printer", "Brightwater Dental", "printer"),
        ("dental", "Brightwater Dental", ""),
        ("HARBOUR CAFE  late  again", "Harbour Café", "late again"),
        ('"Harbour Café" late', "Harbour Café", "late"),
        ("“Harbour Café” late", "Harbour Café", "late"),
        ('"harbour" late', "Harbour Café", "late"),
        ("acme", "Acme", ""),
        ("acme p", "Acme", "p"),
        ("acme plumbing", "Acme Plumbing", ""),
        ("acme “plumbing”", "Acme", '"plumbing"'),
        ("acme plumb", "Acme", "plumb"),
        ("holt m", "Holt Motors", ""),
        ('"Harbour Café', "Harbour Café", ""),
    ],
)
def test_the_longest_beginning_that_names_one_client_counts(text, name, words):
    meant = named(OFFICE, text)
    assert meant.client is not None
    assert (meant.client.name, meant.words, meant.near) == (name, words, [])


@pytest.mark.parametrize(
    ("text", "near", "words"),
    [
        ("holt", ["Holt Farms", "Holt Motors"], ""),
        ("holt tractor", ["Holt Farms", "Holt Motors"], "tractor"),
        ("brigthwater printer", ["Brightwater Dental"], "printer"),
        ("harbuor cafe late again", ["Harbour Café"], "late again"),
        ('"harbuor cafe" late', ["Harbour Café"], "late"),
        ("dentel", ["Brightwater Dental"], ""),
    ],
)
def test_several_or_a_slip_give_the_nearest_clients(text, near, words):
    meant = named(OFFICE, text)
    assert (meant.client, meant.words) == (None, words)
    assert [entry.name for entry in meant.near] == near


@pytest.mark.parametrize("text", ["", "   ", "zzyzx", '"you people are useless"', "-", "💥"])
def test_what_names_nobody_is_all_words(text):
    meant = named(OFFICE, text)
    assert (meant.client, meant.near) == (None, [])
    assert meant.words == text.strip()


def test_no_more_than_the_nearest_are_offered_and_former_ones_last():
    names = [f"Holt {number}" for number in range(20)]
    assert len(named(listing(*names), "holt").near) == NEAREST
    clients = listing("Holt A", "Holt B", former=("Holt A",))
    assert [entry.name for entry in named(clients, "holt").near] == ["Holt B", "Holt A"]


@given(st.text(max_size=200))
def test_any_text_behind_a_command_is_understood_or_left_as_words(text):
    meant = named(OFFICE, text)
    assert meant.client is None or not meant.near
    assert len(meant.near) <= NEAREST
    assert len(meant.words) <= len(text) * 3


@given(st.sampled_from(OFFICE.clients), st.text("abcdefgh \"'", max_size=30))
def test_words_behind_a_quoted_name_come_back_as_they_were(entry, words):
    meant = named(OFFICE, f'"{entry.name}" {words}')
    assert meant.client == entry
    assert meant.words == " ".join(words.split())
