"""The votes of a class, without names: from hand-in files where there are any, else from a class the kit made up.

Votes are counted as they are read and never kept apart: item → {value: how many}. Nobody can be picked out of that.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from copydesk.agreement import bootstrap_interval, counts, krippendorff_alpha, percent_agreement
from copydesk.answers.handin import read_handin
from copydesk.errors import CopydeskError
from copydesk.lessons import Exercise, Lesson
from copydesk.scoring import well_formed
from copydesk.wording import choice_labels


@dataclass(frozen=True, slots=True)
class ClassVotes:
    """How a class voted on each item; `made_up` says that no real class stands behind it."""

    table: Mapping[str, Mapping[str, int]]
    learners: int
    made_up: bool
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far votes agree: a share of pairs, 0–1, and alpha with its interval where there is one (else None)."""

    percent: float | None
    alpha: float | None
    low: float | None
    high: float | None


def agreement(votes: ClassVotes) -> Agreement:
    """Percent agreement and Krippendorff's alpha, rounded to two places."""
    percent, alpha = percent_agreement(votes.table), krippendorff_alpha(votes.table)
    interval = bootstrap_interval(votes.table)
    ends = (interval.low, interval.high) if interval and alpha is not None else (None, None)
    return Agreement(*(None if v is None else round(v, 2) for v in (percent, alpha, *ends)))


def class_folder() -> Path:
    """Where the files of a class are looked for: `COPYDESK_CLASS`, else a folder `class` beside the notebook."""
    return Path(os.environ.get("COPYDESK_CLASS") or "class")


def class_votes(lesson: Lesson, exercise_id: str, folder: Path | None = None) -> ClassVotes:
    """The votes on one exercise, from the hand-in files of a folder, or from the story's made-up class.

    Raises `CopydeskError` where there are neither.
    """
    exercise = lesson.exercise(exercise_id)
    votes, unreadable = _from_files(lesson, exercise, folder or class_folder())
    if votes:
        table = {i["id"]: _row(exercise, {n: v.get(i["id"]) for n, v in votes.items()}) for i in exercise.get("items")}
        return ClassVotes(table, len(votes), made_up=False, unreadable=unreadable)
    made = lesson.story.lessons[lesson.id].get("class", {}).get(exercise_id)
    if not made:
        problem = f"there are no votes on '{exercise_id}' yet"
        raise CopydeskError(problem, f"put hand-in files into the folder {folder or class_folder()}")
    return ClassVotes(made, max(sum(row.values()) for row in made.values()), made_up=True, unreadable=unreadable)


def _row(exercise: Exercise, given: Mapping[int, object]) -> dict[str, int]:
    row = counts({"item": given})["item"]
    return {str(value): row.get(value, 0) for value in choice_labels(exercise.get("choices"))}


def _from_files(lesson: Lesson, exercise: Exercise, folder: Path) -> tuple[dict[int, Mapping[str, object]], int]:
    found: dict[int, Mapping[str, object]] = {}
    unreadable = 0
    for path in sorted(folder.rglob("*.json")) if folder.is_dir() else ():
        try:
            handin = read_handin(path)
        except CopydeskError:
            unreadable += 1
            continue
        for document in handin["answers"]:
            answer = document["exercises"].get(exercise.id, {}).get("answer")
            choices = well_formed(answer).get("choices", {})
            if (document["story"], document["lesson"]) == (lesson.story.id, lesson.id) and choices:
                found[len(found)] = choices
    return found, unreadable
