"""Check that nobody meets an objective by guessing.

Two learners answer the exercises of an objective, each many times by chance: one guesses, the other then changes what
the first try flagged as wrong. An objective that either of them meets more often than `LIMIT` measures luck.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from copydesk.answers import Record
from copydesk.answers.schema import Try
from copydesk.base.spans import words
from copydesk.base.wording import choice_labels
from copydesk.exercises.exercise import Exercise, Offer
from copydesk.exercises.mark import Mark
from copydesk.exercises.order import Order
from copydesk.exercises.outcome import Answer
from copydesk.lessons.lesson import Lesson, Objective
from copydesk.lessons.results import result_of
from copydesk.story.story import Story

LIMIT = 0.05
"""How often an objective may be met by chance."""
MANY, FEW = 200, 40
"""How many draws there are for each objective; and how many a quick check makes, unless more than the limit meet it."""
SEED = 2022
Draw = tuple[bool, bool]
"""Whether a guess met the objective, and whether it did after what was flagged was changed."""


@dataclass(frozen=True, slots=True)
class Guessed:
    """One objective, and the share of draws in which each of the two learners met it."""

    story: str
    lesson: str
    objective: str
    guess: float
    flip: float

    @property
    def holds(self) -> bool:
        """Whether neither meets it too often."""
        return max(self.guess, self.flip) <= LIMIT

    def __str__(self) -> str:
        shares = f"guess {100 * self.guess:.0f}% flip {100 * self.flip:.0f}%"
        return f"{self.story} {self.lesson} {self.objective} {shares}"


def guess_objectives(lesson: Lesson, *, quick: bool = False) -> Iterator[Guessed]:
    """Each objective of a lesson with how often it is met by chance; the same for the same lesson each time."""
    for objective in lesson.objectives:
        chance = Random(f"{SEED}/{lesson.story.id}/{lesson.id}/{objective.text}")
        draws = [_draw(lesson, objective, chance) for _ in range(FEW)]
        found = _guessed(lesson, objective, draws)
        if not (quick and found.holds):
            draws += [_draw(lesson, objective, chance) for _ in range(MANY - FEW)]
            found = _guessed(lesson, objective, draws)
        yield found


def _guessed(lesson: Lesson, objective: Objective, draws: Sequence[Draw]) -> Guessed:
    guess, flip = (sum(met) / len(draws) for met in zip(*draws, strict=True))
    return Guessed(lesson.story.id, lesson.id, objective.text, guess, flip)


def _draw(lesson: Lesson, objective: Objective, chance: Random) -> Draw:
    guessed, flipped = ({e.id: Record() for e in lesson.exercises} for _ in range(2))
    for exercise in lesson.exercises_of(objective):
        on = lesson.on_story_of(exercise)
        first = guess(exercise, on.story, chance)
        second = flip(exercise, first, on, chance)
        guessed[exercise.id], flipped[exercise.id] = _record(first), _record(first, second)
    return _is_met(lesson, objective, guessed), _is_met(lesson, objective, flipped)


def _record(*answers: Answer) -> Record:
    return Record(answers[-1], tuple(Try(answer, 0, 0, "", 1) for answer in answers))


def _is_met(lesson: Lesson, objective: Objective, records: Mapping[str, Record]) -> bool:
    return result_of(lesson, records).state(objective) == "met"


def guess(exercise: Exercise, story: Story, chance: Random) -> Answer:
    """An answer by chance."""
    if exercise.values_in:
        shown = _one_form(exercise, chance)
        return {exercise.values_in: {i: _pick(offer, chance) for i, offer in shown.offers(story).items()}}
    if isinstance(exercise, Mark):
        return {"groups": [_group(exercise, story, chance) for _ in range(chance.randint(1, 12))]}
    if isinstance(exercise, Order):
        ids = [item.id for item in exercise.items]
        choices = {i: chance.choice([*choice_labels("known")]) for i in ids} if exercise.known else {}
        return {"order": chance.sample(ids, len(ids)), "choices": choices}
    texts = {box.id: " ".join(_words(box.min, story, chance)) for box in exercise.boxes()}
    sentences = [s.span for s in story.article.sentences]
    return {"texts": texts, "evidence": [[s.start, s.end] for s in chance.sample(sentences, min(4, len(sentences)))]}


def flip(exercise: Exercise, answer: Answer, lesson: Lesson, chance: Random) -> Answer:
    """The answer with something else wherever the first check flagged it."""
    flagged = {n.item for n in exercise.outcome(answer, lesson.key, lesson.story.article.text).notes if n.hint}
    if exercise.values_in:
        chosen, offers = answer[exercise.values_in], exercise.offers(lesson.story)
        changed = {i: _pick(offers[i], chance, but=v) for i, v in chosen.items() if i in flagged}
        return {exercise.values_in: {**chosen, **changed}}
    again = guess(exercise, lesson.story, chance)
    if not isinstance(exercise, Order):
        return again if flagged else answer
    moved = iter([i for i in again["order"] if i in flagged])
    order = [next(moved) if i in flagged else i for i in answer["order"]]
    turned = {
        i: next(c for c in choice_labels("known") if c != v) for i, v in answer["choices"].items() if i in flagged
    }
    return {"order": order, "choices": {**answer["choices"], **turned}}


def _one_form(exercise: Exercise, chance: Random) -> Exercise:
    """The exercise in one of its parallel forms, if it has any."""
    forms = exercise.parallel_forms()
    items = forms[chance.choice([*forms])] if forms else ()
    return exercise.as_answered({exercise.values_in: {item.id: "?" for item in items}}) if forms else exercise


def _pick(offer: Offer, chance: Random, *, but: object = None) -> object:
    """One of the choices but that one, or a number of the range: a whole one where it is wide."""
    if isinstance(offer, Mapping):
        return chance.choice([value for value in offer if value != but])
    low, high = offer
    return chance.randint(round(low), round(high)) if high - low > 2 else round(chance.uniform(low, high), 2)


def _group(exercise: Mark, story: Story, chance: Random) -> dict[str, Any]:
    """A few words of one sentence in each role, and each label by chance."""
    block = chance.choice(exercise.blocks(story))
    sentence = chance.choice(story.article.sentences_of(block.id) or (block,))
    found = words(story.article.text, sentence.span)
    spans = {}
    for role in exercise.roles:
        first = chance.randrange(len(found))
        last = min(len(found), first + chance.randint(1, 8)) - 1
        spans[role] = [[found[first].start, found[last].end]]
    return {**spans, "labels": {name: chance.choice([*exercise.labels_of(name)]) for name in exercise.labels}}


def _words(n: int, story: Story, chance: Random) -> list[str]:
    text = story.article.text
    return [w.of(text) for w in chance.choices(words(text), k=n)]
