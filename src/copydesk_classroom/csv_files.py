"""CSV files: read those of other programs in whatever encoding, write ours with cells that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from copydesk.base.errors import CopydeskError
from copydesk.base.files import read_bytes, replacing, write
from copydesk_classroom.safe_text import csv_cell

Row = Sequence[object]
MOST_BYTES, MOST_LINES, MOST_CELLS = 20_000_000, 50_000, 500_000
"""The largest CSV file that is read; a roster of 3,000 learners has some 300,000 bytes, a gradebook as many cells."""
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?[,;\t]*\r?\n', re.IGNORECASE)


class Verbatim(str):
    """Text of the instructor's own that must come back to the letter."""

    __slots__ = ()


AS_IS = (int, float, type(None), Verbatim)
"""What is written as it is; everything else is text and goes through `csv_cell`."""


def put(path: Path, data: bytes) -> None:
    """Replace a file in one step, unless it holds these bytes already. Raises CopydeskError if it cannot be written."""
    with _if_in_use(path):
        write(path, data, durable=False, skip_same=True)  # what is lost to a power cut, the next run makes again


@contextmanager
def _if_in_use(path: Path) -> Iterator[None]:
    """Say that a file may be open in another program: Excel, for one, lets nobody replace the file that it shows."""
    try:
        yield
    except CopydeskError as error:
        if not isinstance(error.__cause__, PermissionError):
            raise
        problem = f"{path} cannot be written: it is open in another program, or you may not write there"
        raise CopydeskError(problem, "close it and run the same command again; nothing is lost") from error


class CsvFile:
    """A CSV file, written row by row; it takes its place when it is closed without an error.

    With `spreadsheet` it starts with a byte order mark, by which Excel knows UTF-8. The import pages of Moodle and
    Canvas would read that mark as part of the first heading, so their files do without. Raises CopydeskError if the
    file cannot be written.
    """

    def __init__(self, path: Path, *, spreadsheet: bool = True) -> None:
        self._closing = ExitStack()
        self._closing.enter_context(_if_in_use(path))
        file = self._closing.enter_context(replacing(path, durable=False))
        text = io.TextIOWrapper(file, encoding="utf-8-sig" if spreadsheet else "utf-8", newline="")
        self._closing.callback(text.detach)  # flushes the text, and leaves the file open for `replacing`
        self._writer = csv.writer(text)

    def add(self, rows: Iterable[Row]) -> None:
        """Write some rows."""
        self._writer.writerows([c if isinstance(c, AS_IS) else csv_cell(str(c)) for c in row] for row in rows)

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(self, *failed: Any) -> None:
        self._closing.__exit__(*failed)


def read_rows(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV file that are not blank; comma, semicolon or tab may separate the cells.

    Raises CopydeskError if the file cannot be read.
    """
    data = read_bytes(path, most=MOST_BYTES + 1)
    if data is None:
        raise CopydeskError(f"{path} cannot be read: there is no such file", "check its name")
    if len(data) > MOST_BYTES:
        raise CopydeskError(f"{path} is larger than {MOST_BYTES // 1_000_000} MB", "name a CSV file")
    text = _text(data)
    told = SEPARATOR_LINE.match(text)  # Excel writes and reads such a line above the head
    text = text[told.end() :] if told else text
    separator = told[1] if told else _separator([line[0] for line in islice(LINE.finditer(text), 20)])
    lines = max(text.count("\n"), text.count("\r"))
    if lines > MOST_LINES or lines + text.count(separator) > MOST_CELLS:
        raise CopydeskError(f"{path} has {lines:,} lines, too many cells to be read", "keep those of this course")
    try:
        parts = (line[0] for line in LINE.finditer(text))  # a StringIO would take four times the memory
        yield from (row for row in csv.reader(parts, delimiter=separator) if any(map(str.strip, row)))
    except csv.Error as error:
        raise CopydeskError(f"{path} cannot be read as CSV ({error})", "save it again as CSV") from None


def _separator(lines: Sequence[str]) -> str:
    """What separates the cells: what most lines have, else what one has most often."""
    # csv.Sniffer gets short rosters wrong
    counts = {s: [line.count(s) for line in lines] for s in ",;\t"}
    return max(counts, key=lambda s: (sum(map(bool, counts[s])), max(counts[s], default=0)))


def _text(data: bytes) -> str:
    """The text of a file: in UTF-8, in UTF-16 as Excel’s “Unicode text” and Blackboard have it, or in Windows-1252."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if 0 in data[:200]:  # UTF-16 without its mark: every second byte of Latin text is zero
        return data.decode("utf-16-be" if data[0] == 0 else "utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
