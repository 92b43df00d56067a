"""One exercise on a feedback page: what was answered beside the key, item by item, with what else is defensible."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any

from copydesk.article import Block
from copydesk.classroom.course import Unit
from copydesk.classroom.inert import line, prose
from copydesk.classroom.marking import Marked, remember
from copydesk.classroom.page_parts import kit, points, soft, table
from copydesk.classroom.page_rubric import rubric_html
from copydesk.feedback import SIGNS, foot, headline, hints, row
from copydesk.lessons import Exercise
from copydesk.render import Mark, blocks
from copydesk.same import Same
from copydesk.scoring import Answer, Note, Outcome, well_formed
from copydesk.scoring.form import options
from copydesk.scoring.mark_notes import place
from copydesk.scoring.matching import read_groups, spans_from
from copydesk.spans import Span
from copydesk.wording import choice_labels, load_wording


def exercise_html(unit: Unit, marked: Marked) -> str:
    """One exercise with its answer; what many learners answer is made once."""
    name = marked.short if marked.outcome else marked.exercise.id.encode()
    name = b"" if marked.judged else name  # what people give can change from run to run
    html = unit.shown.get(name)
    if html is None:
        try:
            html = _exercise(unit, marked)
        except Exception:  # one answer of one stranger must not stop a class
            said = load_wording("classroom")["page"]["not_shown"]
            return f"<section class=ex><h3>{kit(marked.exercise.title)}</h3>{soft(said)}</section>"
        if name:
            remember(unit.shown, name, html)
    return html


def _exercise(unit: Unit, marked: Marked) -> str:
    say, exercise, outcome = load_wording("classroom")["page"], marked.exercise, marked.outcome
    worth = unit.worth[exercise.id]
    of = say["of_points"].format(points=points(worth * (marked.share or 0)), possible=points(worth))
    earned = f"<span class=pts>{of}</span>" if worth else f'<span class="pts soft">{say["practice"]}</span>'
    head = f"<h3><span>{kit(exercise.title)}</span>{earned}</h3>"
    if outcome is None:
        return f'<section class="ex blank">{head}<p class="soft">{kit(say["exercise_blank"])}</p></section>'
    answer = well_formed(marked.answer)
    notes = [note for note in outcome.notes if note.reveal or note.parts]
    parts = [
        f"<p class=prompt>{kit(exercise.prompt)}</p>",
        "" if marked.judged else _headline(exercise, outcome),
        _marks(unit, exercise, answer, outcome),
        _texts(unit, marked, answer),
        "" if marked.judged else _hints(exercise, outcome),
        _rows(unit, exercise, answer, notes),
        soft(foot(exercise)),
    ]
    return f"<section class=ex>{head}{''.join(parts)}</section>"


def _headline(exercise: Exercise, outcome: Outcome) -> str:
    """How it went; where a person grades, only what is missing."""
    if exercise.type == "write" and outcome.status == "right":
        return ""
    kind = f" {outcome.status}" if exercise.points else ""
    return f'<p class="head{kind}">{kit(headline(exercise, outcome, last=True))}</p>'


def _marks(unit: Unit, exercise: Exercise, answer: Answer, outcome: Outcome) -> str:
    """The learner's marks on the text, and the key's beside them."""
    if "groups" not in answer or not exercise.get("roles"):
        return ""
    say = load_wording("classroom")["page"]
    groups = read_groups(exercise, answer, len(unit.text))
    mine = [Mark(s, role, n) for n, g in enumerate(groups, 1) for role, spans in g.roles.items() for s in spans]
    found = (n.marks for n in outcome.notes if n.marks)
    theirs = [Mark(span, role, number) for number, marks in enumerate(found, 1) for role, span in marks]
    labels = [_labels(exercise, n, g.labels) for n, g in enumerate(groups, 1) if g.labels]
    tags, roles = load_wording("strings")["tags"], load_wording("strings")["roles"]
    legend = ", ".join(f"{tags[r]} = {roles[r]}" for r in exercise.get("roles"))
    shown = unit.blocks(exercise)
    if not exercise.region:  # of the whole page, the parts that somebody marked
        spans = [m.span for m in (*mine, *theirs)]
        shown = {n: b for n, b in shown.items() if any(b.span.overlap(s) for s in spans)}
    lang = unit.lesson.story.about["language"]
    yours = f"<h4>{kit(say['your_marks'])}</h4>{blocks(unit.text, shown, mine, lang=lang)}{soft('; '.join(labels))}"
    keys = f"<h4>{kit(say['key_marks'])}</h4>{_key_marks(Same(unit), tuple(shown.values()), tuple(theirs))}"
    return f'{soft(legend)}<div class="pair"><section>{yours}</section><section>{keys}</section></div>'


@lru_cache(maxsize=256)
def _key_marks(of: Same[Unit], shown: tuple[Block, ...], marks: tuple[Mark, ...]) -> str:
    """The key's marks on the text: the same for many learners."""
    unit = of.it
    return blocks(unit.text, {b.id: b for b in shown}, marks, lang=unit.lesson.story.about["language"])


