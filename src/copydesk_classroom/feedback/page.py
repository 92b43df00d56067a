"""A learner's feedback page: one file, no script, nothing fetched, and nobody else's work in it.

The functions here look up what a page says, as plain data; `templates/feedback.html.j2` and `exercise.html.j2` say it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from copydesk.base.caching import ByIdentity
from copydesk.base.numbers import percent
from copydesk.base.spans import Span
from copydesk.base.wording import choice_labels, load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.feedback import foot, headline, hints
from copydesk.exercises.feedback import row as feedback_row
from copydesk.exercises.form import options
from copydesk.exercises.mark import place
from copydesk.exercises.mark_match import read_groups, spans_from
from copydesk.exercises.outcome import Answer, Note, Outcome, well_formed
from copydesk.lessons.results import Result
from copydesk.page.article import Block
from copydesk.page.html import Mark, blocks
from copydesk_classroom.course import Unit
from copydesk_classroom.marking.rubric import MOST, Judged, rows_of
from copydesk_classroom.marking.scores import Marked, Sheet, remember
from copydesk_classroom.pages import macro, points, sealed_page
from copydesk_classroom.safe_text import one_line, paragraphs
from copydesk_classroom.wording import class_wording

EXERCISE = "exercise.html.j2"


def feedback_page(name: str, sheets: Sequence[Sheet]) -> str:
    """The page for one learner: totals, then lesson by lesson what was answered beside the key."""
    say = class_wording("classroom")["page"]
    earned, possible = sum(s.points for s in sheets), sum(s.unit.possible for s in sheets)
    return sealed_page(
        "feedback.html.j2",
        "feedback/feedback.css",
        title=say["title"].format(name=one_line(name) or say["nobody"]),
        total=(say["all"], say["of"].format(**_points(earned, possible)), percent(earned, of=possible)),
        lessons=[_lesson(sheet) for sheet in sheets],
        foot=say["foot"],
        rights=dict.fromkeys(s.unit.lesson.story.rights for s in sheets),
    )


def _points(earned: float, possible: float) -> dict[str, str]:
    return {"points": points(earned), "possible": points(possible)}


def _lesson(sheet: Sheet) -> dict[str, Any]:
    """One lesson; without exercises if it was not handed in."""
    say, unit = class_wording("classroom")["page"], sheet.unit
    amounts = _points(sheet.points, unit.possible)
    result = Result(unit.lesson, {m.exercise.id: m.score for m in sheet.marked}) if sheet.marked else None
    return {
        "anchor": "-".join(unit.id),
        "title": f"{unit.lesson.id.partition('_')[0]} {unit.lesson.title}",
        "of": say["of"].format(**amounts),
        "share": percent(sheet.points, of=unit.possible),
        "earned": say["of_points"].format(**amounts),
        "objectives": result.by_objective() if result else [],
        "exercises": [exercise_html(unit, m) for m in sheet.marked],
    }


def exercise_html(unit: Unit, marked: Marked) -> str:
    """One exercise with its answer, as `Markup`; what many learners answer is made once."""
    name = marked.short if marked.outcome else marked.exercise.id.encode()
    name = b"" if marked.judged else name  # what people give can change from run to run
    html = unit.shown.get(name)
    if html is None:
        try:
            html = _exercise(unit, marked)
        except Exception:  # one answer of one stranger must not stop a class
            return macro(EXERCISE, "not_shown")(marked.exercise.title)
        if name:
            remember(unit.shown, name, html)
    return html


def _exercise(unit: Unit, marked: Marked) -> Markup:
    say, exercise = class_wording("classroom")["page"], marked.exercise
    worth = unit.worth[exercise.id]
    earned = say["of_points"].format(**_points(worth * (marked.share or 0), worth)) if worth else say["practice"]
    answer = _answer(unit, marked, marked.outcome) if marked.outcome else None
    return macro(EXERCISE, "exercise")(exercise.title, earned, not worth, answer)


def _answer(unit: Unit, marked: Marked, outcome: Outcome) -> dict[str, Any]:
    """What was answered beside the key, item by item, with what else is defensible."""
    exercise, answer = marked.exercise, well_formed(marked.answer)
    notes = [note for note in outcome.notes if note.reveal or note.parts]
    return {
        "prompt": exercise.prompt,
        "status": outcome.status if exercise.points else "",
        "headline": "" if marked.judged else _headline(exercise, outcome),
        "marks": _marks(unit, exercise, answer, outcome),
        "written": _texts(unit, marked, answer),
        "hints": [] if marked.judged else _hints(exercise, outcome),
        "rows": _rows(unit, exercise, answer, notes),
        "foot": foot(exercise),
    }


def _headline(exercise: Exercise, outcome: Outcome) -> str:
    """How it went; where a person grades, only what is missing."""
    if exercise.type == "write" and outcome.status == "right":
        return ""
    return headline(exercise, outcome, last=True)


def _marks(unit: Unit, exercise: Exercise, answer: Answer, outcome: Outcome) -> dict[str, Any] | None:
    """The learner's marks on the text, and the key's beside them."""
    if "groups" not in answer or not exercise.get("roles"):
        return None
    groups = read_groups(exercise, answer, len(unit.text))
    mine = [Mark(s, role, n) for n, g in enumerate(groups, 1) for role, spans in g.roles.items() for s in spans]
    found = (n.marks for n in outcome.notes if n.marks)
    theirs = [Mark(span, role, number) for number, marks in enumerate(found, 1) for role, span in marks]
    labels = [_labels(exercise, n, g.labels) for n, g in enumerate(groups, 1) if g.labels]
    tags, roles = load_wording("strings")["tags"], load_wording("strings")["roles"]
    shown = unit.blocks(exercise)
    if not exercise.region:  # of the whole page, the parts that somebody marked
        spans = [m.span for m in (*mine, *theirs)]
        shown = {n: b for n, b in shown.items() if any(b.span.overlap(s) for s in spans)}
    return {
        "legend": ", ".join(f"{tags[r]} = {roles[r]}" for r in exercise.get("roles")),
        "yours": Markup(blocks(unit.text, shown, mine, lang=unit.lesson.story.about["language"])),
        "labels": "; ".join(labels),
        "theirs": _key_marks(ByIdentity(unit), tuple(shown.values()), tuple(theirs)),
    }


@lru_cache(maxsize=256)
def _key_marks(of: ByIdentity[Unit], shown: tuple[Block, ...], marks: tuple[Mark, ...]) -> Markup:
    """The key's marks on the text: the same for many learners."""
    unit = of.it
    return Markup(blocks(unit.text, {b.id: b for b in shown}, marks, lang=unit.lesson.story.about["language"]))


