"""CSV files: strangers’ are read however they were saved, ours are written with cells that nothing runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from copydesk.base.errors import CopydeskError
from copydesk.base.files import replacing, write
from copydesk_classroom.safe_text import csv_cell

Row = Sequence[object]
NUMBER = (int, float, type(None))
"""What a cell can hold besides words."""


def put(path: Path, data: bytes) -> None:
    """Put bytes in a file in one step, unless it holds them already. Raises CopydeskError if it cannot be written."""
    write(path, data, durable=False, skip_same=True)  # what is lost to a power cut, the next run makes again


class CsvFile:
    """A CSV written row by row, and put in its place when it is closed without an error; every cell is inert.

    With `spreadsheet` it starts with the mark by which Excel knows UTF-8; importers get it without. Raises
    CopydeskError if it cannot be written.
    """

    def __init__(self, path: Path, *, spreadsheet: bool = True) -> None:
        self._closing = ExitStack()
        file = self._closing.enter_context(replacing(path, durable=False))
        text = io.TextIOWrapper(file, encoding="utf-8-sig" if spreadsheet else "utf-8", newline="")
        self._closing.callback(text.detach)  # writes what it still holds, and leaves the file open for `replacing`
        self._writer = csv.writer(text)

    def add(self, rows: Iterable[Row]) -> None:
        """Write some rows."""
        self._writer.writerows([c if isinstance(c, NUMBER) else csv_cell(str(c)) for c in row] for row in rows)

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(self, *failed: Any) -> None:
        self._closing.__exit__(*failed)


def read_rows(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV that hold anything, whatever separates its cells and however it was saved."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CopydeskError(f"{path} cannot be read ({error.strerror})", "check its name") from None
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    try:
        yield from (
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(map(str.strip, row))
        )
    except csv.Error as error:
        raise CopydeskError(f"{path} cannot be read as CSV ({error})", "save it again as CSV") from None
