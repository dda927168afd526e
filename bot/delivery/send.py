"""Sending one message that was taken: render it, see where it goes, make it stand there."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery.addresses import Addresses
from bot.delivery.claim import Claim
from bot.delivery.finish import Gone, Outcome, Stands, Unwanted
from bot.delivery.message import Message, Renderer
from bot.delivery.post import Post
from bot.delivery.trouble import Failed, Trouble, Waits
from bot.logs import new_reference
from models import Database, DatabaseUnavailable, Delivery


_NOT_THERE = frozenset({"message_not_found", "cant_update_message"})
_NO_THREAD = frozenset({"message_not_found", "thread_not_found"})
_TRIES_FOR_A_THREAD = 2
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Place:
    """Where a message stands; nowhere yet without a ts."""

    channel: str | None
    ts: str | None


@dataclass(frozen=True)
class _Work:
    """A delivery as it was read when it was rendered."""

    key: str
    message: Message
    stands: _Place
    thread: _Place | None


class Sender:
    """Makes a claimed message stand in Slack; says what became of it and never raises for Slack."""

    def __init__(
        self,
        database: Database,
        post: Post,
        addresses: Addresses,
        renderers: Mapping[str, Renderer],
        steady: Callable[[], datetime],
    ) -> None:
        self._database, self._post, self._addresses = database, post, addresses
        self._renderers, self._steady = renderers, steady

    def send(self, claim: Claim) -> Outcome:
        """Return what became of it."""
        try:
            work = self._render(claim)
            return self._deliver(claim, work) if work else Unwanted()
        except Failed as failed:
            return failed.trouble
        except DatabaseUnavailable:
            return Trouble("database_away")

    def _render(self, claim: Claim) -> _Work | None:
        try:
            with self._database.read() as session:
                return self._work(session, session.get_one(Delivery, claim.id))
        except DatabaseUnavailable:
            raise
        except Exception as error:
            trouble = Trouble(f"render:{type(error).__name__}", Waits.MESSAGE, held=True)
            if trouble.code != claim.error:
                new_reference()
                log.exception("delivery_not_rendered", extra={"delivery": claim.id})
            raise Failed(trouble) from error

    def _work(self, session: Session, delivery: Delivery) -> _Work | None:
        message = self._renderers[delivery.kind](session, delivery)
        if message is None:
            return None
        above = session.get(Delivery, delivery.thread_of_id) if delivery.thread_of_id else None
        thread = _Place(above.channel, above.ts) if above and above.ts else None
        return _Work(delivery.key, message, _Place(delivery.channel, delivery.ts), thread)

    def _deliver(self, claim: Claim, work: _Work) -> Outcome:
        channel = self._addresses.find(claim.lane)
        if work.stands.ts:
            return self._update(channel, work, work.stands.ts)
        if work.thread and work.thread.channel != channel:
            return Gone(thread=True)
        thread = work.thread.ts if work.thread else None
        try:
            return self._post_once(claim, work, channel, thread)
        except Failed as failed:
            lost = thread and failed.trouble.code in _NO_THREAD
            if lost and claim.attempts <= _TRIES_FOR_A_THREAD:
                return Gone(thread=True)
            raise

    def _update(self, channel: str, work: _Work, ts: str) -> Outcome:
        if work.stands.channel != channel:
            return Gone()
        try:
            self._post.update(channel, ts, work.message, work.key)
        except Failed as failed:
            if failed.trouble.code in _NOT_THERE:
                return Gone()
            raise
        return Stands(channel, ts)

    def _post_once(self, claim: Claim, work: _Work, channel: str, thread: str | None) -> Outcome:
        if claim.doubt:
            ts = self._post.find(channel, work.key, claim.doubt, thread)
            if ts:
                return Stands(channel, ts, thread, current=claim.wanted == 1)
        if self._steady() >= claim.post_by:
            raise Failed(Trouble("took_too_long"))
        return Stands(channel, self._post.post(channel, work.message, work.key, thread), thread)
