"""Score one learner's answers to a lesson, and let the grades that people gave take the place of the machine's.

`mark_lesson` turns the answers in a file into a `Sheet`; `with_grades` adds to it what people gave the texts.
`gather_grades` puts the grades of all graders into one file among the results, for every worker to read. The file is
named after what is in it, so a changed grade changes the name, and all learners are graded again.
"""

from __future__ import annotations

import hashlib
import json
import marshal
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from copydesk.answers import Record
from copydesk.base.documents import Json, encode
from copydesk.base.errors import CopydeskError
from copydesk.base.files import write
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer, Outcome
from copydesk.lessons.results import Result, counted
from copydesk_classroom.collecting.state import Kept
from copydesk_classroom.course import Unit
from copydesk_classroom.marking.rubric import (
    Grade,
    Judged,
    grade_of,
    graders,
    is_graded_by_people,
    judged,
    rows_of,
    text_key,
)
from copydesk_classroom.wording import Problem

MOST_TRIES, MOST_GROUPS, MOST_BYTES = 100, 1000, 1_000_000
"""What one exercise may hold: different tries in its first round, marks in a try, bytes in all of them.

No learner comes near. Scoring compares every mark with every entry of the key, so a file of a few MB that was made to
do harm could otherwise keep a worker busy for very long.
"""
MOST_KNOWN, LONGEST_KNOWN = 200, 400
"""How many answers of a lesson a cache holds, and how many bytes they may have.

Learners often give the same short answer: a blank, a single choice, the one that is right. Of long answers nearly all
are different, and would only push these out.
"""


@dataclass(frozen=True, slots=True)
class Marked:
    """One exercise of one learner: the answer that counts, its outcome (None if not attempted), how many tries."""

    exercise: Exercise
    answer: Answer
    outcome: Outcome | None
    tries: int
    short: bytes = b""
    """The exercise and the answer as a key for caches; empty if the answer is long."""
    first: tuple[Answer, Outcome] | None = None
    """The first try and its outcome."""
    judged: Judged | None = None
    """What people gave it, if they did."""
    score: float | None = field(init=False)
    """What the machine gives, from 0 to 1; None if it was not attempted."""
    share: float | None = field(init=False)
    """The share of the points that it earns: what people gave, else what the machine gives."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "score", self.outcome.score if self.outcome else None)
        object.__setattr__(self, "share", self.judged.share if self.judged else self.score)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One lesson of one learner; `marked` is empty if it was not submitted."""

    unit: Unit
    marked: tuple[Marked, ...] = ()
    points: float = field(init=False)
    """The points earned."""

    def __post_init__(self) -> None:
        worth = self.unit.worth
        object.__setattr__(self, "points", sum(worth[m.exercise.id] * (m.share or 0) for m in self.marked))

    @property
    def result(self) -> Result:
        """The result as the learner sees it, with what people gave."""
        return Result(
            self.unit.lesson,
            {m.exercise.id: m.score for m in self.marked},
            {m.exercise.id: m.first[1].score if m.first else None for m in self.marked},
            {m.exercise.id: m.judged.share for m in self.marked if m.judged},
        )


def mark_lesson(unit: Unit, document: Json, shown: str, problems: list[tuple[str, Problem]]) -> Sheet:
    """Score the answers to a lesson in the file `shown`, as `results.record_scores` does for a learner.

    An exercise that cannot be scored counts as blank, and is added to `problems`.
    """
    marked = []
    for exercise in unit.lesson.exercises:
        entry = document["exercises"].get(exercise.id)
        if not entry:
            marked.append(Marked(exercise, {}, None, 0))
            continue
        record = Record.of(entry)
        try:
            marked.append(_mark(unit, exercise, record))
            continue
        except TooMuch as much:
            problem = Problem("too_much", f"{exercise.key_name}: {much}")
        except NoKey:
            problem = Problem("no_key", exercise.key_name)
        except Exception as error:  # an answer that nobody thought of must not stop the grading of a class
            problem = Problem("not_scored", f"{exercise.key_name}: {type(error).__name__}")
        problems.append((shown, problem))
        marked.append(Marked(exercise, {}, None, record.tries_made))
    return Sheet(unit, tuple(marked))


