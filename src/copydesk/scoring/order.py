"""Scoring an order: events from the earliest to the latest and, where asked, whether each was known on the day.

Every two events in the right order count for the learner, every two in the wrong order count against: the share right
less the share wrong, never below 0, so that a shuffled list is worth about nothing and the key 1 (Kendall’s tau over
the pairs that have an order; Kendall 1938, Biometrika 30). Where the dates do not say which of two came first, either
may. With `known`, those choices make half of the score, each item alike.

The list is dealt in an order that only names decide. It becomes an answer when the learner moves something or takes it
as it is; before that it is not stored, and not an attempt.
"""

from __future__ import annotations

from itertools import pairwise

from copydesk.key import Key
from copydesk.lessons import Exercise
from copydesk.scoring.events import arranged, dealt, events, placing
from copydesk.scoring.order_notes import hints, reasons, reveals
from copydesk.scoring.outcome import Answer, Outcome
from copydesk.wording import choice_labels


def score(exercise: Exercise, answer: Answer, key: Key, text: str) -> Outcome:
    """Score `{"order": [item id, …], "choices": {item id: "known" or "later"}}`, the earliest first."""
    told = events(exercise, key, text)
    given = arranged(exercise, answer)
    choices = answer.get("choices", {}) if exercise.get("known") else {}
    value = placing(told, given)
    if exercise.get("known") and told:
        value = (value + sum(choices.get(e.id) in e.accept for e in told) / len(told)) / 2
    why = key.answers.get(exercise.key_name, {}).get("order", {}).get("why", "")
    notes = [*hints(exercise, told, given, choices), *reasons(why), *reveals(exercise, told, given, choices)]
    return Outcome.of(value, notes, bar=exercise.bar, attempted=bool(given or choices))


def model_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """Answers that must score full marks: the key’s order, each tie the other way round, each other accepted choice."""
    told = events(exercise, key, text)
    best: Answer = {"order": [e.id for e in told]}
    if exercise.get("known"):
        best["choices"] = {e.id: e.accept[0] for e in told if e.accept}
    answers = {"key": best} if told else {}
    for a, b in pairwise(told):
        if not a.before(b):
            turned = {a.id: b.id, b.id: a.id}
            answers[f"{b.id} before {a.id}"] = {**best, "order": [turned.get(i, i) for i in best["order"]]}
    for event in told if exercise.get("known") else ():
        for value in event.accept[1:]:
            answers[f"{event.id}: {value}"] = {**best, "choices": {**best["choices"], event.id: value}}
    return answers


def lazy_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """The list as dealt and backwards, and one choice everywhere even beside the right order: all below the bar."""
    cards = dealt(exercise)
    orders = {"as dealt": cards, "as dealt, backwards": cards[::-1]}
    answers: dict[str, Answer] = {name: {"order": order} for name, order in orders.items()}
    if exercise.get("known"):
        orders["in order"] = [e.id for e in events(exercise, key, text)]
        for value in choice_labels("known"):
            choices = dict.fromkeys(cards, value)
            answers |= {f"{n}, all {value}": {"order": o, "choices": choices} for n, o in orders.items()}
    return answers
