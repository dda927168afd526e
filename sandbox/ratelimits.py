"""How often methods may be called: a number a minute each, and a message a second a channel."""

import math
from collections import deque
from dataclasses import dataclass, field

from sandbox.methods.call import Method
from sandbox.settings import Settings


MINUTE = 60.0


@dataclass
class RateLimits:
    """Counts calls; times are the clock's seconds."""

    _calls: dict[str, deque[float]] = field(default_factory=dict)
    _posts: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait(self, settings: Settings, name: str, method: Method, channel: str, now: float) -> int:
        """Count a call; return 0, or the whole seconds to wait where it is one too many."""
        if not settings.rate_limits:
            return 0
        if method.posts:
            return self._post(settings, channel, now)
        return self._call(settings.tiers.get(method.tier, 0), name, now)

    def _call(self, most: int, name: str, now: float) -> int:
        if not most:
            return 0
        recent = self._calls.setdefault(name, deque())
        while recent and now - recent[0] >= MINUTE:
            recent.popleft()
        if len(recent) >= most:
            return max(1, math.ceil(MINUTE - (now - recent[0])))
        recent.append(now)
        return 0

    def _post(self, settings: Settings, channel: str, now: float) -> int:
        """Take one of the channel's posts, of which `post_burst` are ready after a rest."""
        every, burst = settings.post_seconds, settings.post_burst
        if not every:
            return 0
        ready, since = self._posts.get(channel, (float(burst), now))
        ready = min(float(burst), ready + (now - since) / every)
        if ready < 1:
            self._posts[channel] = (ready, now)
            return max(1, math.ceil((1 - ready) * every))
        self._posts[channel] = (ready - 1, now)
        return 0
