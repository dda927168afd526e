"""How names and words are compared: folded, so that case, accents and punctuation do not matter."""

import re
import unicodedata
from collections.abc import Iterator


_NO_WORD = re.compile(r"[^a-z0-9]+")
_NOT_DECOMPOSED = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "þ": "th",
        "ð": "d",
        "&": " and ",
    }
)


def fold(text: str) -> str:
    """Return `text` in lower case, accents and punctuation gone, words one space apart.

    What has neither letters nor digits (an emoji for a name) is kept, in lower case.
    """
    lowered = text.casefold()
    if text.isascii():
        spaced = _NO_WORD.sub(" ", lowered.replace("&", " and "))
    else:
        alike = unicodedata.normalize("NFKD", text).casefold()
        apart = unicodedata.normalize("NFKD", alike).translate(_NOT_DECOMPOSED)
        spaced = "".join(letter if _is_of_a_word(letter) else " " for letter in _kept(apart))
    return " ".join(spaced.split()) or " ".join(lowered.split())


def _kept(apart: str) -> Iterator[str]:
    # Accents go; the vowel signs of Indic scripts and Thai are letters of their own and stay.
    stay = (0, 7, 9)
    yield from (letter for letter in apart if unicodedata.combining(letter) in stay)


def _is_of_a_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter).startswith("M")


def clean(text: str) -> str:
    """Return `text` as any database keeps it: no NUL or other control characters, valid UTF-8."""
    valid = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter for letter in valid if letter in "\n\t" or ord(letter) >= ord(" "))
