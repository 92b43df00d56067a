"""CSV files: strangers’ are read however they were saved, ours are written with cells that nothing runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from copydesk.base.errors import CopydeskError
from copydesk_classroom.safe_text import csv_cell

Row = Sequence[object]
NUMBER = (int, float, type(None))
"""What a cell can hold besides words."""


def put(path: Path, data: bytes) -> None:
    """Put bytes in a file in one step, unless it holds them already."""
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    temp = path.with_name(f".{path.name}.tmp")
    temp.write_bytes(data)
    temp.replace(path)


class CsvFile:
    """A CSV written row by row, and put in its place when it is closed without an error; every cell is inert.

    With `spreadsheet` it starts with the mark by which Excel knows UTF-8; importers get it without.
    """

    def __init__(self, path: Path, *, spreadsheet: bool = True) -> None:
        self._path, self._temp = path, path.with_name(f".{path.name}.tmp")
        self._file = self._temp.open("w", encoding="utf-8-sig" if spreadsheet else "utf-8", newline="")
        self._writer = csv.writer(self._file)

    def add(self, rows: Iterable[Row]) -> None:
        """Write some rows."""
        self._writer.writerows([c if isinstance(c, NUMBER) else csv_cell(str(c)) for c in row] for row in rows)

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        self._file.close()
        if not failed:
            self._temp.replace(self._path)


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