def _labels(exercise: Exercise, number: int, labels: Mapping[str, str]) -> str:
    """What a learner called one of their marks."""
    said = []
    for name, value in labels.items():
        known = exercise.get("label_choices", {}).get(name) or choice_labels(name)
        said.append(str(known.get(value, line(value, most=60))).partition(":")[0])
    return f"{number}: {', '.join(said)}"


def _texts(unit: Unit, marked: Marked, answer: Answer) -> str:
    """What a learner wrote and picked as evidence, and what people gave it, or that they will."""
    exercise = marked.exercise
    if exercise.type != "write":
        return ""
    say, given = load_wording("classroom")["page"], answer.get("texts", {})
    boxes = [*exercise.get("edits", ()), *exercise.get("fields", ())]
    html = "".join(f"<h4>{kit(f['label'])}</h4>{_quote(given.get(f['id']))}" for f in boxes)
    picked = spans_from(answer.get("evidence"), len(unit.text))
    quoted = "".join(f"<li>“{escape(s.of(unit.text))}” ({escape(_where(unit, s))})" for s in picked[:50])
    evidence = f"<h4>{kit(say['evidence'])}</h4><ul>{quoted}</ul>" if quoted else ""
    people = rubric_html(exercise, marked.judged, unit.worth[exercise.id]) if marked.judged else ""
    return f"{html}{evidence}{people or soft(say['by_a_person'])}"


def _where(unit: Unit, span: Span) -> str:
    return ", ".join(place(b.id) for b in unit.lesson.story.article.blocks if b.span.overlap(span))


def _quote(text: object) -> str:
    words = prose(text) if isinstance(text, str) else ""
    blank = load_wording("classroom")["page"]["text_blank"]
    return f"<blockquote>{escape(words)}</blockquote>" if words else soft(blank)


def _hints(exercise: Exercise, outcome: Outcome) -> str:
    """What a text lacks; elsewhere the key says all."""
    items = "".join(f"<li>{kit(hint)}" for hint in hints(outcome)) if exercise.type == "write" else ""
    return f"<ul>{items}</ul>" if items else ""


def _rows(unit: Unit, exercise: Exercise, answer: Answer, notes: list[Note]) -> str:
    """The key item by item: a table where there are questions or items, else a list."""
    if exercise.type == "write":  # its boxes are shown already; what is left are full answers of others
        notes = [note for note in notes if not note.possible]
    if not notes:
        return ""
    words, values = unit.words(exercise), answer.get("values", {})
    if not any(note.item in words and words[note.item] not in note.reveal for note in notes):
        numbers = {id(note): f"{n} · " for n, note in enumerate((n for n in notes if n.marks), 1)}
        items = (_line(numbers.get(id(note), ""), row(Same(note))) for note in notes)
        return f'<ul class="rows">{"".join(items)}</ul>'
    say = load_wording("classroom")["page"]
    heads = [say["item"], *([say["your_answer"]] if values else []), say["the_key"]]
    cells = []
    for note in notes:
        item, told = _item_and_key(Same(note), exercise.type, words.get(note.item, ""))
        yours = [_given(exercise, note.item, values.get(note.item))] if values else []
        cells.append((item, *yours, told))
    return table(heads, cells)


def _line(number: str, row: Mapping[str, Any]) -> str:
    where = kit(row["where"][:1].upper() + row["where"][1:])
    return f"<li>{_sign(row)} <b>{number}{where}</b> {_told(row)}"


@lru_cache(maxsize=2048)
def _item_and_key(note: Same[Note], kind: str, words: str) -> tuple[str, str]:
    """The two cells of an item that do not hold a learner's words: its name, and what the key says."""
    told = row(note)
    return f"{_sign(told)} {_item(kind, told['where'], words)}", _told(told)


def _item(kind: str, where: str, words: str) -> str:
    """An item by its number and its words: a question in full, of a longer piece the beginning."""
    number = re.sub(r"^\D+(?=\d+$)", "", where.partition(" “")[0].rstrip("."))
    return escape(f"{number}. {words if kind == 'form' else line(words, most=90)}" if words else where)


def _sign(row: Mapping[str, Any]) -> str:
    said = load_wording("classroom")["page"][row["mark"]]
    return f"<i class={row['mark']}>{row['sign']}\u2003{kit(said)}</i>"


def _told(row: Mapping[str, Any]) -> str:
    """The key's fields, with the words of those that were missed; the reason; what else is defensible."""
    say = load_wording("strings")["outcome"]
    bits = ", ".join(
        f"{sign} {kit(name)}{'' if sign == SIGNS['full'] else f': “{kit(words)}”'}"
        for _, name, words, sign in row["parts"]
    )
    also = "".join(
        f"<span class=also>{kit(say[name])} {escape('; '.join(listed))}</span>"
        for name, listed in (("others", row["others"]), ("rival_readings", row["readings"]))
        if listed
    )
    return f"{bits}{'. ' if bits else ''}{kit(row['reveal'])}{also}"


def _given(exercise: Exercise, item: str, value: object) -> str:
    """What a learner answered to one question."""
    question: Mapping[str, Any] = next((q for q in exercise.get("questions", ()) if q["id"] == item), {})
    shown = options(question).get(value) if isinstance(value, str) else None
    if shown is not None:
        return escape(shown)
    return f"<bdi>{escape(prose(value, most=2000))}</bdi>" if value not in (None, "") else "–"
