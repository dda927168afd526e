"""What can go wrong, as a tree.

OnRecordError
├── UserError           shown to the person as it is: it says what to do next
│   ├── Refused         this person may not do this
│   └── FieldError      one field of a form is not accepted; names it
├── BadSettings         the settings do not do; names every one of them
├── OutputLost          what a command prints cannot be written
└── SlackUnreachable    Slack did not answer a question that we cannot do without
"""


class OnRecordError(Exception):
    """Everything that the bot raises on purpose."""


class UserError(OnRecordError):
    """A mistake or a limit that the person can act on; its text is shown as it is."""


class Refused(UserError):  # noqa: N818 - it reads as what happened
    """This person may not do this; the text is polite and says what to do."""


class FieldError(UserError):
    """One field of a form is not accepted; the text is shown beside it."""

    def __init__(self, field: str, text: str) -> None:
        """Name the field by its action id."""
        super().__init__(text)
        self.field = field


class BadSettings(OnRecordError):  # noqa: N818 - the same
    """Settings are missing or malformed; the text names every one with its mend."""


class OutputLost(OnRecordError):  # noqa: N818 - the same
    """What a command prints cannot be written; says why, unless its reader just went away."""


class SlackUnreachable(OnRecordError):  # noqa: N818 - the same
    """Slack did not say who somebody is; nothing is allowed on a guess."""
