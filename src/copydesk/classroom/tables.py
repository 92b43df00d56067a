"""The tables a run writes: grades, exercises, imports for Moodle and Canvas, problems, changes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from copydesk.classroom.book import Kept
from copydesk.classroom.course import Unit
from copydesk.classroom.inert import cell
from copydesk.classroom.ledger import Learner, Ledger
from copydesk.lessons import Exercise
from copydesk.wording import load_wording

Row = Sequence[object]
STATES = {"graded": "graded", "stranger": "not on the roster", "missing": "missing", "unread": "nothing readable"}


def put(path: Path, data: bytes) -> None:
    """Put bytes in a file in one step, unless it holds them already."""
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    temp = path.with_name(f".{path.name}.tmp")
    temp.write_bytes(data)
    temp.replace(path)


def write_table(path: Path, rows: Iterable[Row], *, spreadsheet: bool = True) -> None:
    """Write a CSV row by row, then put it in its place; every cell is inert.

    With `spreadsheet` it starts with the mark by which Excel knows UTF-8; importers get it without.
    """
    temp = path.with_name(f".{path.name}.tmp")
    with temp.open("w", encoding="utf-8-sig" if spreadsheet else "utf-8", newline="") as file:
        csv.writer(file).writerows([cell(c) for c in row] for row in rows)
    temp.replace(path)


def write_tables(out: Path, ledger: Ledger, units: Sequence[Unit], assignment: str) -> None:
    """Write all tables but the changes."""
    write_table(out / "grades.csv", _grades(ledger, units))
    write_table(out / "exercises.csv", _exercises(ledger, units))
    write_table(out / "grades_moodle.csv", _moodle(ledger, units), spreadsheet=False)
    write_table(out / "grades_canvas.csv", _canvas(ledger, units, assignment), spreadsheet=False)
    write_table(out / "problems.csv", _problems(ledger))


def totals_of(units: Sequence[Unit], kept: Kept | None) -> list[float | None]:
    """Points by lesson, None where nothing was handed in; what people graded counts instead of the machine's score."""
    if kept is None:
        return [None] * len(units)
    return [None if given is None else _points(u, given, kept) for u, given in zip(units, kept.scores, strict=True)]


def _points(unit: Unit, given: Sequence[Any], kept: Kept) -> float:
    shares = (
        (e, share_of(unit, e, score, kept)[0]) for e, (score, _) in zip(unit.lesson.exercises, given, strict=True)
    )
    return round(sum(unit.worth[e.id] * (share or 0) for e, share in shares), 2)


def share_of(unit: Unit, exercise: Exercise, score: float | None, kept: Kept) -> tuple[float | None, int]:
    """What an exercise earns of its points, 0–1, and how many people graded it: none means the machine."""
    by_people = kept.people.get(f"{unit.id[0]}/{exercise.key_name}") if kept.people else None
    return by_people or (score, 0)


def all_totals(ledger: Ledger, units: Sequence[Unit]) -> Iterator[tuple[Learner, list[float | None], str]]:
    """Each learner with points by lesson and the name of the page."""
    for learner in ledger.learners():
        graded = ledger.book.graded(learner.who) if learner.status in ("graded", "stranger") else None
        yield learner, totals_of(units, graded), graded.page if graded else ""


def _sum(totals: Sequence[float | None]) -> float | None:
    given = [t for t in totals if t is not None]
    return round(sum(given), 2) if given else None


def write_changes(out: Path, ledger: Ledger, units: Sequence[Unit]) -> int:
    """Write what differs from the run before, if there was one, and how things stand now."""
    count = 0

    def rows() -> Iterator[Row]:
        nonlocal count
        yield ("id", "name", "lesson", "before", "now")
        for learner, lesson, before, now in _changes(ledger, units):
            count += 1
            yield (learner.id, learner.name, lesson, before, now)

    write_table(out / "changes.csv", rows())
    return count


def _changes(ledger: Ledger, units: Sequence[Unit]) -> Iterator[tuple[Learner, str, float | None, float | None]]:
    first = not ledger.book.ever_published()
    for learner, totals, _ in all_totals(ledger, units):
        now = {u.name: t for u, t in zip(units, totals, strict=True) if t is not None}
        before = ledger.book.publish(learner.who, learner.name, now)
        for lesson in sorted({*now, *before}) if not first else ():
            if now.get(lesson) != before.get(lesson):
                yield learner, lesson, before.get(lesson), now.get(lesson)
    for who, name, before in ledger.book.unpublish():
        yield from ((Learner(who, name), lesson, points, None) for lesson, points in sorted(before.items()))


def _grades(ledger: Ledger, units: Sequence[Unit]) -> Iterator[Row]:
    possible = round(sum(u.possible for u in units), 2)
    yield ("id", "name", "email", "status", "late", "last change", *(u.name for u in units),
           "points", "possible", "percent", "feedback")  # fmt: skip
    for learner, totals, page in all_totals(ledger, units):
        total = _sum(totals)
        percent = round(100 * total / possible, 1) if total is not None and possible else None
        yield (
            *(learner.id, learner.name, learner.pupil.email, STATES[learner.status]),
            *("late" if learner.late else "", learner.time, *totals, total, possible, percent),
            f"feedback/{page}" if page else "",
        )


def _exercises(ledger: Ledger, units: Sequence[Unit]) -> Iterator[Row]:
    yield ("id", "name", "story", "lesson", "exercise", "type", "status", "score", "points", "possible", "tries")
    for learner in ledger.learners(missing=False):
        graded = ledger.book.graded(learner.who)
        if graded is None:
            continue
        for unit, given in zip(units, graded.scores, strict=True):
            for e, (score, tries) in zip(unit.lesson.exercises, given or (), strict=bool(given)):
                share, people = share_of(unit, e, score, graded)
                worth, status = unit.worth[e.id], _status(e, share, people)
                earned = None if share is None else round(worth * share, 2)
                rest = (None if share is None else round(share, 4), earned, round(worth, 2), tries)
                yield (learner.id, learner.name, *unit.id, e.id, e.type, status, *rest)


def _status(exercise: Exercise, share: float | None, people: int) -> str:
    if people:
        say = load_wording("grade_writing")["feedback"]
        return str(say["status" if people == 1 else "status_several"].format(n=people))
    return "blank" if share is None else "form only" if exercise.type == "write" else "graded"


def _moodle(ledger: Ledger, units: Sequence[Unit]) -> Iterator[Row]:
    """Moodle's grading worksheet; its import asks for Identifier, Grade and Last modified (grade)."""
    possible = round(sum(u.possible for u in units), 2)
    yield ("Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Last modified (grade)")
    for learner, totals, _ in all_totals(ledger, units):
        if learner.status != "stranger":
            number = learner.pupil.participant
            identifier = f"Participant {number}" if number else learner.id
            yield (identifier, learner.name, learner.pupil.email, _sum(totals), possible, "")


def _canvas(ledger: Ledger, units: Sequence[Unit], assignment: str) -> Iterator[Row]:
    possible = round(sum(u.possible for u in units), 2)
    yield ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment)
    yield ("    Points Possible", "", "", "", "", possible)
    for learner, totals, _ in all_totals(ledger, units):
        if learner.status != "stranger":
            p = learner.pupil
            yield (learner.name, p.id, p.sis, p.login or p.email, p.section, _sum(totals))


def _problems(ledger: Ledger) -> Iterator[Row]:
    yield ("file", "learner", "what", "why", "what to do")
    for shown, name, fault in ledger.problems():
        yield (shown, name, fault.what, fault.why, fault.remedy)
