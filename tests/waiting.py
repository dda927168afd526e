"""Waiting for what comes a moment later, in another thread or process."""

import time
from collections.abc import Callable


PATIENCE = 5.0
"""Seconds after which a test gives up, where it names no others."""


def wait_until(
    look: Callable[[], object], shown: Callable[[], str] = str, seconds: float = PATIENCE
) -> None:
    """Look again until it is so; `shown` says what there is instead when the time is over."""
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, shown()
        time.sleep(0.01)
