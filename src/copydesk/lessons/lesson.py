"""Lessons: one TOML file each, generic, joined with what a story's own `lessons.toml` says about it.

The generic file holds objectives, exercise types and wording that fit any story; the story adds regions, prompts,
hints and questions that name it. A new lesson, or a new story's lessons, needs no Python.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

from copydesk.base.documents import read_record, read_toml, read_value
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.exercises import TYPES, Exercise, make_exercise
from copydesk.story.key import Key
from copydesk.story.story import DEFAULT, Story, load_story, shared_answers, story_in_use

Json = Mapping[str, Any]
NOTHING: Json = {}
HELP = ("hint", "after")
"""What helps with a question: a hint after a wrong answer, words after any answer to an open one."""


@dataclass(frozen=True, slots=True)
class Objective:
    """What a learner will be able to do, and the share of points that shows it at the first try."""

    text: str
    exercises: tuple[str, ...]
    bar: float
    instead: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What it is where a story leaves exercises out, by those that are left, with spaces between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonData:
    """What a lesson's TOML file may hold."""

    title: str = ""
    minutes: int = 0
    more_minutes: int = 0
    defaults: Json = field(default_factory=dict)
    """In `every_lesson.toml`: settings that an exercise has unless it says otherwise."""
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
    """What the core takes; `more_minutes` is for learners who have time (`benchmarks/lessons.py` computes both)."""
    more_minutes: int
    story: Story
    objectives: tuple[Objective, ...]
    exercises: tuple[Exercise, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    """By id, a sentence for each exercise that is left out because the story has nothing for it."""

    @cached_property
    def key(self) -> Key | None:
        """The story's key with the answers added that fit any story or follow from dates; None in graded releases."""
        if self.story.key is None:
            return None
        shared, own, answers = shared_answers(), self.story.key.answers, _records(self.story)
        for exercise in (e for e in self.exercises if e.story in ("", self.story.id)):
            name = exercise.key_name
            if exercise.like in shared:
                answers[name] = {**shared[exercise.like], **own.get(name, {})}
            if dated := exercise.dated_answers(self.story):  # what the key says goes before what a date says
                said = answers.get(name, {})
                answers[name] = {**said, **{i: {**r, **said.get(i, {})} for i, r in dated.items()}}
        # A record that only helps is no answer: a question that has just a hint stays open.
        found = {e: {q: r for q, r in of.items() if q == "samples" or {*r} - {*HELP}} for e, of in answers.items()}
        return replace(self.story.key, answers={exercise: records for exercise, records in found.items() if records})

    @cached_property
    def _elsewhere(self) -> dict[str, Lesson]:
        """This lesson on each other story that some of its exercises stand on, with these exercises alone."""
        names = dict.fromkeys(e.story for e in self.exercises if e.story not in ("", self.story.id))
        there = {name: tuple(e for e in self.exercises if e.story == name) for name in names}
        return {n: replace(self, story=_other_story(n, self.story), exercises=es) for n, es in there.items()}

    def on_story_of(self, exercise: Exercise) -> Lesson:
        """This lesson, on the story that an exercise stands on: itself, unless the exercise names another story."""
        return self._elsewhere.get(exercise.story, self)

    @property
    def stories(self) -> tuple[Story, ...]:
        """Its story, and those that single exercises stand on."""
        return (self.story, *(lesson.story for lesson in self._elsewhere.values()))

    def exercise(self, exercise_id: str) -> Exercise:
        """The exercise of that id; the error lists those there are."""
        for exercise in self.exercises:
            if exercise.id == exercise_id:
                return exercise
        if exercise_id in self.left_out:
            raise CopydeskError(self.left_out[exercise_id].rstrip("."), "go on with the next one")
        known = ", ".join(e.id for e in self.exercises)
        raise CopydeskError(f"lesson {self.id} has no exercise '{exercise_id}'", f"there are: {known}")

    def exercises_of(self, objective: Objective) -> tuple[Exercise, ...]:
        """The exercises that show whether an objective is met."""
        return tuple(map(self.exercise, objective.exercises))

    def is_read_by_people(self, objective: Objective) -> bool:
        """Whether people say if it is met, because it is shown by texts."""
        return all(e.checks_form_only for e in self.exercises_of(objective))


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
    return {name: lesson_title(name) for name in list_lessons()}


def lesson_title(lesson_id: str) -> str:
    """A lesson as a learner reads it."""
    return f"{lesson_id[:2]} {_read(lesson_id).title}"


def load_lesson(lesson_id: str, story: Story | None = None) -> Lesson:
    """Join the generic lesson with a story; where that does not offer the lesson, the lesson may name another."""
    if lesson_id not in list_lessons():
        raise CopydeskError(f"no lesson named '{lesson_id}'", f"there are: {', '.join(list_lessons())}")
    own_story = _read(lesson_id).story
    if story is None:
        story = load_story(own_story if story_in_use() == DEFAULT else None)
    if own_story and lesson_id not in story.lessons:
        story = load_story(own_story)
    if lesson_id not in story.lessons:
        offers = ", ".join(sorted(story.lessons)) or "none"
        raise CopydeskError(f"the story '{story.id}' has no lesson '{lesson_id}'", f"it has: {offers}")
    return _join(lesson_id, story)


@lru_cache(maxsize=64)
def _join(lesson_id: str, story: Story) -> Lesson:
    """A lesson on a story, made once: grading first asks which lessons there are, and then for those that it needs."""
    generic, own = _read(lesson_id), story.lessons[lesson_id]
    exercises, left_out = _exercises(lesson_id, own, story)
    core = [e.get("more", False) for e in _listed(lesson_id)].count(False)
    kept = sum(not e.more for e in exercises) / core if core else 1
    objectives = tuple(
        replace(objective, exercises=there, text=objective.instead.get(" ".join(there), objective.text))
        for objective in generic.objective
        if (there := tuple(name for name in objective.exercises if name not in left_out))
    )
    minutes = round(generic.minutes * kept)
    return Lesson(lesson_id, generic.title, minutes, generic.more_minutes, story, objectives, exercises, left_out)


def _listed(lesson_id: str) -> tuple[Json, ...]:
    """The exercises of a lesson as its notebook has them: those of every lesson stand before the exit ticket."""
    own, shared = _read(lesson_id).exercise, _read("every_lesson").exercise
    at = next((n for n, exercise in enumerate(own) if exercise.get("id") == "exit"), len(own))
    return (*own[:at], *shared, *own[at:])


def _exercises(lesson_id: str, own: Json, story: Story) -> tuple[tuple[Exercise, ...], dict[str, str]]:
    """The exercises of a lesson on a story, and by id why each of the others is left out."""
    exercises: list[Exercise] = []
    left_out: dict[str, str] = {}
    records, say = _records(story), load_wording("strings")["left_out"]
    for generic in _listed(lesson_id):
        name = read_value(str, generic.get("id"), f"{lesson_id}: the id of an exercise")
        mine = own.get(name, {})
        if why := _nothing_for(lesson_id, generic, mine):
            left_out[name] = say["sentence"].format(title=mine.get("title", generic.get("title", name)), why=why)
        else:
            settings = {setting: value for setting, value in generic.items() if setting != "needs"}
            exercises.append(_exercise(lesson_id, settings, mine, story, records.get(f"{lesson_id}/{name}", {})))
    return tuple(exercises), left_out


def _nothing_for(lesson_id: str, generic: Json, own: Json) -> str:
    """Why a story has nothing for an exercise, in words; "" if it has something.

    Its `lessons.toml` may say so (`left_out`), or lack a setting that only a story can give: a prompt, questions, what
    the lesson `needs`. The key has no say, so that a class without it does the same exercises.
    """
    where = f"{lesson_id}/{generic['id']}"
    if "left_out" in own:
        return read_value(str, own["left_out"], f"{where}: left_out").rstrip(".")  # type: ignore[no-any-return]
    if own:
        return ""
    kind = TYPES.get(str(generic.get("type")))
    given = {**_usual(generic, where), **generic}
    must = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING} if kind else set()
    needed = (*read_value(tuple[str, ...], generic.get("needs", ()), f"{where}: needs"), *(kind.needed if kind else ()))
    lacks = [name for name in (*needed, *sorted(must - {"lesson"})) if given.get(name) in (None, "", [], {})]
    say = load_wording("strings")["left_out"]
    return str(say.get(lacks[0], say["nothing"])) if lacks else ""


