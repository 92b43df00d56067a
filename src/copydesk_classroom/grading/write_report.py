"""Write the class report for instructors: from the results of `grade`, or straight from what was submitted."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from copydesk.base.errors import CopydeskError
from copydesk.base.files import readable_error
from copydesk_classroom.collecting.state import BASE, HOME, KeptTables, RunTables
from copydesk_classroom.course import Settings, course
from copydesk_classroom.csv_files import put
from copydesk_classroom.grading.grade import Progress, grade
from copydesk_classroom.reporting.page import Made, made_of


@dataclass(frozen=True, slots=True)
class Report:
    """A class report: its file, how many learners and lessons it covers, its size in bytes, whether it has names."""

    path: Path
    learners: int
    lessons: int
    bytes: int
    names: bool


def report(
    folder: Path | str,
    out: Path | str = "report.html",
    *,
    names: bool = False,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Report:
    """Write one page on a class; `folder` holds the results of `grade`, or what was submitted.

    Submissions are graded into a temporary folder first. Without `names` the page identifies nobody. Raises
    CopydeskError where `grade` does, and if there is nothing to report on.
    """
    folder, out = Path(folder), Path(out)
    if out.is_dir():
        raise CopydeskError(f"{out} is a folder", "name a file for the report, for example report.html")
    if is_graded(folder):
        return _write(folder, out, folder, names=names)
    try:
        with tempfile.TemporaryDirectory(prefix="copydesk-report-") as temp:
            grade(folder, Path(temp), executor=executor, progress=progress)
            return _write(Path(temp), out, folder, names=names)
    except OSError as error:
        raise readable_error(error, Path(error.filename or out), "written") from error


def is_graded(folder: Path) -> bool:
    """Whether a folder holds the results of `grade`."""
    return (folder / HOME / BASE).is_file()


def _write(graded: Path, out: Path, given: Path, *, names: bool) -> Report:
    try:
        tables = RunTables(graded)
        try:
            made = class_report(tables.kept, names=names)
        finally:
            tables.close(keep=False)
    except sqlite3.Error as error:
        raise CopydeskError(
            f"the results in {graded} cannot be read ({error})", "make room there, and try again"
        ) from error
    if not made.learners:
        raise CopydeskError(f"nobody’s work in {given} could be graded", "run copydesk grade, and see problems.csv")
    data = made.html.encode("utf-8", "replace")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        put(out, data)
    except OSError as error:
        raise CopydeskError(f"{out} cannot be written ({error.strerror})", "choose another --out") from None
    return Report(out, made.learners, made.lessons, len(data), names)


def class_report(kept: KeptTables, *, names: bool = False) -> Made:
    """The report on the class as it was graded last.

    Raises CopydeskError if nothing was graded, or if the kit, a story or the settings have changed since.
    """
    about = json.loads(kept.course() or "null")
    if about is None:
        raise CopydeskError("nothing was graded here yet", "run copydesk grade first")
    lessons = tuple((story, lesson, folder) for story, lesson, folder in about["lessons"])
    settings = Settings(lessons, tuple((n, f) for n, f in about["weights"]), about["policy"])
    # what is kept counts by the places of lessons and exercises, and another version may have them elsewhere
    if settings.fingerprint() != about["rules"]:
        raise CopydeskError("the kit or a story has changed since this was graded", "run copydesk grade again")
    return made_of(kept, course(settings), about["counts"], names=names)
