"""The outbox at work: threads that send what is due, woken when something is saved."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from slack_sdk import WebClient

from bot.config import CHECK, UPGRADE
from bot.delivery.addresses import Addresses
from bot.delivery.claim import seconds_to_next
from bot.delivery.clocks import Instant, Steady
from bot.delivery.enqueue import EXECUTIVES
from bot.delivery.executives import tell_what_is_held
from bot.delivery.finish import Outcome, finish
from bot.delivery.message import Renderer
from bot.delivery.post import Post
from bot.delivery.send import Sender
from bot.delivery.surplus import Look, finish_look, take_away
from bot.delivery.trouble import Trouble, Waits
from bot.delivery.watch import Watch
from bot.delivery.work import Pace, Work, take
from models import Database, DatabaseUnavailable, NotMigrated


_TRIES_TO_KEEP = (0.2, 1.0, 3.0, 6.0, 10.0)
"""Seconds between tries to write down what was sent, together less than a lease."""

_LOOKS_ANYWAY = 60.0
"""Seconds after which we look even if nothing is due: a clock may have been set."""

_TAKEN_BY_ANOTHER = 0.1
"""Seconds to rest if something was due, but another process had taken it."""

USUAL = Pace()
log = logging.getLogger(__name__)


class Outbox:
    """Sends every delivery effectively once, together with the outboxes of other processes.

    One of its threads looks for work, and sleeps until there is some. The others send, or wait
    for their turn to look.
    """

    def __init__(  # noqa: PLR0913 - the composition root names each
        self,
        database: Database,
        slack: WebClient,
        *,
        executive_channel: str,
        renderers: Mapping[str, Renderer],
        may_hear: Callable[[str], bool],
        now: Callable[[], datetime],
        steady: Callable[[], datetime] | None = None,
        prepare: Callable[[], None] = lambda: None,
        pace: Pace = USUAL,
        threads: int = 8,
    ) -> None:
        """`slack` must not retry by itself, and must give up within half a lease.

        `prepare` is called once before anything is sent, on a thread of ours.
        """
        self._steady = steady or Steady(database)
        addresses = Addresses(
            slack,
            executive_channel=executive_channel,
            may_hear=may_hear,
            steady=self._steady,
        )
        self._post = Post(slack)
        self._sender = Sender(database, self._post, addresses, renderers, self._steady)
        self._database, self._now, self._pace = database, now, pace
        self._prepare: Callable[[], None] | None = prepare
        self._threads = [
            threading.Thread(target=self._run, name=f"outbox-{number}", daemon=True)
            for number in range(threads)
        ]
        self._looking = threading.Lock()
        self._watch = Watch(database)
        self._bell = threading.Condition()
        self._rung = 0
        self._saved = False
        self._stopping = threading.Event()
        self._away = threading.Event()

    def start(self) -> None:
        """Begin to send, on threads of its own."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look now: something was saved."""
        self._saved = True
        self._ring()

    def stop(self, timeout: float) -> bool:
        """Finish what is being sent, take nothing more; return whether that took no longer."""
        deadline = time.monotonic() + timeout
        self._stopping.set()
        self._ring()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        if self._looking.acquire(blocking=False):
            self._watch.close()
            self._looking.release()
        return not any(thread.is_alive() for thread in self._threads)

    def step(self) -> bool:
        """Do one thing if any is due; return whether one was."""
        taken = self._take()
        if taken is None:
            return False
        self._do(taken)
        return True

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._looking:
                taken = self._await_work()
            if taken is not None:
                self._attempt(taken)

    def _await_work(self) -> Work | None:
        """Return the next thing to do, waited for; None where it is time to stop."""
        while not self._stopping.is_set():
            rung = self._rung
            taken, seconds = self._look()
            if taken is not None:
                return taken
            self._sleep(rung, seconds)
        return None

    def _sleep(self, rung: int, seconds: float) -> None:
        """Sleep until something is due, somebody wakes us, or another process has saved."""
        until = time.monotonic() + seconds
        while not self._rest(rung, min(self._pace.poll, until - time.monotonic())):
            if time.monotonic() >= until or self._watch.has_changed():
                return

    def _ring(self) -> None:
        with self._bell:
            self._rung += 1
            self._bell.notify_all()

    def _rest(self, rung: int, seconds: float) -> bool:
        with self._bell:
            return self._bell.wait_for(
                lambda: self._rung != rung or self._stopping.is_set(), max(0.0, seconds)
            )

    def _look(self) -> tuple[Work | None, float]:
        """Take what is due; return it, or how many seconds to rest if nobody wakes us."""
        try:
            found = self._find()
        except DatabaseUnavailable as error:
            self._say_away(error)
            return None, 1.0
        except Exception:
            log.exception("outbox_failed")
            return None, 1.0
        if self._away.is_set():
            self._away.clear()
            log.info("outbox_has_database_again")
        return found

    def _find(self) -> tuple[Work | None, float]:
        self._get_ready()
        if self._saved:  # so there is something to take, as a rule
            self._saved = False
            taken = self._take()
            if taken is not None:
                return taken, 0.0
        at = self._instant()
        with self._database.read() as session:
            seconds = seconds_to_next(session, at)
        if seconds is None or seconds > 0:
            return None, min(seconds or _LOOKS_ANYWAY, _LOOKS_ANYWAY)
        return self._take(), _TAKEN_BY_ANOTHER

    def _get_ready(self) -> None:
        prepare, self._prepare = self._prepare, None
        try:
            if prepare:
                prepare()
        except DatabaseUnavailable:  # any other fault is logged, and the messages go out
            self._prepare = prepare
            raise

    def _take(self) -> Work | None:
        with self._database.write() as session:
            return take(session, self._instant(), self._pace)

    def _say_away(self, error: DatabaseUnavailable) -> None:
        if not self._away.is_set():
            self._away.set()
            command = UPGRADE if isinstance(error, NotMigrated) else CHECK
            told = {"error": str(error), "mend": f"run `{command}`"}
            log.warning("outbox_waits_for_database", extra=told)

    def _attempt(self, taken: Work) -> None:
        try:
            self._do(taken)
        except DatabaseUnavailable as error:
            self._say_away(error)
        except Exception:
            log.exception("outbox_failed")
        self._ring()  # its channel is free, or rests: there may be something to do sooner

    def _do(self, taken: Work) -> None:
        if isinstance(taken, Look):
            done = take_away(self._post, taken)
            self._keep(partial(finish_look, look=taken, done=done))
            return
        outcome, pace = self._sender.send(taken), self._pace
        self._keep(
            partial(finish, claim=taken, outcome=outcome, pause=pace.pause, lease=pace.lease)
        )
        if taken.lane == EXECUTIVES and _is_refused(outcome):
            self._keep(tell_what_is_held)

    def _keep(self, write: Callable[..., object]) -> None:
        for patience in (*_TRIES_TO_KEEP, None):
            try:
                with self._database.write() as session:
                    write(session, at=self._instant())
            except DatabaseUnavailable:
                if patience is None or self._stopping.wait(patience):
                    raise  # the next to claim it finds it in doubt and looks
            else:
                return

    def _instant(self) -> Instant:
        return Instant(self._now(), self._steady())


def _is_refused(outcome: Outcome) -> bool:
    return isinstance(outcome, Trouble) and outcome.held and outcome.waits is not Waits.ALL
