"""A learner's feedback page: one file, no script, nothing fetched, and nobody else's work in it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from copydesk.classroom.inert import line
from copydesk.classroom.marking import Sheet
from copydesk.classroom.page_exercise import exercise_html
from copydesk.classroom.page_parts import kit, points, soft, table
from copydesk.classroom.sealed_page import sealed_page
from copydesk.results import Result
from copydesk.wording import load_wording


def feedback_page(name: str, sheets: Sequence[Sheet]) -> str:
    """The page for one learner: totals, then lesson by lesson what was answered beside the key."""
    say = load_wording("classroom")["page"]
    title = say["title"].format(name=line(name) or say["nobody"])
    rights = dict.fromkeys(s.unit.lesson.story.rights for s in sheets)
    return sealed_page(
        title,
        f"<header><h1><bdi>{escape(title)}</bdi></h1><p>{kit(say['intro'])}</p></header>"
        f"<main>{_totals(sheets)}{''.join(_lesson(s) for s in sheets)}</main>"
        f"<footer>{soft(say['foot'])}{''.join(soft(r) for r in rights)}</footer>",
        "feedback.css",
    )


def _totals(sheets: Sequence[Sheet]) -> str:
    say = load_wording("classroom")["page"]
    rows = ((f'<a href="#{_anchor(s)}">{kit(_title(s))}</a>', *_amounts(s.points, s.unit.possible)) for s in sheets)
    total = _amounts(sum(s.points for s in sheets), sum(s.unit.possible for s in sheets))
    heads = (say["lesson"], say["points"], say["share"])
    return table(heads, rows, numbers=(1, 2), caption=say["totals"], foot=(kit(say["all"]), *total))


def _amounts(earned: float, possible: float) -> tuple[str, str]:
    of = load_wording("classroom")["page"]["of"].format(points=points(earned), possible=points(possible))
    return of, f"{100 * earned / possible:.0f} %" if possible else "–"


def _anchor(sheet: Sheet) -> str:
    return kit("-".join(sheet.unit.id))


def _title(sheet: Sheet) -> str:
    return f"{sheet.unit.lesson.id.partition('_')[0]} {sheet.unit.lesson.title}"


def _lesson(sheet: Sheet) -> str:
    say = load_wording("classroom")["page"]
    of = say["of_points"].format(points=points(sheet.points), possible=points(sheet.unit.possible))
    head = f'<h2 id="{_anchor(sheet)}"><span>{kit(_title(sheet))}</span><span class="pts">{of}</span></h2>'
    if not sheet.marked:
        return f"<section>{head}{soft(say['lesson_blank'])}</section>"
    exercises = "".join(exercise_html(sheet.unit, m) for m in sheet.marked)
    return f"<section>{head}{_objectives(sheet)}{exercises}</section>"


def _objectives(sheet: Sheet) -> str:
    """What the lesson wants to teach, the bar, and how near the learner came."""
    say = load_wording("strings")["lesson"]
    result = Result(sheet.unit.lesson, {m.exercise.id: m.score for m in sheet.marked})
    rows = []
    for objective in sheet.unit.lesson.objectives:
        share = result.share(objective)
        yours = say["open"] if share is None else f"{100 * share:.0f}"
        state = say["open"] if share is None else say["met" if share >= objective.bar else "not_yet"]
        rows.append((kit(objective.text), f"{100 * objective.bar:.0f}", yours, kit(state)))
    heads = (say["objective"], say["bar"], say["yours"], load_wording("classroom")["page"]["state"])
    return table(heads, rows, numbers=(1, 2))
