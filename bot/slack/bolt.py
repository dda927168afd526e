"""Bolt, set up so that a request neither waits for a thread nor asks Slack anything."""

import logging
from collections.abc import Mapping

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_sdk import WebClient

from bot.logs import new_reference


log = logging.getLogger(__name__)


class OurWorkspace(Authorize):
    """Answers for the one workspace that installed us, without asking Slack.

    To give it is also what keeps Bolt from starting OAuth where the environment happens to name
    a client id and secret.
    """

    def __init__(self, token: str) -> None:
        self._result = AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    def __call__(self, **_who: object) -> AuthorizeResult:
        """Return the bot's token, whoever asks: who may do what is asked at the door."""
        return self._result


def bolt_app(token: str, signing_secret: str, slack: WebClient) -> App:
    """Return a Bolt app without listeners; what nobody listens to goes to its error handler.

    Listeners run in the thread of their request: they only hand over or answer in time.
    """
    return App(
        name="on-record",
        logger=logging.getLogger("slack_bolt"),
        client=slack,
        signing_secret=signing_secret,
        authorize=OurWorkspace(token),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        ssl_check_enabled=False,
    )


def answer(app: App, raw: bytes, headers: Mapping[str, str]) -> BoltResponse:
    """Return what Bolt answers; 400 where the body has a shape that Slack never sends."""
    try:
        return app.dispatch(BoltRequest(body=raw.decode(), headers={**headers}))
    except Exception as error:
        new_reference()
        log.warning("malformed_request", exc_info=error)
        return BoltResponse(status=400, body={"error": "malformed"})
