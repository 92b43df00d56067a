"""Scoring: pure functions from an exercise, an answer and a key to an outcome.

No kernel, no files, no widgets: the same call gives feedback to a learner and grades a class.
"""

from __future__ import annotations

from types import ModuleType

from copydesk.exercises import form, mark, order, sort, write
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import RECEIVED, Answer, Note, Outcome, well_formed
from copydesk.story.key import Key

__all__ = ["RECEIVED", "TYPES", "Answer", "Note", "Outcome", "lazy_answers", "model_answers", "score", "well_formed"]

TYPES: dict[str, ModuleType] = {"mark": mark, "sort": sort, "form": form, "order": order, "write": write}


def score(exercise: Exercise, answer: Answer, key: Key | None, text: str) -> Outcome:
    """What an answer is worth; without a key it is received, to be graded later."""
    if key is None:
        return RECEIVED
    outcome: Outcome = TYPES[exercise.type].score(exercise, well_formed(answer), key, text)
    return outcome


def model_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """Named answers that must score full marks: the key's own and one for each alternative."""
    answers: dict[str, Answer] = TYPES[exercise.type].model_answers(exercise, key, text)
    return answers


def lazy_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """Named answers without thought behind them; none may pass."""
    answers: dict[str, Answer] = TYPES[exercise.type].lazy_answers(exercise, key, text)
    return answers
