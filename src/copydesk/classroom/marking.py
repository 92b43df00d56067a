"""One learner's answers become scores and a page: what a worker does, from bytes to bytes, with no file in between."""

from __future__ import annotations

import marshal
from dataclasses import dataclass, field
from typing import Any

from copydesk.answers import Record
from copydesk.answers.form import Json
from copydesk.classroom.course import LessonId, Settings, Unit, course
from copydesk.classroom.faults import Fault
from copydesk.classroom.papers import documents
from copydesk.classroom.rubric import Judged
from copydesk.classroom.rubric_marks import people_of, with_grades
from copydesk.lessons import Exercise
from copydesk.results import best_of, counted
from copydesk.scoring import Answer, Outcome, score

MOST_TRIES, MOST_GROUPS, MOST_BYTES = 100, 1000, 1_000_000
"""What one exercise may hold: different tries in its first round, marks in a try, bytes in all of them."""
MOST_KNOWN, LONGEST_KNOWN = 200, 400
"""How many outcomes of short answers are remembered in a lesson: learners often give the same."""


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
class Marked:
    """One exercise of one learner: the answer that counts, what came of it, how many tries there were."""

    exercise: Exercise
    answer: Answer
    outcome: Outcome | None
    tries: int
    short: bytes = b""
    """A name for the answer if it is a short one, such as many learners give."""
    first: tuple[Answer, Outcome] | None = None
    """The first try and what came of it."""
    judged: Judged | None = None
    """What people gave it, if they did."""

    @property
    def score(self) -> float | None:
        """What the machine gives, from 0 to 1; None if it was not attempted."""
        return self.outcome.score if self.outcome else None

    @property
    def share(self) -> float | None:
        """The share of the points that it earns: what people gave, else what the machine gives."""
        return self.judged.share if self.judged else self.score


@dataclass(frozen=True, slots=True)
class Sheet:
    """One lesson of one learner; `marked` is empty if it was not handed in."""

    unit: Unit
    marked: tuple[Marked, ...] = ()
    points: float = field(init=False)
    """The points earned."""

    def __post_init__(self) -> None:
        worth = self.unit.worth
        object.__setattr__(self, "points", sum(worth[m.exercise.id] * (m.share or 0) for m in self.marked))


@dataclass(frozen=True, slots=True)
class Graded:
    """What a worker gives back: score and tries of each exercise by lesson (None: not handed in), the page, faults."""

    who: str
    scores: list[list[tuple[float | None, int]] | None]
    page: bytes
    faults: tuple[tuple[str, Fault], ...]
    slip: str = ""
    """What the class report counts."""
    people: dict[str, tuple[float, int]] = field(default_factory=dict)
    """What people graded (see `rubric_marks.People`)."""


def grade_learner(task: Task) -> Graded:
    """Score a learner's work and make the page; nothing that was handed in makes it fail."""
    from copydesk.classroom.page import feedback_page
    from copydesk.classroom.slips import slip

    faults: list[tuple[str, Fault]] = []
    by_lesson = _documents(task)
    units = course(task.settings)
    sheets = [_best_sheet(unit, by_lesson.get(unit.id, []), faults, task.rubric) for unit in units]
    scores = [[(m.score, m.tries) for m in sheet.marked] if sheet.marked else None for sheet in sheets]
    page = feedback_page(task.name, sheets).encode("utf-8", "replace")
    return Graded(task.who, scores, page, tuple(faults), slip(sheets), people_of(sheets))


def _documents(task: Task) -> dict[LessonId, list[tuple[str, Json]]]:
    read = [documents(shown, data) for shown, data in task.files]
    found: dict[LessonId, list[tuple[str, Json]]] = {}
    for number, *lesson in task.picks:
        shown, story_lesson = task.files[number][0], (lesson[0], lesson[1])
        found.setdefault(story_lesson, []).append((shown, read[number][story_lesson]))
    return found


def _best_sheet(unit: Unit, tries: list[tuple[str, Json]], faults: list[tuple[str, Fault]], rubric: str) -> Sheet:
    """The sheet that earns most, the later of two alike."""
    sheets = [with_grades(mark_lesson(unit, document, shown, faults), rubric) for shown, document in tries]
    return max(reversed(sheets), key=lambda sheet: sheet.points, default=Sheet(unit))


def mark_lesson(unit: Unit, document: Json, shown: str, faults: list[tuple[str, Fault]]) -> Sheet:
    """Score one lesson's answers as `results.record_score` does; what is too much to read counts as blank."""
    marked = []
    for exercise in unit.lesson.exercises:
        entry = document["exercises"].get(exercise.id)
        record = Record.of(entry) if entry else Record()
        try:
            marked.append(_mark(unit, exercise, record))
            continue
        except TooMuch as much:
            fault = Fault("too_much", f"{exercise.key_name}: {much}")
        except Exception as error:  # one exercise of one stranger must not stop a class
            fault = Fault("not_scored", f"{exercise.key_name}: {type(error).__name__}")
        faults.append((shown, fault))
        marked.append(Marked(exercise, {}, None, len(record.tries)))
    return Sheet(unit, tuple(marked))


def _mark(unit: Unit, exercise: Exercise, record: Record) -> Marked:
    answers = _readable(counted(record))
    names = {id(answer): name for name, answer in answers.items()}
    seen: list[tuple[Answer, Outcome]] = []

    def mark(answer: Answer) -> Outcome:
        seen.append((answer, _outcome(unit, exercise, answer, names[id(answer)])))
        return seen[-1][1]

    best = best_of(answers.values(), mark)
    if best is None:
        return Marked(exercise, {}, None, len(record.tries))
    first = next(s for s in seen if s[1].status != "not_attempted")
    return Marked(exercise, *best, len(record.tries), _short(exercise, names[id(best[0])]), first)


class TooMuch(Exception):
    """An answer holds more than anybody could have marked or written."""


def _readable(answers: list[Answer]) -> dict[bytes, Answer]:
    """The different answers by their bytes, if they are of a size that a learner could make."""
    different: dict[bytes, Answer] = {}
    for answer in answers:
        different.setdefault(marshal.dumps(answer, 0), answer)
    groups = [len(g) for a in different.values() if isinstance(g := a.get("groups"), list)]
    for much, most, what in (
        (len(different), MOST_TRIES, "different tries"),
        (max(groups, default=0), MOST_GROUPS, "marks"),
        (sum(map(len, different)), MOST_BYTES, "bytes"),
    ):
        if much > most:
            raise TooMuch(f"{much:,} {what}")
    return different


def _short(exercise: Exercise, name: bytes) -> bytes:
    """A name for a short answer to an exercise; none for a long one."""
    return exercise.id.encode() + b" " + name if len(name) <= LONGEST_KNOWN else b""


def _outcome(unit: Unit, exercise: Exercise, answer: Answer, name: bytes) -> Outcome:
    """What an answer is worth; short answers are remembered."""
    short = _short(exercise, name)
    outcome = unit.outcomes.get(short) or score(exercise, answer, unit.key, unit.text)
    if short:
        remember(unit.outcomes, short, outcome)
    return outcome


def remember(known: dict[bytes, Any], name: bytes, value: object) -> None:
    """Keep a value, and begin anew when there are many: memory does not grow with the class."""
    if len(known) >= MOST_KNOWN and name not in known:
        known.clear()
    known[name] = value
