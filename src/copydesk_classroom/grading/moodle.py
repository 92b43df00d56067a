"""Give results back to Moodle: its own grading worksheet filled in, and a zip of the feedback pages.

The worksheet's import (mod/assign/feedback/offline/importgradeslib.php and locallib.php) finds its columns by the
headings in the language of whoever imports, skips a grade above the maximum, and skips one that was changed after the
date in the worksheet. So headings, dates and all other cells stay as they were given. It writes feedback columns back
too, even where they are blank, so these stay to the letter.

The zip is for “Upload multiple feedback files in a zip” (mod/assign/feedback/file/importziplib.php), which cuts each
name at the first four `_`: full name, participant number, type and name of the plugin; the rest is the file's name.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from copydesk.base.files import replacing
from copydesk_classroom.collecting.roster import RosterFile
from copydesk_classroom.csv_files import Row, Verbatim

POINTS = Mapping[str, tuple[float, float]]
"""The points of each learner and those possible, by the learner's key."""
MADE = (2020, 2, 2, 0, 0, 0)
"""The moment that every file in the zip bears, so that the same pages make the same zip."""


def filled_worksheet(worksheet: RosterFile, points: POINTS, scale: float | None) -> Iterator[Row]:
    """The rows of a grading worksheet with the grades filled in, scaled to `scale`, else to the maximum in each row.

    A learner without points keeps what is in the worksheet.
    """
    yield worksheet.head
    grade, maximum, modified = (worksheet.column(field) for field in ("grade", "maximum", "modified"))
    assert grade is not None and modified is not None
    for given in worksheet.rows:
        row = [*given, *[""] * (len(worksheet.head) - len(given))]
        most = row[maximum].strip() if maximum is not None else ""
        pupil = worksheet.pupil(row)
        if pupil and pupil.key in points:
            row[grade] = _written(scaled(*points[pupil.key], scale or number_in(most)), most)
        # feedback stands behind the date of the grade
        yield [cell if n <= modified else Verbatim(cell) for n, cell in enumerate(row)]


def maxima(worksheet: RosterFile) -> set[float]:
    """The maximum grades in a worksheet."""
    column = worksheet.column("maximum")
    found = (number_in(row[column]) for row in worksheet.rows if len(row) > column) if column is not None else ()
    return {number for number in found if number}


def scaled(points: float, possible: float, most: float | None) -> float:
    """The points out of `most`; as they are if that is None.

    >>> scaled(7.5, 15, 100), scaled(7.5, 15, None)
    (50.0, 7.5)
    """
    return round(points * most / possible, 2) if most and possible else round(points, 2)


def number_in(text: str) -> float | None:
    """A number as Moodle writes it in some language; None if it is none, or 0."""
    plain = re.sub(r"\s", "", text).replace(",", ".")
    return float(plain) or None if re.fullmatch(r"\d{1,9}(\.\d+)?", plain) else None


def _written(number: float, like: str) -> str:
    """A grade with the decimal sign of another one."""
    text = f"{number:.2f}"
    return text.replace(".", ",") if "," in like else text


def write_feedback_zip(path: Path, pages: Iterable[tuple[str, str, Path]]) -> None:
    """Write a zip of feedback pages, each with the learner's name and participant number."""
    with (
        replacing(path, durable=False) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped,
    ):
        for name, number, page in pages:
            shown = " ".join(re.sub(r'[\\/:*?"<>|_~.\x00-\x1f]', " ", name).split())
            member = zipfile.ZipInfo(f"{shown}_{number}_assignsubmission_file_feedback.html", MADE)
            member.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(member, page.read_bytes(), compresslevel=1)
