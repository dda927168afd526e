"""Phrases that judge where a record should tell. The list is data: words.txt beside this file."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from models.text import fold


LIST = Path(__file__).with_name("words.txt")
MOST = 5
"""Judgements returned: more would read as a scolding."""

REACH = 5
"""Words shown on a side, so that a phrase is quoted whole; it ends where another begins."""

_JOINS = frozenset({"and", "but", "or", "so", "because", "then", "while", "when", "although"})
_APOSTROPHE = "'’ʼ＇´`"  # noqa: RUF001 - people's keyboards write them all
_JOINT = f"[-‐‑{_APOSTROPHE}]"  # noqa: RUF001 - the same of hyphens
_LETTERS = "(?:[^\\W_]|[\u0300-\u036f])+"
_WORD = re.compile(f"{_LETTERS}(?:{_JOINT}{_LETTERS})*")
_WITHOUT_APOSTROPHES = str.maketrans("", "", _APOSTROPHE)
_QUOTED = re.compile(  # each stops at the next opening mark, so that no text takes long
    r"“[^“”]*” | „[^„“”]*[“”] | «[^«»]*» | `[^`]*`"
    r"""| (?<!\w)"(?=\S)[^"]*(?<=\S)"(?!\w)"""
    r"| (?<!\w)‘(?=\S)[^‘]*?(?<=\S)’(?!\w)"  # noqa: RUF001 - quotation marks
    r"| (?<!\w)'(?=\S)(?:[^']|(?<=\w)'(?=\w))*(?<=\S)'(?!\w)",
    re.VERBOSE,
)
_CHUNK = re.compile(r"\S+")
_NOT_PROSE = re.compile(r"://|[@\\_]|\w\.\w")
_GROUP = re.compile(r"\[\w+\] ?(.*)")


@dataclass(frozen=True)
class Judgement:
    """A phrase as it was typed, and the question that leads from it to a fact."""

    phrase: str
    question: str


@dataclass(frozen=True)
class Entry:
    """Words in order, each in any of its forms, and what is asked of them: nothing if fine."""

    forms: tuple[frozenset[str], ...]
    question: str
    shows_before: bool
    shows_after: bool


class _Word(NamedTuple):
    folded: str
    start: int
    end: int


class _Hit(NamedTuple):
    at: int
    end: int
    entry: Entry


class _Span(NamedTuple):
    said: str
    question: str
    start: int
    end: int


WordList = Mapping[str, Sequence[Entry]]
"""Entries by each form of their first word, longest first."""


def judging(text: str, words: WordList | None = None) -> list[Judgement]:
    """Return the judging phrases in their order, each once, at most MOST.

    What stands in quotation marks is somebody else's and is left alone.
    """
    listed = word_list() if words is None else words
    found: dict[str, Judgement] = {}
    for span in _spans(_prose_of(text), listed):
        phrase = " ".join(text[span.start : span.end].split())
        found.setdefault(span.said, Judgement(phrase, span.question))
    return list(found.values())[:MOST]


@cache
def word_list(path: Path = LIST) -> WordList:
    """Return the list as it is kept in the file, read once."""
    return read_list(path.read_text(encoding="utf-8"))


def read_list(text: str) -> WordList:
    """Return the list that `text` spells, in the form that words.txt explains."""
    entries = defaultdict[str, list[Entry]](list)
    question = ""
    for line in filter(None, (line.partition("#")[0].strip() for line in text.splitlines())):
        if group := _GROUP.fullmatch(line):
            question = group[1]
            continue
        entry = _entry(line.split(), question)
        for form in entry.forms[0]:
            entries[form].append(entry)
    for alike in entries.values():
        alike.sort(key=lambda entry: -len(entry.forms))
    return entries


def _entry(parts: list[str], question: str) -> Entry:
    forms = (frozenset(map(_folded, part.split("|"))) for part in parts if part != "…")
    return Entry(tuple(forms), question, parts[0] == "…", parts[-1] == "…")


def _folded(word: str) -> str:
    if word.isascii() and word.isalpha():
        return word.lower()
    return fold(word.translate(_WITHOUT_APOSTROPHES))


def _prose_of(text: str) -> str:
    """Return the text with quotations, code, addresses and files struck out in place."""
    unquoted = _QUOTED.sub(_struck, text)
    return _CHUNK.sub(lambda m: _struck(m) if _NOT_PROSE.search(m[0]) else m[0], unquoted)


def _struck(match: re.Match[str]) -> str:
    return "\0" * len(match[0])


def _spans(prose: str, words: WordList) -> Iterator[_Span]:
    """Yield what to show of each judgement; two that overlap are shown as one."""
    for run in _runs(prose):
        hits = tuple(_hits(prose, run, words))
        last: _Span | None = None
        for place in range(len(hits)):
            span = _span(run, hits, place)
            if last and span.start < last.end:
                last = last._replace(end=span.end)
                continue
            if last:
                yield last
            last = span
        if last:
            yield last


def _hits(prose: str, run: Sequence[_Word], words: WordList) -> Iterator[_Hit]:
    at = 0
    while at < len(run):
        entry = next((e for e in words.get(run[at].folded, ()) if _says(run, at, e)), None)
        end = at + len(entry.forms) if entry else at + 1
        if entry and entry.question and not _names_something(prose, run[at]):
            yield _Hit(at, end, entry)
        at = end


def _span(run: Sequence[_Word], hits: Sequence[_Hit], place: int) -> _Span:
    """Return a judgement in its phrase, which ends where another judgement begins."""
    at, end, entry = hits[place]
    first, last = at, end
    if entry.shows_before:
        first = at - _reach(run[hits[place - 1].at if place else 0 : at][::-1])
    if entry.shows_after:
        last = end + _reach(run[end : hits[place + 1].at if place + 1 < len(hits) else len(run)])
    said = " ".join(word.folded for word in run[at:end])
    return _Span(said, entry.question, run[first].start, run[last - 1].end)


def _reach(beside: Sequence[_Word]) -> int:
    """Return how many of the words beside it belong to its phrase."""
    near = [word.folded for word in beside[:REACH]]
    return next((count for count, word in enumerate(near) if word in _JOINS), len(near))


def _says(run: Sequence[_Word], at: int, entry: Entry) -> bool:
    said = run[at : at + len(entry.forms)]
    return len(said) == len(entry.forms) and all(
        word.folded in forms for word, forms in zip(said, entry.forms, strict=True)
    )


def _runs(prose: str) -> Iterator[list[_Word]]:
    """Yield the words that nothing but blanks parts from each other."""
    run: list[_Word] = []
    for match in _WORD.finditer(prose):
        if run and prose[run[-1].end : match.start()].strip(" \t\N{NO-BREAK SPACE}\r\n"):
            yield run
            run = []
        run.append(_Word(_folded(match[0]), match.start(), match.end()))
    yield run


def _names_something(prose: str, word: _Word) -> bool:
    """Return whether a capital in mid-sentence says that this is a name."""
    before = prose[: word.start].rstrip(" ")[-1:]
    return prose[word.start : word.end].istitle() and (before.isalnum() or before == ",")
