"""Items in words: where each stands, what it says, the key's reason, and what its answers are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from copydesk.classroom.course import Unit
from copydesk.classroom.slip_marks import label_choices
from copydesk.classroom.slips import BLANK, OTHER, Known, offered
from copydesk.lessons import Exercise
from copydesk.scoring import Note, model_answers, score
from copydesk.scoring.events import events
from copydesk.scoring.form import answers_of
from copydesk.scoring.mark_notes import place
from copydesk.scoring.order_notes import sentence
from copydesk.wording import choice_labels, load_wording

SENTENCE = re.compile(r"(?P<block>p\d+)\.s(?P<n>\d+)")
BLOCK = re.compile(r"[pf]\d+")


@dataclass(frozen=True, slots=True)
class Item:
    """One item in words: where it stands, its own words, the key's reason."""

    place: str
    words: str
    why: str


def items(unit: Unit, exercise: Exercise) -> dict[str, Item]:
    """Every item by its id, in the order of the exercise; the reasons are those beside the key's own answer.

    >>> from copydesk.lessons import load_lesson
    >>> unit = Unit.of(load_lesson("00_start_here"), "00", {})
    >>> items(unit, unit.lesson.exercise("voices"))["p2.s1"].place
    'Paragraph 2, sentence 1'
    """
    notes, words = _key_notes(unit, exercise), unit.words(exercise)
    ids = [*words] if exercise.type in ("sort", "form") else [i for i, n in notes.items() if n.possible]
    return {i: _item(unit, exercise, number, i, notes.get(i)) for number, i in enumerate(ids, 1)}


def _key_notes(unit: Unit, exercise: Exercise) -> dict[str, Note]:
    models = model_answers(exercise, unit.key, unit.text)
    outcome = score(exercise, next(iter(models.values()), {}), unit.key, unit.text)
    return {n.item: n for n in sorted(outcome.notes, key=lambda n: n.possible > 0)}


def _item(unit: Unit, exercise: Exercise, number: int, item: str, note: Note | None) -> Item:
    words = "" if exercise.type == "write" else unit.words(exercise).get(item, "")
    if note and note.marks and exercise.get("layer") != "entman":
        spans = sorted(span for _, span in note.marks)
        words = unit.text[spans[0].start : spans[-1].end]
    why = note.reveal if note and _has_reason(unit, exercise, item) else ""
    return Item(_place(exercise, number, item, note), words, why or _dated(unit, exercise, item))


def _dated(unit: Unit, exercise: Exercise, item: str) -> str:
    """When an event happened, why it stands there, and whether it was known on the day."""
    told = events(exercise, unit.key, unit.text) if exercise.type == "order" else []
    event = next((e for e in told if e.id == item), None)
    if event is None:
        return ""
    known_then = choice_labels("known")[event.accept[0]] if event.accept and exercise.get("known") else ""
    return " ".join(filter(None, map(sentence, (event.when, event.why, known_then))))


def _has_reason(unit: Unit, exercise: Exercise, item: str) -> bool:
    """Whether what is said about an item is the key's reason: not of what is open, nor of what a person reads."""
    if exercise.type == "form":
        return item in answers_of(exercise, unit.key)
    return exercise.type in ("sort", "mark")


def _place(exercise: Exercise, number: int, item: str, note: Note | None) -> str:
    say = load_wording("report")["lesson"]
    if exercise.type == "form":
        return str(load_wording("strings")["form"]["where"].format(n=number))
    if exercise.type != "sort":
        return str(
            say["order_place"].format(n=note.where) if note and exercise.type == "order" else note and note.where
        )
    if found := SENTENCE.fullmatch(item):
        return str(say["sentence_place"].format(paragraph=place(found["block"]).capitalize(), n=found["n"]))
    where = next((i.get("where", "") for i in exercise.get("items", ()) if i["id"] == item), "")
    where = where or (place(item) if BLOCK.fullmatch(item) else say["item_place"].format(n=number))
    return str(where[:1].upper() + where[1:])


def known(unit: Unit, exercise: Exercise) -> dict[str, Known]:
    """What each item offers, by its id."""
    if exercise.type == "sort":
        return dict.fromkeys(unit.words(exercise), choice_labels(exercise.get("choices")))
    return {q["id"]: what for q in exercise.get("questions", ()) if (what := offered(q))}


def answer_words(offers: Known | None, given: str) -> str:
    """An answer as a reader knows it.

    >>> answer_words({"yes": "yes: it does"}, "yes"), answer_words((0, 1), "0.5"), answer_words((0, 1), "")
    ('yes', '0.5', 'no answer')
    """
    if given in (BLANK, OTHER):
        return str(load_wording("report")["lesson"]["other" if given else "blank"])
    return offers[given].partition(": ")[0] if isinstance(offers, Mapping) else given


def moved_words(given: str) -> list[str]:
    """What was off with an event: that it stood too early or too late, and when it was said to be known."""
    moved, _, value = given.partition("+")
    labels, say = choice_labels("known"), load_wording("report")["lesson"]
    return [*([say[moved]] if moved else []), *([labels[value]] if value in labels else [])]


def part_words(exercise: Exercise, part: str, instead: str) -> str:
    """What stood instead of a part of an entry that was missed: how the marks lie, or which label was chosen."""
    say, names = load_wording("report"), load_wording("strings")["roles"]
    if part in exercise.get("roles", ()):
        return f"{names[part]} {say['boundary'][instead]}"
    shown = label_choices(exercise, part).get(instead, "").partition(":")[0].partition(" (")[0]
    called = f"“{shown}”" if shown else say["lesson"]["other" if instead else "unset"]
    return f"{names[part]} {called}"
