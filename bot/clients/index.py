"""Finds names while somebody types: what contains the letters, then what comes close to them.

Two names of 100,000 differ by few words: a slip is looked for among the words, not the names.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, chain, islice

from rapidfuzz import process
from rapidfuzz.distance import OSA


Near = Mapping[str, float]
"""Words of the directory that a typed word may mean, each with how many slips away it is."""

SLIPS_FROM, TWO_SLIPS_FROM = 2, 8
"""From how many letters on a word may hold one slip, and two."""

BEGINNING_FROM = 4
"""From how many letters on a slip is looked for in the beginnings of words too."""

UNFINISHED, MISSED = 0.25, 3.0
"""What a word not typed to its end, and one that is not there at all, count as slips."""

MOST_TYPED, MOST_MEANT, MOST_LINES = 8, 500, 500
"""Words of the query, words that one of them may mean, and lines that are ranked."""

MANY = 200
"""Names that contain what was typed: fewer are all ranked, of more the likeliest are looked for."""

NO_LIMIT = 10_000


class Index:
    """Folded names, each under its client's number; a number may have several."""

    def __init__(self, names: Sequence[tuple[int, str]]) -> None:
        """Take the names best first: among equals the earlier is found before the later."""
        self._numbers = [number for number, _ in names]
        self._names = [name for _, name in names]
        self._lines = _Lines(self._names)
        self._closed_up = _Lines([name.replace(" ", "") for name in self._names])
        self._by_word: dict[str, list[int]] = {}
        for line, name in enumerate(self._names):
            for word in dict.fromkeys(name.split()):
                self._by_word.setdefault(word, []).append(line)
        self._by_start: dict[str, list[str]] = {}
        for word in sorted(self._by_word, key=len):
            self._by_start.setdefault(word[:2], []).append(word)

    def called(self, folded: str) -> Iterator[int]:
        """Yield who has exactly this name."""
        return self._distinct(self._lines_called(folded))

    def exactly(self, folded: str) -> Iterator[int]:
        """Yield who has this name, first as it is, then with its letters spaced otherwise."""
        otherwise = self._closed_up.having(f"\n{_close_up(folded)}\n")
        return self._distinct(chain(self._lines_called(folded), otherwise))

    def starting(self, folded: str) -> Iterator[int]:
        """Yield who has a name that starts with this."""
        return self._distinct(self._lines.having(f"\n{folded}"))

    def with_word(self, folded: str) -> Iterator[int]:
        """Yield who has a name with a word that starts with this, the first words first."""
        starts = (self._lines.having(f"{before}{folded}") for before in "\n ")
        return self._distinct(chain.from_iterable(starts))

    def containing(self, folded: str) -> Iterator[int]:
        """Yield who has a name with this in it: exact, at the start, at a word's start, inside."""
        few = list(islice(self._lines.having(folded), MANY))
        if len(few) < MANY:
            found = iter(sorted(few, key=lambda line: rank(self._names[line], folded)))
        else:
            starts = (self._lines.having(f"{before}{folded}") for before in ("\n", " ", ""))
            found = chain(self._lines_called(folded), chain.from_iterable(starts))
        return self._distinct(chain(found, self._closed_up.having(_close_up(folded))))

    def resembling(self, folded: str) -> Iterator[int]:
        """Yield who has a name with these words in any order, a slip or two in each, best first."""
        typed = [word for word in dict.fromkeys(folded.split()) if len(word) >= SLIPS_FROM]
        near = [self._near(word) for word in typed[:MOST_TYPED]]
        candidates = islice(self._candidates(near), MOST_LINES)
        if len(near) == 1:
            return self._distinct(candidates)
        ranked = sorted((self._distance(line, near), line) for line in candidates)
        return self._distinct(line for _, line in ranked)

    def _near(self, typed: str) -> Near:
        slips, length = allowed_slips(typed), len(typed)
        if length < BEGINNING_FROM:
            return self._near_a_short_word(typed, slips)
        alike = self._alike(typed[:2], length - slips)
        beginnings = [word[:length] for word in alike]
        hits = process.extract(
            typed, beginnings, scorer=OSA.distance, score_cutoff=slips + 1, limit=MOST_MEANT
        )
        measured = ((alike[place], distance(typed, alike[place])) for _, _, place in hits)
        return {word: far for word, far in measured if far <= slips + UNFINISHED}

    def _near_a_short_word(self, typed: str, slips: int) -> Near:
        alike = self._alike(typed[:2], len(typed) - slips, len(typed) + slips)
        hits = process.extract(typed, alike, scorer=OSA.distance, score_cutoff=slips, limit=None)
        begun = (word for word in self._by_start.get(typed[:2], ()) if word.startswith(typed))
        return dict.fromkeys(begun, UNFINISHED) | {word: float(far) for word, far, _ in hits}

    def _alike(self, start: str, shortest: int, longest: int = NO_LIMIT) -> list[str]:
        # Whatever the slip was, one of the first two letters is among the first two of the word.
        alike: list[str] = []
        for pair, words in self._by_start.items():
            if pair[0] in start or pair[-1] in start:
                first = bisect_left(words, shortest, key=len)
                alike += words[first : bisect_right(words, longest, key=len)]
        return alike

    def _candidates(self, near: Sequence[Near]) -> Iterator[int]:
        """Yield lines with the rarest word meant, the nearest first, and all others if some do."""
        meant = sorted((self._lines_of(words) for words in near if words), key=len)
        if not meant:
            return
        lines = set(meant[0])
        for others in meant[1:]:
            lines = lines.intersection(others) or lines
        yield from (line for line in meant[0] if line in lines)

    def _lines_of(self, near: Near) -> list[int]:
        words = sorted(near, key=near.__getitem__)
        return list(dict.fromkeys(chain.from_iterable(self._by_word[word] for word in words)))

    def _distance(self, line: int, near: Sequence[Near]) -> float:
        words = self._names[line].split()
        return sum(min(meant.get(word, MISSED) for word in words) for meant in near)

    def _lines_called(self, folded: str) -> Iterator[int]:
        having = [self._by_word.get(word, []) for word in folded.split()]
        rarest = min(having, key=len, default=[])
        return (line for line in rarest if self._names[line] == folded)

    def _distinct(self, lines: Iterator[int]) -> Iterator[int]:
        seen: set[int] = set()
        for line in lines:
            number = self._numbers[line]
            if number not in seen:
                seen.add(number)
                yield number


