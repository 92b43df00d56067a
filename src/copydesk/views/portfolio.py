"""The page a learner keeps from the course: what they can do, their own brief, how they coded, and when.

It says only what the answer files say, and what nobody has judged yet it says to be so. The file is complete in itself:
it runs nothing and fetches nothing.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from html import escape

from copydesk.answers import AnswerFile, Record, folder
from copydesk.base.errors import CopydeskError
from copydesk.base.files import write
from copydesk.base.wording import load_wording, percent, say_day
from copydesk.lessons.lesson import Lesson
from copydesk.lessons.results import State
from copydesk.page.html import Page, css_for, heading, paragraph, static_html, table
from copydesk.page.palette import tokens
from copydesk.views.agreement import class_votes
from copydesk.views.progress import Row, progress

FILE = "portfolio.html"
SECTIONS: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("can", ("met",)),
    ("for_reader", ("handed_in",)),
    ("not_yet", ("not_yet", "open")),
)
"""What is said of objectives, by their state."""


def portfolio_page(lesson: Lesson, answers: AnswerFile, exercise_id: str) -> Page:
    """The page, written into the folder of the answers and shown, with the texts of one `write` exercise on it."""
    say = load_wording("strings")["portfolio"]
    rows = [row for row in progress().rows if row.done]
    if not rows:
        return Page.saying(say["nothing"])
    texts, votes = _texts(lesson, answers.record(exercise_id), exercise_id), [*_votes(rows)]
    page = _whole(_body(rows, answers.learner, texts, votes)).encode()
    try:
        write(folder() / FILE, page)
        told = say["kept"].format(path=folder() / FILE)
    except OSError as error:
        told = say["not_kept"].format(why=error.strerror or error)
    shown = _body(rows, answers.learner, texts, votes, top=3)
    link = f'<a download="{FILE}" href="data:text/html;base64,{base64.b64encode(page).decode()}">{say["download"]}</a>'
    return Page(static_html(f"{paragraph(told)}<p>{link}</p>{shown}"), told)


def _body(rows: Sequence[Row], learner: str, texts: Mapping[str, str], votes: Sequence[str], *, top: int = 1) -> str:
    say = load_wording("strings")["portfolio"]
    parts = [
        heading(say["title"], level=top),
        paragraph(say["name"].format(name=learner or say["no_name"])),
        paragraph(say["made"].format(day=say_day(dt.date.today()))),
        *(_objectives(rows, name, states, level=top + 1) for name, states in SECTIONS),
    ]
    if texts:
        parts.append(heading(say["texts"], level=top + 1))
        parts += [heading(label, level=top + 2) + _prose(text) for label, text in texts.items()]
    if votes:
        parts += [heading(say["votes"], level=top + 1), *map(paragraph, votes)]
    lessons = [(f"{row.lesson[:2]} {row.title}", f"{row.done} / {row.of}", row.saved) for row in rows]
    parts += [heading(say["lessons"], level=top + 1), table(say["columns"], lessons), paragraph(say["foot"])]
    return f'<article class="cd-portfolio">{"".join(parts)}</article>'


def _objectives(rows: Sequence[Row], name: str, states: Sequence[State], *, level: int) -> str:
    """A list of the objectives in some states, each with its lesson and the share that was right at the first try."""
    say = load_wording("strings")["portfolio"]
    found = []
    for row in rows:
        for objective in row.result.lesson.objectives if row.result else ():
            if row.result and row.result.state(objective) in states:
                share = row.result.share(objective)
                text = objective.text.removeprefix(say["if_time"])
                first = f" ({escape(say['first'].format(share=percent(share)))})" if share is not None else ""
                found.append(f"<li>{escape(text[:1].upper() + text[1:])}{first}</li>")
    if name == "for_reader":  # without a key everything is for a reader
        found += [f"<li>{escape(row.title)}</li>" for row in rows if not row.result]
    if not found:
        return ""
    return f"{heading(say[name], level=level)}{paragraph(say[f'{name}_why'])}<ul>{''.join(found)}</ul>"


def _texts(lesson: Lesson, record: Record, exercise_id: str) -> dict[str, str]:
    """What the learner wrote, by the heading of its box."""
    exercise = lesson.exercise(exercise_id)
    given = exercise.well_formed(record.answer).get("texts", {})
    return {box.label: given[box.id] for box in exercise.boxes() if given.get(box.id, "").strip()}


def _prose(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n") if part.strip())


def _votes(rows: Sequence[Row]) -> Iterator[str]:
    """How many of the class gave the learner's answers, for each vote there was."""
    say, who = load_wording("strings")["portfolio"], load_wording("strings")["agreement"]
    for lesson, records in ((row.result.lesson, row.records) for row in rows if row.result):
        for name in lesson.story.lessons.get(lesson.id, {}).get("class", {}):
            mine = lesson.exercise(name).well_formed(records[name].answer).get("choices", {})
            with suppress(CopydeskError):
                votes = class_votes(lesson, name)
                shares = [n.get(mine[i], 0) / sum(n.values()) for i, n in votes.table.items() if i in mine]
                if shares:
                    share, title = percent(sum(shares) / len(shares)), lesson.exercise(name).title
                    class_is = who["made_up" if votes.made_up else "real"].format(n=votes.learners)
                    yield say["vote"].format(title=title, n=len(shares), share=share, who=class_is)


def _whole(body: str) -> str:
    """The body as a file of its own."""
    title = load_wording("strings")["portfolio"]["title"]
    body = f'<main class="cd-still">{body}</main>'
    frame = "body { margin: 2rem auto; padding: 0 1rem; max-width: 46rem; background: var(--cd-page); }"
    style = f"{tokens()}:root {{ color-scheme: light dark; }} {frame} {css_for(body)}"
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
        f'content="{policy}"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{style}</style></head><body>{body}</body></html>"
    )
