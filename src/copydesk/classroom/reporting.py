"""Report on a class: from what `grade` wrote, or from what was handed in."""

from __future__ import annotations

import tempfile
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from copydesk.classroom.class_report import class_report
from copydesk.classroom.csv_file import put
from copydesk.classroom.grading import grade
from copydesk.classroom.ledger import BASE, HOME, Ledger
from copydesk.classroom.run import Progress
from copydesk.errors import CopydeskError


@dataclass(frozen=True, slots=True)
class Report:
    """A class report: where it lies, on how many learners and lessons, its size in bytes, whether it holds names."""

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
    """Write one page on a class; `folder` is what `grade` wrote, or what was handed in: that is graded aside.

    Without `names` nobody can be picked out of it. Raises CopydeskError where `grade` does, and if there is nothing to
    report on.
    """
    folder, out = Path(folder), Path(out)
    if out.is_dir():
        raise CopydeskError(f"{out} is a folder", "name a file for the report, for example report.html")
    if is_graded(folder):
        return _write(folder, out, folder, names=names)
    with tempfile.TemporaryDirectory(prefix="copydesk-report-") as aside:
        grade(folder, Path(aside), executor=executor, progress=progress)
        return _write(Path(aside), out, folder, names=names)


def is_graded(folder: Path) -> bool:
    """Whether a folder is what `grade` wrote."""
    return (folder / HOME / BASE).is_file()


def _write(graded: Path, out: Path, given: Path, *, names: bool) -> Report:
    ledger = Ledger(graded)
    try:
        made = class_report(ledger.book, names=names)
    finally:
        ledger.close(keep=False)
    if not made.learners:
        raise CopydeskError(f"nobody’s work in {given} could be graded", "run copydesk grade, and see problems.csv")
    data = made.html.encode("utf-8", "replace")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        put(out, data)
    except OSError as error:
        raise CopydeskError(f"{out} cannot be written ({error.strerror})", "choose another --out") from None
    return Report(out, made.learners, made.lessons, len(data), names)
