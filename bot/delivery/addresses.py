"""Where a lane leads, checked just before a message goes out: nobody outside may read along."""

from collections.abc import Callable
from datetime import datetime, timedelta

from slack_sdk import WebClient

from bot.delivery.enqueue import EXECUTIVES
from bot.delivery.trouble import Failed, Trouble, Waits, looking, of_code
from bot.errors import SlackUnreachable
from bot.slack.channels import objection


FRESH = timedelta(seconds=1)
"""How long a look at the executives' channel is good for."""


class Addresses:
    """Finds the conversation of a lane, and refuses those that others can read."""

    def __init__(
        self,
        slack: WebClient,
        *,
        executive_channel: str,
        may_hear: Callable[[str], bool],
        steady: Callable[[], datetime],
    ) -> None:
        """`may_hear` says whether a person is a living, full member of our own workspace."""
        self._slack = slack
        self._executive_channel = executive_channel
        self._may_hear = may_hear
        self._steady = steady
        self._looked: datetime | None = None
        self._opened: dict[str, str] = {}

    def find(self, lane: str) -> str:
        """Return the conversation's id; raises Failed where we must not or cannot write there."""
        return self._executives() if lane == EXECUTIVES else self._person(lane)

    def _executives(self) -> str:
        now = self._steady()
        if self._looked is None or not self._looked <= now < self._looked + FRESH:
            self._look()
            self._looked = now  # when it was asked: it may have changed since
        return self._executive_channel

    def _look(self) -> None:
        self._looked = None
        with looking(rests=Waits.LANE):
            answer = self._slack.conversations_info(channel=self._executive_channel)
        refused = objection(answer.get("channel"))
        if refused:
            raise Failed(of_code(refused))

    def _person(self, user_id: str) -> str:
        with looking(rests=Waits.LANE):
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
