"""Exercises: pure functions of settings, answer and key; no kernel, no files, no widgets.

The same call gives feedback to a learner and grades a class. To add a type, write its class in a module here, its view
in `widgets/<type>.js`, and a row in the table below. CONTRIBUTING.md shows how.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from copydesk.base.documents import read_record
from copydesk.base.errors import CopydeskError
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.form import Form
from copydesk.exercises.mark import Mark
from copydesk.exercises.order import Order
from copydesk.exercises.outcome import RECEIVED, Answer, Note, Outcome
from copydesk.exercises.sort import Sort
from copydesk.exercises.write import Write
from copydesk.page.article import Article

__all__ = ["RECEIVED", "TYPES", "Answer", "Exercise", "Note", "Outcome", "make_exercise", "register"]

Kind = TypeVar("Kind", bound=type[Exercise])
TYPES: dict[str, type[Exercise]] = {
    "mark": Mark,
    "sort": Sort,
    "form": Form,
    "order": Order,
    "write": Write,
}
"""The registry: a row for each type of exercise."""


def register(kind: Kind) -> Kind:
    """Add a type of exercise from outside of the kit; can be used as a decorator."""
    TYPES[kind.type] = kind
    return kind


def make_exercise(lesson: str, settings: Mapping[str, Any], article: Article) -> Exercise:
    """An exercise from the data of a lesson; raises CopydeskError for an unknown type or a wrong setting."""
    where, name = f"{lesson}/{settings.get('id', '?')}", settings.get("type")
    if not isinstance(name, str) or name not in TYPES:
        raise CopydeskError(f"{where}: type '{str(name)[:40]}' is not one of {', '.join(TYPES)}")
    own = {setting: value for setting, value in settings.items() if setting != "type"}
    exercise = read_record(TYPES[name], TYPES[name].prepare(own, article, where), where, lesson=lesson, page=article)
    for start, end in exercise.listed_spans():
        if not 0 <= start < end <= len(article.text):
            raise CopydeskError(
                f"{where}: {start}–{end} is not a stretch of the page", "count in code points of page.txt"
            )
    return exercise
