"""The stand-in's time, which tests may move on."""

import time


class Clock:
    """Seconds since the epoch, moved on by `advance` and never back."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._last_micros = 0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time only moves on")
        self._ahead += seconds

    def be_after(self, ts: str) -> None:
        """Give only later timestamps than this one from now on."""
        self._last_micros = max(int(ts.replace(".", "")), self._last_micros)

    def next_ts(self) -> str:
        """Return a message timestamp as Slack writes it, later than any before."""
        self._last_micros = max(int(self.now() * 1_000_000), self._last_micros + 1)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"
