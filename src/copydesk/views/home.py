"""The home card of a lesson: its parts with what is done, the minutes that are left, and the way on."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from copydesk.answers import AnswerFile, Record
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.lessons.lesson import Lesson, lesson_title, list_lessons
from copydesk.lessons.results import is_finished
from copydesk.story.story import edition

SIGNS = {"done": "✓", "begun": "◐", "open": "○"}
MORE = "+"
"""Stands behind a part for learners who have time."""


def home_html(lesson: Lesson, answers: AnswerFile) -> str:
    """The card as HTML; a part leads to its exercise on the page, and other lessons to their notebooks."""
    say = load_wording("strings")["home"]
    parts = [(e, state(e, answers.record(e.id))) for e in lesson.exercises if not e.is_example]
    ahead = [e for e, is_now in parts if is_now != "done"]
    head = [f"<strong>{escape(lesson_title(lesson.id))}</strong>"]
    if ahead:
        head.append(escape(say["left"].format(n=_minutes_left(lesson, ahead))))
        word = say["go_on" if any(is_now != "open" for _, is_now in parts) else "begin"]
        head.append(f'<a href="#{anchor(lesson, ahead[0])}">{escape(word.format(title=ahead[0].title))}</a>')
    else:
        head.append(escape(say["all_done"]))
    plus = f'<span class="cd-plus" aria-hidden="true">{MORE}</span>'
    rows = "".join(
        f'<li data-mark="{is_now}"><span class="cd-sign" aria-hidden="true">{SIGNS[is_now]}</span> '
        f'<span><a href="#{anchor(lesson, e)}">{escape(e.title)}<span class="cd-visually-hidden"> '
        f"({escape(', '.join([say['more']] * e.more + [say[is_now]]))})</span></a>{plus if e.more else ''}</span></li>"
        for e, is_now in parts
    )
    legend = f'<p class="cd-home-more" aria-hidden="true">{plus} {escape(say["more"])}</p>'
    left_out = f"<p>{escape(' '.join(lesson.left_out.values()))}</p>" if lesson.left_out else ""
    return (
        f'<nav class="cd-home" aria-label="{escape(say["label"])}"><p class="cd-home-head">{" · ".join(head)}</p>'
        f"<ol>{rows}</ol>{legend if any(e.more for e, _ in parts) else ''}"
        f'{left_out}<p class="cd-home-ways">{" ".join(_ways(lesson))}</p></nav>'
    )


def _minutes_left(lesson: Lesson, ahead: list[Exercise]) -> int:
    """The minutes for what is ahead in the core or, once that is done, in what is for learners who have time."""
    is_more = all(e.more for e in ahead)
    parts = [e for e in lesson.exercises if e.more == is_more and not e.is_example]
    total = lesson.more_minutes if is_more else lesson.minutes
    return max(5, 5 * round(total * sum(e.more == is_more for e in ahead) / len(parts) / 5))


def state(exercise: Exercise, record: Record) -> str:
    """How far an exercise is: `done`, `begun` or `open`."""
    if is_finished(exercise, record):
        return "done"
    return "begun" if record.answer or record.tries else "open"


def anchor(lesson: Lesson, exercise: Exercise) -> str:
    """The id of an exercise on a page; its view in the browser has the same (`uid` in `Exercise.full_view`)."""
    return f"cd-{lesson.id}-{exercise.id}"


def _ways(lesson: Lesson) -> Iterator[str]:
    """Links to the lesson before and the one after, where their notebooks lie beside this one."""
    offered = edition().lessons
    names = [name for name in list_lessons() if name in offered or not offered]
    at = names.index(lesson.id) if lesson.id in names else -1
    around = ((at - 1, "← {}"), (at + 1, "{} →")) if at >= 0 else ()
    for n, words in around:
        if 0 <= n < len(names) and Path(file := f"{names[n]}.ipynb").is_file():
            yield f'<a href="{file}">{escape(words.format(lesson_title(names[n])))}</a>'
