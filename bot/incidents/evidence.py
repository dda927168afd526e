"""Evidence out of Slack: the message that the shortcut was used on, and files from the form."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.incidents.new import NewEvidence
from bot.slack.people import People
from bot.slack.text import plural, readable, unescape
from models.text import clean


MESSAGE_LENGTH = 12_000
"""A longer message is cut in the form, which Slack limits to 250 kB; its permalink leads on."""

MOST_FILES = 10
"""Of a message's files; what the form carries along from one view to the next is limited too."""


def from_message(body: dict[str, Any]) -> tuple[NewEvidence, ...]:
    """Return the message of a message shortcut, and its files, as evidence.

    Of more than MOST_FILES the last piece says how many there are, and leads to them.
    """
    message = body.get("message") or {}
    link, files = permalink(body), message.get("files") or []
    author = message.get("user") or message.get("bot_id")
    profile = message.get("user_profile") or {}
    told = NewEvidence(
        kind="message",
        text=clean(readable(_text(message)))[:MESSAGE_LENGTH],
        author_id=author,
        author_name=clean(profile.get("real_name") or message.get("username") or "")[:150] or None,
        written_at=_moment(message.get("ts") or body.get("message_ts")),
        permalink=link,
    )
    return (told, *from_files(files[:MOST_FILES]), *_the_rest(len(files) - MOST_FILES, link))


def from_files(files: list[dict[str, Any]]) -> tuple[NewEvidence, ...]:
    """Return files as Slack describes them; the bytes stay where they are."""
    return tuple(
        NewEvidence(
            kind="file",
            file_id=file.get("id"),
            file_name=clean(unescape(file.get("name") or file.get("title") or "a file"))[:300],
            file_type=(file.get("mimetype") or file.get("filetype") or "")[:150] or None,
            size=file.get("size") if isinstance(file.get("size"), int) else None,
            permalink=file.get("permalink"),
            author_id=file.get("user"),
        )
        for file in files
    )


def named(evidence: Iterable[NewEvidence], people: People) -> tuple[NewEvidence, ...]:
    """Return the evidence with the names of its authors, as far as they are known by now."""
    return tuple(_named(piece, people) for piece in evidence)


def permalink(body: dict[str, Any]) -> str | None:
    """Return the link to the message of a message shortcut, as Slack builds it."""
    message = body.get("message") or {}
    domain = (body.get("team") or {}).get("domain")
    channel = (body.get("channel") or {}).get("id")
    stamp = message.get("ts") or body.get("message_ts")
    if not (domain and channel and stamp):
        return None
    link = f"https://{domain}.slack.com/archives/{channel}/p{str(stamp).replace('.', '')}"
    thread = message.get("thread_ts")
    return f"{link}?thread_ts={thread}&cid={channel}" if thread and thread != stamp else link


def author_team(body: dict[str, Any]) -> str | None:
    """Return the workspace that wrote the message, where that is not our own."""
    message = body.get("message") or {}
    team = message.get("user_team") or message.get("source_team") or message.get("team")
    home = (body.get("team") or {}).get("id")
    return team if team and team != home else None


def _the_rest(count: int, link: str | None) -> Iterator[NewEvidence]:
    if count > 0:
        name = f"{plural(count, 'more file')} with the message"
        yield NewEvidence("file", file_name=name, permalink=link)


def _named(piece: NewEvidence, people: People) -> NewEvidence:
    known = people.known(piece.author_id) if piece.author_id else None
    name = piece.author_name or (known.name if known else None)
    return replace(piece, author_name=name and name[:150])


def _text(message: dict[str, Any]) -> str:
    attached = (piece.get("fallback") or piece.get("text") for piece in _attachments(message))
    return "\n".join(text for text in (message.get("text"), *attached) if text)


def _attachments(message: dict[str, Any]) -> list[dict[str, Any]]:
    return message.get("attachments") or []


def _moment(stamp: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(str(stamp)), UTC)
    except (ValueError, OverflowError, OSError):
        return None
