"""How strict the stand-in is; the defaults are Slack's documented figures."""

from dataclasses import dataclass, field, fields, replace
from typing import Self

from sandbox.wire import Json


TIERS = {"1": 1, "2": 20, "3": 50, "4": 100}


@dataclass(frozen=True)
class Settings:
    """Times in seconds. A tier is the number of calls a method takes per minute; 0: any number."""

    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    response_url_uses: int = 5
    response_url_seconds: float = 1800.0
    event_retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    rate_limits: bool = True
    tiers: dict[str, int] = field(default_factory=lambda: dict(TIERS))
    post_seconds: float = 1.0
    post_burst: int = 1
    traffic_kept: int = 2000

    def changed(self, changes: Json) -> Self:
        """Return these settings with some replaced; ValueError for an unknown name."""
        unknown = sorted(set(changes) - {each.name for each in fields(self)})
        if unknown:
            raise ValueError(f"no such setting: {', '.join(unknown)}")
        changes = dict(changes)
        if "tiers" in changes:
            changes["tiers"] = {**self.tiers, **changes["tiers"]}
        if "event_retries" in changes:
            changes["event_retries"] = tuple(changes["event_retries"])
        return replace(self, **changes)
