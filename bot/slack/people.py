"""Who is asking, and what they may do. Slack is asked, never the payload."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.errors import Refused, SlackUnreachable
from bot.slack.cache import Cache
from bot.slack.channels import Unfit, objection
from bot.slack.codes import code_of


T = TypeVar("T")
log = logging.getLogger(__name__)
FAILURES = (SlackClientError, OSError, HTTPException)
"""What a call to Slack raises when it fails: Slack said no, or nothing was heard."""

TOO_MANY = 429
MOST_PAGES = 20
"""Of 200 people each: a larger workspace is asked about one person at a time."""

EVERYBODY = "everybody"
UNKNOWN_PERSON = frozenset({"user_not_found", "users_not_found", "user_not_visible"})
STRANGER = (
    "On Record is for the technicians and executives of this team, so I can't do that for you. "
    "If you should have access, please ask one of the executives."
)


@dataclass(frozen=True)
class Person:
    """Somebody who may use the bot. To hold one is the proof that it was checked."""

    id: str
    name: str
    executive: bool
    certain: bool = True
    """Whether Slack said who the executives are: if not, nobody is taken for one."""


@dataclass(frozen=True)
class Standing:
    """What Slack says of an account."""

    name: str
    member: bool
    bot: bool = False


NOBODY = Standing("nobody", member=False)


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
        learnt: Callable[[frozenset[str]], None] = lambda _members: None,
    ) -> None:
        """Ask through `slack`; renew what is remembered by `later`.

        `learnt` is told who is in the executives' channel whenever Slack says so.
        """
        self._slack = slack
        self._channel, self._group = executive_channel, technician_group
        self._learnt = learnt
        self._home = Cache(self._load_home, later, fresh=86_400.0, stale=1e9, clock=clock)
        self._roll = Cache(self._call_the_roll, later, fresh=60, stale=60, clock=clock)
        self._standing = Cache(self._load_standing, later, fresh=300, stale=600, clock=clock)
        self._members = Cache(self._load_members, later, fresh=60, stale=120, clock=clock)

    def admit(self, user_id: str) -> Person:
        """Return the person.

        Raises Refused where they may not use the bot, SlackUnreachable where Slack cannot say.
        """
        standing = self._asked(user_id)
        if not standing.member:
            raise Refused(STRANGER)
        executives = self._executives()
        executive = user_id in (executives or ())
        if self._group and not executive and user_id not in self._technicians():
            if executives is None:
                raise SlackUnreachable("the executives are unknown")
            raise Refused(STRANGER)
        return Person(user_id, standing.name, executive, certain=executives is not None)

    def is_colleague(self, user_id: str) -> bool:
        """Return whether this is a living, full member of our own workspace.

        Raises SlackUnreachable where Slack cannot say.
        """
        return self._asked(user_id).member

    def warm(self) -> None:
        """Learn everybody's standing beforehand: Slack takes few single questions a minute.

        Raises nothing: a person who is not known yet is asked for when they come.
        """
        try:
            self.learn()
        except FAILURES as error:
            log.warning("people_not_warmed", extra=what_failed(error))

    def learn(self) -> None:
        """Learn the same and raise what fails, one of FAILURES."""
        self._roll.get(EVERYBODY)
        if self._group:
            self._members.get(self._group)
        self._members.get(self._channel)

    def executives(self) -> frozenset[str]:
        """Return the members of the executive channel; nobody where Slack does not say.

        Nobody either where the channel is public, archived or shared outside.
        """
        return self._executives() or frozenset()

    def name(self, user_id: str) -> str:
        """Return the person's name as Slack shows it, or the id where Slack does not say."""
        try:
            return self._standing.get(user_id).name
        except FAILURES:
            return user_id

    def known(self, user_id: str) -> Standing | None:
        """Return what is remembered of an account, without waiting."""
        return self._standing.known(user_id)

    def _asked(self, user_id: str) -> Standing:
        return _asking(lambda: self._standing_of(user_id)) if user_id else NOBODY

    def _executives(self) -> frozenset[str] | None:
        try:
            return self._members.get(self._channel)
        except FAILURES as error:
            log.warning("executives_unknown", extra=what_failed(error))
            return None

    def _technicians(self) -> frozenset[str]:
        return _asking(lambda: self._members.get(self._group))

    def _standing_of(self, user_id: str) -> Standing:
        try:
            return self._standing.get(user_id)
        except SlackApiError as error:
            if error.response.status_code != TOO_MANY:
                raise
            self._roll.get(EVERYBODY)
            known = self._standing.known(user_id)
            if known is None:
                raise
            return known

    def _call_the_roll(self, _everybody: str) -> int:
        home, cursor, heard = self._home.get(EVERYBODY), "", 0
        for _ in range(MOST_PAGES):
            page = self._slack.users_list(limit=200, cursor=cursor)
            for user in page.get("members") or []:
                self._standing.put(user["id"], standing_of(user, home))
                heard += 1
            cursor = next_cursor(page)
            if not cursor:
                break
        return heard

    def _load_home(self, _everybody: str) -> str:
        team = self._slack.auth_test().get("team_id")
        if not team:
            raise SlackClientError("auth.test names no team")
        return str(team)

    def _load_standing(self, user_id: str) -> Standing:
        try:
            user = self._slack.users_info(user=user_id)["user"]
        except SlackApiError as error:
            if error.response.get("error") in UNKNOWN_PERSON:
                return Standing(user_id, member=False)
            raise
        return standing_of(user, self._home.get(EVERYBODY))

    def _load_members(self, group: str) -> frozenset[str]:
        if group.startswith("S"):
            return frozenset(self._slack.usergroups_users_list(usergroup=group).get("users") or [])
        with ThreadPoolExecutor(1) as pool:  # side by side: somebody may be waiting for both
            looked = pool.submit(self._slack.conversations_info, channel=group)
            members = frozenset(self._pages(group))
            refused = objection(looked.result().get("channel"))
        if refused:
            raise Unfit(refused)
        if group == self._channel:
            self._learnt(members)
        return members

    def _pages(self, channel: str) -> Iterator[str]:
        cursor = ""
        while True:
            page = self._slack.conversations_members(channel=channel, cursor=cursor, limit=200)
            yield from page.get("members") or []
            cursor = next_cursor(page)
            if not cursor:
                return


