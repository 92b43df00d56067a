"""The classroom's words: what instructors and feedback pages say stands in `data/*.toml` of this package.

A problem with a submitted file has a short name here, and its sentences in `data/problems.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from copydesk.base.wording import load_wording


def class_wording(name: str) -> dict[str, Any]:
    """One file of this package's `data` folder.

    >>> class_wording("report")["page"]["title"]
    'Class report'
    """
    return load_wording(name, package="copydesk_classroom")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem with a submitted file; `name` is an entry of `data/problems.toml`.

    `detail` is what the entry's sentence quotes, such as a lesson or a size.

    >>> Problem("empty_folder").why
    'There is nothing in it that can be graded.'
    """

    name: str
    detail: str = ""

    @property
    def what(self) -> str:
        """The consequence, in two or three words: `not read`, `not graded`, `note`."""
        return str(self._words["what"])

    @property
    def why(self) -> str:
        """What is wrong, in a sentence."""
        return str(self._words["why"]).format(detail=self.detail)

    @property
    def remedy(self) -> str:
        """What the instructor can do about it, in a sentence."""
        return str(self._words["do"])

    @property
    def _words(self) -> dict[str, str]:
        words: dict[str, str] = class_wording("problems")[self.name]
        return words


class Refused(Exception):
    """A file, or a part of one, is not read; `problem` says why."""

    def __init__(self, name: str, detail: str = "") -> None:
        super().__init__(name)
        self.problem = Problem(name, detail)
