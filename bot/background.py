"""Threads of our own, so that nobody who waits for an answer waits for somebody else's."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextvars import copy_context
from typing import Any, TypeVar


T = TypeVar("T")
log = logging.getLogger(__name__)


class TooLate(Exception):  # noqa: N818 - it reads as what happened
    """The work did not end in time. Where it had `begun` it may still end, else it never will."""

    def __init__(self, *, begun: bool) -> None:
        super().__init__()
        self.begun = begun


class Background:
    """One pool for calls to Slack, one for answers with a deadline: neither holds up the other."""

    def __init__(self, calls: int = 64, answers: int = 32) -> None:
        """Take the largest number of threads for each of the two."""
        self._calls = ThreadPoolExecutor(calls, thread_name_prefix="call")
        self._answers = ThreadPoolExecutor(answers, thread_name_prefix="answer")
        self._open: set[Future[Any]] = set()

    def run(self, task: Callable[[], None]) -> None:
        """Do it soon, on a thread of its own; what it raises is logged.

        After `close` it is done at once: what was accepted is not dropped.
        """
        future = self._submit(self._calls, task)
        future.add_done_callback(_log_failure)

    def within(self, seconds: float, work: Callable[[], T]) -> T:
        """Return what the work returns, or raise TooLate after `seconds`."""
        future = self._submit(self._answers, work)
        try:
            return future.result(timeout=seconds)
        except FutureTimeoutError as late:
            if future.done():
                raise
            raise TooLate(begun=not future.cancel()) from late

    def close(self, seconds: float = 10.0) -> None:
        """Finish what was accepted; what has not begun after `seconds` is given up and counted."""
        for pool in (self._answers, self._calls):
            pool.shutdown(wait=False)
        left = wait(set(self._open), timeout=seconds).not_done
        if left:
            log.warning("work_given_up", extra={"tasks": len(left)})
        for pool in (self._answers, self._calls):
            pool.shutdown(wait=False, cancel_futures=True)

    def _submit(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> Future[T]:
        try:
            future = pool.submit(copy_context().run, work)
        except RuntimeError:  # the pool is closed
            return _done_here(work)
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        return future


def _done_here(work: Callable[[], T]) -> Future[T]:
    future: Future[T] = Future()
    try:
        future.set_result(work())
    except Exception as error:  # noqa: BLE001 - raised where the future is waited for
        future.set_exception(error)
    return future


def _log_failure(future: Future[None]) -> None:
    error = None if future.cancelled() else future.exception()
    if error:
        log.error("background_task_failed", exc_info=error)
