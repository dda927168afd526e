"""What may be a client's name, however it was typed, pasted or imported."""

import re

from models.client import NAME_LENGTH
from models.text import clean, fold


FOLDED_LENGTH = 3 * NAME_LENGTH
"""What the database keeps of a folded name."""

MOST_OF_ONE = 18
"""Letters that the richest ligature of Unicode unfolds into."""

# Marks that turn the direction of writing or are not seen at all: two names that look alike must
# be one. The joiners that hold an emoji or a Persian word together are kept.
_UNSEEN = re.compile("[\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_SEEN = re.compile(r"[^\s\u200c\u200d\ufe00-\ufe0f]")


def tidy(text: str) -> str:
    """Return `text` in one line, without control characters and marks that nobody sees."""
    if text.isprintable():
        return " ".join(text.split())
    return " ".join(_UNSEEN.sub("", clean(" ".join(text.split()))).split())


def as_name(text: str) -> str:
    """Return the text as a client's name; raises ValueError with what to do where it is none."""
    name = tidy(text)
    if not _SEEN.search(name):
        raise ValueError("There is no name here. Please write the client's name.")
    if len(name) > NAME_LENGTH or _unfolds_too_far(name):
        raise ValueError(f"This name is too long. Please keep it to {NAME_LENGTH} characters.")
    return name


def _unfolds_too_far(name: str) -> bool:
    return len(name) * MOST_OF_ONE > FOLDED_LENGTH and len(fold(name)) > FOLDED_LENGTH
