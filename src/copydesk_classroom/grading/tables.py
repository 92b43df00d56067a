"""The CSV files that a run writes: grades, exercises, imports for Moodle and Canvas, changes, problems.

Moodle gets its own grading worksheet back, filled in, and a zip of the feedback pages. The worksheet's import
(mod/assign/feedback/offline/importgradeslib.php and locallib.php) finds its columns by the headings in the language of
whoever imports, skips a grade above the maximum, and skips one that was changed after the date in the worksheet. So
headings, dates and all other cells stay as they were given. It writes feedback columns back too, even where they are
blank, so these stay to the letter.

The zip is for “Upload multiple feedback files in a zip” (mod/assign/feedback/file/importziplib.php), which cuts each
name at the first four `_`: full name, participant number, type and name of the plugin; the rest is the file's name.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from copydesk.base.files import replacing
from copydesk.exercises.exercise import Exercise
from copydesk_classroom.collecting.roster import RosterFile, squeezed
from copydesk_classroom.collecting.state import GRADED, Kept, KeptTables, Learner, RunTables
from copydesk_classroom.course import Unit, points_possible
from copydesk_classroom.csv_files import CsvFile, Row, Verbatim
from copydesk_classroom.marking.scores import share_of
from copydesk_classroom.wording import class_wording

POINTS = Mapping[str, tuple[float, float]]
"""The points of each learner and those possible, by the learner's key."""
MADE = (2020, 2, 2, 0, 0, 0)
"""The moment that every file in the zip bears, so that the same pages make the same zip."""


def filled_worksheet(worksheet: RosterFile, points: POINTS, scale: float | None) -> Iterator[Row]:
    """The rows of a grading worksheet with the grades filled in, scaled to `scale`, else to the maximum in each row.

    A learner without points keeps what is in the worksheet.
    """
    yield worksheet.head
    grade, maximum, modified = (worksheet.column(field) for field in ("grade", "maximum", "modified"))
    assert grade is not None and modified is not None
    for given in worksheet.rows:
        row = [*given, *[""] * (len(worksheet.head) - len(given))]
        most = row[maximum].strip() if maximum is not None else ""
        pupil = worksheet.pupil(row)
        if pupil and pupil.key in points:
            row[grade] = _written(scaled(*points[pupil.key], scale or number_in(most)), most)
        # feedback stands behind the date of the grade
        yield [cell if n <= modified else Verbatim(cell) for n, cell in enumerate(row)]


def maxima(worksheet: RosterFile) -> set[float]:
    """The maximum grades in a worksheet."""
    column = worksheet.column("maximum")
    found = (number_in(row[column]) for row in worksheet.rows if len(row) > column) if column is not None else ()
    return {number for number in found if number}


def scaled(points: float, possible: float, most: float | None) -> float:
    """The points out of `most`; as they are if that is None.

    >>> scaled(7.5, 15, 100), scaled(7.5, 15, None)
    (50.0, 7.5)
    """
    return round(points * most / possible, 2) if most and possible else round(points, 2)


def number_in(text: str) -> float | None:
    """A number as Moodle writes it in some language; None if it is none, or 0."""
    plain = re.sub(r"\s", "", text).replace(",", ".")
    return float(plain) or None if re.fullmatch(r"\d{1,9}(\.\d+)?", plain) else None


def _written(number: float, like: str) -> str:
    """A grade with the decimal sign of another one."""
    text = f"{number:.2f}"
    return text.replace(".", ",") if "," in like else text


def write_feedback_zip(path: Path, pages: Iterable[tuple[str, str, Path]]) -> None:
    """Write a zip of feedback pages, each with the learner's name and participant number."""
    with (
        replacing(path, durable=False) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped,
    ):
        for name, number, page in pages:
            shown = " ".join(re.sub(r'[\\/:*?"<>|_~.\x00-\x1f]', " ", name).split())
            member = zipfile.ZipInfo(f"{shown}_{number}_assignsubmission_file_feedback.html", MADE)
            member.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(member, page.read_bytes(), compresslevel=1)


STATUSES = {
    "graded": "graded",
    "stranger": "not on the roster",
    "several": "name used by several",
    "unclear": "name used by several",
    "missing": "missing",
    "unread": "nothing readable",
}
"""A learner's status in words."""
ELSEWHERE = ("stranger", "several", "unclear")
"""Learners who are in no import file: a row of theirs would match nobody, or somebody else of that name."""


