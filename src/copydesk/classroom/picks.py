"""Which of several works by one learner count: the last, or the best, lesson by lesson."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from copydesk.classroom.course import LessonId, Policy
from copydesk.classroom.faults import Fault
from copydesk.classroom.papers import Work

MOST_TRIES = 30
"""How many works by one learner on one lesson are compared under `best`: the latest ones."""


@dataclass(frozen=True, slots=True)
class Handed:
    """One work with the file it came in."""

    seq: int
    shown: str
    sha: str
    late: bool
    again: int
    work: Work

    @property
    def lesson(self) -> LessonId:
        """The lesson it belongs to."""
        return self.work.story, self.work.lesson

    @property
    def when(self) -> tuple[str, int, str]:
        """What decides which of two is the later: the recorded time, the platform's count, the name."""
        return self.work.time, self.again, self.shown


@dataclass(frozen=True, slots=True)
class Pick:
    """The works to grade for one learner, when the last was done, whether one was late, and what to note."""

    works: tuple[Handed, ...]
    time: str
    late: bool
    faults: tuple[tuple[str, Fault], ...]


def pick(handed: Sequence[Handed], policy: Policy, *, due: str = "", by_name: bool = False) -> Pick:
    """Choose what counts; the same work handed in twice is one. `by_name` says that only a chosen name tells whose."""
    chosen: list[Handed] = []
    faults: list[tuple[str, Fault]] = []
    for _, group in groupby(sorted(handed, key=lambda h: h.lesson), key=lambda h: h.lesson):
        works = [*_without_backups([*group], faults)]
        works = sorted({h.work.digest: h for h in sorted(works, key=lambda h: h.when)}.values(), key=lambda h: h.when)
        filled = [h for h in works if h.work.digest] or works
        if by_name and len({h.work.begun for h in filled if h.work.begun}) > 1:
            faults.append((filled[-1].shown, Fault("two_begun", filled[-1].work.lesson)))
        chosen += filled[-1:] if policy == "last" else filled[-MOST_TRIES:]
    late = any(h.late or bool(due and h.work.time > due) for h in chosen)
    return Pick(tuple(chosen), max((h.work.time for h in chosen), default=""), late, tuple(faults))


def _without_backups(works: list[Handed], faults: list[tuple[str, Fault]]) -> Iterator[Handed]:
    """The generation before the last counts only where the last cannot be read, and then by name."""
    names = {h.shown for h in works}
    for h in works:
        if not h.shown.lower().endswith(".bak"):
            yield h
        elif h.shown[:-4] not in names:
            faults.append((h.shown, Fault("backup", h.work.lesson)))
            yield h
