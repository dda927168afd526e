"""The only way in: everything Slack sends comes through here, and here it is asked who sends it.

A room registers tasks and handlers; it gets a Person, never a bare user id. A task runs after the
acknowledgement, on a thread of its own; a handler gives the acknowledgement itself, in time.
"""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient

from bot.background import Background, TooLate
from bot.errors import SlackUnreachable, UserError
from bot.logs import new_reference, reference
from bot.slack.answers import tell, with_notice
from bot.slack.budget import fit, follow_up, is_closed
from bot.slack.people import FAILURES, People, Person, what_failed
from models import DatabaseUnavailable


Body = dict[str, Any]
Answer = dict[str, Any]

log = logging.getLogger(__name__)
DEADLINE = 2.3
"""Seconds a handler may take: Slack gives up after three."""

NOT_SAVED = (
    "Not saved yet: the database does not answer. Nothing you typed is lost. "
    "Wait a moment, then press the button again; it is never saved twice."
)
AWAY = (
    "The database does not answer right now, so nothing was changed. Please try again in a minute."
)
CANNOT_CHECK = "Slack does not tell me who you are right now. Please try again in a minute."
SOMETHING_WRONG = "Something went wrong on our side. Please try again: nothing is done twice."
UNKNOWN_COMMAND = "On Record does not know this command. Try /client-incident help."
OUTDATED = (
    "This form comes from an older version of On Record and cannot be saved. "
    "Copy what you wrote, close it, and open it again."
)


class Means(Protocol):
    """What the door itself needs of a process; the rooms behind it may need more."""

    @property
    def slack(self) -> WebClient:
        """Return the way out to Slack."""

    @property
    def people(self) -> People:
        """Return who may come in."""

    @property
    def background(self) -> Background:
        """Return the threads to work on."""


D = TypeVar("D", bound=Means, covariant=True)  # noqa: PLC0105 - D reads better in each signature
Task = Callable[[D, Body, Person], None]
Handler = Callable[[D, Body, Person], Answer]
OptionsHandler = Callable[[D, Body, Person], list[Any]]


