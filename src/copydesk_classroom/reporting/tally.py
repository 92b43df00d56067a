"""Count what a class did: the lines of all contributions are added up, and nothing is kept of who added which.

A `Tally` counts equal lines; `sorted_out` reads them into a `Course`, by lesson, exercise and item. The counts grow
with the items of the lessons and not with the learners.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

FEWEST = 5
"""Groups of fewer learners are not broken down, because a count of one or two may tell who it was."""


@dataclass(slots=True)
class Tally:
    """A sum of contributions: how many there were, and how often each line was in one."""

    learners: int = 0
    lines: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, contributions: Iterable[str]) -> Tally:
        """The sum of these contributions.

        >>> Tally.of([]).learners
        0
        """
        tally = cls()
        for contribution in contributions:
            tally.add(contribution)
        return tally

    def add(self, contribution: str) -> None:
        """Add one learner's contribution."""
        self.learners += 1
        self.lines.update(contribution.split("\n") if contribution else ())

    def merge(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.learners += other.learners
        self.lines.update(other.lines)


Levels = Counter[tuple[int | None, int | None, str]]
"""How often an item earned this now and this at first, in per cent (None without points), with this answer."""


@dataclass(slots=True)
class Exercised:
    """What a class did in one exercise; scores are in thousandths."""

    scores: Counter[int] = field(default_factory=Counter)
    firsts: Counter[int] = field(default_factory=Counter)
    items: dict[str, Levels] = field(default_factory=dict)
    parts: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    """By item of a `mark` exercise: which part was missed, and what was there instead."""
    heat: dict[str, Counter[int]] = field(default_factory=dict)
    """By role: how many more learners mark from this word on (fewer: negative)."""
    loose: Counter[tuple[str, int, int]] = field(default_factory=Counter)
    """Marks on nothing in the key: role, first word, word after the last."""

    @property
    def learners(self) -> int:
        """How many did the exercise."""
        return self.scores.total()

    @property
    def mean(self) -> float:
        """The mean score, 0 to 1."""
        return mean(self.scores)

    @property
    def first_mean(self) -> float:
        """The mean score of the first try, 0 to 1."""
        return mean(self.firsts)


@dataclass(slots=True)
class Studied:
    """What a class did in one lesson: how many began it, finished it, and met each objective (by its place)."""

    begun: int = 0
    finished: int = 0
    met: Counter[int] = field(default_factory=Counter)
    exercises: dict[int, Exercised] = field(default_factory=dict)


@dataclass(slots=True)
class Course:
    """What a class did in all lessons, by their place; `pairs` counts the fields of `Discernment`, before and after."""

    learners: int
    lessons: dict[int, Studied] = field(default_factory=dict)
    pairs: Counter[tuple[int, ...]] = field(default_factory=Counter)
    ones: int = 0
    """How many shared only one of the two forms."""


def mean(scores: Counter[int]) -> float:
    """The mean of scores in thousandths, as a share from 0 to 1."""
    return sum(score * n for score, n in scores.items()) / scores.total() / 1000 if scores else 0.0


def sorted_out(tally: Tally) -> Course:
    """The counts by lesson, exercise and item, in an order that tells nothing of who was added first."""
    course = Course(tally.learners)
    for line, n in sorted(tally.lines.items()):
        head, *rest = line.split("\t")
        if head == "both":
            course.pairs[tuple(map(int, rest))] += n
        elif head == "one":
            course.ones += n
        else:
            lesson, _, place = head.partition(".")
            studied = course.lessons.setdefault(int(lesson), Studied())
            if place:
                _exercise(studied.exercises.setdefault(int(place), Exercised()), rest, n)
            else:
                _lesson(studied, rest, n)
    return course


def _lesson(studied: Studied, rest: list[str], n: int) -> None:
    if rest[0] == "met":
        studied.met[int(rest[1])] += n
    elif rest[0] == "begun":
        studied.begun += n
    else:
        studied.finished += n


def _exercise(done: Exercised, rest: list[str], n: int) -> None:
    match rest:
        case ["score", score]:
            done.scores[int(score)] += n
        case ["first", score]:
            done.firsts[int(score)] += n
        case ["item", item, now, then, given]:
            levels = tuple(int(level) if level else None for level in (now, then))
            done.items.setdefault(item, Counter())[(*levels, given)] += n  # type: ignore[index]
        case ["part", item, name, instead]:
            done.parts.setdefault(item, Counter())[name, instead] += n
        case ["heat", role, edge]:
            done.heat.setdefault(role, Counter())[abs(int(edge))] += n if edge[0] == "+" else -n
        case ["loose", role, first, last]:
            done.loose[role, int(first), int(last)] += n
