"""The still twin of an exercise: what it asks and what was answered, for readers without a kernel."""

from __future__ import annotations

from html import escape
from typing import Any

from copydesk.discernment import as_answered
from copydesk.items import shown_blocks
from copydesk.lessons import Exercise, Lesson
from copydesk.render import Mark, blocks, still, table
from copydesk.scoring import well_formed
from copydesk.scoring.events import arranged
from copydesk.scoring.matching import read_groups, spans_from
from copydesk.widgets.edits import Row, measures
from copydesk.widgets.spec import spec
from copydesk.wording import load_wording


def still_exercise(lesson: Lesson, exercise: Exercise, answer: dict[str, Any]) -> str:
    """An exercise as plain HTML; of an answer, only what has the right shape."""
    answer = well_formed(answer)
    exercise = as_answered(exercise, answer)
    told = spec(lesson, exercise)
    text, story, say = lesson.story.article.text, lesson.story, load_wording("strings")["still"]
    head = f"<h3>{escape(exercise.title)}</h3><p>{escape(exercise.prompt)}</p>"
    body = ""
    if "blocks" in told:
        body += blocks(
            text,
            {b.id: b for b in shown_blocks(story, exercise)},
            _marks(exercise, answer, len(text)),
            lang=told["lang"],
        )
    if exercise.type == "sort":
        rows = [
            (i["where"], i["text"], told["choices"].get(answer.get("choices", {}).get(i["id"]), ""))
            for i in told["items"]
        ]
        body += table(("", say["text"], say["choice"]), rows, caption=exercise.title)
    if exercise.type == "form":
        rows_of = [(q["text"], _given(q, answer.get("values", {}).get(q["id"]))) for q in told["questions"]]
        body += table((say["question"], say["answer"]), rows_of, caption=exercise.title)
    if exercise.type == "order":
        body += _order(exercise, told, answer)
    if exercise.type == "write":
        moved = measures(exercise, answer, text)
        body += "".join(_edit(e, answer.get("texts", {}).get(e["id"]), moved[e["id"]]) for e in told["edits"])
        rows_of = [(f["label"], answer.get("texts", {}).get(f["id"], "")) for f in told["fields"]]
        body += table(("", say["words"]), rows_of, caption=exercise.title) if rows_of else ""
    return still(head + body, rights=story.rights)


def _marks(exercise: Exercise, answer: dict[str, Any], length: int) -> list[Mark]:
    if exercise.type == "write":
        return [Mark(span, "evidence", n) for n, span in enumerate(spans_from(answer.get("evidence"), length), 1)]
    groups = enumerate(read_groups(exercise, answer, length), 1)
    return [Mark(span, role, n) for n, group in groups for role, spans in group.roles.items() for span in spans]


def _order(exercise: Exercise, told: dict[str, Any], answer: dict[str, Any]) -> str:
    """The learner's order, numbered; before there is one, the list as dealt, with no numbers."""
    say, given = load_wording("strings")["order"], arranged(exercise, answer)
    texts = {i["id"]: i["text"] for i in told["items"]}
    marked = answer.get("choices", {})
    rows = [
        (given.index(i) + 1 if i in given else "", texts[i], told["choices"].get(marked.get(i), ""))
        for i in dict.fromkeys([*given, *texts])
    ]
    caption = exercise.title if given else say["not_yours"].format(title=exercise.title)
    columns = (say["place"], say["event"], say["known"]) if told["choices"] else (say["place"], say["event"])
    return table(columns, [row[: len(columns)] for row in rows], caption=caption)


def _edit(edit: dict[str, Any], version: Any, moved: list[Row]) -> str:
    """A stretch of the page, the learner's version, and what moved; without a version, the stretch alone."""
    say = load_wording("strings")["edit"]
    texts = [(say["original"], edit["original"])] + ([(say["yours"], version)] if version else [])
    body = table(("", load_wording("strings")["still"]["text"]), texts, caption=edit["label"])
    return body + (
        table((say["measure"], say["original"], say["yours"]), moved, caption=say["caption"]) if version else ""
    )


def _given(question: dict[str, Any], value: Any) -> str:
    return str(question.get("options", {}).get(value, "" if value is None else value))
