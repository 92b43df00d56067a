"""Proofs that a lesson's scoring is fair: what must score full marks does, and what must not does not.

The key's own answer and each alternative score 100 %; a blank answer scores 0 without an error; marking everything
stays under half; one answer everywhere stays below the bar; nothing that cannot be got wrong carries points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copydesk.errors import CopydeskError
from copydesk.key import Key
from copydesk.lessons import Exercise, Lesson
from copydesk.scoring import Outcome, lazy_answers, model_answers, score

HALF = 0.5


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing shown of one exercise: what was tried, how it came out, and whether that is as it must be."""

    exercise: str
    claim: str
    holds: bool
    detail: str = ""


def prove(lesson: Lesson) -> list[Proof]:
    """Every proof for every exercise of a lesson; needs the key."""
    if lesson.key is None:
        raise CopydeskError(f"'{lesson.story.id}' has no key here", "proofs need key.json")
    return [p for e in lesson.exercises for p in _prove(e, lesson.key, lesson.story.article.text)]


def _prove(exercise: Exercise, key: Key, text: str) -> Iterator[Proof]:
    def outcome(answer: dict[str, object]) -> Outcome:
        return score(exercise, answer, key, text)

    blank = outcome({})
    yield Proof(exercise.id, "blank scores 0", blank.status == "not_attempted" and blank.score == 0)
    models = {name: outcome(a).score for name, a in model_answers(exercise, key, text).items()}
    short = [f"{n} {v:.0%}" for n, v in models.items() if v < 1]
    if models:
        yield Proof(exercise.id, f"{len(models)} model answers score 100 %", not short, ", ".join(short))
    elif exercise.points:
        yield Proof(exercise.id, "an exercise with points has a model answer", False, "add it to the key")
    if exercise.get("variety"):
        yield _one_label(exercise, key, text)
    if exercise.points:
        yield _lazy(exercise, {name: outcome(a).score for name, a in lazy_answers(exercise, key, text).items()})
    elif exercise.type == "form":
        worth = [
            n.item for n in outcome({"values": {q["id"]: "?" for q in exercise.get("questions")}}).notes if n.possible
        ]
        yield Proof(exercise.id, "practice carries no points", not worth, ", ".join(worth))


def _one_label(exercise: Exercise, key: Key, text: str) -> Proof:
    """Finding everything and calling it all the same must not pass where an exercise asks for `variety`."""
    best = model_answers(exercise, key, text)["key"]["groups"]
    values = {(n, g["labels"][n]) for g in best for n in g["labels"]}
    tries = {v: {"groups": [{**g, "labels": {n: v}} for g in best]} for n, v in values}
    name, got = max(((v, score(exercise, a, key, text).score) for v, a in tries.items()), key=lambda pair: pair[1])
    claim = "one class for every mark stays below the bar"
    return Proof(exercise.id, claim, got < exercise.bar, f"'{name}' gets {got:.0%}")


def _lazy(exercise: Exercise, scores: dict[str, float]) -> Proof:
    limit = HALF if exercise.type == "mark" else exercise.bar
    name, best = max(scores.items(), key=lambda pair: pair[1], default=("none", 0.0))
    return Proof(
        exercise.id,
        f"{len(scores)} answers without thought stay under {limit:.0%}",
        best < limit,
        f"the best, '{name}', gets {best:.0%}",
    )
