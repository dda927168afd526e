"""What an app may answer to an interaction, and what Slack makes of it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sandbox.errors import SlackError
from sandbox.limits.blocks import MODAL
from sandbox.limits.messages import option_problems
from sandbox.limits.views import view_problems
from sandbox.state.views import View
from sandbox.wire import Json


CLOSE, ERRORS, UPDATE, PUSH, CLEAR = "close", "errors", "update", "push", "clear"


@dataclass(frozen=True)
class Wish:
    """What an app wants done with a submitted view."""

    action: str = CLOSE
    errors: dict[str, str] = field(default_factory=dict)
    view: Json = field(default_factory=dict)


def read_submission_ack(content: object, submitted: View) -> Wish:
    """Return what the app wants; SlackError names what is wrong with a body that is no answer."""
    if content in ("", None):
        return Wish()
    if not isinstance(content, dict):
        raise SlackError("invalid_ack", ["must be empty or a response_action [json-pointer:]"])
    action = content.get("response_action")
    if action == CLEAR:
        return Wish(CLEAR)
    if action == ERRORS:
        return Wish(ERRORS, errors=_field_errors(content.get("errors"), submitted))
    if action in (UPDATE, PUSH):
        problems = view_problems(content.get("view"), MODAL)
        if problems:
            raise SlackError("invalid_ack", problems)
        return Wish(action, view=content["view"])
    raise SlackError("invalid_ack", [f"no such response_action: {action}"])


def read_options_ack(content: object) -> Json:
    """Return the options or option_groups an app offers; SlackError where Slack shows none."""
    if not isinstance(content, dict):
        raise SlackError("invalid_ack", ["must be an object [json-pointer:]"])
    problems = option_problems(content)
    if problems:
        raise SlackError("invalid_ack", problems)
    return content


def _field_errors(errors: object, submitted: View) -> dict[str, str]:
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_ack", ["must be an object [json-pointer:/errors]"])
    inputs = _input_blocks(submitted)
    for block_id, words in errors.items():
        if block_id not in inputs:
            raise SlackError("invalid_ack", [f"no input block: {block_id} [json-pointer:/errors]"])
        if not isinstance(words, str) or not words:
            raise SlackError("invalid_ack", [f"must be a string [json-pointer:/errors/{block_id}]"])
    return errors


def _input_blocks(view: View) -> Collection[str]:
    return {each["block_id"] for each in view.blocks if each["type"] == "input"}
