"""A learner's feedback page: one file, no script, nothing fetched, and nobody else's work in it.

The frame, the totals and the objectives stand in `templates/feedback.html.j2`. One exercise is put together here, by
plain functions with `escape`: a class of 200 has 9,500 of them, and as a template they made grading a fifth slower.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from markupsafe import Markup

from copydesk.base.spans import Span
from copydesk.base.wording import load_wording, percent
from copydesk.exercises.exercise import Exercise, Offer
from copydesk.exercises.outcome import SIGNS, Answer, Note, Outcome, foot, hints
from copydesk.exercises.outcome import row as feedback_row
from copydesk.page.article import Block
from copydesk.page.html import Mark, blocks
from copydesk_classroom.course import Unit, points_possible
from copydesk_classroom.marking.rubric import MOST, Judged, rows_of
from copydesk_classroom.marking.scores import Marked, Sheet, remember
from copydesk_classroom.pages import macro, points, sealed_page
from copydesk_classroom.safe_text import one_line, paragraphs
from copydesk_classroom.wording import class_wording


@lru_cache(maxsize=4096)
def escape_own(words: str) -> str:
    """The kit's own words escaped for running text; they stand on every page. A learner's are never kept."""
    return escape(words, quote=False)


def _soft(text: str) -> str:
    """A line that stands back, or nothing."""
    return f"<p class=soft>{escape(text)}</p>" if text else ""


def feedback_page(name: str, sheets: Sequence[Sheet]) -> str:
    """The page for one learner: totals, then lesson by lesson what was answered beside the key."""
    say = class_wording("feedback")
    earned = sum(s.points for s in sheets)
    possible = points_possible([s.unit for s in sheets], [s.points if s.marked else None for s in sheets])
    return sealed_page(
        "feedback.html.j2",
        "feedback.css",
        name=one_line(name),
        total=(say["all"], say["of"].format(**_points(earned, possible)), percent(earned, of=possible)),
        lessons=[_lesson(sheet) for sheet in sheets],
        foot=say["foot"],
        rights=dict.fromkeys(story.rights for s in sheets for story in s.unit.lesson.stories),
    )


def _points(earned: float, possible: float) -> dict[str, str]:
    return {"points": points(earned), "possible": points(possible)}


def _lesson(sheet: Sheet) -> dict[str, Any]:
    """One lesson; without exercises if it was not handed in."""
    say, unit = class_wording("feedback"), sheet.unit
    amounts = _points(sheet.points, unit.possible)
    return {
        "anchor": "-".join(unit.id),
        "title": f"{unit.lesson.id.partition('_')[0]} {unit.lesson.title}",
        "of": say["of"].format(**amounts),
        "share": percent(sheet.points, of=unit.possible),
        "earned": say["of_points"].format(**amounts),
        "objectives": sheet.result.by_objective() if sheet.marked else [],
        "exercises": [Markup(exercise_html(unit, m)) for m in sheet.marked],
    }


def exercise_html(unit: Unit, marked: Marked) -> str:
    """One exercise with its answer; what many learners answer is made once."""
    name = marked.short if marked.outcome else marked.exercise.id.encode()
    name = b"" if marked.judged else name  # what people give can change from run to run
    html = unit.shown.get(name)
    if html is None:
        try:
            html = _exercise(unit, marked)
        except Exception:  # one answer of one stranger must not stop a class
            said = class_wording("feedback")["not_shown"]
            return f"<section class=ex><h3>{escape_own(marked.exercise.title)}</h3>{_soft(said)}</section>"
        if name:
            remember(unit.shown, name, html)
    return html


def _exercise(unit: Unit, marked: Marked) -> str:
    say, exercise, outcome = class_wording("feedback"), marked.exercise, marked.outcome
    worth = unit.worth[exercise.id]
    of = say["of_points"].format(points=points(worth * (marked.share or 0)), possible=points(worth))
    earned = f"<span class=pts>{of}</span>" if worth else f'<span class="pts soft">{say["practice"]}</span>'
    head = f"<h3><span>{escape_own(exercise.title)}</span>{earned}</h3>"
    if outcome is None:
        return f'<section class="ex blank">{head}<p class="soft">{escape_own(say["exercise_blank"])}</p></section>'
    answer = exercise.well_formed(marked.answer)
    notes = [note for note in outcome.notes if note.reveal or note.parts]
    parts = [
        f"<p class=prompt>{escape_own(exercise.prompt)}</p>",
        "" if marked.judged else _headline(exercise, outcome),
        _marks(unit, exercise, answer, outcome),
        _texts(unit, marked, answer),
        "" if marked.judged else _hints(exercise, outcome),
        _rows(unit, exercise, answer, notes),
        _soft(foot(exercise)),
    ]
    return f"<section class=ex>{head}{''.join(parts)}</section>"


def _headline(exercise: Exercise, outcome: Outcome) -> str:
    """How it went; where a person grades, only what is missing."""
    if exercise.checks_form_only and outcome.status == "right":
        return ""
    kind = f" {outcome.status}" if exercise.points else ""
    return f'<p class="head{kind}">{escape_own(exercise.headline(outcome, last=True))}</p>'


def _marks(unit: Unit, exercise: Exercise, answer: Answer, outcome: Outcome) -> str:
    """The learner's marks on the text, and the key's beside them."""
    if "groups" not in answer or not exercise.mark_roles():
        return ""
    say, unit = class_wording("feedback"), unit.on_story_of(exercise)
    groups = exercise.groups(answer, len(unit.text))
    mine = [Mark(s, role, n) for n, g in enumerate(groups, 1) for role, spans in g.roles.items() for s in spans]
    found = (n.marks for n in outcome.notes if n.marks)
    theirs = [Mark(span, role, number) for number, marks in enumerate(found, 1) for role, span in marks]
    labels = [_labels(exercise, n, g.labels) for n, g in enumerate(groups, 1) if g.labels]
    tags, roles = load_wording("strings")["tags"], load_wording("strings")["roles"]
    legend = ", ".join(f"{tags[r]} = {roles[r]}" for r in exercise.mark_roles())
    shown = unit.blocks(exercise)
    if not exercise.region:  # of the whole page, the parts that somebody marked
        spans = [m.span for m in (*mine, *theirs)]
        shown = {n: b for n, b in shown.items() if any(b.span.overlap(s) for s in spans)}
    lang, names = unit.lesson.story.about["language"], exercise.block_name
    marked_up = blocks(unit.text, shown, mine, lang=lang, names=names)
    yours = f"<h4>{escape_own(say['your_marks'])}</h4>{marked_up}{_soft('; '.join(labels))}"
    keys = f"<h4>{escape_own(say['key_marks'])}</h4>{_key_marks(unit, exercise, tuple(shown.values()), tuple(theirs))}"
    return f'{_soft(legend)}<div class="pair"><section>{yours}</section><section>{keys}</section></div>'


@lru_cache(maxsize=256)
def _key_marks(unit: Unit, exercise: Exercise, shown: tuple[Block, ...], marks: tuple[Mark, ...]) -> str:
    """The key's marks on the text: the same for many learners."""
    lang = unit.lesson.story.about["language"]
    return blocks(unit.text, {b.id: b for b in shown}, marks, lang=lang, names=exercise.block_name)


