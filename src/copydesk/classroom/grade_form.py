"""What a file of grades holds: its form, how bytes are checked, and all graders of a folder together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from copydesk.answers.disk import read_bytes
from copydesk.answers.form import Damaged, Json, decode, schema_of
from copydesk.classroom.rubric import MOST, Grade
from copydesk.errors import CopydeskError

SCHEMA, KIND = 1, "copydesk-grades"
SUFFIX = ".json"


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
    comments, grades = document.setdefault("comments", []), document.setdefault("grades", {})
    if (
        not isinstance(document.setdefault("grader", ""), str)
        or not _is_texts(comments)
        or not isinstance(grades, dict)
    ):
        raise Damaged("has a field of the wrong kind")
    for entry in grades.values():
        _check_entry(entry)
    return document


def _check_entry(entry: Any) -> None:
    if not isinstance(entry, dict):
        raise Damaged("holds something other than a grade")
    points, comments = entry.setdefault("points", {}), entry.setdefault("comments", [])
    right = isinstance(points, dict) and all(type(n) is int and 0 <= n <= MOST for n in points.values())
    if not right or not _is_texts(comments) or not isinstance(entry.setdefault("note", ""), str):
        raise Damaged("holds points or comments of the wrong kind")
    if type(entry.setdefault("rev", 0)) is not int:
        raise Damaged("has a 'rev' of the wrong kind")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def graders(place: Path) -> dict[str, dict[str, Grade]]:
    """The grades in a folder by grader and text, or those of a single file; {} if there are none.

    Raises CopydeskError for a file that cannot be read, and for a second one of a grader: a grade must not go missing
    unseen, nor count twice.
    """
    # what was set aside has a second dot in its name
    paths = sorted(p for p in place.glob(f"*{SUFFIX}") if p.name.count(".") == 1) if place.is_dir() else [place]
    found = {}
    for path in paths:
        try:
            document = decode(read_bytes(path) or b"{}")
            if document.get("kind") != KIND and path != place:
                continue  # something else that lies there
            document = checked(document)
        except Damaged as why:
            remedy = f"put {path.name}.bak in its place, or take it away"
            raise CopydeskError(f"{path} cannot be read as grades: it {why}", remedy) from None
        name = document["grader"] or path.stem
        if name in found:
            raise CopydeskError(f"{path} is a second file of the grader '{name}'", "keep the newer one of the two")
        found[name] = {t: grade_of(e) for t, e in document["grades"].items()}
    return found
