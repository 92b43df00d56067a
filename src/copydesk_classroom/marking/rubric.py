"""How people grade prose: the rubric's rows, one grader's grade of a text, and the result of several graders.

Each row gives 0 to 3 points. A text earns the share of its rubric points in the most that its rows can give (12 with
all four rows), and that share of the exercise's points. A grade counts once every row has its points, and of several
graders the mean counts. People grade only exercises with points that at least one row fits.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer

MOST = 3
"""The most points that a row can give."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the rubric: its id, its name, and the words for 0, 1, 2 and 3 points."""

    id: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """What one grader gave one text: points by row, comments from the grader's list, a comment for this text alone."""

    points: Mapping[str, int]
    comments: tuple[str, ...] = ()
    note: str = ""

    def whole(self, rows: Iterable[Row]) -> bool:
        """Whether every row has its points.

        >>> Grade({"claim": 2}).whole(rubric_rows())
        False
        """
        return all(row.id in self.points for row in rows)


@dataclass(frozen=True, slots=True)
class Judged:
    """The result of all graders of one text: the points by row, one number per grader, and their comments."""

    points: Mapping[str, tuple[int, ...]]
    comments: tuple[str, ...]
    graders: int

    @property
    def rubric_points(self) -> float:
        """The points of all rows together, as the mean of all graders."""
        return sum(sum(given) for given in self.points.values()) / self.graders

    @property
    def share(self) -> float:
        """The share of the exercise's points that the text earns, 0–1.

        >>> Judged({"claim": (3, 2), "reasoning": (1, 2)}, (), graders=2).share
        0.6666666666666666
        """
        return self.rubric_points / (MOST * len(self.points))


@cache
def rubric_rows() -> tuple[Row, ...]:
    """The rows of the rubric in their order.

    >>> [row.id for row in rubric_rows()]
    ['claim', 'evidence', 'reasoning', 'rival']
    """
    return tuple(Row(row["id"], row["name"], tuple(row["points"])) for row in load_wording("rubric")["row"])


def rows_of(exercise: Exercise) -> tuple[Row, ...]:
    """The rows that fit an exercise: all, or those that its lesson names as `rubric = ["claim", …]`.

    Raises CopydeskError for a name that is no row.
    """
    rows = {row.id: row for row in rubric_rows()}
    named = exercise.rubric_rows()
    wanted = list(rows) if named is None else named
    if unknown := [name for name in wanted if name not in rows]:
        raise CopydeskError(f"{exercise.key_name}: no rubric row '{unknown[0]}'", f"there are: {', '.join(rows)}")
    return tuple(row for row in rows.values() if row.id in wanted)


def is_graded_by_people(exercise: Exercise) -> bool:
    """Whether people grade what is written in an exercise: it has points, and a row fits it."""
    return exercise.points > 0 and bool(rows_of(exercise))


def text_key(story: str, exercise: Exercise, answer: Answer, length: int) -> str:
    """The key of a text: story/lesson/exercise/hash, where the hash covers what was written and picked.

    It does not cover who wrote it, so the same words earn the same points, and a changed text has to be graded again.
    `length` is that of the page, in code points.
    """
    answer = exercise.well_formed(answer)
    texts = answer.get("texts", {})
    written = {b.id: _tidy(texts[b.id]) for b in exercise.boxes() if _tidy(texts.get(b.id))}
    picked = [[s.start, s.end] for s in exercise.evidence_in(answer, length)]
    whole = json.dumps([written, picked], sort_keys=True).encode()
    return f"{story}/{exercise.key_name}/{hashlib.sha256(whole).hexdigest()[:32]}"


def _tidy(text: object) -> str:
    # the same letters may come as one code point or two, depending on the learner's keyboard
    return unicodedata.normalize("NFC", text).strip() if isinstance(text, str) else ""


def judged(rows: Sequence[Row], grades: Iterable[Grade]) -> Judged | None:
    """The result of the grades of one text, of which only whole ones count; None if none is whole.

    >>> judged(rubric_rows()[:1], [Grade({"claim": 3}, ("Clear.",)), Grade({}, note="later")])
    Judged(points={'claim': (3,)}, comments=('Clear.',), graders=1)
    """
    whole = [grade for grade in grades if grade.whole(rows)]
    if not rows or not whole:
        return None
    said = dict.fromkeys(words for grade in whole for words in (*grade.comments, grade.note) if words.strip())
    return Judged({row.id: tuple(grade.points[row.id] for grade in whole) for row in rows}, tuple(said), len(whole))
