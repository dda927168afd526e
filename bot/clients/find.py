"""Finds clients by what somebody types: in the typeahead and behind a command."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from bot.clients.directory import Entry, Listing, by_name
from bot.clients.index import Index, rank
from bot.clients.known import Viewer
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

Parts = Sequence[Listing]
"""What somebody is offered, in listings that are searched one after the other."""

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_QUOTED = re.compile(r'"([^"]+)"\s*(.*)')


@dataclass(frozen=True)
class Named:
    """What the text behind a command means: a client or the nearest ones, and the other words."""

    client: Entry | None
    words: str
    near: list[Entry]


def suggest(
    listing: Listing, typed: str, limit: int = LIMIT, *, viewer: Viewer | None = None
) -> list[Entry]:
    """Return the clients that `typed` may mean, the likeliest first, former ones last.

    Exact, then at the start of the name, of a word, inside it, then with a slip of the finger.
    Without a `viewer`, only clients that everybody may know of, here and below.
    """
    parts, folded = listing.offered(viewer), fold(tidy(typed))[:LONGEST]
    if not folded:
        every = merge(*(part.clients for part in parts), key=by_name)
        return list(islice((entry for entry in every if not _is_former(entry)), limit))
    sure = list(islice(_found(parts, lambda index: index.containing(folded)), limit))
    if len(parts) > 1:
        sure.sort(key=lambda entry: min(rank(name, folded) for name in entry.folded))
    likely = list(islice(_mistyped(parts, folded, frozenset(sure)), limit))
    kept = max(limit - len(likely), limit - min(KEPT_FOR_SLIPS, limit // 2))
    return _former_last([*sure[:kept], *likely][:limit])


def is_known(listing: Listing, typed: str, *, viewer: Viewer | None = None) -> bool:
    """Return whether a client has exactly this name or alias, however it is spelled."""
    folded = fold(tidy(typed))
    called = _found(listing.offered(viewer), lambda index: index.called(folded))
    return next(called, None) is not None


def named(listing: Listing, text: str, *, viewer: Viewer | None = None) -> Named:
    """Return what "[client] [words]" means; quotation marks hold a name or exact words together.

    The longest beginning that is a client's name or alias counts, else the longest that only one
    client's name contains. Where several do, or only after a slip, they are `near`.
    """
    text = tidy(text.translate(_QUOTES))
    quoted = _QUOTED.match(text)
    heads = [(quoted[1], quoted[2])] if quoted else _heads(text)
    parts = listing.offered(viewer)
    found = _exact(parts, heads) or _contained(parts, heads) or _alike(parts, heads)
    return found or Named(None, text, [])


def _found(parts: Parts, find: Callable[[Index], Iterator[int]]) -> Iterator[Entry]:
    for part in parts:
        for number in find(part.index):
            yield part.clients[number]


def _exact(parts: Parts, heads: list[tuple[str, str]]) -> Named | None:
    for name, words in heads:
        for entry in _exactly(parts, fold(name)):
            return Named(entry, words, [])
    return None


def _exactly(parts: Parts, folded: str) -> Iterator[Entry]:
    return _found(parts, lambda index: index.exactly(folded))


def _contained(parts: Parts, heads: list[tuple[str, str]]) -> Named | None:
    for name, words in heads:
        for entries in _containing(parts, fold(name)):
            found = list(islice(entries, NEAREST + 1))
            if len(found) == 1:
                return Named(found[0], words, [])
            if found:
                return Named(None, words, _former_last(found)[:NEAREST])
    return None


def _containing(parts: Parts, folded: str) -> Iterator[Iterator[Entry]]:
    yield _found(parts, lambda index: index.starting(folded))
    yield _found(parts, lambda index: index.with_word(folded))
    if len(folded) >= INSIDE_A_WORD_FROM:
        yield _found(parts, lambda index: index.containing(folded))


def _alike(parts: Parts, heads: list[tuple[str, str]]) -> Named | None:
    likeness: dict[Entry, tuple[float, str]] = {}
    for name, words in heads[-MOST_MISTYPED_WORDS:]:
        folded = fold(name)
        for entry in islice(_resembling(parts, folded), LIMIT):
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


def _mistyped(parts: Parts, folded: str, sure: frozenset[Entry]) -> Iterator[Entry]:
    for entry in _resembling(parts, folded):
        if entry not in sure and not any(folded in name for name in entry.folded):
            yield entry


def _resembling(parts: Parts, folded: str) -> Iterator[Entry]:
    return _found(parts, lambda index: index.resembling(folded))


def _former_last(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=_is_former)


def _is_former(entry: Entry) -> bool:
    return entry.status is ClientStatus.FORMER
