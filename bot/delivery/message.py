"""What a room hands over to be sent: it knows its subject, the outbox knows how to send."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.orm import Session

from bot.slack.blocks import Block
from models import Delivery


@dataclass(frozen=True)
class Message:
    """A message as it should stand now; `text` is mrkdwn for notifications and screen readers.

    `broadcast` shows a reply in the channel too: a thread by itself notifies nobody.
    """

    text: str
    blocks: list[Block]
    broadcast: bool = False


Renderer: TypeAlias = Callable[[Session, Delivery], Message | None]
"""Called at the moment of sending, with a session to look only. None: no longer wanted."""
