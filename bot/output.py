"""What a command prints, where standard output may be full, closed, or nobody's any more."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from bot.errors import OutputLost


@contextmanager
def printing(out: TextIO) -> Iterator[None]:
    """Raise OutputLost where what the block prints cannot be written, all of it."""
    try:
        yield
        out.flush()
    except OSError as error:
        _let_go(out)
        # A reader who wants only the first lines has enough: that is no error.
        gone = isinstance(error, BrokenPipeError)
        raise OutputLost(
            "" if gone else f"The output cannot be written: {error.strerror}."
        ) from error


class Lines:
    """Lines for the person who ran a command: on `out`, or on `spare` if `out` can't be used."""

    def __init__(self, out: TextIO, spare: TextIO) -> None:
        """Begin with `out`."""
        self._out, self._spare = out, spare

    def say(self, text: str) -> None:
        """Print the text as a line, at once."""
        try:
            with printing(self._out):
                self._out.write(f"{text}\n")
        except OutputLost:
            self._out = self._spare
            self._out.write(f"{text}\n")


def make_ready() -> None:
    """Let both streams take any text, and a closed one be one that fails, not one that is None."""
    if not sys.stdout:  # its number would go to the next file that is opened: the database
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if not sys.stderr:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a ✓ must not end it on an old terminal


def _let_go(out: TextIO) -> None:
    """Send nowhere what Python still holds of it, or that would fail again at the exit."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, out.fileno())
        os.close(nowhere)
