"""Who is asking, and what they may do. Slack is asked, never the payload."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import Refused, SlackUnreachable
from bot.slack.cache import Cache


T = TypeVar("T")
log = logging.getLogger(__name__)
FAILURES = (SlackClientError, OSError, HTTPException)
"""What a call to Slack raises when it fails: Slack said no, or nothing was heard."""


@dataclass(frozen=True)
class Person:
    """Somebody who may use the bot. To hold one is the proof that it was checked."""

    id: str
    name: str
    executive: bool


@dataclass(frozen=True)
class Standing:
    """What Slack says of an account."""

    name: str
    member: bool


class People:
    """Roles looked up in Slack and remembered, so that a press is answered at once.

    Accounts are renewed after 5 minutes, membership after one; both behind the asker's back.
    """

    def __init__(
        self,
        slack: WebClient,
        later: Callable[[Callable[[], None]], None],
        *,
        executive_channel: str,
        technician_group: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask through `slack`; renew what is remembered by `later`."""
        self._slack = slack
        self._channel, self._group = executive_channel, technician_group
        self._home = Cache(self._load_home, later, fresh=86_400, stale=10**9, clock=clock)
        self._standing = Cache(self._load_standing, later, fresh=300, stale=3600, clock=clock)
        self._members = Cache(self._load_members, later, clock=clock)

    def admit(self, user_id: str) -> Person:
        """Return the person.

        Raises Refused where they may not use the bot, SlackUnreachable where Slack cannot say.
        """
        standing = _asking(lambda: self._standing.get(user_id))
        executive = standing.member and user_id in self.executives()
        if standing.member and not executive and self._group:
            standing = Standing(standing.name, user_id in self._technicians())
        return admitted(user_id, standing, executive=executive)

    def warm(self) -> None:
        """Learn everybody's standing beforehand: Slack takes few single questions a minute."""
        self.executives()
        home = self._home.get("team")
        for page in self._slack.users_list(limit=200):
            for user in page["members"]:
                self._standing.put(user["id"], Standing(name_of(user), is_member(user, home)))

    def executives(self) -> frozenset[str]:
        """Return the members of the executive channel; nobody where Slack does not say."""
        try:
            return self._members.get(self._channel)
        except FAILURES as error:
            log.warning("executives_unknown", extra={"error": type(error).__name__})
            return frozenset()

    def name(self, user_id: str) -> str:
        """Return the person's name as Slack shows it, or the id where Slack does not say."""
        try:
            return self._standing.get(user_id).name
        except FAILURES:
            return user_id

    def known(self, user_id: str) -> Standing | None:
        """Return what is remembered of an account, without waiting."""
        return self._standing.known(user_id)

    def _technicians(self) -> frozenset[str]:
        return _asking(lambda: self._members.get(self._group))

    def _load_home(self, _key: str) -> str:
        return str(self._slack.auth_test().get("team_id") or "")

    def _load_standing(self, user_id: str) -> Standing:
        try:
            user = self._slack.users_info(user=user_id)["user"]
        except SlackApiError as error:
            if error.response.get("error") in {"user_not_found", "user_not_visible"}:
                return Standing(user_id, member=False)
            raise
        return Standing(name_of(user), is_member(user, self._home.get("team")))

    def _load_members(self, group: str) -> frozenset[str]:
        if group.startswith("S"):
            return frozenset(self._slack.usergroups_users_list(usergroup=group)["users"])
        return frozenset(self._pages(group))

    def _pages(self, channel: str) -> Iterator[str]:
        cursor = ""
        while True:
            page = self._slack.conversations_members(channel=channel, cursor=cursor, limit=200)
            yield from page["members"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return


def is_member(user: dict[str, Any], home_team: str) -> bool:
    """Return whether this is a living, full member of our own workspace."""
    outside = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
    if any(user.get(flag) for flag in outside) or user.get("id") == "USLACKBOT":
        return False
    teams = {user.get("team_id"), *(user.get("enterprise_user") or {}).get("teams", [])}
    return not home_team or home_team in teams or teams == {None}


def name_of(user: dict[str, Any]) -> str:
    """Return the name that colleagues see."""
    profile = user.get("profile") or {}
    names = (profile.get("real_name"), user.get("real_name"), user.get("name"), user.get("id"))
    return next((str(name) for name in names if name), "somebody")


def admitted(user_id: str, standing: Standing, *, executive: bool) -> Person:
    """Return the person, or raise Refused with words that say what to do."""
    if not standing.member:
        raise Refused(
            "On Record is for the technicians and executives of this team, so I can't do that "
            "for you. If you should have access, please ask one of the executives."
        )
    return Person(user_id, standing.name, executive)


def _asking(look_up: Callable[[], T]) -> T:
    try:
        return look_up()
    except FAILURES as error:
        raise SlackUnreachable(type(error).__name__) from error
