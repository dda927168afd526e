"""Telling a person something: to them alone, wherever they asked, losing nothing they typed."""

from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from bot.slack import blocks
from bot.slack.text import escape


_OURS = ("type", "callback_id", "title", "close", "submit", "private_metadata", "blocks")
NOTICE = "notice"


def notice(text: str, title: str = "On Record") -> blocks.View:
    """Return a modal that says one thing."""
    return blocks.modal("notice", title, [blocks.section(text)])


def tell(slack: WebClient, body: dict[str, Any], text: str) -> None:
    """Show `text` to the person who sent `body`, and to nobody else.

    Through the response_url where there is one, else as a modal; who opened the App Home reads
    it there; any other event is not answered.
    """
    event = body.get("event") or {}
    if body.get("response_url"):
        respond(slack, body["response_url"], text)
    elif body.get("trigger_id"):
        _show_notice(slack, body, text)
    elif event.get("tab") == "home":
        slack.views_publish(user_id=event["user"], view=blocks.home([blocks.section(text)]))


def _show_notice(slack: WebClient, body: dict[str, Any], text: str) -> None:
    try:
        show(slack, body, notice(text))
    except SlackApiError as error:
        if error.response.get("error") != "push_limit_reached":
            raise
        view = body["view"]
        slack.views_update(view_id=view["id"], view=_noticed(view, text))


def show(slack: WebClient, body: dict[str, Any], view: blocks.View) -> dict[str, Any]:
    """Open the modal, on top of the one that the person is in if any; return it.

    Slack stacks three: a fourth takes the place of the third.
    """
    below = body.get("view") or {}
    if below.get("type") != "modal":
        return _view(slack.views_open(trigger_id=body["trigger_id"], view=view))
    try:
        return _view(slack.views_push(trigger_id=body["trigger_id"], view=view))
    except SlackApiError as error:
        if error.response.get("error") != "push_limit_reached":
            raise
        return _view(slack.views_update(view_id=below["id"], view=view))


def _view(answer: SlackResponse) -> dict[str, Any]:
    """Return the view as Slack keeps it, with its id and hash."""
    return dict(answer["view"])


def respond(
    slack: WebClient, url: str, text: str, blocks_: list[blocks.Block] | None = None
) -> None:
    """Answer through a response_url, to the asker alone; raises SlackClientError if refused."""
    webhook = WebhookClient(url, timeout=slack.timeout, ssl=slack.ssl, retry_handlers=[])
    answer = webhook.send(
        text=escape(text), blocks=blocks_, response_type="ephemeral", replace_original=False
    )
    if answer.status_code != 200:  # noqa: PLR2004 - HTTP's own number
        msg = f"response_url answered {answer.status_code}"
        raise SlackClientError(msg)


def with_notice(view: dict[str, Any], text: str) -> dict[str, Any]:
    """Return the answer that shows the submitted view as it is, with `text` where one looks.

    Beside the last field where there is one, else on top: nothing typed is lost either way.
    """
    fields = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    if fields:
        return {"response_action": "errors", "errors": {fields[-1]: text}}
    return {"response_action": "update", "view": _noticed(view, text)}


def _noticed(view: dict[str, Any], text: str) -> dict[str, Any]:
    kept = {name: view[name] for name in _OURS if view.get(name)}
    others = [block for block in view["blocks"] if block.get("block_id") != NOTICE]
    kept["blocks"] = [blocks.section(text, block_id=NOTICE), *others][:100]
    return kept
