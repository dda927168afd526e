"""What there is to do, in its order: messages first, then second looks at what was in doubt."""

from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.orm import Session

from bot.delivery.claim import Claim, claim
from bot.delivery.clocks import Instant
from bot.delivery.surplus import Look, claim_look


@dataclass(frozen=True)
class Pace:
    """Seconds: a message is in somebody's hands for `lease`, two in a channel are `pause` apart.

    The next one waits `patience` for the answer to the one before. Every `poll` we look for what
    was saved by a process that has died since: whoever lives sends its own.
    """

    lease: float = 30.0
    pause: float = 1.0
    patience: float = 1.5
    poll: float = 3.0


Work: TypeAlias = Claim | Look


def take(session: Session, at: Instant, pace: Pace) -> Work | None:
    """Return the next thing to do, which nobody else does for a lease, or None."""
    patience = max(pace.patience, pace.pause)
    message = claim(session, at, lease=pace.lease, patience=patience)
    return message or claim_look(session, at, lease=pace.lease)
