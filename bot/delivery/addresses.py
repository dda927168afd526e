"""Where a lane leads, asked anew for every message: nobody outside may ever read along."""

from collections.abc import Callable

from slack_sdk import WebClient

from bot.delivery.enqueue import EXECUTIVES
from bot.delivery.trouble import Failed, Trouble, looking, of_code
from bot.errors import SlackUnreachable
from bot.slack.channels import objection


class Addresses:
    """Finds the conversation of a lane, and refuses those that others can read."""

    def __init__(
        self, slack: WebClient, *, executive_channel: str, may_hear: Callable[[str], bool]
    ) -> None:
        """`may_hear` says whether a person is a living, full member of our own workspace."""
        self._slack = slack
        self._executive_channel = executive_channel
        self._may_hear = may_hear
        self._opened: dict[str, str] = {}

    def find(self, lane: str) -> str:
        """Return the conversation's id; raises Failed where we must not or cannot write there."""
        return self._executives() if lane == EXECUTIVES else self._person(lane)

    def _executives(self) -> str:
        with looking():
            answer = self._slack.conversations_info(channel=self._executive_channel)
            refused = objection(answer["channel"])
        if refused:
            raise Failed(of_code(refused))
        return self._executive_channel

    def _person(self, user_id: str) -> str:
        with looking():
            self._check(user_id)
            if user_id not in self._opened:
                answer = self._slack.conversations_open(users=user_id)
                self._opened[user_id] = str(answer["channel"]["id"])
        return self._opened[user_id]

    def _check(self, user_id: str) -> None:
        try:
            allowed = self._may_hear(user_id)
        except SlackUnreachable as error:
            raise Failed(Trouble("membership_unknown")) from error
        if not allowed:
            raise Failed(of_code("not_a_member"))
