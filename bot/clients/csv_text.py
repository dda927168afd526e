"""Reads the bytes of a CSV file into records, each with the line that it begins on."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from bot.clients.cells import COLUMNS
from models.text import fold


EXAMPLE = ",".join(COLUMNS)
MOST_BROKEN_QUOTES = 100
BROKEN_QUOTE = (
    "A quotation mark opens here and is not closed properly. "
    'Close it, or write a quotation mark inside a cell twice ("").'
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

    def __init__(self, text: str, line: int = 0) -> None:
        """Say what is wrong and what to do."""
        super().__init__(text)
        self.problem = Problem(line, text)


@dataclass(frozen=True)
class Table:
    """A file whose header was read. A column that we do not know has no name."""

    text: str
    header_line: int
    delimiter: str
    columns: tuple[str, ...]

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
            except csv.Error:
                done, broken = done + began + 1, broken + 1  # go on with the very next line
                yield done, Problem(done, BROKEN_QUOTE)
            else:
                return
        unread = "The lines from here on were not read. Mend the ones above first."
        yield done + 1, Problem(done + 1, unread)


def read_table(data: bytes) -> Table:
    """Return the table in the file; raises NoTable where there is none."""
    text = _decoded(data)
    for line, content in enumerate(io.StringIO(text, newline=""), start=1):
        if content.strip(" \t\r\n,;"):
            return Table(text, line, *_columns(line, content))
    raise NoTable(f"The file is empty. Its first line names the columns: {EXAMPLE}")


def _decoded(data: bytes) -> str:
    """Return the text: UTF-8, UTF-16 with its mark, else what Windows in the West writes."""
    encodings = ["utf-8-sig", "cp1252", "latin-1"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise NoTable("This is not a text file. Save the table as CSV (UTF-8) and import that.")


def _columns(line: int, content: str) -> tuple[str, tuple[str, ...]]:
    """Return the delimiter and the columns that it parts the header into."""
    found = [(delimiter, _parted(content, delimiter)) for delimiter in ",;\t"]
    delimiter, columns = max(found, key=lambda split: ("name" in split[1], len(split[1])))
    if "name" not in columns:
        raise NoTable(
            f"No column is called “name”. The first line names the columns: {EXAMPLE}", line
        )
    for name in COLUMNS:
        if columns.count(name) > 1:
            raise NoTable(f"Two columns are called “{name}”. Rename or remove one of them.", line)
    return delimiter, columns


def _parted(content: str, delimiter: str) -> tuple[str, ...]:
    known = {name.replace("_", ""): name for name in COLUMNS}
    try:
        cells = next(csv.reader([content], delimiter=delimiter))
    except csv.Error:  # a line longer than any header
        return ()
    return tuple(known.get(fold(cell).replace(" ", ""), "") for cell in cells)
