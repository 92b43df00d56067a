"""The CSV files that a run writes: grades, exercises, imports for Moodle and Canvas, changes, problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copydesk.exercises.exercise import Exercise
from copydesk_classroom.collecting.state import Kept, KeptTables, Learner, RunTables
from copydesk_classroom.course import Unit, points_possible
from copydesk_classroom.csv_files import CsvFile, Row
from copydesk_classroom.marking.scores import share_of
from copydesk_classroom.wording import class_wording

STATUSES = {"graded": "graded", "stranger": "not on the roster", "missing": "missing", "unread": "nothing readable"}
"""A learner's status in words."""


@dataclass(frozen=True, slots=True)
class LearnerResult:
    """A learner, their results, and their points by lesson, None for a lesson that was not submitted."""

    learner: Learner
    kept: Kept | None
    totals: Sequence[float | None]

    @property
    def total(self) -> float | None:
        """The points in all lessons; None if none was submitted."""
        given = [t for t in self.totals if t is not None]
        return round(sum(given), 2) if given else None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its file's name, its head, and a function that returns a learner's rows."""

    name: str
    heads: Sequence[Row]
    rows: Callable[[LearnerResult], Iterable[Row]]
    spreadsheet: bool = True
    """Whether it is for a spreadsheet or for the import page of a platform (see `CsvFile`)."""


def write_tables(out: Path, run: RunTables, units: Sequence[Unit], assignment: str) -> int:
    """Write all tables; returns how many points differ from the run before.

    `assignment` is the heading of the column with the points in the file for Canvas.
    """
    changes = Changes(run.kept, units)
    tables = (
        _grades(units),
        _exercises(units),
        _moodle(units),
        _canvas(units, assignment),
        Table("changes.csv", [("id", "name", "lesson", "before", "now")], changes.rows),
    )
    # all files are open at once, so that the class is read once and never in memory as a whole
    with ExitStack() as stack:
        files = [stack.enter_context(CsvFile(out / t.name, spreadsheet=t.spreadsheet)) for t in tables]
        for file, table in zip(files, tables, strict=True):
            file.add(table.heads)
        for learner in run.learners():
            kept = run.kept.graded(learner.who) if learner.status in ("graded", "stranger") else None
            result = LearnerResult(learner, kept, _totals(units, kept))
            for file, table in zip(files, tables, strict=True):
                file.add(table.rows(result))
        files[-1].add(changes.gone())
        with CsvFile(out / "problems.csv") as file:
            file.add([("file", "learner", "what", "why", "what to do")])
            file.add((shown, name, p.what, p.why, p.remedy) for shown, name, p in run.problems())
    return changes.count


def _totals(units: Sequence[Unit], kept: Kept | None) -> list[float | None]:
    if kept is None:
        return [None] * len(units)
    return [None if given is None else _points(u, given, kept) for u, given in zip(units, kept.scores, strict=True)]


def _points(unit: Unit, given: Sequence[Any], kept: Kept) -> float:
    shares = (
        (e, share_of(unit, e, score, kept)[0]) for e, (score, _) in zip(unit.lesson.exercises, given, strict=True)
    )
    return round(sum(unit.worth[e.id] * (share or 0) for e, share in shares), 2)


def _grades(units: Sequence[Unit]) -> Table:
    def rows(r: LearnerResult) -> Iterator[Row]:
        learner, total, possible = r.learner, r.total, points_possible(units, r.totals)
        percent = round(100 * total / possible, 1) if total is not None and possible else None
        yield (
            *(learner.id, learner.name, learner.pupil.email, STATUSES[learner.status]),
            *("late" if learner.late else "", learner.time, *r.totals, total, possible, percent),
            f"feedback/{r.kept.page}" if r.kept else "",
        )

    about, sums = ("id", "name", "email", "status", "late", "last change"), ("points", "possible", "percent")
    return Table("grades.csv", [(*about, *(u.name for u in units), *sums, "feedback")], rows)


def _exercises(units: Sequence[Unit]) -> Table:
    def rows(r: LearnerResult) -> Iterator[Row]:
        if (kept := r.kept) is None:
            return
        for unit, given in zip(units, kept.scores, strict=True):
            for e, (score, tries) in zip(unit.lesson.exercises, given or (), strict=bool(given)):
                share, people = share_of(unit, e, score, kept)
                worth, status = unit.worth[e.id], _status(e, share, people)
                earned = None if share is None else round(worth * share, 2)
                rest = (None if share is None else round(share, 4), earned, round(worth, 2), tries)
                yield (r.learner.id, r.learner.name, *unit.id, e.id, e.type, status, *rest)

    about, earned = ("id", "name", "story", "lesson", "exercise", "type"), ("status", "score", "points", "possible")
    return Table("exercises.csv", [(*about, *earned, "tries")], rows)


def _status(exercise: Exercise, share: float | None, people: int) -> str:
    if people:
        say = class_wording("grade_writing")["feedback"]
        return str(say["status" if people == 1 else "status_several"].format(n=people))
    return "blank" if share is None else "form only" if exercise.checks_form_only else "graded"


def _moodle(units: Sequence[Unit]) -> Table:
    """Moodle's grading worksheet; its import needs Identifier, Grade and Last modified (grade)."""

    # a stranger is in no gradebook: a row of theirs would match nobody, or somebody else of that name
    def rows(r: LearnerResult) -> Iterator[Row]:
        if r.learner.status != "stranger":
            number = r.learner.pupil.participant
            identifier = f"Participant {number}" if number else r.learner.id
            possible = points_possible(units, r.totals)
            yield (identifier, r.learner.name, r.learner.pupil.email, r.total, possible, "")

    heads = ("Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Last modified (grade)")
    return Table("grades_moodle.csv", [heads], rows, spreadsheet=False)


def _canvas(units: Sequence[Unit], assignment: str) -> Table:
    """Canvas's gradebook; its import finds the student by one of the ids and the assignment by its heading."""

    def rows(r: LearnerResult) -> Iterator[Row]:
        if r.learner.status != "stranger":
            p = r.learner.pupil
            yield (r.learner.name, p.id, p.sis, p.login or p.email, p.section, r.total)

    heads = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment)
    possible = ("Points Possible", "", "", "", "", points_possible(units, [None] * len(units)))
    return Table("grades_canvas.csv", [heads, possible], rows, spreadsheet=False)


class Changes:
    """What differs from the run before, if there was one; the points of this run are kept for the next."""

    def __init__(self, kept: KeptTables, units: Sequence[Unit]) -> None:
        self.count, self._kept, self._units = 0, kept, units
        self._first = not kept.ever_published()

    def rows(self, result: LearnerResult) -> Iterator[Row]:
        """The lessons in which a learner's points have changed."""
        learner = result.learner
        now = {u.name: t for u, t in zip(self._units, result.totals, strict=True) if t is not None}
        before = self._kept.publish(learner.who, learner.name, now)
        for lesson in sorted({*now, *before}) if not self._first else ():
            if now.get(lesson) != before.get(lesson):
                self.count += 1
                yield (learner.id, learner.name, lesson, before.get(lesson), now.get(lesson))

    def gone(self) -> Iterator[Row]:
        """The points of learners who were in the run before and are gone."""
        for _, name, before in self._kept.unpublish():
            self.count += len(before)
            yield from (("", name, lesson, points, None) for lesson, points in sorted(before.items()))
