"""Made-up client names in believable numbers, the same ones in every run."""

import random
from collections.abc import Iterator


STARTS = "b br c ch d f fl g gr h j k l m n p pr qu r s sh sl st t th tr v w"
VOWELS = "a e i o u ai ea ee ie oa oo ou"
ENDS = "d ft g l ld ll m mp n nd ng nt p r rd rn rt s sk st t th x"
LINKS = "b d f l ld m n nt r rm rt s st t v"
TAILS = "son ton ham field wood well man ley er by dale"
TRADES = (
    "Dental Legal Logistics Architects Accountants Foods Motors Clinic Pharmacy Bakery Brewery "
    "Carpentry Consulting Design Electrical Engineering Estates Events Films Finance Fitness "
    "Florists Freight Gardens Hotels Housing Insurance Joinery Kitchens Labs Marketing Media "
    "Optics Packaging Paper Plumbing Printing Properties Roofing School Security Surveyors "
    "Textiles Tools Travel Veterinary Wines Group Partners Holdings"
)
CLIENTS_A_WORD = 4


def client_names(count: int, seed: int = 7) -> list[str]:
    """Return so many different names: one or two words of their own and mostly a trade."""
    luck = random.Random(seed)  # noqa: S311 - no secret: the same names each time
    words = sorted({_word(luck) for _ in range(count // CLIENTS_A_WORD + 50)})
    luck.shuffle(words)
    return list(_different(luck, words, count))


def with_a_slip(luck: random.Random, word: str) -> str:
    """Return the word with one letter wrong: another, one more, one less, or two swapped."""
    at = luck.randrange(len(word))
    letter = luck.choice("abcdefghijklmnopqrstuvwxyz".replace(word[at].lower(), ""))
    before, after = word[:at], word[at + 1 :]
    swapped = before + after[:1] + word[at] + after[1:]
    made = (before + letter + after, before + letter + word[at:], before + after, swapped)
    return luck.choice([slip for slip in made if slip not in ("", word)])


def _different(luck: random.Random, words: list[str], count: int) -> Iterator[str]:
    trades, seen = ("", *TRADES.split()), set[str]()
    while len(seen) < count:
        parts = (luck.choice(words), luck.choice((luck.choice(words), "", "")), luck.choice(trades))
        name = " ".join(part for part in parts if part)
        if name not in seen:
            seen.add(name)
            yield name


def _word(luck: random.Random) -> str:
    def one_of(pieces: str) -> str:
        return luck.choice(pieces.split())

    middle = luck.choice((one_of(LINKS) + one_of(VOWELS), ""))
    tail = luck.choice((one_of(TAILS), ""))
    return (one_of(STARTS) + one_of(VOWELS) + middle + one_of(ENDS) + tail).capitalize()
