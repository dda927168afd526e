"""The next thing to do: messages first, then second looks at messages that were in doubt."""

from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.orm import Session

from bot.delivery.claim import Claim, claim
from bot.delivery.clocks import Instant
from bot.delivery.surplus import Look, claim_look


@dataclass(frozen=True)
class Pace:
    """Seconds: a message is ours for `lease`, and two in a channel are `pause` apart.

    The next one waits `patience` for the answer to the one before. Every `poll` we check what other
    processes have saved: one that has died since cannot send its own.
    """

    lease: float = 30.0
    pause: float = 1.0
    patience: float = 1.5
    poll: float = 3.0


Work: TypeAlias = Claim | Look


def take(session: Session, at: Instant, pace: Pace) -> Work | None:
    """Return the next thing to do, ours alone for a lease, or None."""
    patience = max(pace.patience, pace.pause)
    message = claim(session, at, lease=pace.lease, patience=patience)
    return message or claim_look(session, at, lease=pace.lease)
