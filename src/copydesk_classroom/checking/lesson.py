"""Check a lesson on its story, and that its scoring is fair.

`lesson_faults` returns a sentence per fault of the lesson's own data, each naming the exercise. `check_scoring` scores
made-up answers to every exercise: the key's own answer and each alternative must earn 100 %; a blank must earn 0
without an error; marking everything must stay under half; one answer everywhere must not pass; an exercise that cannot
be got wrong must carry no points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copydesk.base.errors import CopydeskError
from copydesk.exercises.exercise import Exercise
from copydesk.lessons.lesson import Lesson
from copydesk.map.geography import story_geography
from copydesk.story.key import Key


def lesson_faults(lesson: Lesson) -> list[str]:
    """Every fault of a lesson on its story; an empty list means that the lesson is sound."""
    on = {e: lesson.on_story_of(e) for e in lesson.exercises}
    faults = [f"{lesson.id}/{e.id}: {fault}" for e in on for fault in e.faults(on[e].story, on[e].key)]
    for exercise, there in on.items():
        if there.key and exercise.mark_roles() and not exercise.key_marks(there.key):
            faults.append(f"{lesson.id}/{exercise.id}: the key marks nothing that it asks for; say why in left_out")
    known = {*(e.id for e in lesson.exercises), *lesson.left_out}
    for objective in lesson.objectives:
        for name in objective.exercises:
            if name not in known:
                faults.append(f"{lesson.id}: the objective '{objective.text}' names no exercise '{name}'")
        if len({e.more for e in lesson.exercises if e.id in objective.exercises}) > 1:
            faults.append(
                f"{lesson.id}: the objective '{objective.text}' is half in the core and half in what is `more`"
            )
    own = lesson.story.lessons.get(lesson.id, {})
    if "timeline" in own:  # a lesson with a timeline uses the map
        try:
            story_geography(lesson.story)
        except CopydeskError as error:
            faults.append(f"{lesson.id}: the map: {error}")
    faults += [
        f"{lesson.id}: the story's lessons.toml has '{n}', no such exercise"
        for n in own
        if n not in known | {"timeline", "class"}
    ]
    return faults


@dataclass(frozen=True, slots=True)
class ScoringCheck:
    """One check of one exercise: what must be true of its scoring, whether that holds, and what was found."""

    exercise: str
    claim: str
    holds: bool
    detail: str = ""


def check_scoring(lesson: Lesson) -> list[ScoringCheck]:
    """The checks of every exercise of a lesson. Raises CopydeskError if the story has no key here."""
    if lesson.key is None:
        raise CopydeskError(f"'{lesson.story.id}' has no key here", "scoring is checked against key.json")
    return [check for e in lesson.exercises for check in _checks(e, lesson.on_story_of(e))]


def _checks(exercise: Exercise, lesson: Lesson) -> Iterator[ScoringCheck]:
    key, text = lesson.key, lesson.story.article.text
    assert key is not None
    blank = exercise.outcome({}, key, text)
    yield ScoringCheck(exercise.id, "blank scores 0", blank.status == "not_attempted" and blank.score == 0)
    models = {name: exercise.outcome(a, key, text).score for name, a in exercise.model_answers(key, text).items()}
    short = [f"{n} {v:.0%}" for n, v in models.items() if v < 1]
    if models:
        yield ScoringCheck(exercise.id, f"{len(models)} model answers score 100 %", not short, ", ".join(short))
    elif exercise.points:
        yield ScoringCheck(exercise.id, "an exercise with points has a model answer", False, "add it to the key")
    yield from (ScoringCheck(exercise.id, *found) for found in exercise.scoring_checks(key, text))
    if exercise.points:
        yield _lazy_check(exercise, key, text)


def _lazy_check(exercise: Exercise, key: Key, text: str) -> ScoringCheck:
    """That answers which need no reading, such as one class for every item, stay under the exercise's limit."""
    lazy = exercise.lazy_answers(key, text)
    scores = {name: exercise.outcome(answer, key, text).score for name, answer in lazy.items()}
    name, best = max(scores.items(), key=lambda pair: pair[1], default=("none", 0.0))
    limit = exercise.lazy_limit
    claim = f"{len(scores)} answers without thought stay under {limit:.0%}"
    return ScoringCheck(exercise.id, claim, best < limit, f"the best, '{name}', gets {best:.0%}")
