"""Every way into the incidents room, the most frequent first."""

from bot.deps import Deps
from bot.incidents import opening, reading, submission
from bot.slack.door import Door


def register(door: Door[Deps]) -> None:
    """Register the form's opening, its submission, and the reading of records."""
    submission.register(door)
    opening.register(door)
    reading.register(door)
