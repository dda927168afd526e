"""What is sent by hand, or by a view of an older version, is answered with words, not trouble."""

import pytest

from bot.errors import UserError
from bot.history import listeners


@pytest.mark.parametrize("metadata", ["", "{", "null", '{"client": "7"}', '{"words": "x"}'])
@pytest.mark.parametrize(
    "task", [listeners.older, listeners.newer, listeners.narrowed, listeners.everything]
)
def test_a_view_that_names_no_client_is_out_of_date(task, metadata):
    body = {"view": {"private_metadata": metadata}, "actions": [{"action_id": "x"}]}
    with pytest.raises(UserError, match="look the client up again"):
        task(None, body, None)


@pytest.mark.parametrize("value", [None, "", "x", "-1", "1.5", "²", "9" * 10, "7 OR 1=1", " 7"])
def test_a_button_that_names_no_client_is_out_of_date(value):
    with pytest.raises(UserError, match="look the client up again"):
        listeners.from_button(None, {"actions": [{"value": value}]}, None)


@pytest.mark.parametrize(
    "action",
    [{}, {"selected_option": None}, {"selected_option": {}}, {"selected_option": {"value": "x"}}],
)
def test_a_choice_that_was_not_offered_is_out_of_date(action):
    with pytest.raises(UserError, match="look the client up again"):
        listeners.looked_up(None, {"actions": [action]}, None)
