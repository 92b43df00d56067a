"""CSV files: read those of other programs in whatever encoding, write ours with cells that no spreadsheet runs."""

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
"""What is written as it is; everything else is text and goes through `csv_cell`."""


def put(path: Path, data: bytes) -> None:
    """Replace a file in one step, unless it holds these bytes already. Raises CopydeskError if it cannot be written."""
    write(path, data, durable=False, skip_same=True)  # what is lost to a power cut, the next run makes again


class CsvFile:
    """A CSV file, written row by row; it takes its place when it is closed without an error.

    With `spreadsheet` it starts with a byte order mark, by which Excel knows UTF-8. The import pages of Moodle and
    Canvas would read that mark as part of the first heading, so their files do without. Raises CopydeskError if the
    file cannot be written.
    """

    def __init__(self, path: Path, *, spreadsheet: bool = True) -> None:
        self._closing = ExitStack()
        file = self._closing.enter_context(replacing(path, durable=False))
        text = io.TextIOWrapper(file, encoding="utf-8-sig" if spreadsheet else "utf-8", newline="")
        self._closing.callback(text.detach)  # flushes the text, and leaves the file open for `replacing`
        self._writer = csv.writer(text)

    def add(self, rows: Iterable[Row]) -> None:
        """Write some rows."""
        self._writer.writerows([c if isinstance(c, NUMBER) else csv_cell(str(c)) for c in row] for row in rows)

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(self, *failed: Any) -> None:
        self._closing.__exit__(*failed)


def read_rows(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV file that are not blank; comma, semicolon or tab may separate the cells.

    Raises CopydeskError if the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CopydeskError(f"{path} cannot be read ({error.strerror})", "check its name") from None
    # Excel saves “Unicode text” as UTF-16, and plain CSV in the code page of Western Windows
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    separator = max(",;\t", key=text.partition("\n")[0].count)  # csv.Sniffer gets short rosters wrong
    try:
        yield from (
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(map(str.strip, row))
        )
    except csv.Error as error:
        raise CopydeskError(f"{path} cannot be read as CSV ({error})", "save it again as CSV") from None
