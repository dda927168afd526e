"""Whatever an app sends, it gets one of Slack's answers and never an error of the stand-in's."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.api import respond
from sandbox.args import Asked
from sandbox.deliver.acks import Wish, read_options_ack, read_submission_ack
from sandbox.desk import Desk
from sandbox.errors import SlackError
from sandbox.limits.blocks import CLASSIC, NEWER
from sandbox.limits.elements import PRESSED, SELECTS, TYPED
from sandbox.limits.messages import block_problems, text_length
from sandbox.limits.views import view_problems
from sandbox.methods.table import METHODS
from sandbox.seed import build_world, read_workspace
from sandbox.state.views import View


TYPES = [*CLASSIC, *NEWER, *SELECTS, *TYPED, *PRESSED, "plain_text", "mrkdwn", "modal", "home"]
NAMES = ["text", "blocks", "elements", "element", "accessory", "options", "option_groups"]
NAMES += ["action_id", "block_id", "label", "title", "fields", "rows", "child_blocks", "actions"]
NAMES += ["initial_option", "initial_options", "submit", "value", "url", "response_action", "view"]
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(TYPES)


def objects(inner):
    named = st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    typed = st.tuples(st.sampled_from(TYPES), named).map(lambda each: {"type": each[0], **each[1]})
    return typed | named | st.lists(inner, max_size=4)


ANYTHING = st.recursive(LEAVES, objects, max_leaves=25)
SENT = ANYTHING | st.sampled_from(["C_GENERAL", "U_TARA", "S_TECHS"])
ARGUMENTS = ["channel", "user", "users", "ts", "text", "blocks", "view", "trigger_id", "view_id"]
ARGUMENTS += ["limit", "cursor", "metadata", "files", "name", "timestamp", "hash", "external_id"]
ARGUMENTS += ["attachments", "thread_ts", "types", "oldest", "latest", "usergroup", "length"]
ARGUMENTS += ["user_id", "error", "message_ts", "channel_id", "filename", "markdown_text"]


@given(ANYTHING)
def test_any_blocks_are_judged(blocks):
    assert all("[json-pointer:" in each for each in block_problems(blocks))
    assert text_length(blocks) >= 0


@given(ANYTHING, st.sampled_from(["modal", "home"]))
def test_any_view_is_judged(view, kind):
    assert all("[json-pointer:" in each for each in view_problems(view, kind))


@given(ANYTHING)
def test_any_acknowledgement_is_judged(content):
    view = View("V1", "U1", {"type": "modal", "blocks": []}, {}, "1.a", "V1")
    with contextlib.suppress(SlackError):
        assert isinstance(read_submission_ack(content, view), Wish)
    with contextlib.suppress(SlackError):
        assert isinstance(read_options_ack(content), dict)


@pytest.fixture(scope="module")
def desk():
    described = read_workspace() | {"settings": {"rate_limits": False}}
    return Desk(described, build_world(described))


@given(st.sampled_from(sorted(METHODS)), st.dictionaries(st.sampled_from(ARGUMENTS), SENT))
def test_any_call_gets_an_answer_of_slacks(desk, method, args):
    reply = respond(desk, Asked(method, args, "xoxb-sandbox", b"", 0))
    assert reply.status == 200
    assert reply.body["ok"] is True or isinstance(reply.body["error"], str)
    assert json.dumps(reply.body)
