"""Threads of our own, so that nobody who waits for an answer waits for somebody else's."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextvars import copy_context
from typing import TypeVar


T = TypeVar("T")
log = logging.getLogger(__name__)


class TooLate(Exception):  # noqa: N818 - it reads as what happened
    """The work did not end in time; it may still end."""


class Background:
    """One pool for calls to Slack, one for answers with a deadline: neither holds up the other."""

    def __init__(self, calls: int = 64, answers: int = 32) -> None:
        """Take the largest number of threads for each of the two."""
        self._calls = ThreadPoolExecutor(calls, thread_name_prefix="call")
        self._answers = ThreadPoolExecutor(answers, thread_name_prefix="answer")

    def run(self, task: Callable[[], None]) -> None:
        """Do it soon, on a thread of its own; what it raises is logged."""
        self._calls.submit(copy_context().run, task).add_done_callback(_log_failure)

    def within(self, seconds: float, work: Callable[[], T]) -> T:
        """Return what the work returns, or raise TooLate after `seconds`."""
        future = self._answers.submit(copy_context().run, work)
        try:
            return future.result(timeout=seconds)
        except FutureTimeoutError as late:
            if future.done():
                raise
            raise TooLate from late

    def close(self) -> None:
        """Finish what was begun, begin nothing more."""
        self._answers.shutdown(wait=True)
        self._calls.shutdown(wait=True)


def _log_failure(future: Future[None]) -> None:
    error = future.exception()
    if error:
        log.error("background_task_failed", exc_info=error)
