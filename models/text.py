"""How names and words are compared: folded, so that case, accents and punctuation do not matter."""

import unicodedata


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
    lowered = unicodedata.normalize("NFKD", text.casefold()).translate(_NOT_DECOMPOSED)
    kept = (letter for letter in lowered if not unicodedata.combining(letter))
    spaced = "".join(letter if letter.isalnum() else " " for letter in kept)
    return " ".join(spaced.split()) or " ".join(text.casefold().split())


def clean(text: str) -> str:
    """Return `text` as any database keeps it: no NUL or other control characters, valid UTF-8."""
    valid = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter for letter in valid if letter in "\n\t" or ord(letter) >= ord(" "))
