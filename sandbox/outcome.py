"""What a person sees after doing something: as it is made, sent, and read by the driver."""

from dataclasses import dataclass, field

from sandbox.wire import Json


TROUBLE_CONNECTING = "We had some trouble connecting. Try again?"


@dataclass
class Outcome:
    """`trouble` is Slack's code for what went wrong, `notice` the words on the screen."""

    trouble: str = ""
    notice: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    options: list[Json] = field(default_factory=list)
    url: str = ""
    ts: str = ""
    file: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether Slack showed neither trouble nor field errors."""
        return not self.trouble and not self.errors

    def as_json(self) -> Json:
        """Return it as the control API sends it."""
        return dict(vars(self))
