"""What can go wrong, in sentences a learner can act on."""

from __future__ import annotations

LONGEST = 600
"""The most characters of a problem: what it quotes may come from a stranger's file."""


class CopydeskError(ValueError):
    """Something was not as it must be; the message says what, where and how to fix it.

    >>> raise CopydeskError("no story named 'baltic'", "there are: baltics-2022")
    Traceback (most recent call last):
    copydesk.base.errors.CopydeskError: no story named 'baltic'; there are: baltics-2022
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        problem = problem if len(problem) <= LONGEST else f"{problem[: LONGEST - 100]} … {problem[-97:]}"
        super().__init__(f"{problem}; {remedy}" if remedy else problem)
        self.problem = problem
        self.remedy = remedy

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of this error: the sentence alone."""
        told = str(self)
        return [f"{told[:1].upper()}{told[1:]}."]
