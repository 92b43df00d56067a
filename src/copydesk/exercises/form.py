"""Scoring forms: choice and number questions, by key, range or list of accepted answers.

A question without an entry in the key is open: a prediction or an opinion, worth nothing either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from copydesk.base.caching import ByIdentity
from copydesk.base.wording import choice_labels, load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer, Note, Outcome
from copydesk.story.key import Entry, Key

NOTHING: Mapping[str, Any] = {}
"""What the key expects of an open question."""


def score(exercise: Exercise, answer: Answer, key: Key, text: str) -> Outcome:
    """Score given values; `answer` is `{"values": {question id: value}}`."""
    values = {n: v for n, v in answer.get("values", {}).items() if v not in (None, "")}
    keyed = answers_of(exercise, key)
    notes = []
    for number, question in enumerate(exercise.get("questions"), 1):
        expected, value = keyed.get(question["id"], NOTHING), values.get(question["id"])
        notes.append(_note(number, ByIdentity(question), ByIdentity(expected), accepts(expected, value), value is None))
    earned, possible = sum(n.earned for n in notes), sum(n.possible for n in notes)
    value = earned / possible if possible else float(bool(values))
    return Outcome.of(value, notes, bar=exercise.bar, attempted=bool(values))


def answers_of(exercise: Exercise, key: Key) -> Mapping[str, Mapping[str, Any]]:
    """What the key expects, question by question: its answers for this exercise, or its layer of questions."""
    if exercise.get("layer") != "questions":
        return key.answers.get(exercise.key_name, NOTHING)
    return _layer_of_questions(ByIdentity(key.entries))


@lru_cache(maxsize=16)
def _layer_of_questions(layers: ByIdentity[Mapping[str, tuple[Entry, ...]]]) -> Mapping[str, Mapping[str, Any]]:
    say = load_wording("strings")["form"]
    return {
        e.id.removeprefix("Q."): {
            "accept": [e["answer"], *(a.patch["answer"] for a in e.alternatives if "answer" in a.patch)],
            "why": say["evidence"].format(where=e.get("evidence", "")),
        }
        for e in layers.value.get("questions", ())
    }


def worth_points(question: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    """Whether a question can be got wrong: it has a key entry, and not every option earns credit."""
    if not expected:
        return False
    return "range" in expected or set(expected["accept"]) != set(options(question))


def options(question: Mapping[str, Any]) -> dict[str, str]:
    """The options of a choice question with the words shown; empty for numbers and text."""
    given = question.get("options", {})
    return choice_labels(given) if isinstance(given, str) else dict(given)


def accepts(expected: Mapping[str, Any], value: Any) -> bool:
    """Whether a value is among the accepted ones or inside the range (ends included)."""
    if "range" in expected:
        low, high = expected["range"]
        return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    return value in expected.get("accept", ())


@lru_cache(maxsize=4096)
def _note(
    number: int, asked: ByIdentity[Mapping[str, Any]], keyed: ByIdentity[Mapping[str, Any]], right: bool, blank: bool
) -> Note:
    say, question, expected = load_wording("strings")["form"], asked.value, keyed.value
    where = say["where"].format(n=number)
    if not expected:
        return Note(question["id"], where, 0, 0, reveal=question.get("after", say["open"]))
    worth = int(worth_points(question, expected))
    hint = "" if right else say["empty"].format(n=number) if blank else question.get("hint", say["again"])
    best = _shown(question, expected)
    others = tuple(options(question)[v] for v in expected.get("accept", ())[1:] if v in options(question))
    return Note(question["id"], where, worth * right, worth, hint, f"{best}. {expected.get('why', '')}".strip(), others)


def _shown(question: Mapping[str, Any], expected: Mapping[str, Any]) -> str:
    if "range" in expected:
        low, high = expected["range"]
        return f"{low:g}" if low == high else f"{low:g} to {high:g}"
    first = expected["accept"][0]
    return options(question).get(first, str(first))


def model_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """Answers that must score full marks: the key's, and each other accepted value."""
    keyed = answers_of(exercise, key)
    ways = {q: [*e["range"]] if "range" in e else list(e["accept"]) for q, e in keyed.items()}
    best = {q: w[0] for q, w in ways.items()}
    answers: dict[str, Answer] = {"key": {"values": best}} if best else {}
    for q, values in ways.items():
        answers |= {f"{q}: {v}": {"values": {**best, q: v}} for v in values[1:]}
    return answers


def lazy_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """One answer everywhere, by value and by place in the list: must stay below the bar."""
    keyed = answers_of(exercise, key)
    questions = [q for q in exercise.get("questions") if q["id"] in keyed]
    longest = max((len(options(q)) for q in questions), default=0)
    everywhere = {v for q in questions for v in options(q)}
    everywhere |= {keyed[q["id"]]["range"][0] for q in questions if "range" in keyed[q["id"]]}
    answers: dict[str, Answer] = {
        f"all {v}": {"values": {q["id"]: v for q in questions}} for v in sorted(everywhere, key=str)
    }
    for place in range(longest):
        chosen = {q["id"]: [*options(q)][min(place, len(options(q)) - 1)] for q in questions if options(q)}
        answers[f"always option {place + 1}"] = {"values": chosen}
    return answers
