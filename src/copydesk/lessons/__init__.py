"""Lessons: one TOML file each, generic, joined with what a story's own `lessons.toml` says about it.

The generic file holds objectives, exercise types and wording that fit any story; the story adds regions, prompts,
hints and questions that name it. A new lesson, or a new story's lessons, needs no Python.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from copydesk.errors import CopydeskError
from copydesk.key import Key
from copydesk.stories import Story, load_story

TYPES = ("sort", "mark", "form", "write")


@dataclass(frozen=True, slots=True)
class Exercise:
    """One thing a learner does: its type, what it asks, and the settings of that type."""

    lesson: str
    id: str
    type: str
    title: str
    prompt: str
    points: float
    tries: int
    bar: float
    settings: Mapping[str, Any]

    @property
    def key_name(self) -> str:
        """Where the story's key keeps answers that belong to this exercise alone."""
        return f"{self.lesson}/{self.id}"

    @property
    def region(self) -> tuple[str, ...]:
        """The blocks this exercise is about; empty means the whole page."""
        return tuple(self.settings.get("region", ()))

    def get(self, name: str, default: Any = None) -> Any:
        """One setting, or the default."""
        return self.settings.get(name, default)


@dataclass(frozen=True, slots=True)
class Objective:
    """What a learner will be able to do, and the share of points that shows it."""

    text: str
    exercises: tuple[str, ...]
    bar: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson on one story."""

    id: str
    title: str
    minutes: int
    story: Story
    objectives: tuple[Objective, ...]
    exercises: tuple[Exercise, ...]

    @property
    def key(self) -> Key | None:
        """The story's key with the answers that fit any story added; None in graded releases."""
        if self.story.key is None:
            return None
        return replace(self.story.key, answers={**_read("answers"), **self.story.key.answers})

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
        f.name.removesuffix(".toml") for f in files(__package__).iterdir() if re.match(r"\d\d_.*toml$", f.name)
    )


def load_lesson(lesson_id: str, story: Story | None = None) -> Lesson:
    """Join the generic lesson with a story; a lesson may name the story it must run on."""
    if lesson_id not in list_lessons():
        raise CopydeskError(f"no lesson named '{lesson_id}'", f"there are: {', '.join(list_lessons())}")
    generic = _read(lesson_id)
    if story is None or "story" in generic:
        story = load_story(generic.get("story"))
    if lesson_id not in story.lessons:
        offers = ", ".join(sorted(story.lessons)) or "none"
        raise CopydeskError(f"the story '{story.id}' has no lesson '{lesson_id}'", f"it has: {offers}")
    own: Mapping[str, Any] = story.lessons[lesson_id]
    exercises = tuple(_exercise(lesson_id, e, own.get(e["id"], {})) for e in _all(generic))
    objectives = tuple(Objective(o["text"], tuple(o["exercises"]), o["bar"]) for o in generic["objective"])
    return Lesson(lesson_id, generic["title"], generic["minutes"], story, objectives, exercises)


@cache
def _read(name: str) -> dict[str, Any]:
    file = files("copydesk") / "lessons" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _all(generic: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*generic.get("exercise", ()), *_read("every_lesson")["exercise"]]


def _exercise(lesson: str, generic: Mapping[str, Any], own: Mapping[str, Any]) -> Exercise:
    joined: dict[str, Any] = {**generic, **own}
    name = f"{lesson}/{generic.get('id', '?')}"
    if joined.get("type") not in TYPES:
        raise CopydeskError(f"{name}: type '{joined.get('type')}' is not one of {', '.join(TYPES)}")
    joined["questions"] = [*generic.get("questions", ()), *own.get("questions", ())]
    fixed = {n: joined.pop(n) for n in ("id", "type", "title", "prompt") if n in joined}
    if len(fixed) < 4:
        raise CopydeskError(f"{name} lacks a title or a prompt", "add it to the lesson or to the story's lessons.toml")
    points, tries, bar = joined.pop("points", 1), joined.pop("tries", 2), joined.pop("bar", 0.8)
    return Exercise(lesson, **fixed, points=points, tries=tries, bar=bar, settings=joined)
