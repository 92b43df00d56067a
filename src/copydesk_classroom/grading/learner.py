"""Grade one learner: what a worker process does, from the bytes of their files to scores and a feedback page.

A `Task` goes in and a `Graded` comes out. Both can be pickled, so that any executor of `concurrent.futures` will do.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from copydesk.base.documents import Json
from copydesk_classroom.collecting.submissions import documents
from copydesk_classroom.course import LessonId, Settings, Unit, course
from copydesk_classroom.feedback import feedback_page
from copydesk_classroom.marking.scores import Sheet, mark_lesson, people_of, with_grades
from copydesk_classroom.reporting.tally import contribution
from copydesk_classroom.wording import Problem


@dataclass(frozen=True, slots=True)
class Task:
    """One learner to grade: their files (path and bytes), and the picked answers in them.

    Each of `picks` is the place of a file in `files`, a story and a lesson.
    """

    who: str
    name: str
    settings: Settings
    files: tuple[tuple[str, bytes], ...]
    picks: tuple[tuple[int, str, str], ...]
    rubric: str = ""
    """The path of the file with the grades that people gave (see `scores.gather_grades`), '' without a rubric."""


@dataclass(frozen=True, slots=True)
class Graded:
    """The results of one learner.

    `scores` holds a list per lesson, None for a lesson that was not submitted; in it the score (0–1, None if not
    attempted) and the number of tries of each exercise.
    """

    who: str
    scores: list[list[tuple[float | None, int]] | None]
    page: bytes
    problems: tuple[tuple[str, Problem], ...]
    contribution: str = ""
    """What the learner adds to the class report."""
    people: dict[str, tuple[float, int]] = field(default_factory=dict)
    """What people graded (see `state.PeoplePoints`)."""


def grade_learner(task: Task) -> Graded:
    """Score the answers and make the page; no submitted answers make this fail."""
    problems: list[tuple[str, Problem]] = []
    by_lesson = _documents(task)
    units = course(task.settings)
    sheets = [_best_sheet(unit, by_lesson.get(unit.id, []), problems, task.rubric) for unit in units]
    scores = [[(m.score, m.tries) for m in sheet.marked] if sheet.marked else None for sheet in sheets]
    page = feedback_page(task.name, sheets).encode("utf-8", "replace")
    return Graded(task.who, scores, page, tuple(problems), contribution(sheets), people_of(sheets))


def _documents(task: Task) -> dict[LessonId, list[tuple[str, Json]]]:
    """The picked answers by lesson, each with the path of its file."""
    read = [documents(shown, data) for shown, data in task.files]
    found: dict[LessonId, list[tuple[str, Json]]] = {}
    for number, story, lesson in task.picks:
        found.setdefault((story, lesson), []).append((task.files[number][0], read[number][story, lesson]))
    return found


def _best_sheet(unit: Unit, tries: list[tuple[str, Json]], problems: list[tuple[str, Problem]], rubric: str) -> Sheet:
    """The sheet that earns most; under the policy `last` there is only one."""
    sheets = [with_grades(mark_lesson(unit, document, shown, problems), rubric) for shown, document in tries]
    # attempts are in the order of their times and max() returns the first of equals, so of a tie the later counts
    return max(reversed(sheets), key=lambda sheet: sheet.points, default=Sheet(unit))