def standing_of(user: Mapping[str, Any], home_team: str) -> Standing:
    """Return what Slack says of an account, in our terms."""
    return Standing(name_of(user), is_member(user, home_team), bool(user.get("is_bot")))


def is_member(user: Mapping[str, Any], home_team: str) -> bool:
    """Return whether this is a living, full member of our own workspace; in doubt, not."""
    outside = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
    if any(user.get(flag) for flag in outside) or user.get("id") in {None, "USLACKBOT"}:
        return False
    return home_team in {user.get("team_id"), *(user.get("enterprise_user") or {}).get("teams", [])}


def next_cursor(page: SlackResponse) -> str:
    """Return where the next page begins; nothing after the last."""
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")


def what_failed(error: BaseException) -> dict[str, str]:
    """Return what the log may say of a failed call: its kind, and Slack's code for it."""
    said = _said(error) or _said(error.__cause__)
    return {"error": type(error).__name__} | ({"slack": said} if said else {})


def _said(error: BaseException | None) -> str:
    if isinstance(error, SlackApiError):
        return code_of(error.response)
    return error.code if isinstance(error, Unfit) else ""


def name_of(user: Mapping[str, Any]) -> str:
    """Return the name that colleagues see."""
    profile = user.get("profile") or {}
    names = (profile.get("real_name"), user.get("real_name"), user.get("name"), user.get("id"))
    return next((str(name) for name in names if name), "somebody")


def _asking(look_up: Callable[[], T]) -> T:
    try:
        return look_up()
    except FAILURES as error:
        raise SlackUnreachable(type(error).__name__) from error
