"""What a message says: text, blocks, attachments, metadata, as any way of posting sends it."""

from dataclasses import dataclass

from sandbox.errors import SlackError
from sandbox.limits.messages import (
    LONGEST_TEXT,
    MOST_ATTACHMENTS,
    require_blocks,
    require_metadata,
    require_total_text,
)
from sandbox.methods.call import Call
from sandbox.state.messages import Message
from sandbox.wire import Json


MARKDOWN_TEXT = 12_000


@dataclass(frozen=True)
class Content:
    """The words of a message. None: the argument was not sent."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.blocks or self.attachments)

    def put_into(self, message: Message) -> None:
        """Give a message these words and blocks, in place of any it had."""
        message.text = (self.text or "")[:LONGEST_TEXT]
        message.blocks = self.blocks or []
        message.attachments = self.attachments or []
        message.metadata = self.metadata


def read_content(call: Call, *, bounded: bool = True) -> Content:
    """Return the content of a call; SlackError for what Slack refuses.

    `bounded` keeps to the limit on the text of all blocks together, which response URLs lack.
    """
    text = _text(call)
    blocks = call.structure("blocks", "invalid_blocks_format")
    checked = require_blocks(blocks) if blocks is not None else None
    if checked and bounded:
        require_total_text(checked)
    metadata = call.structure("metadata", "invalid_metadata_format")
    return Content(
        text,
        checked,
        _attachments(call),
        require_metadata(metadata) if metadata is not None else None,
    )


def _text(call: Call) -> str | None:
    given = call.args.get("text")
    markdown = call.text("markdown_text", "")
    if markdown and (given or call.args.get("blocks")):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > MARKDOWN_TEXT:
        raise SlackError("msg_too_long")
    return markdown or (None if given is None else str(given))


def _attachments(call: Call) -> list[Json] | None:
    given = call.structure("attachments", "invalid_attachments")
    if given is None:
        return None
    if not isinstance(given, list):
        raise SlackError("invalid_attachments")
    if len(given) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    return given
