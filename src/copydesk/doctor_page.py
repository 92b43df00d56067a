"""The check-up inside a notebook: a small table."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.checkup import Finding, checkup
from copydesk.checkup.python import this_python
from copydesk.render import Page, still, table
from copydesk.wording import load_wording


def doctor() -> Page:
    """Look at the Jupyter and the lessons in use, and say in one sentence each what is wrong and how to mend it.

    In a terminal, `copydesk doctor` does the same.
    """
    found = checkup(kernel=this_python())
    rows = [(finding.title, finding.state, finding.sentence) for finding in found]
    html = table(load_wording("doctor")["words"]["columns"], rows, caption=verdict(found))
    return Page(still(html), "\n".join([*map(line, found), verdict(found)]))


def line(finding: Finding) -> str:
    """One finding as a line of text.

    >>> line(Finding("encoding", True, "UTF-8."))
    '✓ fine  Letters: UTF-8.'
    """
    words = load_wording("doctor")["words"]
    return str(words["line"]).format(state=finding.state, title=finding.title, sentence=finding.sentence)


def verdict(found: Sequence[Finding]) -> str:
    """How many things are to be mended."""
    words, n = load_wording("doctor")["words"], sum(not finding.well for finding in found)
    return str(words["all_well" if n == 0 else "one" if n == 1 else "some"]).format(n=n)
