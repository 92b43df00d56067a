"""What can be wrong with what was handed in: a short name each, and the words for it, kept as data."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk_classroom.wording import class_wording


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that was refused, left out or only noted; `name` is an entry of `faults` in `data/classroom.toml`.

    >>> Problem("empty_folder").why
    'There is nothing in it that can be graded.'
    """

    name: str
    detail: str = ""

    @property
    def what(self) -> str:
        """What came of it: `not read`, `not graded` or `note`."""
        return str(self._words["what"])

    @property
    def why(self) -> str:
        """What is wrong, in a sentence."""
        return str(self._words["why"]).format(detail=self.detail)

    @property
    def remedy(self) -> str:
        """What the instructor can do about it."""
        return str(self._words["do"])

    @property
    def _words(self) -> dict[str, str]:
        words: dict[str, str] = class_wording("classroom")["faults"][self.name]
        return words


class Refused(Exception):
    """A file or a part of it is not taken; the fault says why."""

    def __init__(self, name: str, detail: str = "") -> None:
        super().__init__(name)
        self.fault = Problem(name, detail)