Share = tuple[float | None, int]
"""The share of its points that an exercise earned, and how many people graded it (see `scores.share_of`)."""


@dataclass(frozen=True, slots=True)
class LearnerResult:
    """A learner, their results, and their shares and points by lesson, None for a lesson that was not submitted."""

    learner: Learner
    kept: Kept | None
    shares: Sequence[list[Share] | None]
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


@dataclass(frozen=True, slots=True)
class Imports:
    """How the files for platforms are written: the roster that was given, the heading for Canvas, the scale."""

    roster: RosterFile | None = None
    assignment: str | None = None
    """The heading of one column with all points for Canvas; None for a column per lesson."""
    scale: float | None = None
    """What all points together are worth on the platform; None for as many as they are."""

    @property
    def worksheet(self) -> RosterFile | None:
        """The grading worksheet of Moodle that is to be filled in."""
        return self.roster if self.roster and self.roster.is_worksheet else None


def write_tables(out: Path, run: RunTables, units: Sequence[Unit], imports: Imports) -> int:
    """Write all tables, and the feedback zip for Moodle; returns how many points differ from the run before."""
    changes, points, pages = Changes(run.kept, units), {}, []
    tables = [
        _grades(units),
        _exercises(units),
        _times(),
        _canvas(units, imports),
        Table("changes.csv", [("id", "name", "lesson", "before", "now")], changes.rows),
    ]
    tables += [] if imports.worksheet else [_moodle(units, imports.scale)]
    # all files are open at once, so that the class is read once and never in memory as a whole
    with ExitStack() as stack:
        files = {t.name: stack.enter_context(CsvFile(out / t.name, spreadsheet=t.spreadsheet)) for t in tables}
        for table in tables:
            files[table.name].add(table.heads)
        for learner in run.learners():
            kept = run.kept.graded(learner.who) if learner.status in GRADED else None
            shares = [None] * len(units) if kept is None else _shares(units, kept)
            result = LearnerResult(learner, kept, shares, [*map(_points, units, shares)])
            for table in tables:
                files[table.name].add([*table.rows(result)])
            if result.total is not None and learner.status == "graded":
                points[learner.who] = result.total, points_possible(units, result.totals)
                if kept and learner.pupil.participant:
                    pages.append((learner.name, learner.pupil.participant, out / "feedback" / kept.page))
        files["changes.csv"].add(changes.gone())
        with CsvFile(out / "problems.csv") as file:
            file.add([("file", "learner", "what", "why", "what to do")])
            file.add((shown, name, p.what, p.why, p.remedy) for shown, name, p in run.problems())
        if imports.worksheet:
            with CsvFile(out / "grades_moodle.csv", spreadsheet=False) as file:
                file.add(filled_worksheet(imports.worksheet, points, imports.scale))
            write_feedback_zip(out / "feedback_moodle.zip", pages)
    return changes.count


def _shares(units: Sequence[Unit], kept: Kept) -> list[list[Share] | None]:
    """The shares of each lesson's exercises, None for a lesson that was not submitted."""
    return [
        [share_of(u, e, score, kept) for e, (score, _) in zip(u.lesson.exercises, given, strict=True)]
        if given is not None
        else None
        for u, given in zip(units, kept.scores, strict=True)
    ]


def _points(unit: Unit, shares: Sequence[Share] | None) -> float | None:
    """The points in one lesson; None if it was not submitted."""
    if shares is None:
        return None
    earned = zip(unit.lesson.exercises, shares, strict=True)
    return round(sum(unit.worth[e.id] * (share or 0) for e, (share, _) in earned), 2)


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
        for unit, given, shares in zip(units, kept.scores, r.shares, strict=True):
            if given is None or shares is None:
                continue
            for e, (_, tries), (share, people) in zip(unit.lesson.exercises, given, shares, strict=True):
                worth, status = unit.worth[e.id], _status(e, share, people)
                earned = None if share is None else round(worth * share, 2)
                rest = (None if share is None else round(share, 4), earned, round(worth, 2), tries)
                yield (r.learner.id, r.learner.name, *unit.id, e.id, e.type, status, *rest)

    about, earned = ("id", "name", "story", "lesson", "exercise", "type"), ("status", "score", "points", "possible")
    return Table("exercises.csv", [(*about, *earned, "tries")], rows)


