"""One learner’s answers become scores and a page: what a worker does, from bytes to bytes."""

from __future__ import annotations

from dataclasses import dataclass, field

from copydesk.base.documents import Json
from copydesk_classroom.collecting.submissions import documents
from copydesk_classroom.course import LessonId, Settings, Unit, course
from copydesk_classroom.marking.scores import Sheet, mark_lesson, people_of, with_grades
from copydesk_classroom.problems import Problem


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs to grade one learner; `picks` name a file by its place in `files`, and a lesson in it."""

    who: str
    name: str
    settings: Settings
    files: tuple[tuple[str, bytes], ...]
    picks: tuple[tuple[int, str, str], ...]
    rubric: str = ""
    """The file with what people gave texts, if any (see `rubric_marks`)."""


@dataclass(frozen=True, slots=True)
class Graded:
    """What a worker gives back: score and tries of each exercise by lesson (None: not handed in), the page, faults."""

    who: str
    scores: list[list[tuple[float | None, int]] | None]
    page: bytes
    faults: tuple[tuple[str, Problem], ...]
    contribution: str = ""
    """What the class report counts."""
    people: dict[str, tuple[float, int]] = field(default_factory=dict)
    """What people graded (see `rubric_marks.People`)."""


def grade_learner(task: Task) -> Graded:
    """Score a learner's work and make the page; nothing that was handed in makes it fail."""
    from copydesk_classroom.feedback.page import feedback_page
    from copydesk_classroom.reporting.contributions import contribution

    faults: list[tuple[str, Problem]] = []
    by_lesson = _documents(task)
    units = course(task.settings)
    sheets = [_best_sheet(unit, by_lesson.get(unit.id, []), faults, task.rubric) for unit in units]
    scores = [[(m.score, m.tries) for m in sheet.marked] if sheet.marked else None for sheet in sheets]
    page = feedback_page(task.name, sheets).encode("utf-8", "replace")
    return Graded(task.who, scores, page, tuple(faults), contribution(sheets), people_of(sheets))


def _documents(task: Task) -> dict[LessonId, list[tuple[str, Json]]]:
    read = [documents(shown, data) for shown, data in task.files]
    found: dict[LessonId, list[tuple[str, Json]]] = {}
    for number, *lesson in task.picks:
        shown, story_lesson = task.files[number][0], (lesson[0], lesson[1])
        found.setdefault(story_lesson, []).append((shown, read[number][story_lesson]))
    return found


def _best_sheet(unit: Unit, tries: list[tuple[str, Json]], faults: list[tuple[str, Problem]], rubric: str) -> Sheet:
    """The sheet that earns most, the later of two alike."""
    sheets = [with_grades(mark_lesson(unit, document, shown, faults), rubric) for shown, document in tries]
    return max(reversed(sheets), key=lambda sheet: sheet.points, default=Sheet(unit))
