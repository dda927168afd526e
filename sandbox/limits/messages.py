"""Messages: blocks, text and metadata."""

import json
from collections.abc import Iterator

from sandbox.errors import SlackError
from sandbox.limits.blocks import MESSAGE, check_blocks
from sandbox.limits.checks import Report
from sandbox.limits.objects import OFFERED_OPTIONS
from sandbox.wire import Json


LONGEST_TEXT = 40_000  # cut off beyond, not refused
LONGEST_UPDATE = 4_000
LONGEST_IN_BLOCKS = 12_000
MOST_ATTACHMENTS = 100
LARGEST_METADATA = 16_000  # Slack publishes no figure


def block_problems(blocks: object, at: str = "/blocks") -> list[str]:
    """Return what Slack refuses in a message's blocks, in its words."""
    report = Report(MESSAGE)
    check_blocks(report, at, blocks)
    return report.problems


def require_blocks(blocks: object) -> list[Json]:
    """Return a message's blocks; SlackError as chat.postMessage words it."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    problems = block_problems(blocks)
    if problems:
        raise SlackError("invalid_blocks", problems, errors=problems)
    return blocks


def require_total_text(blocks: list[Json]) -> None:
    """Refuse blocks whose texts are together longer than one message may carry."""
    if text_length(blocks) > LONGEST_IN_BLOCKS:
        raise SlackError("msg_blocks_too_long")


def text_length(blocks: object) -> int:
    """Return the number of characters a reader gets from these blocks."""
    return sum(len(each) for each in _texts(blocks))


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _texts(each)
    elif isinstance(part, dict):
        for name, each in part.items():
            if isinstance(each, str):
                if name in {"text", "alt_text", "fallback"}:
                    yield each
            else:
                yield from _texts(each)


def require_metadata(metadata: object) -> Json:
    """Return message metadata; SlackError where it is no event_type with a payload."""
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    event_type, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(event_type, str) or not event_type or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(payload)) > LARGEST_METADATA:
        raise SlackError("metadata_too_large")
    return metadata


def option_problems(answer: object) -> list[str]:
    """Return what Slack refuses in the options offered to a typeahead."""
    report = Report(MESSAGE)
    OFFERED_OPTIONS(report, "", answer)
    return report.problems