@dataclass(frozen=True)
class Door(Generic[D]):
    """Registers each room's tasks and handlers on the Bolt app, each behind the same check."""

    app: App
    deps: D

    def command(self, name: str, task: Task[D]) -> None:
        """Run `task` for a slash command."""
        self.app.command(name)(self._after_ack(name, task))

    def shortcut(self, callback_id: str, task: Task[D]) -> None:
        """Run `task` for a global or message shortcut."""
        self.app.shortcut(callback_id)(self._after_ack(callback_id, task))

    def action(self, action_id: str | re.Pattern[str], task: Task[D]) -> None:
        """Run `task` for a press or a choice in a message, a modal or the home."""
        self.app.action(action_id)(self._after_ack(_named(action_id), task))

    def event(self, name: str, task: Task[D]) -> None:
        """Run `task` for an event of the Events API."""
        self.app.event(name)(self._after_ack(name, task))

    def options(self, action_id: str, handler: OptionsHandler[D]) -> None:
        """Answer a typeahead with the options that `handler` returns; strangers get none."""
        self.app.options(action_id)(self._options(action_id, handler))

    def view(self, callback_id: str, handler: Handler[D]) -> None:
        """Answer a submitted view with what `handler` returns, within DEADLINE seconds."""
        self.app.view(callback_id)(self._view(callback_id, handler))

    def ignore_the_rest(self) -> None:
        """Acknowledge what no room wants, so that Slack does not send it again."""
        self.app.error(self._left_over)

    def _after_ack(self, name: str, task: Task[D]) -> Callable[[Ack, Body], None]:
        def listener(ack: Ack, body: Body) -> None:
            new_reference()
            self.deps.background.run(partial(self._attempt, name, task, body))
            ack()

        return listener

    def _attempt(self, name: str, task: Task[D], body: Body) -> None:
        started = time.perf_counter()
        try:
            task(self.deps, body, self.deps.people.admit(asker_id(body)))
            outcome = "done"
        except Exception as error:  # noqa: BLE001 - the edge: each one is told and logged
            outcome = self._told(error, body)
        _log_request(name, outcome, started)

    def _told(self, error: Exception, body: Body) -> str:
        """Tell the person what went wrong; return the outcome for the log."""
        if is_closed(error):
            return "view_closed"
        if not isinstance(error, UserError):
            log.error("request_failed", exc_info=error, extra=what_failed(error))
        try:
            tell(self.deps.slack, body, words_for(error))
        except FAILURES as failure:
            log.warning("could_not_tell", extra=what_failed(failure))
        return type(error).__name__

    def _options(self, name: str, handler: OptionsHandler[D]) -> Callable[[Ack, Body], None]:
        def failed(error: Exception, _body: Body) -> Answer:
            if not isinstance(error, UserError):
                log.error("no_options", exc_info=error, extra=what_failed(error))
            return {"options": []}

        def found(body: Body, person: Person) -> Answer:
            return {"options": handler(self.deps, body, person)}

        return self._in_time(name, found, failed)

    def _view(self, name: str, handler: Handler[D]) -> Callable[[Ack, Body], None]:
        def failed(error: Exception, body: Body) -> Answer:
            if not isinstance(error, UserError):
                log.error("request_failed", exc_info=error, extra=what_failed(error))
            return with_notice(body["view"], words_for(error, NOT_SAVED))

        return self._in_time(name, partial(handler, self.deps), failed)

    def _in_time(
        self,
        name: str,
        answers: Callable[[Body, Person], Answer],
        failed: Callable[[Exception, Body], Answer],
    ) -> Callable[[Ack, Body], None]:
        def work(body: Body, came_in: list[Person]) -> Answer:
            came_in.append(self.deps.people.admit(asker_id(body)))
            return answers(body, came_in[0])

        def answered(body: Body) -> Answer:
            came_in: list[Person] = []
            try:
                return self.deps.background.within(DEADLINE, partial(work, body, came_in))
            except TooLate as late:
                if came_in or not late.begun:
                    raise
                raise SlackUnreachable from late

        def listener(ack: Ack, body: Body) -> None:
            new_reference()
            started, outcome = time.perf_counter(), "done"
            try:
                answer = answered(body)
            except Exception as error:  # noqa: BLE001 - the edge: each one is told and logged
                outcome, answer = type(error).__name__, failed(error, body)
            ack(**self._fitted(answer, body))
            _log_request(name, outcome, started)

        return listener

    def _fitted(self, answer: Answer, body: Body) -> Answer:
        """Return what may travel of an answer; the whole view follows where that is less."""
        fitted = fit(answer)
        if fitted.whole:
            pushed = answer["response_action"] == "push"
            submitted = "" if pushed else str(body["view"]["id"])
            rest = partial(follow_up, self.deps.slack, fitted.whole, submitted)
            self.deps.background.run(rest)
        return fitted.answer

    def _left_over(self, error: Exception, request: BoltRequest) -> BoltResponse:
        """Answer what no listener took; a body that Slack never sends is the sender's error."""
        if isinstance(error, BoltUnhandledRequestError):
            return BoltResponse(status=200, body=self._polite_answer(request.body))
        new_reference()
        log.warning("malformed_request", exc_info=error)
        return BoltResponse(status=400, body={"error": "malformed"})

    def _polite_answer(self, body: Body) -> Answer | str:
        if "command" in body:
            return {"response_type": "ephemeral", "text": UNKNOWN_COMMAND}
        if body.get("type") == "view_submission":
            return self._fitted(with_notice(body["view"], OUTDATED), body)
        return {"options": []} if body.get("type") == "block_suggestion" else ""


def asker_id(body: Body) -> str:
    """Return the id of the person who sent this, wherever this kind of request carries it."""
    event = body.get("event") or {}
    person = body.get("user") or {}
    return str(body.get("user_id") or person.get("id") or event.get("user") or "")


def words_for(error: Exception, away: str = AWAY) -> str:
    """Return what the person reads: what happened, what to do, and the log's reference.

    `away` is said where the database or the time was the reason.
    """
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, SlackUnreachable):
        text = CANNOT_CHECK
    else:
        text = away if isinstance(error, DatabaseUnavailable | TooLate) else SOMETHING_WRONG
    return f"{text} (Reference {reference()})"


def _named(action_id: str | re.Pattern[str]) -> str:
    return action_id if isinstance(action_id, str) else action_id.pattern


def _log_request(name: str, outcome: str, started: float) -> None:
    took = round((time.perf_counter() - started) * 1000, 1)
    log.info("request", extra={"entry": name, "outcome": outcome, "ms": took})
