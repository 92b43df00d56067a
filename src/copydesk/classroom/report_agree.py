"""How far a class agrees on questions that have the same choices for every item, and which items divide it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from copydesk.agreement import Interval, bootstrap_interval, krippendorff_alpha, percent_agreement
from copydesk.classroom.course import Unit
from copydesk.classroom.report_items import known
from copydesk.classroom.report_rows import SplitRow, splits, values_of
from copydesk.classroom.tally import FEWEST, Course, Exercised
from copydesk.lessons import Exercise

DRAWS = 400
"""Of 1,000, which are usual, the ends of an interval move by about 0.01; this many take a third of the time."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question put to several items: agreement as a share of pairs, 0–1, and alpha with its interval.

    `same` says that all items have the same choices; without that there is no alpha to give.
    """

    unit: Unit
    exercise: Exercise
    learners: int
    items: int
    percent: float
    same: bool
    alpha: float | None = None
    interval: Interval | None = None


def questions(units: tuple[Unit, ...], course: Course) -> list[Question]:
    """Every vote and every question with choices that enough learners answered, in the order of the lessons."""
    return [_question(unit, e, done) for unit, e, done in _asked(units, course)]


def dividing(units: tuple[Unit, ...], course: Course, *, most: int = 12) -> list[tuple[Unit, Exercise, SplitRow]]:
    """The items that divide the class most, of all those questions."""
    found = [(unit, e, row) for unit, e, done in _asked(units, course) for row in splits(unit, e, done, keyed=True)]
    return sorted(found, key=lambda triple: -triple[2].divides)[:most]


def _asked(units: tuple[Unit, ...], course: Course) -> Iterator[tuple[Unit, Exercise, Exercised]]:
    for number, studied in sorted(course.lessons.items()):
        for place, done in sorted(studied.exercises.items()):
            exercise = units[number].lesson.exercises[place]
            if done.learners >= FEWEST and _is_vote(units[number], exercise) and len(_table(done)) > 1:
                yield units[number], exercise, done


def _table(done: Exercised) -> dict[str, dict[str, int]]:
    return {i: values for i, levels in done.items.items() if (values := values_of(levels))}


def _is_vote(unit: Unit, exercise: Exercise) -> bool:
    """Items to sort; or questions with the same choices, or with none that is right."""
    if exercise.type == "sort":
        return True
    offers = known(unit, exercise).values() if exercise.type == "form" else ()
    choices = [o for o in offers if isinstance(o, Mapping)]
    return 1 < len(choices) == len(offers) and (_same(choices) or not exercise.points)


def _same(choices: Sequence[Mapping[str, str]]) -> bool:
    """Whether all items have the same choices, or some of them."""
    return {value for offered in choices for value in offered} == {*max(choices, key=len)}


def _question(unit: Unit, exercise: Exercise, done: Exercised) -> Question:
    table = _table(done)
    same = _same([o for o in known(unit, exercise).values() if isinstance(o, Mapping)])
    alpha = krippendorff_alpha(table) if same else None
    interval = bootstrap_interval(table, draws=DRAWS) if alpha is not None else None
    percent = percent_agreement(table) or 0.0
    return Question(unit, exercise, done.learners, len(table), percent, same, alpha, interval)
