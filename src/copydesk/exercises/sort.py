"""Scoring sorted items: each gets one of a few classes.

An item is right when its class is the key's or one of its alternatives'. An item for which every class earns credit
carries no points: it is practice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from copydesk.base.caching import ByIdentity
from copydesk.base.spans import words
from copydesk.base.wording import choice_labels, load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer, Note, Outcome
from copydesk.exercises.parallel_forms import as_answered, is_complete, with_form
from copydesk.story.key import Entry, Key

FIELD = {"claims": "verdict", "attributions": "form"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One item to sort: the classes that earn credit, and what to say about it."""

    id: str
    where: str
    accepted: tuple[str, ...]
    why: str
    others: tuple[str, ...]


def score(exercise: Exercise, answer: Answer, key: Key, text: str) -> Outcome:
    """Score chosen classes; `answer` is `{"choices": {item id: class}}`. Of parallel forms one is done, and whole."""
    choices = answer.get("choices", {})
    attempted = is_complete(exercise, answer) if exercise.get("forms") else bool(choices)
    exercise = as_answered(exercise, answer)
    classes = choice_labels(exercise.get("choices"))
    openings = _openings(ByIdentity(key), text) if exercise.get("layer") == "sentences" else {}
    notes = [_noted(i, choices.get(i.id), classes, openings.get(i.id, "")) for i in asked(exercise, key)]
    earned, possible = sum(n.earned for n in notes), sum(n.possible for n in notes)
    value = earned / possible if possible else float(bool(choices))  # votes have no key and cannot be wrong
    return Outcome.of(value, notes, bar=exercise.bar, attempted=attempted)


def asked(exercise: Exercise, key: Key) -> list[Asked]:
    """The items of an exercise with the classes the key accepts."""
    return [*_asked(ByIdentity(exercise), ByIdentity(key))]


@lru_cache(maxsize=128)
def _asked(of: ByIdentity[Exercise], by: ByIdentity[Key]) -> tuple[Asked, ...]:
    return tuple(_ask(of.value, by.value))


def _ask(exercise: Exercise, key: Key) -> list[Asked]:
    layer = exercise.get("layer")
    if layer == "page":
        blocks = sorted((*key.layer("furniture"), *key.layer("paragraphs")), key=lambda e: e.spans("span"))
        return [_block(n, e) for n, e in enumerate(blocks, 1)]
    if layer == "sentences":
        return [_entry(e.id, e, "voice") for e in key.layer("sentences", exercise.region)]
    return [a for n, item in enumerate(exercise.get("items", ()), 1) if (a := _item(n, item, exercise, key))]


def _block(number: int, entry: Entry) -> Asked:
    kinds: dict[str, str] = load_wording("strings")["furniture"]
    kind = str(entry.get("kind", "paragraph"))
    side = "furniture" if entry.layer == "furniture" else "story"
    arguable = tuple("story" for a in entry.alternatives if a.patch.get("kind") == "story")
    return Asked(
        entry.id, str(number), (side, *arguable), kinds.get(kind, kind), tuple(a.say for a in entry.alternatives)
    )


def _item(number: int, item: Mapping[str, Any], exercise: Exercise, key: Key) -> Asked | None:
    if exercise.get("layer"):
        return _entry(str(number), key.entry(item["id"]), FIELD[exercise.get("layer")])
    keyed = key.answers.get(exercise.key_name, {}).get(item["id"])
    if keyed is None:
        return None
    others = tuple(keyed.get("others", ()))
    return Asked(item["id"], str(number), tuple(keyed["accept"]), keyed.get("why", ""), others)


def _entry(where: str, entry: Entry, field: str) -> Asked:
    accepted = (entry[field], *(a.patch[field] for a in entry.alternatives if field in a.patch))
    others = tuple(a.say for a in entry.alternatives)
    return Asked(entry.id, where, accepted, entry.why or entry.get("note") or "", others)


@lru_cache(maxsize=16)
def _openings(key: ByIdentity[Key], text: str) -> dict[str, str]:
    return {e.id: opening(text, e) for e in key.value.layer("sentences")}


def opening(text: str, entry: Entry, *, most: int = 5) -> str:
    """The first words of an entry, to know it by."""
    found = words(text, entry.spans("span")[0])[:most]
    return f" “{text[found[0].start : found[-1].end]} …”" if found else ""


def _noted(item: Asked, chosen: str | None, classes: dict[str, str], begins: str) -> Note:
    known = chosen if chosen is None or chosen in classes else ""  # a class that is none is remembered as that
    return _note(ByIdentity(item), known, tuple(classes.items()), begins)


@lru_cache(maxsize=4096)
def _note(asked: ByIdentity[Asked], chosen: str | None, labels: tuple[tuple[str, str], ...], begins: str) -> Note:
    say, item, classes = load_wording("strings")["sort"], asked.value, dict(labels)
    right, worth = chosen in item.accepted, int(set(item.accepted) != set(classes))
    hint = "" if right else say["empty" if chosen is None else "look_again"].format(item=item.where)
    best = classes[item.accepted[0]]
    why = f" {item.why[:1].upper()}{item.why[1:].rstrip('.')}." if item.why else ""
    yours = "" if right or chosen not in classes else " " + say["yours"].format(choice=classes[chosen])
    reveal = f"{best[:1].upper()}{best[1:]}.{why}{yours}"
    return Note(item.id, item.where + begins, worth * right, worth, hint, reveal, item.others)


def model_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """Answers that must score full marks."""
    answers: dict[str, Answer] = {}
    for name, form in _forms(exercise).items():
        items = asked(form, key)
        best = {i.id: i.accepted[0] for i in items}
        answers |= {name: {"choices": best}} if best else {}
        for item in items:
            answers |= {f"{item.id}: {c}": {"choices": {**best, item.id: c}} for c in item.accepted[1:]}
    return answers


def _forms(exercise: Exercise) -> dict[str, Exercise]:
    """The exercise once for each of its parallel forms, if it has any; the first is called "key" like any other."""
    forms = {name: with_form(exercise, name) for name in exercise.get("forms", ())}
    return dict(zip(["key", *list(forms)[1:]], forms.values(), strict=True)) if forms else {"key": exercise}


def lazy_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """One class everywhere: must stay below the bar."""
    return {
        f"all {c}{f', {name}' if exercise.get('forms') else ''}": {"choices": {i.id: c for i in asked(form, key)}}
        for name, form in _forms(exercise).items()
        for c in choice_labels(exercise.get("choices"))
    }
