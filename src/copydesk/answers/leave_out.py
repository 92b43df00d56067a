"""What a learner keeps back from a hand-in: whole lessons, or single exercises."""

from __future__ import annotations

from collections.abc import Collection

from copydesk.answers.form import Json
from copydesk.errors import CopydeskError


def names_in(document: Json) -> set[str]:
    """What can be left out of a lesson's answers: the lesson, and each exercise of it.

    >>> sorted(names_in({"lesson": "one", "exercises": {"a": {}}}))
    ['one', 'one/a']
    """
    exercises = document.get("exercises")
    parts = exercises if isinstance(exercises, dict) else {}
    return {document["lesson"], *(f"{document['lesson']}/{name}" for name in parts)}


def left_out(wanted: Collection[str], names: Collection[str]) -> set[str]:
    """Those names that are meant; "*/a" means the exercise a wherever it is, and need not be anywhere.

    >>> sorted(left_out(["*/a"], ["one", "one/a", "two", "two/a", "two/b"]))
    ['one/a', 'two/a']

    Raises `CopydeskError` for any other name that is not there: a slip must not hand in what was to stay.
    """
    for name in sorted(wanted):
        if not name.startswith("*/") and name not in names:
            near = sorted(n for n in names if n.startswith(name.partition("/")[0] + "/")) if "/" in name else []
            offers = near or sorted(n for n in names if "/" not in n)
            problem = f"there are no answers to {name} to leave out"
            raise CopydeskError(problem, f"there are: {', '.join(offers) or 'none'}")
    return {name for name in names if name in wanted or f"*/{name.partition('/')[2]}" in wanted}


def without(document: Json, gone: Collection[str]) -> Json:
    """The answers to a lesson but for the exercises that are left out."""
    lesson, exercises = document["lesson"], document.get("exercises")
    if not isinstance(exercises, dict):
        return document
    return {**document, "exercises": {n: e for n, e in exercises.items() if f"{lesson}/{n}" not in gone}}


def is_sealed(document: Json, wanted: Collection[str]) -> bool:
    """Whether an exercise is to be left out of answers in a form so new that it cannot be taken out."""
    asked = any(name.startswith(("*/", document["lesson"] + "/")) for name in wanted)
    return asked and not isinstance(document.get("exercises"), dict)
