"""The log of what went between Slack and the app."""

import json
from dataclasses import dataclass

from sandbox.wire import Json


@dataclass
class Call:
    """A call the app made. `status` 0: it got no answer. `took` is in seconds.

    What was sent and answered is kept as JSON: thousands of views as objects would slow the
    whole process down.
    """

    seq: int
    at: float
    method: str
    sent: bytes
    answered: bytes
    status: int
    took: float
    fault: str = ""
    refused: bool = False

    def as_json(self) -> Json:
        answer = json.loads(self.answered)
        return {
            "seq": self.seq,
            "at": self.at,
            "method": self.method,
            "args": json.loads(self.sent),
            "answer": answer,
            "status": self.status,
            "took": self.took,
            "fault": self.fault,
            "problems": answer.get("response_metadata", {}).get("messages", []),
        }


@dataclass
class Delivery:
    """A request Slack sent to the app. `trouble` is empty where it was answered in time."""

    seq: int
    at: float
    kind: str
    type: str
    payload: Json
    status: int = 0
    answer: object = None
    took: float = 0.0
    trouble: str = ""
    retry: int = 0

    def as_json(self) -> Json:
        return dict(vars(self))
