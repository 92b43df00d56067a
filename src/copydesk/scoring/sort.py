"""Scoring sorted items: each gets one of a few classes.

An item is right when its class is the key's or one of its alternatives'. An item for which every class earns credit
carries no points: it is practice.
"""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.key import Entry, Key
from copydesk.lessons import Exercise
from copydesk.scoring.outcome import Answer, Note, Outcome
from copydesk.wording import choice_labels, load_wording

FIELD = {"sentences": "voice", "claims": "verdict", "attributions": "form"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One item to sort: the classes that earn credit, and what to say about it."""

    id: str
    accepted: tuple[str, ...]
    why: str
    others: tuple[str, ...]


def score(exercise: Exercise, answer: Answer, key: Key, text: str) -> Outcome:
    """Score chosen classes; `answer` is `{"choices": {item id: class}}`."""
    choices = answer.get("choices", {})
    classes = choice_labels(exercise.get("choices"))
    notes, earned, possible = [], 0, 0
    for item in asked(exercise, key):
        worth = int(set(item.accepted) != set(classes))
        right = choices.get(item.id) in item.accepted
        earned, possible = earned + worth * right, possible + worth
        notes.append(_note(item, choices.get(item.id), right, worth, classes))
    return Outcome.of(earned / possible if possible else 0.0, notes, bar=exercise.bar, attempted=bool(choices))


def asked(exercise: Exercise, key: Key) -> list[Asked]:
    """The items of an exercise with the classes the key accepts."""
    if exercise.get("layer") == "page":
        return [
            Asked(e.id, ("furniture" if layer == "furniture" else "story",), _kind(e), ())
            for layer in ("furniture", "paragraphs")
            for e in key.layer(layer)
        ]
    if exercise.get("layer"):
        field = FIELD[exercise.get("layer")]
        return [
            _from_entry(e, field) for e in key.layer(exercise.get("layer"), exercise.region) if _wanted(exercise, e)
        ]
    keyed = key.answers.get(exercise.key_name, {})
    return [
        Asked(
            i["id"],
            tuple(keyed[i["id"]]["accept"]),
            keyed[i["id"]].get("why", ""),
            tuple(keyed[i["id"]].get("others", ())),
        )
        for i in exercise.get("items", ())
        if i["id"] in keyed
    ]


def _wanted(exercise: Exercise, entry: Entry) -> bool:
    only = exercise.get("only")
    return not only or entry.id in only


def _kind(entry: Entry) -> str:
    kinds: dict[str, str] = load_wording("strings")["furniture"]
    kind = str(entry.get("kind", "paragraph"))
    return kinds.get(kind, kind)


def _from_entry(entry: Entry, field: str) -> Asked:
    accepted = (entry[field], *(a.patch[field] for a in entry.alternatives if field in a.patch))
    others = tuple(a.say for a in entry.alternatives)
    return Asked(entry.id, accepted, entry.why or entry.get("note") or "", others)


def _note(item: Asked, chosen: str | None, right: bool, worth: int, classes: dict[str, str]) -> Note:
    say = load_wording("strings")["sort"]
    hint = "" if right else say["empty" if chosen is None else "look_again"].format(item=item.id)
    reveal = f"{classes[item.accepted[0]]}. {item.why}".strip() if item.why else f"{classes[item.accepted[0]]}."
    return Note(item.id, item.id, worth * right, worth, hint, reveal, item.others)


def model_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """Answers that must score full marks."""
    items = asked(exercise, key)
    best = {i.id: i.accepted[0] for i in items}
    answers: dict[str, Answer] = {"key": {"choices": best}}
    for item in items:
        answers |= {f"{item.id}: {c}": {"choices": {**best, item.id: c}} for c in item.accepted[1:]}
    return answers


def lazy_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """One class everywhere: must stay below the bar."""
    items = asked(exercise, key)
    return {f"all {c}": {"choices": {i.id: c for i in items}} for c in choice_labels(exercise.get("choices"))}
