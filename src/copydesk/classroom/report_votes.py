"""How far a class agrees, as tables: alpha with its interval for each question, and the items that divide."""

from __future__ import annotations

from copydesk.classroom.course import Unit
from copydesk.classroom.page_parts import kit, soft, table
from copydesk.classroom.report_agree import Question, dividing, questions
from copydesk.classroom.report_lesson import item_html, link, shares_html
from copydesk.classroom.report_parts import figure, percent, range_bar, section, shares_bar
from copydesk.classroom.tally import Course
from copydesk.wording import load_wording


def agreement_html(units: tuple[Unit, ...], course: Course) -> str:
    say, words = load_wording("report")["agreement"], load_wording("report")["lesson"]
    asked = questions(units, course)
    if not asked:
        return section("agreement", soft(say["nothing"]))
    heads = [say[n] for n in ("question", "items", "learners", "pairs", "alpha", "interval", "scale")]
    body = f"<p>{kit(say['intro'])}</p>"
    body += table(heads, map(_question, asked), numbers=(1, 2, 3, 4, 5), caption=say["caption"])
    cells = (
        (
            item_html(row.item),
            link(u, e),
            shares_bar([n for _, n in row.shares]),
            shares_html(row),
            figure(row.divides),
        )
        for u, e, row in dividing(units, course)
    )
    heads = [words[name] for name in ("item", "where", "split", "answers", "divides")]
    caption = f"{say['divide']} ({say['divides']})"
    return section("agreement", body + table(heads, cells, numbers=(4,), caption=caption))


def _question(q: Question) -> tuple[str, ...]:
    say = load_wording("report")["agreement"]
    known = (link(q.unit, q.exercise), str(q.items), str(q.learners), percent(q.percent, 1))
    if q.alpha is None:
        return (*known, "–", "–", kit(say["none"] if q.same else say["own_choices"]))
    low, high = (q.interval.low, q.interval.high) if q.interval else (q.alpha, q.alpha)
    ends = say["ends"].format(low=figure(low), high=figure(high)) if q.interval else "–"
    return (*known, figure(q.alpha), ends, range_bar(-1, low, q.alpha, high, 1))
