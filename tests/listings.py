"""Directories of clients made from names alone."""

import random
import string

from bot.clients.directory import SEEDED_CONDUCT, Entry, Listing
from models import ClientStatus
from models.text import fold


def listing(*names: str, former: tuple[str, ...] = (), **aliases: str) -> Listing:
    """A listing of these clients, numbered from 1; `former` ones are among them.

    `Acme="AI"` gives the client named Acme an alias.
    """
    entries = [
        Entry(number, name, _folded(name, aliases), None, _status(name, former))
        for number, name in enumerate(names, start=1)
    ]
    return Listing(tuple(sorted(entries, key=lambda entry: entry.folded)), SEEDED_CONDUCT)


def made_up_names(count: int, seed: int = 7) -> list[str]:
    """As many different names as an MSP might have, the same for the same seed."""
    chance = random.Random(seed)
    names: dict[str, None] = {}
    while len(names) < count:
        first = "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4)))
        names[f"{first.capitalize()} {chance.choice(TRADES)}{chance.choice(FORMS)}"] = None
    return list(names)


def mistyped(word: str, chance: random.Random) -> str:
    """The word with one letter too many, too few, wrong or in the wrong place."""
    letter, place = chance.choice(string.ascii_lowercase), chance.randrange(len(word))
    swapped = chance.randrange(max(1, len(word) - 1))
    typed = chance.choice(
        [
            word[:place] + letter + word[place:],
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place + 1 :],
            word[:swapped] + word[swapped : swapped + 2][::-1] + word[swapped + 2 :],
        ]
    )
    return mistyped(word, chance) if typed == word else typed


SYLLABLES = (
    *("bri", "ght", "wat", "er", "ac", "me", "nor", "th", "lux", "ta", "ver", "co", "dex", "sol"),
    *("ar", "pine", "crest", "gold", "stone", "ly", "on", "zen", "ith", "om", "ni", "tech", "da"),
    *("flow", "hal", "cy", "max", "pro", "uni", "sal", "tri", "del", "ka", "mo", "ri", "an", "el"),
)
TRADES = ("Dental", "Legal", "Logistics", "Accounting", "Consulting", "Plumbing", "Motors", "Group")
FORMS = ("", "", " Ltd", " LLC", " GmbH", " & Sons")


def _folded(name: str, aliases: dict[str, str]) -> tuple[str, ...]:
    alias = aliases.get(name)
    return (fold(name), fold(alias)) if alias else (fold(name),)


def _status(name: str, former: tuple[str, ...]) -> ClientStatus:
    return ClientStatus.FORMER if name in former else ClientStatus.ACTIVE
