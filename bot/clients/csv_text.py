"""Reads the bytes of a CSV file into records, each with the line that it begins on."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches

from bot.clients.cells import COLUMNS
from bot.clients.names import tidy
from models.text import fold


EXAMPLE = ",".join(COLUMNS)
KNOWN = {name.replace("_", ""): name for name in COLUMNS}
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
MOST_BROKEN_QUOTES = 100
BROKEN_QUOTE = (
    "A quotation mark opens here and is not closed properly. "
    'Close it, or write a quotation mark inside a cell twice ("").'
)
LONGEST_CELL = 131_072
"""Characters, as Python's reader has it."""

TOO_LONG = (
    f"A cell here is longer than {LONGEST_CELL:,} characters. Shorten it; if a quotation mark "
    "opens it, see that it is closed too."
)
NOT_UTF_8 = (
    "This line has a letter that is not UTF-8, and the rest of the file is UTF-8. Write the letter "
    "again, or save the whole table as CSV (UTF-8)."
)
NO_TEXT = "This is not a text file. Save the table as CSV (UTF-8) and import that."
NO_MARK = (
    "This looks like UTF-16 without the mark that says so. "
    "Save the table as CSV (UTF-8) and import that."
)


@dataclass(frozen=True, order=True)
class Problem:
    """What keeps a file from being imported, and what to do; line 0 is the file as a whole."""

    line: int
    text: str

    def __str__(self) -> str:
        """Return the problem as a line of its own."""
        return f"Line {self.line}: {self.text}" if self.line else self.text


class NoTable(Exception):  # noqa: N818 - it reads as what was found
    """The file as a whole cannot be read."""

    def __init__(self, text: str, *lines: int) -> None:
        """Say what is wrong and what to do, on these lines or in the file as a whole."""
        super().__init__(text)
        self.problems = tuple(Problem(line, text) for line in lines or (0,))


@dataclass(frozen=True)
class Table:
    """A file whose header was read. A column that we do not know has no name."""

    text: str
    header_line: int
    delimiter: str
    columns: tuple[str, ...]
    unread: tuple[str, ...] = ()
    """A sentence on the columns that we do not know, and one for each that may be misspelt."""

    def records(self) -> Iterator[tuple[int, list[str] | Problem]]:
        """Yield the line and the cells of each record below the header, or what is wrong there."""
        lines = list(io.StringIO(self.text, newline=""))
        done, broken = self.header_line, 0
        while broken < MOST_BROKEN_QUOTES:
            reader = csv.reader(lines[done:], delimiter=self.delimiter, strict=True)
            began = 0
            try:
                for record in reader:
                    yield done + began + 1, record
                    began = reader.line_num
            except csv.Error as error:
                done, broken = done + began + 1, broken + 1  # go on with the very next line
                yield done, Problem(done, TOO_LONG if "limit" in str(error) else BROKEN_QUOTE)
            else:
                return
        unread = "The lines from here on were not read. Mend the ones above first."
        yield done + 1, Problem(done + 1, unread)


def read_table(data: bytes) -> Table:
    """Return the table in the file; raises NoTable where there is none."""
    text = _decoded(data)
    for line, content in enumerate(io.StringIO(text, newline=""), start=1):
        if content.strip(" \t\r\n,;"):
            delimiter, cells = _header(content)
            columns = tuple(map(_known, cells))
            _check(line, columns)
            return Table(text, line, delimiter, columns, tuple(_unread(cells, columns)))
    raise NoTable(f"The file is empty. Its first line names the columns: {EXAMPLE}")


def _decoded(data: bytes) -> str:
    """Return the text: UTF-8, UTF-16 with its mark, else what Windows in the West writes."""
    if data[:2] in UTF_16_MARKS:
        return _as_utf_16(data)
    if b"\0" in data:
        of_one_half, of_other = sorted((data[::2].count(0), data[1::2].count(0)))
        looks_wide = not of_one_half and of_other * 4 > len(data)
        raise NoTable(NO_MARK if looks_wide else NO_TEXT)
    text = _as_utf_8(data)
    return _as_windows(data) if text is None else text


def _as_utf_16(data: bytes) -> str:
    with suppress(UnicodeDecodeError):
        text = data.decode("utf-16")
        if "\0" not in text:
            return text
    raise NoTable(NO_TEXT)


def _as_utf_8(data: bytes) -> str | None:
    """Return the text, or None if it is another encoding's; raises NoTable for a mixture."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        good, bad = _lines_beyond_ascii(data)
        if data.startswith(codecs.BOM_UTF8) or len(good) >= len(bad):
            raise NoTable(NOT_UTF_8, *bad) from None
        return None


def _lines_beyond_ascii(data: bytes) -> tuple[list[int], list[int]]:
    """Return the numbers of the lines that are good UTF-8, and of those that are not."""
    good: list[int] = []
    bad: list[int] = []
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.isascii():
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                bad.append(number)
            else:
                good.append(number)
    return good, bad


def _as_windows(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _header(content: str) -> tuple[str, list[str]]:
    """Return the delimiter and the cells that it parts the header into."""
    found = [(delimiter, _parted(content, delimiter)) for delimiter in ",;\t"]
    return max(found, key=lambda split: ("name" in map(_known, split[1]), len(split[1])))


def _parted(content: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([content], delimiter=delimiter))
    except csv.Error:  # a line longer than any header
        return []


def _known(cell: str) -> str:
    """Return the column that is meant, or nothing."""
    return KNOWN.get(_bare(cell), "")


def _bare(cell: str) -> str:
    return fold(cell).replace(" ", "")


def _check(line: int, columns: Sequence[str]) -> None:
    """Raise NoTable unless there is one column of names, and none twice."""
    if "name" not in columns:
        raise NoTable(
            f"No column is called “name”. The first line names the columns: {EXAMPLE}", line
        )
    for name in COLUMNS:
        if columns.count(name) > 1:
            raise NoTable(f"Two columns are called “{name}”. Rename or remove one of them.", line)


def _unread(cells: Sequence[str], columns: Sequence[str]) -> Iterator[str]:
    """Yield a sentence on what was not read, one more for each column that may be misspelt."""
    missing = [bare for bare, column in KNOWN.items() if column not in columns]
    others: list[str] = []
    for cell in (cell for cell, column in zip(cells, columns, strict=True) if not column):
        shown = f"“{tidy(cell)[:40]}”"
        meant = get_close_matches(_bare(cell), missing, 1)
        if meant:
            yield f"The column {shown} was not read; did you mean “{KNOWN[meant[0]]}”?"
        elif cell.strip():
            others.append(shown)
    if others:
        yield f"Not read, as nothing here needs them: {', '.join(others)}."
