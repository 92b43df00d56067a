"""Scoring: pure functions from an exercise, an answer and a key to an outcome.

No kernel, no files, no widgets: the same call gives feedback to a learner and grades a class.
"""

from __future__ import annotations

from types import ModuleType

from copydesk.key import Key
from copydesk.lessons import Exercise
from copydesk.scoring import form, mark, order, sort, write
from copydesk.scoring.outcome import RECEIVED, Answer, Note, Outcome

__all__ = ["RECEIVED", "TYPES", "Answer", "Note", "Outcome", "lazy_answers", "model_answers", "score"]

PLAIN, NESTED = (str, int, float, type(None)), (dict, list)
"""What a choice, a value or a text may be, and a group of marks, whatever is made of it later."""

TYPES: dict[str, ModuleType] = {"mark": mark, "sort": sort, "form": form, "order": order, "write": write}


def score(exercise: Exercise, answer: Answer, key: Key | None, text: str) -> Outcome:
    """What an answer is worth; without a key it is received, to be graded later."""
    if key is None:
        return RECEIVED
    outcome: Outcome = TYPES[exercise.type].score(exercise, well_formed(answer), key, text)
    return outcome


def well_formed(answer: object) -> Answer:
    """The parts of an answer that have the right shape; a stranger's file may hold anything.

    >>> well_formed({"groups": 7, "choices": {"p1": "story", "p2": ["x"]}})
    {'choices': {'p1': 'story'}}
    """
    if not isinstance(answer, dict):
        return {}
    kept: Answer = {}
    for name in ("choices", "values", "texts"):
        if isinstance(answer.get(name), dict):
            kept[name] = {k: v for k, v in answer[name].items() if isinstance(v, PLAIN)}
    for name in ("groups", "evidence"):
        if isinstance(answer.get(name), list):
            kept[name] = [g for g in answer[name] if isinstance(g, NESTED)]
    if isinstance(answer.get("order"), list):
        kept["order"] = [i for i in answer["order"] if isinstance(i, str)]
    return kept


def model_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """Named answers that must score full marks: the key's own and one for each alternative."""
    answers: dict[str, Answer] = TYPES[exercise.type].model_answers(exercise, key, text)
    return answers


def lazy_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """Named answers without thought behind them; none may pass."""
    answers: dict[str, Answer] = TYPES[exercise.type].lazy_answers(exercise, key, text)
    return answers
