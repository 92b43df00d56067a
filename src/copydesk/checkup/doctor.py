"""The check-up: what is wrong with an installation and how to fix it, one sentence for each thing that is checked.

`checkup` runs all checks, `doctor` shows them in a notebook, and `copydesk doctor` prints them in a terminal. The
checks of Python and Jupyter are in `jupyter`, those of the lessons in `work`; their words are in `data/doctor.toml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path

from copydesk.base.wording import load_wording
from copydesk.checkup.findings import Finding, Python, this_python
from copydesk.checkup.jupyter import ask_jupyter, check_programs, floors
from copydesk.checkup.work import check_work, lessons_folder
from copydesk.page.html import Page, static_html, table


def checkup(folder: Path | None = None, *, kernel: Python | None = None) -> list[Finding]:
    """Look at the Python, the Jupyter and the lessons that somebody in this folder would use.

    In a terminal Jupyter's own kernel is started and asked; inside a notebook, give `kernel`: the Python one is on.
    """
    own = kernel or this_python()
    jupyter = ask_jupyter(own, kernel)
    found = check_programs(own, jupyter, floors(lab=jupyter is not None))
    with chdir(lessons_folder(folder or Path.cwd())):
        return [*found, *check_work()]


def doctor() -> Page:
    """Look at the Jupyter and the lessons in use, and list what is wrong and how to fix it.

    In a terminal, `copydesk doctor` does the same.
    """
    found = checkup(kernel=this_python())
    rows = [(finding.title, finding.state, finding.sentence) for finding in found]
    html = table(load_wording("doctor")["words"]["columns"], rows, caption=summary(found))
    return Page(static_html(html), "\n".join([*map(finding_line, found), summary(found)]))


def finding_line(finding: Finding) -> str:
    """One finding as a line of text.

    >>> finding_line(Finding("encoding", True, "UTF-8."))
    '✓ fine  Letters: UTF-8.'
    """
    words = load_wording("doctor")["words"]
    return str(words["line"]).format(state=finding.state, title=finding.title, sentence=finding.sentence)


def summary(found: Sequence[Finding]) -> str:
    """How many things need fixing."""
    words, n = load_wording("doctor")["words"], sum(not finding.well for finding in found)
    return str(words["all_well" if n == 0 else "one" if n == 1 else "some"]).format(n=n)
