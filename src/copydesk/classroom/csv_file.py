"""Files put in their place in one step; tables whose cells are inert."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from copydesk.classroom.inert import cell

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
        self._writer.writerows([c if isinstance(c, NUMBER) else cell(str(c)) for c in row] for row in rows)

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        self._file.close()
        if not failed:
            self._temp.replace(self._path)
