"""The words a reader gets from blocks, messages and views."""

from collections.abc import Iterator

from sandbox.wire import Json


def words_of(thing: object) -> str:
    """Return every word in a message, a view, blocks or a text object, a line each."""
    return "\n".join(_words(thing))


def _words(thing: object) -> Iterator[str]:
    if isinstance(thing, list):
        for each in thing:
            yield from _words(each)
    elif isinstance(thing, dict):
        yield from _words_in(thing)


def _words_in(thing: Json) -> Iterator[str]:
    for name, value in thing.items():
        if isinstance(value, str):
            if name in {"text", "alt_text", "initial_value", "fallback"}:
                yield value
        else:
            yield from _words(value)