def _labels(exercise: Exercise, number: int, labels: Mapping[str, str]) -> str:
    """What a learner called one of their marks."""
    said = []
    for name, value in labels.items():
        known = exercise.get("label_choices", {}).get(name) or choice_labels(name)
        said.append(str(known.get(value, one_line(value, most=60))).partition(":")[0])
    return f"{number}: {', '.join(said)}"


def _texts(unit: Unit, marked: Marked, answer: Answer) -> dict[str, Any] | None:
    """What a learner wrote and picked as evidence, and what people gave it, if they did."""
    exercise = marked.exercise
    if exercise.type != "write":
        return None
    given = answer.get("texts", {})
    boxes = [*exercise.get("edits", ()), *exercise.get("fields", ())]
    picked = spans_from(answer.get("evidence"), len(unit.text))
    return {
        "boxes": [(box["label"], _quote(given.get(box["id"]))) for box in boxes],
        "evidence": [(span.of(unit.text), _where(unit, span)) for span in picked[:50]],
        "people": _people(exercise, marked.judged, unit.worth[exercise.id]) if marked.judged else None,
    }


def _where(unit: Unit, span: Span) -> str:
    return ", ".join(place(b.id) for b in unit.lesson.story.article.blocks if b.span.overlap(span))


def _quote(text: object) -> str:
    return paragraphs(text) if isinstance(text, str) else ""


