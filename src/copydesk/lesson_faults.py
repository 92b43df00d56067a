"""What is wrong with a lesson's own data, in sentences that name the exercise."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.context.facts import story_facts
from copydesk.key import LAYERS
from copydesk.lessons import Exercise, Lesson
from copydesk.scoring.form import options
from copydesk.wording import choice_labels, load_wording

NEEDED = {"mark": ("layer", "roles"), "sort": ("choices",), "form": ("questions",), "write": ("fields",)}


def lesson_faults(lesson: Lesson) -> list[str]:
    """Every fault of a lesson on its story; an empty list is a sound lesson."""
    faults = [f"{lesson.id}/{e.id}: {fault}" for e in lesson.exercises for fault in _exercise(lesson, e)]
    known = {e.id for e in lesson.exercises}
    for objective in lesson.objectives:
        for name in objective.exercises:
            if name not in known:
                faults.append(f"{lesson.id}: the objective '{objective.text}' names no exercise '{name}'")
    own = lesson.story.lessons.get(lesson.id, {})
    faults += [
        f"{lesson.id}: the story's lessons.toml has '{n}', no such exercise"
        for n in own
        if n not in known | {"timeline"}
    ]
    return faults


def _exercise(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    for name in NEEDED[exercise.type]:
        if not exercise.get(name):
            yield f"a {exercise.type} exercise needs '{name}'"
    blocks = {b.id for b in lesson.story.article.blocks}
    yield from (f"there is no block '{b}' on the page" for b in exercise.region if b not in blocks)
    if exercise.get("layer") not in (None, "page", *LAYERS):
        yield f"there is no layer '{exercise.get('layer')}' in a key"
    if exercise.get("choices") and exercise.get("choices") not in load_wording("choices"):
        yield f"there are no choices named '{exercise.get('choices')}'"
    yield from _spans(lesson, exercise)
    yield from _facts(lesson, exercise)
    yield from _answers(lesson, exercise)


def _spans(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    length = len(lesson.story.article.text)
    given = [s for g in exercise.get("given", ()) for role in exercise.get("roles", ()) for s in g.get(role, ())]
    for start, end in [*given, *(i["span"] for i in exercise.get("items", ()) if "span" in i)]:
        if not 0 <= start < end <= length:
            yield f"{start}–{end} is not a stretch of the page"


def _facts(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    known = {f.id for f in story_facts(lesson.story)}
    wanted = [i["fact"] for i in exercise.get("items", ()) if "fact" in i]
    wanted += [f for cards in exercise.get("cards", {}).values() for f in cards]
    yield from (f"there is no fact '{f}' in the story's context" for f in wanted if f not in known)


def _answers(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    keyed = lesson.key.answers.get(exercise.key_name, {}) if lesson.key else {}
    asked = {q["id"]: options(q) for q in exercise.get("questions", ())}
    asked |= {
        i["id"]: choice_labels(exercise.get("choices")) for i in exercise.get("items", ()) if not exercise.get("layer")
    }
    for name, expected in keyed.items():
        if name != "samples" and name not in asked:
            yield f"the key answers '{name}', which is not asked"
        for value in expected.get("accept", ()) if name != "samples" else ():
            if asked.get(name) and value not in asked[name]:
                yield f"the key accepts '{value}' for '{name}', which is not an option"
