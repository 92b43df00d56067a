"""The still twin of an exercise: what it asks and what was answered, for readers without a kernel."""

from __future__ import annotations

from html import escape
from typing import Any

from copydesk.lessons import Exercise, Lesson
from copydesk.render import blocks, marks_of, still, table
from copydesk.widgets.spec import shown_blocks, spec


def still_exercise(lesson: Lesson, exercise: Exercise, answer: dict[str, Any]) -> str:
    """An exercise as plain HTML."""
    told = spec(lesson, exercise)
    text, story = lesson.story.article.text, lesson.story
    head = f"<h3>{escape(exercise.title)}</h3><p>{escape(exercise.prompt)}</p>"
    body = ""
    if "blocks" in told:
        groups = answer.get("groups", [{"evidence": answer.get("evidence", [])}])
        body += blocks(text, shown_blocks(story, exercise), marks_of(groups), lang=told["lang"])
    if exercise.type == "sort":
        rows = [
            (i["where"], i["text"], told["choices"].get(answer.get("choices", {}).get(i["id"]), ""))
            for i in told["items"]
        ]
        body += table(("", "text", "your choice"), rows, caption=exercise.title)
    if exercise.type == "form":
        rows_of = [(q["text"], _given(q, answer.get("values", {}).get(q["id"]))) for q in told["questions"]]
        body += table(("question", "your answer"), rows_of, caption=exercise.title)
    if exercise.type == "write":
        rows_of = [(f["label"], answer.get("texts", {}).get(f["id"], "")) for f in told["fields"]]
        body += table(("", "your words"), rows_of, caption=exercise.title)
    return still(head + body, rights=story.rights)


def _given(question: dict[str, Any], value: Any) -> str:
    return str(question.get("options", {}).get(value, "" if value is None else value))
