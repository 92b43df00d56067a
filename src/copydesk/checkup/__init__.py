"""The check-up: what stands between a learner and a lesson, a sentence each, and how to mend it."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

from copydesk.checkup.findings import Finding
from copydesk.checkup.jupyter import ask_jupyter
from copydesk.checkup.programs import check_programs, floors
from copydesk.checkup.python import Python, this_python
from copydesk.checkup.work import check_work, lessons_folder

__all__ = ["Finding", "checkup"]


def checkup(folder: Path | None = None, *, kernel: Python | None = None) -> list[Finding]:
    """Look at the Python, the Jupyter and the lessons that somebody in this folder would use.

    In a terminal Jupyter's own kernel is started and asked; inside a notebook, give `kernel`: the Python one is on.
    """
    own = kernel or this_python()
    found = check_programs(own, ask_jupyter(own, kernel), floors())
    with chdir(lessons_folder(folder or Path.cwd())):
        return [*found, *check_work()]