def _labels(exercise: Exercise, number: int, labels: Mapping[str, str]) -> str:
    """What a learner called one of their marks."""
    said = []
    for name, value in labels.items():
        known = exercise.labels_of(name)
        said.append(str(known.get(value, one_line(value, most=60))).partition(":")[0])
    return f"{number}: {', '.join(said)}"


def _texts(unit: Unit, marked: Marked, answer: Answer) -> str:
    """What a learner wrote and picked as evidence, and what people gave it, or that they will."""
    exercise = marked.exercise
    if not exercise.checks_form_only:
        return ""
    say, given = class_wording("feedback"), answer.get("texts", {})
    html = "".join(f"<h4>{escape_own(b.label)}</h4>{_quote(given.get(b.id))}" for b in exercise.boxes())
    picked = exercise.evidence_in(answer, len(unit.text))
    quoted = "".join(f"<li>“{escape(s.of(unit.text))}” ({escape(_where(unit, exercise, s))})" for s in picked[:50])
    evidence = f"<h4>{escape_own(say['evidence'])}</h4><ul>{quoted}</ul>" if quoted else ""
    people = _people(exercise, marked.judged, unit.worth[exercise.id]) if marked.judged else ""
    return f"{html}{evidence}{people or _soft(say['by_a_person'])}"


def _where(unit: Unit, exercise: Exercise, span: Span) -> str:
    return ", ".join(exercise.place(b.id) for b in unit.lesson.story.article.blocks if b.span.overlap(span))


def _quote(text: object) -> str:
    words = paragraphs(text) if isinstance(text, str) else ""
    blank = class_wording("feedback")["text_blank"]
    return f"<blockquote>{escape(words)}</blockquote>" if words else _soft(blank)


def _people(exercise: Exercise, judged: Judged, worth: float) -> str:
    """The rows of the rubric with what people gave, what they come to here, and the comments."""
    say = class_wording("grade_writing")["feedback"]
    rows = []
    for row in rows_of(exercise):
        given = judged.points[row.id]
        words = "; ".join(f"{n}: {row.words[n]}" if len(set(given)) > 1 else row.words[n] for n in sorted(set(given)))
        rows.append((row.name.partition(":")[0], _of(given), words))
    earned = {"earned": points(worth * judged.share), "possible": points(worth)}
    return macro("rubric.html.j2", "rubric")(
        heading=say["heading" if judged.graders == 1 else "heading_several"].format(n=judged.graders),
        rows=rows,
        total=say["total"].format(points=points(judged.rubric_points), of=MOST * len(rows), **earned),
        comments=[paragraphs(words) for words in judged.comments],
    )


