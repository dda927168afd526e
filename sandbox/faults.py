"""Faults one can order: what goes wrong, on which method, how many times."""

import asyncio
from dataclasses import asdict, dataclass, field

from sandbox.wire import Json


KINDS = {
    "ratelimited": "HTTP 429 with Retry-After `seconds`; nothing is done",
    "status": "HTTP `status` with an HTML body; nothing is done",
    "error": "Slack's error `code`; nothing is done",
    "json": "HTTP `status` with `body` as JSON, whatever its shape; nothing is done",
    "lost": "it is done, but the connection drops before the answer",
    "late": "the connection drops; it is done `seconds` later, or when the faults are called off",
    "dropped": "the connection drops before it is done",
    "slow": "an answer only after `seconds`; it is done then",
    "hang": "nothing for `seconds`, then the connection drops; it is not done",
}


@dataclass
class Fault:
    """A fault for the next `count` calls of `method` ("*": any), in `channel` where named."""

    method: str
    kind: str
    count: int = 1
    channel: str = ""
    seconds: float = 1.0
    status: int = 500
    code: str = "internal_error"
    body: object = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}; there are {', '.join(KINDS)}")

    def meets(self, method: str, channel: str) -> bool:
        return self.count > 0 and self.method in (method, "*") and self.channel in (channel, "")


@dataclass
class Faults:
    """The faults that are still to come, and the time each method takes."""

    ordered: list[Fault] = field(default_factory=list)
    latency: dict[str, float] = field(default_factory=dict)
    called_off: asyncio.Event = field(default_factory=asyncio.Event)

    def call_off(self) -> None:
        """Forget them all; what is late is done now."""
        self.ordered, self.latency = [], {}
        self.called_off.set()
        self.called_off = asyncio.Event()

    def take(self, method: str, channel: str) -> Fault | None:
        """Return the fault that this call meets, used up by one."""
        for fault in self.ordered:
            if fault.meets(method, channel):
                fault.count -= 1
                self.ordered = [each for each in self.ordered if each.count]
                return fault
        return None

    def delay(self, method: str) -> float:
        """Return the seconds that every answer of this method takes."""
        return self.latency.get(method, self.latency.get("*", 0.0))

    def as_json(self) -> Json:
        return {"faults": [asdict(each) for each in self.ordered], "latency": self.latency}