class _Lines:
    """Many short texts as one long one, in which searching is the interpreter's own loop."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.text = "\n".join(["", *lines, ""])
        self._starts = array("L", accumulate((len(line) + 1 for line in lines), initial=1))

    def having(self, pattern: str) -> Iterator[int]:
        """Yield the number of each line with the pattern in it, a line's end being a newline."""
        at = self.text.find(pattern)
        while at >= 0:
            line = bisect_right(self._starts, at + 1) - 1
            yield line
            at = self.text.find(pattern, self._starts[line + 1] - 1)


def _close_up(folded: str) -> str:
    return folded.replace(" ", "")


def rank(name: str, folded: str) -> int:
    """Return how well the name begins with what was typed: 0 is exact, 3 has it inside a word."""
    if name.startswith(folded):
        return 0 if name == folded else 1
    return 2 if f" {folded}" in name else 3


def allowed_slips(typed: str) -> int:
    """Return how many slips a typed word of this length may have."""
    return sum(len(typed) >= length for length in (SLIPS_FROM, TWO_SLIPS_FROM))


def distance(typed: str, word: str) -> float:
    """Return how many letters are wrong in what was typed for the word or for its beginning."""
    length = len(typed)
    ends = range(length - 1, length + 2)
    begun = min(OSA.distance(typed, word[:end]) for end in ends)
    return min(float(OSA.distance(typed, word)), begun + UNFINISHED)
