"""How people grade prose: the rubric's rows, one grader's grade of a text, and the result of several graders.

Each row gives 0 to 3 points. A text earns the share of its rubric points in the most that its rows can give (12 with
all four rows), and that share of the exercise's points. A grade counts once every row has its points, and of several
graders the mean counts. People grade only exercises with points that at least one row fits.

`grades/<grader>.json`, schema 1, UTF-8, kept by a `JsonStore`; unknown fields are kept:

    {"schema": 1, "kind": "copydesk-grades", "kit": "0.1.0", "grader": "first", "created": …, "changed": …,
     "comments": ["Name the rule."],                        the grader's own list, to use again
     "grades": {"<story>/<lesson>/<exercise>/<hash>": {     a text (see `rubric.text_key`); no learner is named
       "points": {"claim": 2, "evidence": 3},               0 to 3 by row; rows not graded yet are missing
       "comments": ["Name the rule."], "note": "…",         from the list, and for this text alone
       "rev": 4, "changed": "2027-03-01T10:00:00Z"}}}
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from copydesk import __version__
from copydesk.answers.place import file_part, safe_name
from copydesk.base.documents import (
    Damaged,
    Field,
    Fields,
    Json,
    check_counts,
    check_fields,
    decode,
    new_object,
    schema_of,
)
from copydesk.base.errors import CopydeskError
from copydesk.base.files import backup, read_bytes, stamp
from copydesk.base.store import MOST_BYTES, JsonStore
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer
from copydesk_classroom.wording import class_wording

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


SCHEMA, KIND = 1, "copydesk-grades"
COMMENTS = Field([], (list,), each=str)
ENTRY: Fields = {
    "points": Field({}, (dict,), each=int),
    "comments": COMMENTS,
    "note": Field("", (str,)),
    "rev": Field(0, (int,)),
}
"""The fields of each grade in a file."""
DOCUMENT: Fields = {"comments": COMMENTS, "grades": Field({}, (dict,), each=ENTRY), "grader": Field("", (str,))}
"""The fields of a file."""
LONGEST, LONGEST_NOTE, MOST_COMMENTS = 500, 10_000, 60
"""The most letters in a comment of the list and in a note, and the most comments in a list."""


def grade_of(entry: Json) -> Grade:
    """One entry of a file as a grade.

    >>> grade_of({"points": {"claim": 1}, "note": "Why?"})
    Grade(points={'claim': 1}, comments=(), note='Why?')
    """
    return Grade(dict(entry.get("points", {})), tuple(entry.get("comments", ())), entry.get("note", ""))


def checked(document: Json) -> Json:
    """The document with every known field present and of its type; `Damaged` if it is no file of grades.

    Raises CopydeskError for one that a newer Copydesk wrote, which must not be set aside.
    """
    if document.get("kind") != KIND:
        raise Damaged("holds something other than grades")
    if schema_of(document) > SCHEMA:
        raise CopydeskError("a newer Copydesk wrote these grades", "update Copydesk")
    check_fields(document, DOCUMENT)
    if any(not 0 <= n <= MOST for entry in document["grades"].values() for n in entry["points"].values()):
        raise Damaged(f"holds points that are not 0 to {MOST}")
    return document


def graders(place: Path) -> dict[str, dict[str, Grade]]:
    """The grades in a folder by grader and text, or those of a single file; {} if there are none.

    Raises CopydeskError for a file that cannot be read, and for a second file of one grader: a grade must neither be
    lost unnoticed nor count twice.
    """
    # a damaged file that was set aside has a second dot in its name
    paths = sorted(p for p in place.glob("*.json") if p.name.count(".") == 1) if place.is_dir() else [place]
    found = {}
    for path in paths:
        try:
            data = read_bytes(path, most=MOST_BYTES + 1) or b"{}"
            if len(data) > MOST_BYTES:
                raise Damaged(f"is larger than {MOST_BYTES // 1_000_000} MB")
            check_counts(data, times=2)
            document = decode(data)
            if document.get("kind") != KIND and path != place:
                continue  # another program's file
            document = checked(document)
        except Damaged as why:
            remedy = f"replace it with {path.name}.bak, or remove it"
            raise CopydeskError(f"{path} cannot be read as grades: it {why}", remedy) from None
        name = document["grader"] or path.stem
        if name in found:
            raise CopydeskError(f"{path} is a second file of the grader '{name}'", "keep the newer one of the two")
        found[name] = {t: grade_of(e) for t, e in document["grades"].items()}
    return found


class GradeFile:
    """The grades of one grader. Each change reads the file again, changes one thing, and replaces the file in one step.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> GradeFile(folder, "first").set_points("story/lesson/essay/1f", "claim", 2).points
    {'claim': 2}
    >>> GradeFile(folder, "first").grade("story/lesson/essay/1f")
    Grade(points={'claim': 2}, comments=(), note='')
    """

    def __init__(self, folder: Path, grader: str) -> None:
        self.grader = " ".join(str(grader).split())
        self.path = folder.absolute() / f"{safe_name(file_part(self.grader), 'grader')}.json"
        self.notice = ""
        self._store = JsonStore(self.path, self._own, entries="grades")
        try:
            document = self._store.read()  # without the lock, because opening must not make a folder
        except Damaged:
            document = None
        if document is None and (self.path.exists() or backup(self.path).exists()):
            with self._store.changing():  # repaired now, so that no run in between misses a grade
                document = self._load()
        about = {"schema": SCHEMA, "kind": KIND, "grader": self.grader}
        self._store.remembered = document or {**new_object(DOCUMENT), **about}

    def __repr__(self) -> str:
        return f"GradeFile({str(self.path)!r})"

    def grade(self, text: str) -> Grade:
        """The grade that this grader has given a text so far."""
        return grade_of(self._store.remembered["grades"].get(text, {}))

    def points(self, text: str) -> Mapping[str, int]:
        """The points that this grader has given a text so far, by row."""
        points: Mapping[str, int] = self._store.remembered["grades"].get(text, {}).get("points", {})
        return points

    @property
    def comments(self) -> tuple[str, ...]:
        """The grader's list of comments."""
        return tuple(self._store.remembered["comments"])

    def set_points(self, text: str, row: str, points: int | None) -> Grade:
        """Set the points of a text in one row, or remove them with None.

        Raises CopydeskError for a row or points that do not exist.
        """
        if points is not None and (isinstance(points, bool) or points not in range(4)):
            raise CopydeskError(f"{points!r} is not a number of points", "use 0, 1, 2 or 3")
        if row not in (known := [r.id for r in rubric_rows()]):
            raise CopydeskError(f"no rubric row '{row}'", f"there are: {', '.join(known)}")

        def edit(entry: Json) -> None:
            entry["points"].pop(row, None)
            entry["points"] |= {} if points is None else {row: int(points)}

        return self._change_grade(text, edit)

    def set_comment(self, text: str, comment: str, *, on: bool) -> Grade:
        """Add a comment of the list to a text, or remove it."""

        def edit(entry: Json) -> None:
            rest = [c for c in entry["comments"] if c != comment]
            entry["comments"] = [*rest, *([comment] if on else [])]

        return self._change_grade(text, edit)

    def set_note(self, text: str, note: str) -> Grade:
        """Set the comment that is for this text alone."""
        self._short_enough(note, LONGEST_NOTE)
        return self._change_grade(text, lambda entry: entry.update(note=note))

    def add_comment(self, comment: str) -> None:
        """Add a comment to the list."""
        comment = " ".join(comment.split())
        self._short_enough(comment, LONGEST)
        if comment and comment not in self.comments:
            if len(self.comments) >= MOST_COMMENTS:
                raise CopydeskError(f"the list has {MOST_COMMENTS} comments already", "remove one first")
            self._change(lambda document: document["comments"].append(comment))

    def drop_comment(self, comment: str) -> None:
        """Remove a comment from the list; texts that have it keep it."""
        self._change(lambda document: document.update(comments=[c for c in document["comments"] if c != comment]))

    def _short_enough(self, text: str, most: int) -> None:
        if len(text) > most:
            raise CopydeskError(f"this comment has {len(text):,} letters", f"at most {most:,} are allowed")

    def _change_grade(self, text: str, edit: Callable[[Json], None]) -> Grade:
        def change(document: Json) -> None:
            entry = document["grades"].setdefault(text, new_object(ENTRY))
            edit(entry)
            entry |= {"rev": entry["rev"] + 1, "changed": stamp()}

        self._change(change, text)
        return self.grade(text)

    def _change(self, edit: Callable[[Json], None], *texts: str) -> None:
        with self._store.changing():
            document = self._store.with_remembered(self._load())
            edit(document)
            document["kit"] = __version__
            self._store.save(document, texts)

    def _load(self) -> Json | None:
        """Read the file or, failing that, its backup; call this with the lock held."""
        document, damage = self._store.repair()
        if damage and damage.aside:
            self.notice = class_wording("grade_writing")["desk"]["damaged"].format(aside=damage.aside)
        return document

    def _own(self, path: Path, document: Json) -> Json:
        """The checked document; raises CopydeskError if it is another grader's, which must not be overwritten."""
        if checked(document)["grader"].casefold() != self.grader.casefold():
            raise CopydeskError(f"{path} belongs to the grader '{document['grader']}'", "use another name")
        return document