@cache
def _read(name: str) -> LessonData:
    file = Path(str(files("copydesk"))) / "lessons" / f"{name}.toml"
    return read_record(LessonData, read_toml(file), file.name) if file.is_file() else LessonData()


def _other_story(name: str, story: Story) -> Story:
    """Another story by name; beside a story without its key, without its key."""
    return load_story(name, with_key=story.key is not None)


def _records(story: Story) -> dict[str, dict[str, Any]]:
    """By exercise and item, what answers it or helps with it, for any story and for this one; {} without a key."""
    if story.key is None:
        return {}
    shared, own = shared_answers(), story.key.answers
    return {name: {**shared.get(name, {}), **own.get(name, {})} for name in {**shared, **own}}


def _usual(generic: Json, where: str) -> Json:
    """The settings that an exercise need not name: those of every exercise, and of the one that it is `like`."""
    there, _, name = read_value(str, generic.get("like", ""), f"{where}: like").partition("/")
    known = _read(there).exercise if there in list_lessons() else ()
    alike = next((e for e in known if e.get("id") == name), NOTHING)
    return {**_read("every_lesson").defaults, **alike}


def _exercise(lesson: str, generic: Json, own: Json, story: Story, records: Json = NOTHING) -> Exercise:
    """One exercise: the generic settings, over those of an exercise it is `like`, under those of the story.

    Questions get what helps with them from `records`.
    """
    where = f"{lesson}/{generic['id']}"
    joined: dict[str, Any] = {**_usual(generic, where), **generic, **own}
    if there := joined.get("story"):
        story = _other_story(read_value(str, there, f"{where}: story"), story)
        records = _records(story).get(f"{lesson}/{joined['id']}", {})
    helps = {i: {n: r[n] for n in HELP if n in r} for i, r in records.items() if i != "samples"}
    for name in ("questions", "earlier"):
        asked = (read_value(tuple[Json, ...], said.get(name, ()), f"{where}: {name}") for said in (generic, own))
        if questions := [*chain(*asked)]:
            joined[name] = [{**q, **helps.get(str(q.get("id")), {})} for q in questions]
    return make_exercise(lesson, joined, story.article)