def _people(exercise: Exercise, judged: Judged, worth: float) -> dict[str, Any]:
    """The rows of the rubric with what people gave, what they come to here, and the comments."""
    say = class_wording("grade_writing")["feedback"]
    rows = []
    for row in rows_of(exercise):
        given = judged.points[row.id]
        words = "; ".join(f"{n}: {row.words[n]}" if len(set(given)) > 1 else row.words[n] for n in sorted(set(given)))
        rows.append((row.name.partition(":")[0], _of(given), words))
    earned = {"earned": points(worth * judged.share), "possible": points(worth)}
    return {
        "heading": say["heading" if judged.graders == 1 else "heading_several"].format(n=judged.graders),
        "rows": rows,
        "total": say["total"].format(points=points(judged.rubric_points), of=MOST * len(rows), **earned),
        "comments": [paragraphs(words) for words in judged.comments],
    }


def _of(given: tuple[int, ...]) -> str:
    """The points of a row, and each grader's where there are several."""
    say = class_wording("grade_writing")["feedback"]
    mean = points(sum(given) / len(given))
    if len(set(given)) == 1:
        return str(say["of"].format(points=mean))
    return str(say["each"].format(points=mean, each=", ".join(map(str, given))))


def _hints(exercise: Exercise, outcome: Outcome) -> list[str]:
    """What a text lacks; elsewhere the key says all."""
    return hints(outcome) if exercise.type == "write" else []


def _rows(unit: Unit, exercise: Exercise, answer: Answer, notes: list[Note]) -> dict[str, Any] | None:
    """The key item by item: the cells of a table where there are questions or items, else a list."""
    if exercise.type == "write":  # its boxes are shown already; what is left are full answers of others
        notes = [note for note in notes if not note.possible]
    if not notes:
        return None
    words, values = unit.words(exercise), answer.get("values", {})
    if not any(note.item in words and words[note.item] not in note.reveal for note in notes):
        numbers = {id(note): f"{n} · " for n, note in enumerate((n for n in notes if n.marks), 1)}
        return {"heads": (), "listed": [(numbers.get(id(note), ""), feedback_row(ByIdentity(note))) for note in notes]}
    say = class_wording("classroom")["page"]
    cells = []
    for note in notes:
        item, told = _item_and_key(ByIdentity(note), exercise.type, words.get(note.item, ""))
        yours, is_own = _given(exercise, note.item, values.get(note.item)) if values else (None, False)
        cells.append({"item": item, "yours": yours, "is_own": is_own, "told": told})
    return {"heads": [say["item"], *([say["your_answer"]] if values else []), say["the_key"]], "cells": cells}


@lru_cache(maxsize=2048)
def _item_and_key(note: ByIdentity[Note], kind: str, words: str) -> tuple[Markup, Markup]:
    """The two cells of an item that do not hold a learner's words: its name, and what the key says."""
    key = feedback_row(note)
    return macro(EXERCISE, "item")(key, _item(kind, key["where"], words)), macro(EXERCISE, "told")(key)


def _item(kind: str, where: str, words: str) -> str:
    """An item by its number and its words: a question in full, of a longer piece the beginning."""
    number = re.sub(r"^\D+(?=\d+$)", "", where.partition(" “")[0].rstrip("."))
    return f"{number}. {words if kind == 'form' else one_line(words, most=90)}" if words else where


def _given(exercise: Exercise, item: str, value: object) -> tuple[str, bool]:
    """What a learner answered to one question, and whether these are the learner's own words."""
    question: Mapping[str, Any] = next((q for q in exercise.get("questions", ()) if q["id"] == item), {})
    shown = options(question).get(value) if isinstance(value, str) else None
    if shown is not None:
        return shown, False
    return (paragraphs(value, most=2000), True) if value not in (None, "") else ("–", False)
