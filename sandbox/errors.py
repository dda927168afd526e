"""What the stand-in refuses, and why.

SlackError    an app's request, refused with Slack's own error code
NotPossible   something a person cannot do on their screen
BadWorkspace  a workspace description that cannot be read
"""

from collections.abc import Sequence

from sandbox.wire import Json


class SlackError(Exception):
    """A refusal in the form in which Slack's Web API answers it."""

    def __init__(self, code: str, problems: Sequence[str] = (), **extra: object) -> None:
        super().__init__(code)
        self.code = code
        self.problems = tuple(problems)
        self.extra = extra

    def answer(self) -> Json:
        """Return the body of the answer."""
        body: Json = {"ok": False, "error": self.code, **self.extra}
        if self.problems:
            body["response_metadata"] = {"messages": [f"[ERROR] {line}" for line in self.problems]}
        return body


class NotPossible(Exception):  # noqa: N818 - not a fault: the screen does not offer it
    """A person cannot do this now; the text says why."""


class BadWorkspace(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """A workspace description is wrong; the text names the place."""
