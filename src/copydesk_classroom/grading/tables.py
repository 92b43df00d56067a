"""The tables a run writes: grades, exercises, imports for Moodle and Canvas, problems, changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copydesk.exercises.exercise import Exercise
from copydesk_classroom.collecting.state import Kept, KeptTables, Learner, RunTables
from copydesk_classroom.course import Unit
from copydesk_classroom.csv_files import CsvFile, Row
from copydesk_classroom.marking.scores import share_of
from copydesk_classroom.wording import class_wording

STATES = {"graded": "graded", "stranger": "not on the roster", "missing": "missing", "unread": "nothing readable"}


@dataclass(frozen=True, slots=True)
class Standing:
    """A learner, what they were given, and their points by lesson, None where nothing was handed in."""

    learner: Learner
    kept: Kept | None
    totals: Sequence[float | None]

    @property
    def total(self) -> float | None:
        """The points in all lessons; None if none was handed in."""
        given = [t for t in self.totals if t is not None]
        return round(sum(given), 2) if given else None


@dataclass(frozen=True, slots=True)
class Table:
    """A table by its file's name: the rows at its head, and those that each learner adds."""

    name: str
    heads: Sequence[Row]
    rows: Callable[[Standing], Iterable[Row]]
    spreadsheet: bool = True


def write_tables(out: Path, ledger: RunTables, units: Sequence[Unit], assignment: str) -> int:
    """Write all tables, in one walk through the class; gives back how many points differ from the run before."""
    changes = Changes(ledger.book, units)
    tables = (
        _grades(units),
        _exercises(units),
        _moodle(units),
        _canvas(units, assignment),
        Table("changes.csv", [("id", "name", "lesson", "before", "now")], changes.rows),
    )
    with ExitStack() as stack:
        files = [stack.enter_context(CsvFile(out / t.name, spreadsheet=t.spreadsheet)) for t in tables]
        for file, table in zip(files, tables, strict=True):
            file.add(table.heads)
        for standing in _standings(ledger, units):
            for file, table in zip(files, tables, strict=True):
                file.add(table.rows(standing))
        files[-1].add(changes.gone())
        with CsvFile(out / "problems.csv") as file:
            file.add([("file", "learner", "what", "why", "what to do"), *_problems(ledger)])
    return changes.count


def _standings(ledger: RunTables, units: Sequence[Unit]) -> Iterator[Standing]:
    for learner in ledger.learners():
        kept = ledger.book.graded(learner.who) if learner.status in ("graded", "stranger") else None
        yield Standing(learner, kept, _totals(units, kept))


def _totals(units: Sequence[Unit], kept: Kept | None) -> list[float | None]:
    if kept is None:
        return [None] * len(units)
    return [None if given is None else _points(u, given, kept) for u, given in zip(units, kept.scores, strict=True)]


def _points(unit: Unit, given: Sequence[Any], kept: Kept) -> float:
    shares = (
        (e, share_of(unit, e, score, kept)[0]) for e, (score, _) in zip(unit.lesson.exercises, given, strict=True)
    )
    return round(sum(unit.worth[e.id] * (share or 0) for e, share in shares), 2)


class Changes:
    """What differs from the run before, if there was one; how things stand now is noted for the next."""

    def __init__(self, book: KeptTables, units: Sequence[Unit]) -> None:
        self.count, self._book, self._units = 0, book, units
        self._first = not book.ever_published()

    def rows(self, standing: Standing) -> Iterator[Row]:
        """The lessons in which a learner's points have changed."""
        learner = standing.learner
        now = {u.name: t for u, t in zip(self._units, standing.totals, strict=True) if t is not None}
        before = self._book.publish(learner.who, learner.name, now)
        for lesson in sorted({*now, *before}) if not self._first else ():
            if now.get(lesson) != before.get(lesson):
                self.count += 1
                yield (learner.id, learner.name, lesson, before.get(lesson), now.get(lesson))

    def gone(self) -> Iterator[Row]:
        """The points of learners who are no longer there."""
        for _, name, before in self._book.unpublish():
            self.count += len(before)
            yield from (("", name, lesson, points, None) for lesson, points in sorted(before.items()))


def _possible(units: Sequence[Unit]) -> float:
    return round(sum(u.possible for u in units), 2)


def _grades(units: Sequence[Unit]) -> Table:
    possible = _possible(units)

    def rows(s: Standing) -> Iterator[Row]:
        learner, total = s.learner, s.total
        percent = round(100 * total / possible, 1) if total is not None and possible else None
        yield (
            *(learner.id, learner.name, learner.pupil.email, STATES[learner.status]),
            *("late" if learner.late else "", learner.time, *s.totals, total, possible, percent),
            f"feedback/{s.kept.page}" if s.kept else "",
        )

    about, sums = ("id", "name", "email", "status", "late", "last change"), ("points", "possible", "percent")
    return Table("grades.csv", [(*about, *(u.name for u in units), *sums, "feedback")], rows)


def _exercises(units: Sequence[Unit]) -> Table:
    def rows(s: Standing) -> Iterator[Row]:
        if (kept := s.kept) is None:
            return
        for unit, given in zip(units, kept.scores, strict=True):
            for e, (score, tries) in zip(unit.lesson.exercises, given or (), strict=bool(given)):
                share, people = share_of(unit, e, score, kept)
                worth, status = unit.worth[e.id], _status(e, share, people)
                earned = None if share is None else round(worth * share, 2)
                rest = (None if share is None else round(share, 4), earned, round(worth, 2), tries)
                yield (s.learner.id, s.learner.name, *unit.id, e.id, e.type, status, *rest)

    about, earned = ("id", "name", "story", "lesson", "exercise", "type"), ("status", "score", "points", "possible")
    return Table("exercises.csv", [(*about, *earned, "tries")], rows)


def _status(exercise: Exercise, share: float | None, people: int) -> str:
    if people:
        say = class_wording("grade_writing")["feedback"]
        return str(say["status" if people == 1 else "status_several"].format(n=people))
    return "blank" if share is None else "form only" if exercise.checks_form_only else "graded"


def _moodle(units: Sequence[Unit]) -> Table:
    """Moodle's grading worksheet; its import asks for Identifier, Grade and Last modified (grade)."""
    possible = _possible(units)

    def rows(s: Standing) -> Iterator[Row]:
        if s.learner.status != "stranger":
            number = s.learner.pupil.participant
            identifier = f"Participant {number}" if number else s.learner.id
            yield (identifier, s.learner.name, s.learner.pupil.email, s.total, possible, "")

    heads = ("Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Last modified (grade)")
    return Table("grades_moodle.csv", [heads], rows, spreadsheet=False)


def _canvas(units: Sequence[Unit], assignment: str) -> Table:
    def rows(s: Standing) -> Iterator[Row]:
        if s.learner.status != "stranger":
            p = s.learner.pupil
            yield (s.learner.name, p.id, p.sis, p.login or p.email, p.section, s.total)

    heads = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment)
    possible = ("    Points Possible", "", "", "", "", _possible(units))
    return Table("grades_canvas.csv", [heads, possible], rows, spreadsheet=False)


def _problems(ledger: RunTables) -> Iterator[Row]:
    for shown, name, fault in ledger.problems():
        yield (shown, name, fault.what, fault.why, fault.remedy)
