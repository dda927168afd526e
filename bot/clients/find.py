"""Finds clients by what somebody types: in the typeahead and behind a command."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from bot.clients.directory import Entry, Listing
from bot.clients.names import tidy
from models import ClientStatus
from models.text import fold


LIMIT = 60
KEPT_FOR_SLIPS = 30
LONGEST = 150
NEAREST = 5
MOST_WORDS = 20
MOST_MISTYPED_WORDS = 4
INSIDE_A_WORD_FROM = 3
ALIKE = 0.6

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_QUOTED = re.compile(r'"([^"]+)"\s*(.*)')


@dataclass(frozen=True)
class Named:
    """What the text behind a command means: a client or the nearest ones, and the other words."""

    client: Entry | None
    words: str
    near: list[Entry]


def suggest(listing: Listing, typed: str, limit: int = LIMIT) -> list[Entry]:
    """Return the clients that `typed` may mean, the likeliest first, former ones last.

    Exact, then at the start of the name, of a word, inside it, then with a slip of the finger.
    """
    folded = fold(tidy(typed))[:LONGEST]
    if not folded:
        current = (entry for entry in listing.clients if not _is_former(entry))
        return list(islice(current, limit))
    sure = list(islice(listing.index.containing(folded), limit))
    likely = list(islice(_mistyped(listing, folded, frozenset(sure)), limit))
    kept = max(limit - len(likely), limit - min(KEPT_FOR_SLIPS, limit // 2))
    return _former_last(_entries(listing, [*sure[:kept], *likely], limit))


def is_known(listing: Listing, typed: str) -> bool:
    """Return whether a client has exactly this name or alias, however it is spelled."""
    return next(listing.index.called(fold(tidy(typed))), None) is not None


def named(listing: Listing, text: str) -> Named:
    """Return what "[client] [words]" means; quotation marks hold a name or exact words together.

    The longest beginning that is a client's name or alias counts, else the longest that only one
    client's name contains. Where several do, or only after a slip, they are `near`.
    """
    text = tidy(text.translate(_QUOTES))
    quoted = _QUOTED.match(text)
    heads = [(quoted[1], quoted[2])] if quoted else _heads(text)
    found = _exact(listing, heads) or _contained(listing, heads) or _alike(listing, heads)
    return found or Named(None, text, [])


def _exact(listing: Listing, heads: list[tuple[str, str]]) -> Named | None:
    for name, words in heads:
        for number in listing.index.exactly(fold(name)):
            return Named(listing.clients[number], words, [])
    return None


def _contained(listing: Listing, heads: list[tuple[str, str]]) -> Named | None:
    for name, words in heads:
        for numbers in _containing(listing, fold(name)):
            found = _entries(listing, numbers, NEAREST + 1)
            if len(found) == 1:
                return Named(found[0], words, [])
            if found:
                return Named(None, words, _former_last(found)[:NEAREST])
    return None


def _containing(listing: Listing, folded: str) -> Iterator[Iterator[int]]:
    yield listing.index.starting(folded)
    yield listing.index.with_word(folded)
    if len(folded) >= INSIDE_A_WORD_FROM:
        yield listing.index.containing(folded)


def _alike(listing: Listing, heads: list[tuple[str, str]]) -> Named | None:
    likeness: dict[Entry, tuple[float, str]] = {}
    for name, words in heads[-MOST_MISTYPED_WORDS:]:
        folded = fold(name)
        for entry in _entries(listing, listing.index.resembling(folded), LIMIT):
            before = likeness.get(entry, (ALIKE, ""))
            likeness[entry] = max(before, (_likeness(folded, entry), words))
    ranked = sorted(likeness, key=lambda entry: -likeness[entry][0])
    near = [entry for entry in ranked if likeness[entry][0] > ALIKE][:NEAREST]
    return Named(None, likeness[near[0]][1], near) if near else None


def _likeness(folded: str, entry: Entry) -> float:
    whole = max(OSA.normalized_similarity(folded, name) for name in entry.folded)
    part = max(fuzz.partial_ratio(folded, name) for name in entry.folded)
    return max(whole, part * 0.009)  # of 100, and a part of a name is a little less than the whole


def _heads(text: str) -> list[tuple[str, str]]:
    """Return what may be the name and what is left, the longest name first."""
    heads = []
    for word in islice(re.finditer(r"\S+", text), MOST_WORDS):
        if word.start() and word[0].startswith('"'):
            break
        heads.append((text[: word.end()], text[word.end() :].lstrip()))
    return [head for head in reversed(heads) if len(head[0]) <= LONGEST]


def _mistyped(listing: Listing, folded: str, sure: frozenset[int]) -> Iterator[int]:
    for number in listing.index.resembling(folded):
        names = listing.clients[number].folded
        if number not in sure and not any(folded in name for name in names):
            yield number


def _entries(listing: Listing, numbers: Iterable[int], most: int) -> list[Entry]:
    return [listing.clients[number] for number in islice(numbers, most)]


def _former_last(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=_is_former)


def _is_former(entry: Entry) -> bool:
    return entry.status is ClientStatus.FORMER
