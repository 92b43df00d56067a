"""A class's answers to one exercise, without names: how many chose what, and what was marked."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from copydesk.answers import Record
from copydesk.base.documents import Json
from copydesk.base.spans import Span, words
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer
from copydesk.lessons.lesson import Lesson
from copydesk.views.agreement import ClassVotes
from copydesk_classroom.collecting.collect import latest_answers
from copydesk_classroom.course import offers

MADE_LEARNERS = 24


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to choose about: its id, its words, and the choices with the words a learner sees."""

    id: str
    words: str
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ClassMarks:
    """What each learner of a class marked in one role, in no order."""

    spans: tuple[tuple[Span, ...], ...]
    made_up: bool


def items_of(lesson: Lesson, exercise: Exercise) -> tuple[Item, ...]:
    """What an exercise offers a choice about: the items of a sort, the questions with options of a form."""
    story = lesson.on_story_of(exercise).story
    words, offers = exercise.item_words(story), exercise.offers(story)
    return tuple(Item(i, words[i], offer) for i, offer in offers.items() if isinstance(offer, Mapping))


class Reader:
    """What each learner in a folder (or one zip) answered in a lesson; read again only when a file has changed."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, str], tuple[object, list[Json]]] = {}

    def read(self, folder: Path, lesson: Lesson) -> list[Json]:
        """The exercises of that lesson, learner by learner."""
        if not folder.exists():
            return []
        stand, (before, found) = _stand(folder), self._known.get((folder, lesson.id), (None, []))
        if stand != before:
            mine = (lesson.story.id, lesson.id)
            offered = {i: known for i, known in offers(lesson.story.id, folder).items() if i == mine}
            found = [w.document["exercises"] for w in latest_answers(folder, offered, story=lesson.story.id)]
            self._known[folder, lesson.id] = stand, found
        return found


def _stand(folder: Path) -> object:
    """How the files stand: it changes when one of them does."""
    listed = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
    found = ((path, path.lstat()) for path in listed)
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found)


def _records(found: Sequence[Json], exercise: Exercise) -> list[Record]:
    return [Record.of(entries[exercise.id]) for entries in found if exercise.id in entries]


def class_choices(found: Sequence[Json], lesson: Lesson, exercise: Exercise) -> ClassVotes | None:
    """How a class chose, by item, from its latest answers; else the story's made-up class; None where is neither."""
    items = items_of(lesson, exercise)
    given = [exercise.well_formed(record.answer).get(exercise.values_in, {}) for record in _records(found, exercise)]
    given = [chosen for chosen in given if any(chosen.get(item.id) in item.choices for item in items)]
    if given:
        counted = {item.id: Counter(chosen.get(item.id) for chosen in given) for item in items}
        table = {item.id: {value: counted[item.id][value] for value in item.choices} for item in items}
        return ClassVotes(table, len(given), made_up=False)
    made = lesson.story.lessons[lesson.id].get("class", {}).get(exercise.id)
    return ClassVotes(made, max(sum(row.values()) for row in made.values()), made_up=True) if made else None


def class_marks(found: Sequence[Json], lesson: Lesson, exercise: Exercise, role: str) -> ClassMarks | None:
    """What a class marked in one role, in first answers; else what a made-up class would; None without a key."""
    length = len(lesson.on_story_of(exercise).story.article.text)
    first = [_first(record) for record in _records(found, exercise)]
    read = [exercise.groups(exercise.well_formed(answer), length) for answer in first if answer]
    if marked := [groups for groups in read if groups]:
        return ClassMarks(tuple(tuple(s for g in gs for s in g.roles.get(role, ())) for gs in marked), made_up=False)
    if lesson.key is None:
        return None
    return ClassMarks(tuple(_made_up(lesson, exercise, role)), made_up=True)


def _first(record: Record) -> Answer:
    tries = [attempt.answer for attempt in record.tries if attempt.round == 1]
    return tries[0] if tries else record.answer


def _made_up(lesson: Lesson, exercise: Exercise, role: str) -> Iterator[tuple[Span, ...]]:
    """Learners that nobody is: each takes a part of what the key marks, some a word short, and some plain words."""
    lesson = lesson.on_story_of(exercise)
    assert lesson.key is not None
    text, article = lesson.story.article.text, lesson.story.article
    wanted = [span for marked, span in exercise.key_marks(lesson.key) if marked == role]
    region = [b.span for b in article.blocks if b.id in exercise.region] or [p.span for p in article.paragraphs]
    dice = random.Random(exercise.key_name)
    plain = [_some_words(text, dice.choice(region), dice) for _ in range(6)]
    chances = [*((span, 0.25 + 0.7 * dice.random()) for span in wanted), *((span, 0.15) for span in plain)]
    for _ in range(MADE_LEARNERS):
        skill = 0.6 + 0.6 * dice.random()
        taken = [span for span, chance in chances if dice.random() < chance * skill]
        yield tuple(_shorter(text, span) if dice.random() < 0.2 else span for span in taken)


def _some_words(text: str, region: Span, dice: random.Random) -> Span:
    found = words(text, region)
    at = dice.randrange(len(found))
    return Span(found[at].start, found[min(len(found) - 1, at + dice.randrange(3))].end)


def _shorter(text: str, span: Span) -> Span:
    found = words(text, span)
    return Span(found[1].start, span.end) if len(found) > 2 else span
