"""The grades that people gave: one JSON file per grader, and all graders of a folder together.

`grades/<grader>.json`, schema 1, UTF-8, kept by a `JsonStore`; unknown fields are kept:

    {"schema": 1, "kind": "copydesk-grades", "kit": "0.1.0", "grader": "first", "created": …, "changed": …,
     "comments": ["Name the rule."],                        the grader's own list, to use again
     "grades": {"<story>/<lesson>/<exercise>/<hash>": {     a text (see `rubric.text_key`); no learner is named
       "points": {"claim": 2, "evidence": 3},               0 to 3 by row; rows not graded yet are missing
       "comments": ["Name the rule."], "note": "…",         from the list, and for this text alone
       "rev": 4, "changed": "2027-03-01T10:00:00Z"}}}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from copydesk_classroom.marking.rubric import MOST, Grade, rubric_rows
from copydesk_classroom.wording import class_wording

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