def _mark(unit: Unit, exercise: Exercise, record: Record) -> Marked:
    """The answer that earns most, the earlier of two alike, and the first that was attempted."""
    best: tuple[bytes, Answer, Outcome] | None = None
    first: tuple[Answer, Outcome] | None = None
    on_story = unit.on_story_of(exercise)
    for name, answer in _different(counted(record)).items():
        outcome = _outcome(on_story, exercise, answer, name)
        if outcome.status == "not_attempted":
            continue
        first = first or (answer, outcome)
        if best is None or outcome.score > best[2].score:
            best = name, answer, outcome
        if best[2].score >= 1:
            break
    if best is None:
        return Marked(exercise, {}, None, record.tries_made)
    name, answer, outcome = best
    if outcome.status == "received":
        raise NoKey
    return Marked(exercise, answer, outcome, record.tries_made, _cache_key(exercise, name), first)


class TooMuch(Exception):
    """An answer holds more than anybody could have marked or written."""


class NoKey(Exception):
    """The key says nothing of an exercise that has points."""


def _different(answers: list[Answer]) -> dict[bytes, Answer]:
    """The answers without repetitions, by their bytes; raises `TooMuch`."""
    different: dict[bytes, Answer] = {}
    for answer in answers:
        different.setdefault(marshal.dumps(answer, 0), answer)  # bytes to compare and to hash, never to load
    groups = [len(g) for a in different.values() if isinstance(g := a.get("groups"), list)]
    for much, most, what in (
        (len(different), MOST_TRIES, "different tries"),
        (max(groups, default=0), MOST_GROUPS, "marks"),
        (sum(map(len, different)), MOST_BYTES, "bytes"),
    ):
        if much > most:
            raise TooMuch(f"{much:,} {what}")
    return different


def _outcome(unit: Unit, exercise: Exercise, answer: Answer, name: bytes) -> Outcome:
    """The outcome of an answer, from the cache if it is a short one that was seen before."""
    key = _cache_key(exercise, name)
    outcome = unit.outcomes.get(key) or exercise.outcome(answer, unit.key, unit.text)
    if key:
        remember(unit.outcomes, key, outcome)
    return outcome


def _cache_key(exercise: Exercise, name: bytes) -> bytes:
    return exercise.id.encode() + b" " + name if len(name) <= LONGEST_KNOWN else b""


def remember(known: dict[bytes, Any], name: bytes, value: object) -> None:
    """Put a value into a cache, which is emptied first if it is full: memory must not grow with the class."""
    if len(known) >= MOST_KNOWN and name not in known:
        known.clear()
    known[name] = value


def gather_grades(rubric: Path | None, home: Path) -> str:
    """Write the grades of all graders to one file in `home`, and delete those of earlier runs; returns its path.

    `rubric` is a folder of grade files or a single one; without it nothing is written and the path is ''. Raises
    CopydeskError if there are no grades, or a file of them cannot be read.
    """
    data = encode(_grades_by_text(rubric), indent=None) if rubric else b""
    path = home / f"rubric-{hashlib.sha256(data).hexdigest()[:16]}.json"
    if data and not path.is_file():
        write(path, data)
    for old in home.glob("rubric-*.json"):
        if old != path:
            old.unlink(missing_ok=True)
    return str(path) if data else ""


def _grades_by_text(rubric: Path) -> dict[str, list[Json]]:
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
def _gathered(path: str) -> dict[str, list[Grade]]:
    """The file that `gather_grades` wrote, read once in each process."""
    found = json.loads(Path(path).read_bytes())
    return {text: [grade_of(entry) for entry in entries] for text, entries in found.items()}


def with_grades(sheet: Sheet, path: str) -> Sheet:
    """The sheet with what people gave its texts; `path` is the file of `gather_grades`, '' without a rubric."""
    if not path:
        return sheet
    grades, unit = _gathered(path), sheet.unit

    def graded(m: Marked) -> Marked:
        if m.outcome is None or not is_graded_by_people(m.exercise):
            return m
        key = text_key(unit.id[0], m.exercise, m.answer, len(unit.text))
        return replace(m, judged=judged(rows_of(m.exercise), grades.get(key, ())))

    return replace(sheet, marked=tuple(map(graded, sheet.marked)))


def people_of(sheets: Sequence[Sheet]) -> dict[str, tuple[float, int]]:
    """What people graded on these sheets (see `state.PeoplePoints`)."""
    return {
        f"{sheet.unit.id[0]}/{m.exercise.key_name}": (m.judged.share, m.judged.graders)
        for sheet in sheets
        for m in sheet.marked
        if m.judged
    }


def share_of(unit: Unit, exercise: Exercise, score: float | None, kept: Kept) -> tuple[float | None, int]:
    """The share of its points that an exercise earned, 0–1, and how many people graded it: 0 means the machine did."""
    by_people = kept.people.get(f"{unit.id[0]}/{exercise.key_name}") if kept.people else None
    return by_people or (score, 0)
