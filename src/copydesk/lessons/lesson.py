"""Lessons: one TOML file each, generic, joined with what a story's own `lessons.toml` says about it.

The generic file holds objectives, exercise types and wording that fit any story; the story adds regions, prompts,
hints and questions that name it. A new lesson, or a new story's lessons, needs no Python.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

from copydesk.base.documents import read_toml
from copydesk.base.errors import CopydeskError
from copydesk.exercises import Exercise, make_exercise
from copydesk.exercises.records import read_record, read_value
from copydesk.story.key import Key
from copydesk.story.story import Story, load_story, shared_answers

Json = Mapping[str, Any]
NOTHING: Json = {}
HELP = ("hint", "after")
"""What helps with a question: a hint after a wrong answer, words after any answer to an open one."""


@dataclass(frozen=True, slots=True)
class Objective:
    """What a learner will be able to do, and the share of points that shows it."""

    text: str
    exercises: tuple[str, ...]
    bar: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonData:
    """What a lesson's TOML file may hold."""

    title: str = ""
    minutes: int = 0
    story: str | None = None
    """The story it must run on, if it must run on one."""
    objective: tuple[Objective, ...] = ()
    exercise: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, eq=False)
class Lesson:
    """One lesson on one story."""

    id: str
    title: str
    minutes: int
    story: Story
    objectives: tuple[Objective, ...]
    exercises: tuple[Exercise, ...]

    @cached_property
    def key(self) -> Key | None:
        """The story's key with the answers added that fit any story or follow from dates; None in graded releases."""
        if self.story.key is None:
            return None
        shared, own, answers = shared_answers(), self.story.key.answers, _records(self.story)
        for exercise in self.exercises:
            name = exercise.key_name
            if exercise.like in shared:
                answers[name] = {**shared[exercise.like], **own.get(name, {})}
            if dated := exercise.dated_answers(self.story):  # what the key says goes before what a date says
                said = answers.get(name, {})
                answers[name] = {**said, **{i: {**r, **said.get(i, {})} for i, r in dated.items()}}
        # A record that only helps is no answer: a question that has just a hint stays open.
        found = {e: {q: r for q, r in of.items() if q == "samples" or {*r} - {*HELP}} for e, of in answers.items()}
        return replace(self.story.key, answers={exercise: records for exercise, records in found.items() if records})

    def exercise(self, exercise_id: str) -> Exercise:
        """The exercise of that id; the error lists those there are."""
        for exercise in self.exercises:
            if exercise.id == exercise_id:
                return exercise
        known = ", ".join(e.id for e in self.exercises)
        raise CopydeskError(f"lesson {self.id} has no exercise '{exercise_id}'", f"there are: {known}")


def list_lessons() -> list[str]:
    """The ids of all lessons, in order.

    >>> list_lessons()[0]
    '00_start_here'
    """
    return sorted(
        f.name.removesuffix(".toml") for f in files("copydesk.lessons").iterdir() if re.match(r"\d\d_.*toml$", f.name)
    )


def lesson_titles() -> dict[str, str]:
    """Each lesson as a learner reads it, by its id.

    >>> lesson_titles()["00_start_here"]
    '00 Start here'
    """
    return {name: f"{name[:2]} {_read(name).title}" for name in list_lessons()}


def load_lesson(lesson_id: str, story: Story | None = None) -> Lesson:
    """Join the generic lesson with a story; a lesson may name the story it must run on."""
    if lesson_id not in list_lessons():
        raise CopydeskError(f"no lesson named '{lesson_id}'", f"there are: {', '.join(list_lessons())}")
    generic = _read(lesson_id)
    if story is None or generic.story:
        story = load_story(generic.story)
    if lesson_id not in story.lessons:
        offers = ", ".join(sorted(story.lessons)) or "none"
        raise CopydeskError(f"the story '{story.id}' has no lesson '{lesson_id}'", f"it has: {offers}")
    own: Mapping[str, Any] = story.lessons[lesson_id]
    listed = [*generic.exercise, *_read("every_lesson").exercise]
    records = _records(story)
    exercises = tuple(
        _exercise(lesson_id, e, own.get(name, {}), story, records.get(f"{lesson_id}/{name}", {}))
        for e in listed
        for name in [read_value(str, e.get("id"), f"{lesson_id}: the id of an exercise")]
    )
    return Lesson(lesson_id, generic.title, generic.minutes, story, generic.objective, exercises)


@cache
def _read(name: str) -> LessonData:
    file = Path(str(files("copydesk"))) / "lessons" / f"{name}.toml"
    return read_record(LessonData, read_toml(file), file.name) if file.is_file() else LessonData()


def _records(story: Story) -> dict[str, dict[str, Any]]:
    """By exercise and item, what answers it or helps with it, for any story and for this one; {} without a key."""
    if story.key is None:
        return {}
    shared, own = shared_answers(), story.key.answers
    return {name: {**shared.get(name, {}), **own.get(name, {})} for name in {**shared, **own}}


def _exercise(lesson: str, generic: Json, own: Json, story: Story, records: Json = NOTHING) -> Exercise:
    """One exercise: the generic settings, over those of an exercise it is `like`, under those of the story.

    Questions get what helps with them from `records`.
    """
    where = f"{lesson}/{generic['id']}"
    there, _, name = read_value(str, generic.get("like", ""), f"{where}: like").partition("/")
    alike = next((e for e in _read(there).exercise if e.get("id") == name), NOTHING)
    joined: dict[str, Any] = {**alike, **generic, **own}
    asked = (read_value(tuple[Json, ...], said.get("questions", ()), f"{where}: questions") for said in (generic, own))
    if questions := [*chain(*asked)]:
        helps = {i: {n: r[n] for n in HELP if n in r} for i, r in records.items() if i != "samples"}
        joined["questions"] = [{**q, **helps.get(str(q.get("id")), {})} for q in questions]
    return make_exercise(lesson, joined, story.article)
