"""What one learner adds to the class report: a slip of short lines without a name, to be counted and no more.

A line says one thing once: that an item was right at first or only later, which class stood on it, where a mark began.
It never holds a learner's own words. So what a class did is a count of lines, whoever adds them up and in which order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from copydesk.classroom.course import Unit
from copydesk.classroom.marking import Marked, Sheet, remember
from copydesk.classroom.slip_marks import mark_lines
from copydesk.discernment import discernment
from copydesk.lessons import Exercise
from copydesk.results import Result
from copydesk.same import Same
from copydesk.scoring import Answer, Outcome, well_formed
from copydesk.scoring.events import arranged, events, misplaced
from copydesk.scoring.form import options
from copydesk.wording import choice_labels

BLANK, OTHER = "", "?"
"""What stands for no answer, and for one that is not among those offered."""


def slip(sheets: Sequence[Sheet]) -> str:
    """The slip of one learner; nothing that was handed in makes it fail.

    >>> slip([])
    ''
    """
    lines = [line for number, sheet in enumerate(sheets) for line in _lesson(number, sheet)]
    return "\n".join([*lines, *_before_and_after(sheets)])


def _lesson(number: int, sheet: Sheet) -> list[str]:
    """That a lesson was begun, finished, which objectives were met, and the lines of each exercise."""
    scores = {m.exercise.id: m.score for m in sheet.marked}
    if all(score is None for score in scores.values()):
        return []
    lines = [f"{number}\tbegun"]
    if all(scores[e.id] is not None for e in sheet.unit.lesson.exercises if e.points):
        lines.append(f"{number}\tfinished")
    result = Result(sheet.unit.lesson, scores)
    for place, objective in enumerate(sheet.unit.lesson.objectives):
        if (result.share(objective) or 0) >= objective.bar:
            lines.append(f"{number}\tmet\t{place}")
    for place, marked in enumerate(sheet.marked):
        if marked.outcome and not marked.exercise.get("forms"):
            lines += _known(f"{number}.{place}", sheet.unit, marked, marked.outcome)
    return lines


def _known(head: str, unit: Unit, marked: Marked, outcome: Outcome) -> Sequence[str]:
    """The lines of one exercise; those of an answer that many learners give at once are made once."""
    at_once = marked.first is None or marked.first[1] is outcome
    name = marked.short if at_once and not marked.judged else b""
    lines = unit.counted.get(name) or _exercise(head, unit, marked, outcome)
    if name:
        remember(unit.counted, name, lines)
    return lines


def _exercise(head: str, unit: Unit, marked: Marked, outcome: Outcome) -> list[str]:
    """Two scores, in thousandths; each item with what it earned now and at first, in per cent, and what stood on it."""
    first = marked.first[1] if marked.first else outcome
    now = _levels(outcome)
    then = now if first is outcome else _levels(first)
    given = _given(unit, marked)
    lines = [f"{head}\tscore\t{round(1000 * (marked.share or 0))}", f"{head}\tfirst\t{round(1000 * first.score)}"]
    lines += [f"{head}\titem\t{i}\t{now.get(i, '')}\t{then.get(i, '')}\t{given.get(i, BLANK)}" for i in now | given]
    if marked.exercise.type == "mark":
        lines += mark_lines(head, unit, marked.exercise, marked.answer, outcome)
    return lines


def _levels(outcome: Outcome) -> dict[str, int]:
    """What each item with points earned, in per cent."""
    return {
        n.item: 100 if n.earned == n.possible else round(100 * n.earned / n.possible)
        for n in outcome.notes
        if n.possible
    }


def _given(unit: Unit, marked: Marked) -> dict[str, str]:
    """What was answered to each item that offers a choice or a number."""
    exercise, answer = marked.exercise, marked.answer
    if exercise.type == "order":
        return _moved(unit, exercise, answer)
    chosen = answer.get("choices" if exercise.type == "sort" else "values")
    offered = _offered(Same(unit), Same(exercise))
    return {i: _value(chosen.get(i), known) for i, known in offered} if isinstance(chosen, dict) else {}


Known = Mapping[str, str] | tuple[float, float]
"""The choices that are offered, or the lowest and the highest number."""


@lru_cache(maxsize=256)
def _offered(of: Same[Unit], asked: Same[Exercise]) -> tuple[tuple[str, Known], ...]:
    """What each item offers; a question that asks for a learner's own words is left out: those are never counted."""
    unit, exercise = of.it, asked.it
    if exercise.type == "sort":
        return tuple((item, choice_labels(exercise.get("choices"))) for item in unit.words(exercise))
    return tuple((q["id"], known) for q in exercise.get("questions", ()) if (known := offered(q)))


def offered(question: Mapping[str, Any]) -> Known | None:
    """What a question offers; None if it asks for a learner's own words."""
    return options(question) or ((question.get("min", 0), question["max"]) if "max" in question else None)


def _value(value: object, known: Known) -> str:
    if value is None or value == "":
        return BLANK
    if isinstance(known, Mapping):
        return value if isinstance(value, str) and value in known else OTHER
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:.4g}" if is_number and known[0] <= value <= known[1] else OTHER  # type: ignore[operator]


def _moved(unit: Unit, exercise: Exercise, answer: Answer) -> dict[str, str]:
    """Which events stood too early or too late, and of which it was said wrongly when they were known."""
    given = well_formed(answer)
    told = events(exercise, unit.key, unit.text)
    wrong = misplaced(told, arranged(exercise, given))
    said = given.get("choices", {}) if exercise.get("known") else {}
    off = {e.id: said.get(e.id) for e in told if said.get(e.id) not in e.accept}
    return {e.id: f"{wrong.get(e.id, '')}+{_value(off.get(e.id), choice_labels('known'))}" for e in told}


def _before_and_after(sheets: Sequence[Sheet]) -> Iterable[str]:
    """Hits and false alarms in the first and in the last of the parallel forms, where a learner shared them."""
    found = {}
    for number, sheet in enumerate(sheets):
        for marked in sheet.marked:
            if not (marked.exercise.get("forms") and marked.first and marked.tries):
                continue
            if aimed := discernment(marked.exercise, marked.first[0], sheet.unit.key):
                found[number] = f"{aimed.found}\t{aimed.open}\t{aimed.flagged}\t{aimed.plain}"
    if len(found) > 1:
        return [f"both\t{found[min(found)]}\t{found[max(found)]}"]
    return ["one"] if found else []
