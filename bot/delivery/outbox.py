"""The outbox at work: threads that send what is due, woken by whoever saved something."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from slack_sdk import WebClient

from bot.config import CHECK, UPGRADE
from bot.delivery.addresses import Addresses
from bot.delivery.claim import Claim, claim, next_due
from bot.delivery.finish import Outcome, finish
from bot.delivery.message import Renderer
from bot.delivery.post import Post
from bot.delivery.send import Sender
from models import Database, DatabaseUnavailable, NotMigrated


_TRIES_TO_KEEP = (0.2, 1.0, 3.0, 6.0, 10.0)
"""Seconds between tries to write down what was sent, together less than a lease."""

log = logging.getLogger(__name__)


class Outbox:
    """Sends every delivery effectively once, together with the outboxes of other processes."""

    def __init__(  # noqa: PLR0913 - the composition root names each
        self,
        database: Database,
        slack: WebClient,
        *,
        executive_channel: str,
        renderers: Mapping[str, Renderer],
        may_hear: Callable[[str], bool],
        now: Callable[[], datetime],
        lease: float = 30.0,
        pause: float = 1.0,
        poll: float = 1.0,
        threads: int = 2,
    ) -> None:
        """Hold a message for `lease` seconds; `pause` lies between two in one conversation.

        Look every `poll` seconds where nobody wakes us: other processes save too. `slack` must
        not retry by itself, and must give up within half a lease.
        """
        addresses = Addresses(slack, executive_channel=executive_channel, may_hear=may_hear)
        self._sender = Sender(database, Post(slack), addresses, renderers, now)
        self._database, self._now = database, now
        self._lease, self._pause, self._poll = lease, pause, poll
        self._threads = [
            threading.Thread(target=self._run, name=f"outbox-{number}", daemon=True)
            for number in range(threads)
        ]
        self._bell = threading.Condition()
        self._rung = 0
        self._stopping = threading.Event()
        self._away = threading.Event()

    def start(self) -> None:
        """Begin to send, on threads of its own."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look now: something was saved."""
        with self._bell:
            self._rung += 1
            self._bell.notify_all()

    def stop(self, timeout: float) -> bool:
        """Finish what is being sent, take nothing more; return whether that took no longer."""
        deadline = time.monotonic() + timeout
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def step(self) -> bool:
        """Send one message if any is due; return whether one was."""
        with self._database.write() as session:
            taken = claim(session, now=self._now(), lease=self._lease)
        if taken is None:
            return False
        self._keep(taken, self._sender.send(taken))
        return True

    def _keep(self, taken: Claim, outcome: Outcome) -> None:
        for patience in (*_TRIES_TO_KEEP, None):
            try:
                with self._database.write() as session:
                    now = self._now()
                    finish(session, taken, outcome, now=now, pause=self._pause, lease=self._lease)
            except DatabaseUnavailable:
                if patience is None or self._stopping.wait(patience):
                    raise  # whoever claims it next will find it in doubt and look
            else:
                return

    def _run(self) -> None:
        while not self._stopping.is_set():
            rung = self._rung
            self._rest(rung, self._work())

    def _work(self) -> float:
        """Send one message; return how many seconds to rest if nobody wakes us."""
        try:
            seconds = self._try()
        except DatabaseUnavailable as error:
            if not self._away.is_set():
                self._away.set()
                command = UPGRADE if isinstance(error, NotMigrated) else CHECK
                told = {"error": str(error), "mend": f"run `{command}`"}
                log.warning("outbox_waits_for_database", extra=told)
            return self._poll
        except Exception:
            log.exception("outbox_failed")
            return self._poll
        if self._away.is_set():
            self._away.clear()
            log.info("outbox_has_database_again")
        return seconds

    def _try(self) -> float:
        with self._database.read() as session:
            now = self._now()
            due = next_due(session, now)
        ahead = (due - now).total_seconds() if due else self._poll
        if ahead > 0:
            return min(ahead, self._poll)
        return 0.0 if self.step() else self._poll

    def _rest(self, rung: int, seconds: float) -> None:
        with self._bell:
            self._bell.wait_for(lambda: self._rung != rung or self._stopping.is_set(), seconds)
