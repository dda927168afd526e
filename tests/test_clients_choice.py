import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.choice import chosen, client_option, options
from models.client import NAME_LENGTH
from tests.block_kit import check_view
from tests.listings import listing


OFFICE = listing("Brightwater Dental", "Harbour Café", "Old Mill", former=("Old Mill",))


def offered(typed, clients=OFFICE) -> list[tuple[str, str]]:
    return [(option["text"]["text"], option["value"]) for option in options(clients, typed)]


def view_with(choices: list) -> dict:
    element = {"type": "static_select", "action_id": "client", "options": choices}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "Form"},
        "blocks": [{"type": "actions", "elements": [element]}],
    }


def test_what_was_typed_is_offered_last_as_a_new_client():
    assert offered("bright") == [
        ("Brightwater Dental", "c:1"),
        ("Add “bright” as a new client", "new:bright"),
    ]


@pytest.mark.parametrize("typed", ["Brightwater Dental", "brightwater  dental", "HARBOUR CAFE"])
def test_a_name_that_a_client_has_is_not_offered_again(typed):
    assert [value for _, value in offered(typed) if value.startswith("new:")] == []


def test_a_former_client_says_so():
    assert client_option(OFFICE.clients[2])["description"]["text"] == "Former client"
    assert "description" not in client_option(OFFICE.clients[0])


@pytest.mark.parametrize("typed", ["", "  ", "\n\t", "\u202e\u200b", "\x00", "\u200d"])
def test_nothing_visible_is_no_name(typed):
    assert [value for _, value in offered(typed) if value.startswith("new:")] == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Acme\nLtd", "Acme Ltd"),
        ("  Acme \t Ltd ", "Acme Ltd"),
        ("Acme\x00\x07", "Acme"),
        ("\u202eemcA\u202c", "emcA"),
        ("Ac\u200bme\ufeff", "Acme"),
        ("\u05d0\u05d1\u200f", "\u05d0\u05d1"),
        ("👩‍👧 Care", "👩‍👧 Care"),
        ("\ud800Acme", "?Acme"),
        ("<!channel> *Acme*", "<!channel> *Acme*"),
    ],
)
def test_a_new_name_is_made_tidy(typed, name):
    assert offered(typed, listing())[-1] == (f"Add “{name}” as a new client", f"new:{name}")


def test_a_long_new_name_is_cut_to_what_an_option_holds_and_shown_in_full_below():
    typed = "The Very Long Name of a Company That Goes On and On, " * 3
    last = options(OFFICE, typed)[-1]
    assert last["value"] == f"new:{typed[:71].strip()}"
    assert last["text"]["text"].startswith("Add “The Very Long Name")
    assert last["text"]["text"].endswith("…” as a new client")
    assert last["description"]["text"] == typed[:71].strip()


def test_two_long_names_that_begin_alike_can_be_told_apart():
    one, other = (
        client_option(entry) for entry in listing("A" * 140 + "x", "A" * 140 + "y").clients
    )
    assert one["text"] == other["text"]
    assert one["description"]["text"].endswith("x")
    assert other["description"]["text"].endswith("y")


@given(st.lists(st.text(min_size=1, max_size=NAME_LENGTH).filter(str.strip), max_size=8), st.text())
def test_slack_takes_whatever_is_offered_and_every_choice_can_be_read(names, typed):
    clients = listing(*names)
    choices = options(clients, typed)
    if choices:
        check_view(view_with(choices))
    json.dumps(choices).encode()
    values = [option["value"] for option in choices]
    assert len(set(values)) == len(values) <= 100
    assert all(len(value) <= 75 for value in values)
    known = {entry.id for entry in clients.clients}
    assert all(isinstance(chosen(value), str) or chosen(value) in known for value in values)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "c:",
        "c:0",
        "c:-1",
        "c:1x",
        "c:2147483648",
        "c:٣",
        "c:1\n",
        "new:",
        "new: \u200b",
        "x:1",
        "New:Acme",
    ],
)
def test_a_value_that_was_never_offered_is_refused(value):
    with pytest.raises(ValueError, match=r"not an option|no name"):
        chosen(value)


def test_a_new_name_too_long_for_the_directory_is_refused():
    with pytest.raises(ValueError, match="too long"):
        chosen(f"new:{'x' * (NAME_LENGTH + 1)}")
    with pytest.raises(ValueError, match="too long"):
        chosen("new:" + "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 71)


def test_a_chosen_client_is_its_id_and_a_new_one_its_name():
    assert chosen("c:2147483647") == 2147483647
    assert chosen("new: Acme  Ltd ") == "Acme Ltd"