def _times() -> Table:
    """When each lesson was changed, by the learner's own file, and handed in, by the platform or else by the file."""

    def rows(r: LearnerResult) -> Iterator[Row]:
        yield from ((r.learner.id, r.learner.name, *times) for times in r.learner.lessons)

    return Table("times.csv", [("id", "name", "story", "lesson", "last change", "handed in", "late")], rows)


def _status(exercise: Exercise, share: float | None, people: int) -> str:
    if people:
        say = class_wording("grade_writing")["feedback"]
        return str(say["status" if people == 1 else "status_several"].format(n=people))
    return "blank" if share is None else "form only" if exercise.checks_form_only else "graded"


def _moodle(units: Sequence[Unit], scale: float | None) -> Table:
    """A grading worksheet for Moodle in English; its import needs Identifier, Grade and Last modified (grade)."""

    def rows(r: LearnerResult) -> Iterator[Row]:
        if r.learner.status not in ELSEWHERE:
            number = r.learner.pupil.participant
            identifier = f"Participant {number}" if number else r.learner.id
            possible = points_possible(units, r.totals)
            total = None if r.total is None else scaled(r.total, possible, scale)
            yield (identifier, r.learner.name, r.learner.pupil.email, total, scale or possible, "")

    heads = ("Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Last modified (grade)")
    return Table("grades_moodle.csv", [heads], rows, spreadsheet=False)


def _canvas(units: Sequence[Unit], imports: Imports) -> Table:
    """A gradebook for Canvas, a column per lesson, or one for all points if a heading was given.

    Its import (lib/gradebook_importer.rb) needs Student, ID and Section, finds the student by one of the ids, else by
    the name, and the assignment by the number in brackets, else by the title. So a column that the given gradebook has
    for a lesson keeps its heading and its points possible.
    """
    book = imports.roster if imports.roster and imports.roster.is_canvas else None
    if imports.assignment is None:
        heads = [_canvas_heading(u, book) for u in units]
        worth = [_canvas_points(head, book) or round(u.possible, 2) for u, head in zip(units, heads, strict=True)]
    else:
        heads = [imports.assignment]
        whole = points_possible(units, [None] * len(units))
        worth = [imports.scale or _canvas_points(heads[0], book) or whole]

    def rows(r: LearnerResult) -> Iterator[Row]:
        if r.learner.status in ELSEWHERE:
            return
        p, given = r.learner.pupil, [*zip(r.totals, (u.possible for u in units), strict=True)]
        if imports.assignment is not None:
            given = [(r.total, points_possible(units, r.totals))]
        cells = [None if n is None else scaled(n, of, most) for (n, of), most in zip(given, worth, strict=True)]
        own = bool(book) or r.learner.who.startswith("canvas:")  # another platform's id may be that of somebody else
        yield (
            r.learner.name,
            p.id if own else "",
            p.sis or ("" if own else p.id),
            p.login or p.email,
            p.section,
            *cells,
        )

    about = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
    possible = ("Points Possible", "", "", "", "", *worth)
    return Table("grades_canvas.csv", [(*about, *heads), possible], rows, spreadsheet=False)


def _canvas_heading(unit: Unit, book: RosterFile | None) -> str:
    """The heading that a Canvas gradebook has for a lesson, else the lesson's name."""
    if book is None:
        return unit.name
    number, title = unit.lesson.id.partition("_")[0], unit.lesson.title
    called = {unit.lesson.id, unit.name, title, f"{number} {title}", f"Copydesk {number}", f"Lesson {number}"}
    known = {*map(squeezed, called)}
    heads = (head for head in book.head if squeezed(re.sub(r"\(\d+\)\s*$", "", head)) in known)
    return next(heads, unit.name)


def _canvas_points(heading: str, book: RosterFile | None) -> float | None:
    """The points possible of a column in a Canvas gradebook."""
    if book is None or heading not in book.head:
        return None
    at = [*book.head].index(heading)
    row = next((row for row in book.rows if "points possible" in row[0].casefold() and len(row) > at), None)
    return number_in(row[at]) if row else None


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