def _of(given: tuple[int, ...]) -> str:
    """The points of a row, and each grader's where there are several."""
    say = class_wording("grade_writing")["feedback"]
    mean = points(sum(given) / len(given))
    if len(set(given)) == 1:
        return str(say["of"].format(points=mean))
    return str(say["each"].format(points=mean, each=", ".join(map(str, given))))


def _hints(exercise: Exercise, outcome: Outcome) -> str:
    """What a text lacks; elsewhere the key says all."""
    items = "".join(f"<li>{escape_own(hint)}" for hint in hints(outcome)) if exercise.checks_form_only else ""
    return f"<ul>{items}</ul>" if items else ""


def _rows(unit: Unit, exercise: Exercise, answer: Answer, notes: list[Note]) -> str:
    """The key item by item: a table where there are questions or items, else a list."""
    if exercise.checks_form_only:  # its boxes are shown already; what is left are full answers of others
        notes = [note for note in notes if not note.possible]
    if not notes:
        return ""
    words, values = unit.words(exercise), answer.get("values", {})
    if not any(note.item in words and words[note.item] not in note.reveal for note in notes):
        numbers = {id(note): f"{n} · " for n, note in enumerate((n for n in notes if n.marks), 1)}
        items = ""
        for note in notes:
            row = feedback_row(note)
            where = escape_own(row["where"][:1].upper() + row["where"][1:])
            items += f"<li>{_sign(row)} <b>{numbers.get(id(note), '')}{where}</b> {_told(row)}"
        return f'<ul class="rows">{items}</ul>'
    say = class_wording("feedback")
    heads = [say["item"], *([say["your_answer"]] if values else []), say["the_key"]]
    offers = exercise.as_answered(answer).offers(unit.lesson.story) if values else {}
    cells = []
    for note in notes:
        item, told = _item_and_key(note, exercise.values_in == "values", words.get(note.item, ""))
        yours = [_given(offers, note.item, values.get(note.item))] if values else []
        cells.append((item, *yours, told))
    head = "".join(f"<th scope=col>{escape_own(name)}" for name in heads)
    body = "".join(f"<tr><th scope=row>{item}<td>{'<td>'.join(rest)}" for item, *rest in cells)
    return f"<table><thead><tr>{head}</thead><tbody>{body}</tbody></table>"  # as the macro `table` makes it


@lru_cache(maxsize=2048)
def _item_and_key(note: Note, in_full: bool, words: str) -> tuple[str, str]:
    """The two cells of an item that do not hold a learner's words: its name, and what the key says."""
    told = feedback_row(note)
    return f"{_sign(told)} {_item(told['where'], words, in_full=in_full)}", _told(told)


def _item(where: str, words: str, *, in_full: bool) -> str:
    """An item by its number and its words: a question in full, of a longer piece the beginning."""
    number = re.sub(r"^\D+(?=\d+$)", "", where.partition(" “")[0].rstrip("."))
    return escape(f"{number}. {words if in_full else one_line(words, most=90)}" if words else where)


def _sign(row: Mapping[str, Any]) -> str:
    said = class_wording("feedback")[row["mark"]]
    return f"<i class={row['mark']}>{row['sign']}\u2003{escape_own(said)}</i>"


def _told(row: Mapping[str, Any]) -> str:
    """The key's fields, with the words of those that were missed; the reason; what else is defensible."""
    say = load_wording("strings")["outcome"]
    bits = ", ".join(
        f"{sign} {escape_own(name)}{'' if sign == SIGNS['full'] else f': “{escape_own(words)}”'}"
        for _, name, words, sign in row["parts"]
    )
    also = "".join(
        f"<span class=also>{escape_own(say[name])} {escape('; '.join(listed))}</span>"
        for name, listed in (("others", row["others"]), ("rival_readings", row["readings"]))
        if listed
    )
    return f"{bits}{'. ' if bits else ''}{escape_own(row['reveal'])}{also}"


def _given(offers: Mapping[str, Offer], item: str, value: object) -> str:
    """What a learner answered to one question."""
    offer = offers.get(item)
    shown = offer.get(value) if isinstance(offer, Mapping) and isinstance(value, str) else None
    if shown is not None:
        return escape(shown)
    return f"<bdi>{escape(paragraphs(value, most=2000))}</bdi>" if value not in (None, "") else "–"
