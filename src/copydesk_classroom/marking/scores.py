"""Where the grades of people meet those of the machine: a text that somebody graded earns what the rubric says.

The grades of all graders are put into one file among the results, named after what is in it, so that every worker reads
the same and a changed grade is noticed.

One learner's answers become scores and a page: what a worker does, from bytes to bytes, with no file in between.
"""

from __future__ import annotations

import hashlib
import json
import marshal
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copydesk.answers import Record
from copydesk.base.documents import Json, encode
from copydesk.base.errors import CopydeskError
from copydesk.base.files import write
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer, Outcome
from copydesk.lessons.results import best_of, counted
from copydesk_classroom.collecting.state import Kept
from copydesk_classroom.course import Unit
from copydesk_classroom.marking.grade_files import grade_of, graders
from copydesk_classroom.marking.rubric import Grade, Judged, is_graded_by_people, judged, rows_of, text_key
from copydesk_classroom.problems import Problem

if TYPE_CHECKING:
    pass


def gathered(rubric: Path | None, home: Path) -> str:
    """Put the grades of a folder (or of one file) together into `home`; gives back the path, '' without a rubric.

    Raises CopydeskError if there are no grades, or a file of them cannot be read.
    """
    data = encode(_together(rubric), indent=None) if rubric else b""
    path = home / f"rubric-{hashlib.sha256(data).hexdigest()[:16]}.json"
    if data and not path.is_file():
        write(path, data)
    for old in home.glob("rubric-*.json"):
        if old != path:
            old.unlink(missing_ok=True)
    return str(path) if data else ""


def _together(rubric: Path) -> dict[str, list[Json]]:
    """All grades by text, in the order of the graders' names."""
    everybody = graders(rubric) if rubric.exists() else {}
    found: dict[str, list[Json]] = {}
    for _, grades in sorted(everybody.items()):
        for text, grade in grades.items():
            found.setdefault(text, []).append(asdict(grade))
    if not found:
        raise CopydeskError(f"there are no grades in {rubric}", "name the folder that the grading desk wrote")
    return found


@lru_cache(maxsize=1)
def _read(path: str) -> dict[str, list[Grade]]:
    """The grades of all graders by text, read once in each process."""
    found = json.loads(Path(path).read_bytes())
    return {text: [grade_of(entry) for entry in entries] for text, entries in found.items()}


def with_grades(sheet: Sheet, path: str) -> Sheet:
    """A sheet with what people gave its texts; without a path, as it is."""
    if not path:
        return sheet
    return replace(sheet, marked=tuple(_graded(sheet.unit, marked, path) for marked in sheet.marked))


def _graded(unit: Unit, marked: Marked, path: str) -> Marked:
    if marked.outcome is None or not is_graded_by_people(marked.exercise):
        return marked
    key = text_key(unit.id[0], marked.exercise, marked.answer, len(unit.text))
    return replace(marked, judged=judged(rows_of(marked.exercise), _read(path).get(key, ())))


def people_of(sheets: Sequence[Sheet]) -> dict[str, tuple[float, int]]:
    """What people graded on these sheets."""
    return {
        f"{sheet.unit.id[0]}/{m.exercise.key_name}": (m.judged.share, m.judged.graders)
        for sheet in sheets
        for m in sheet.marked
        if m.judged
    }


MOST_TRIES, MOST_GROUPS, MOST_BYTES = 100, 1000, 1_000_000
"""What one exercise may hold: different tries in its first round, marks in a try, bytes in all of them."""
MOST_KNOWN, LONGEST_KNOWN = 200, 400
"""How many outcomes of short answers are remembered in a lesson: learners often give the same."""


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


def mark_lesson(unit: Unit, document: Json, shown: str, faults: list[tuple[str, Problem]]) -> Sheet:
    """Score one lesson's answers as `results.record_score` does; what is too much to read counts as blank."""
    marked = []
    for exercise in unit.lesson.exercises:
        entry = document["exercises"].get(exercise.id)
        record = Record.of(entry) if entry else Record()
        try:
            marked.append(_mark(unit, exercise, record))
            continue
        except TooMuch as much:
            fault = Problem("too_much", f"{exercise.key_name}: {much}")
        except Exception as error:  # one exercise of one stranger must not stop a class
            fault = Problem("not_scored", f"{exercise.key_name}: {type(error).__name__}")
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
    outcome = unit.outcomes.get(short) or exercise.outcome(answer, unit.key, unit.text)
    if short:
        remember(unit.outcomes, short, outcome)
    return outcome


def remember(known: dict[bytes, Any], name: bytes, value: object) -> None:
    """Keep a value, and begin anew when there are many: memory does not grow with the class."""
    if len(known) >= MOST_KNOWN and name not in known:
        known.clear()
    known[name] = value


def share_of(unit: Unit, exercise: Exercise, score: float | None, kept: Kept) -> tuple[float | None, int]:
    """What an exercise earns of its points, 0–1, and how many people graded it: none means the machine."""
    by_people = kept.people.get(f"{unit.id[0]}/{exercise.key_name}") if kept.people else None
    return by_people or (score, 0)
