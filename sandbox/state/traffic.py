"""The log of what went between Slack and the app."""

from dataclasses import dataclass

from sandbox.wire import Json


@dataclass
class Call:
    """A call the app made. `status` 0: it got no answer. `took` is in seconds."""

    seq: int
    at: float
    method: str
    args: Json
    answer: Json
    status: int
    took: float
    fault: str = ""

    @property
    def refused(self) -> bool:
        return self.answer.get("ok") is False

    def as_json(self) -> Json:
        return {
            "seq": self.seq,
            "at": self.at,
            "method": self.method,
            "args": self.args,
            "answer": self.answer,
            "status": self.status,
            "took": self.took,
            "fault": self.fault,
            "problems": self.answer.get("response_metadata", {}).get("messages", []),
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
