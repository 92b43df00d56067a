"""Where the grades of people meet those of the machine: a text that somebody graded earns what the rubric says.

The grades of all graders are put into one file among the results, named after what is in it, so that every worker reads
the same and a changed grade is noticed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.answers.disk import write
from copydesk.answers.form import Json, encode
from copydesk.classroom.course import Unit
from copydesk.classroom.grade_form import grade_of, graders
from copydesk.classroom.rubric import Grade, is_graded_by_people, judged, rows_of, text_key
from copydesk.errors import CopydeskError

if TYPE_CHECKING:
    from copydesk.classroom.ledger import Ledger
    from copydesk.classroom.marking import Marked, Sheet

People = Mapping[str, tuple[float, int]]
"""What people graded of one learner: by story/lesson/exercise, the share earned (0–1) and how many graded it."""


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


def people_counts(ledger: Ledger, units: Sequence[Unit]) -> Counter[str]:
    """How many texts people graded, how many of these several did, and how many wait for somebody."""
    counts: Counter[str] = Counter()
    for learner in ledger.learners(missing=False):
        kept = ledger.book.graded(learner.who)
        for unit, given in zip(units, kept.scores, strict=True) if kept else ():
            for exercise, (score, _) in zip(unit.lesson.exercises, given or (), strict=bool(given)):
                if kept and score is not None and is_graded_by_people(exercise):
                    by = kept.people.get(f"{unit.id[0]}/{exercise.key_name}", (0, 0))[1]
                    counts["texts" if by else "waiting"] += 1
                    counts["several"] += by > 1
    return counts
