"""What a lesson takes from its story as it is loaded: stretches of the page to edit, and what dated facts answer.

Lessons: one TOML file each, generic, joined with what a story's own `lessons.toml` says about it.

The generic file holds objectives, exercise types and wording that fit any story; the story adds regions, prompts,
hints and questions that name it. A new lesson, or a new story's lessons, needs no Python.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.page.article import Article
from copydesk.story.facts import Fact, story_facts
from copydesk.story.key import Key
from copydesk.story.story import Story, load_story, shared_answers


def edits_of(settings: Mapping[str, Any], article: Article) -> list[dict[str, Any]]:
    """The stretches of the page a learner edits, each with its span; the error lists the blocks there are.

    >>> from copydesk.page.article import parse_article
    >>> edits_of({"edit": {"block": "p1"}}, parse_article("It rained. He refused."))
    [{'min': 3, 'max': 200, 'id': 'version', 'label': 'paragraph 1', 'block': 'p1', 'span': [0, 22]}]
    """
    given = [settings["edit"]] if settings.get("edit") else settings.get("edits", ())
    defaults = {"min": 3, "max": 200, "id": "version"}
    return [{**defaults, "label": _label(e), **e, "span": e.get("span") or _span(e, article)} for e in given]


def _span(edit: Mapping[str, Any], article: Article) -> list[int]:
    block = article.block(edit.get("block", ""))
    return [block.start, block.end]


def _label(edit: Mapping[str, Any]) -> str:
    say, block = load_wording("strings"), str(edit.get("block", ""))
    if block.startswith("p") and block[1:].isdigit():
        return str(say["mark"]["paragraph"].format(n=block[1:]))
    return str(say["edit"]["passage"])


def dated_answers(exercises: Iterable[Exercise], story: Story) -> dict[str, dict[str, dict[str, Any]]]:
    """What facts answer by themselves in `order` exercises: their days, and whether they were known on the story's day.

    `days` are the first and last day something may have happened on, as ordinals: a year alone spans all of it.
    """
    asked = {e.key_name: [i for i in e.get("items", ()) if "fact" in i] for e in exercises if e.type == "order"}
    facts = {f.id: f for f in story_facts(story)} if any(asked.values()) else {}
    return {
        name: {i["id"]: _answer(facts[i["fact"]], story.date) for i in items if i["fact"] in facts}
        for name, items in asked.items()
    }


def _answer(fact: Fact, day: dt.date) -> dict[str, Any]:
    said: dict[str, Any] = {"say": fact.statement, "when": fact.when, "source": fact.credit}
    if fact.known_from:
        said["accept"] = ["known" if fact.known_on(day) else "later"]
    if fact.date:
        return {"days": [fact.date.toordinal()] * 2, **said}
    if fact.year:
        return {"days": [dt.date(fact.year, month, last).toordinal() for month, last in ((1, 1), (12, 31))], **said}
    return said


TYPES = ("sort", "mark", "form", "write", "order")
HELP = ("hint", "after")
"""What helps with a question: a hint after a wrong answer, words after any answer to an open one."""


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
    dated: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)

    @property
    def key(self) -> Key | None:
        """The story's key with the answers added that fit any story or follow from dates; None in graded releases."""
        if self.story.key is None:
            return None
        shared = shared_answers()
        copies = {e.key_name: shared[e.get("like")] for e in self.exercises if e.get("like") in shared}
        answers = {**shared, **copies}
        answers |= {name: {**answers.get(name, {}), **own} for name, own in self.story.key.answers.items()}
        answers |= {name: _over(dated, answers.get(name, {})) for name, dated in self.dated.items()}
        return replace(self.story.key, answers=_answering(answers))

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
    exercises = tuple(_exercise(lesson_id, e, own.get(e["id"], {}), story) for e in _all(generic))
    objectives = tuple(Objective(o["text"], tuple(o["exercises"]), o["bar"]) for o in generic["objective"])
    dated = dated_answers(exercises, story)
    helped = tuple(_with_help(exercises, story))
    return Lesson(lesson_id, generic["title"], generic["minutes"], story, objectives, helped, dated)


@cache
def _read(name: str) -> dict[str, Any]:
    file = files("copydesk") / "lessons" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _all(generic: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*generic.get("exercise", ()), *_read("every_lesson")["exercise"]]


def _like(generic: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an exercise takes from another lesson's, which it names as `like = "lesson/exercise"`."""
    lesson, _, name = generic.get("like", "").partition("/")
    return next((e for e in _read(lesson).get("exercise", ()) if e["id"] == name), {}) if lesson else {}


def _over(dated: Mapping[str, Mapping[str, Any]], own: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """What dates answer, item by item, with what the story's key adds or says instead."""
    return {**own, **{name: {**record, **own.get(name, {})} for name, record in dated.items()}}


def _with_help(exercises: Iterable[Exercise], story: Story) -> Iterator[Exercise]:
    """Exercises whose questions have their hints, which lie beside the answers: there are none without a key."""
    shared, own = (shared_answers(), story.key.answers) if story.key else ({}, {})
    for e in exercises:
        told = {**shared.get(e.key_name, {}), **own.get(e.key_name, {})}
        help_of = {name: {n: r[n] for n in HELP if n in r} for name, r in told.items()}
        asked = [{**question, **help_of.get(question.get("id"), {})} for question in e.get("questions")]
        yield replace(e, settings={**e.settings, "questions": asked})


def _answering(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Answers without the records that only help: a question that has just a hint stays open."""
    told = {e: {q: r for q, r in of.items() if q == "samples" or {*r} - {*HELP}} for e, of in answers.items()}
    return {exercise: records for exercise, records in told.items() if records}


def _exercise(lesson: str, generic: Mapping[str, Any], own: Mapping[str, Any], story: Story) -> Exercise:
    joined: dict[str, Any] = {**_like(generic), **generic, **own}
    name = f"{lesson}/{generic.get('id', '?')}"
    if joined.get("type") not in TYPES:
        raise CopydeskError(f"{name}: type '{joined.get('type')}' is not one of {', '.join(TYPES)}")
    joined["questions"] = [*generic.get("questions", ()), *own.get("questions", ())]
    if joined["type"] == "order":
        joined["items"] = [{"id": item.get("fact"), **item} for item in joined.get("items", ())]
    if joined.get("forms"):
        joined["items"] = [item for form in joined["forms"].values() for item in form]
    if joined.get("edit") or joined.get("edits"):
        joined["edits"] = edits_of(joined, story.article)
    fixed = {n: joined.pop(n) for n in ("id", "type", "title", "prompt") if n in joined}
    if len(fixed) < 4:
        raise CopydeskError(f"{name} lacks a title or a prompt", "add it to the lesson or to the story's lessons.toml")
    points, tries, bar = joined.pop("points", 1), joined.pop("tries", 2), joined.pop("bar", 0.8)
    return Exercise(lesson, **fixed, points=points, tries=tries, bar=bar, settings=joined)
