"""The class at a glance: the hardest items of all, and how far everybody is."""

from __future__ import annotations

from copydesk.classroom.course import Unit
from copydesk.classroom.page_parts import kit, soft, table
from copydesk.classroom.report_lesson import anchor, instead_html, item_html, link, title
from copydesk.classroom.report_parts import percent, section, split_bar
from copydesk.classroom.report_rows import rows
from copydesk.classroom.tally import FEWEST, Course, Studied
from copydesk.wording import load_wording

HARDEST = 12
"""How many items stand in the first table."""


def stuck_html(units: tuple[Unit, ...], course: Course) -> str:
    """The hardest items of all."""
    say, words = load_wording("report")["stuck"], load_wording("report")["lesson"]
    found = [
        (unit, exercise, row)
        for number, unit in enumerate(units)
        for place, exercise in enumerate(unit.lesson.exercises)
        if (done := course.lessons.get(number, Studied()).exercises.get(place)) and done.learners >= FEWEST
        if exercise.type != "write" and exercise.points and not exercise.get("need")
        for row in rows(unit, exercise, done)
        if row.mean < 1
    ]
    hardest = sorted(found, key=lambda triple: triple[2].mean)[:HARDEST]
    cells = (
        (
            item_html(row.item),
            link(u, e),
            split_bar(row.full, row.part, row.none),
            percent(row.full, row.n),
            percent(row.first, row.n),
            instead_html(row, most=2),
        )
        for u, e, row in hardest
    )
    heads = (words["item"], words["where"], words["split"], words["full"], words["first_column"], words["instead"])
    made = table(heads, cells, numbers=(3, 4), caption=say["caption"]) if hardest else soft(say["none"])
    return section("stuck", made)


def progress_html(units: tuple[Unit, ...], course: Course) -> str:
    """How many began and finished each lesson, and met its objectives."""
    return section("progress", _lessons(units, course) + _objectives(units, course))


def _lessons(units: tuple[Unit, ...], course: Course) -> str:
    say, cells = load_wording("report")["progress"], []
    for number, unit in enumerate(units):
        studied = course.lessons.get(number, Studied())
        n, done = studied.begun, studied.finished
        mean = percent(_mean(unit, studied), 1) if n >= FEWEST else "–"
        way = f'<a href="#{anchor(unit)}">{kit(title(unit))}</a>'
        cells.append((way, split_bar(done, n - done, course.learners - n), str(n), str(done), mean))
    heads = [say[name] for name in ("lesson", "far", "begun", "finished", "mean")]
    return table(heads, cells, numbers=(2, 3, 4), caption=say["caption"])


def _objectives(units: tuple[Unit, ...], course: Course) -> str:
    say, cells = load_wording("report")["progress"], []
    for number, unit in enumerate(units):
        studied = course.lessons.get(number, Studied())
        for place, objective in enumerate(unit.lesson.objectives):
            met, n = studied.met[place], studied.begun
            bar, shown = (split_bar(met, 0, n - met), say["of"].format(n=met, of=n)) if n >= FEWEST else ("", "–")
            name = f"<b>{kit(unit.lesson.id[:2])}</b> {kit(objective.text)}"
            cells.append((name, bar, shown, f"{100 * objective.bar:.0f} %"))
    heads = [say[name] for name in ("objective", "far", "met", "bar")]
    return table(heads, cells, numbers=(2, 3), caption=say["objectives"])


def _mean(unit: Unit, studied: Studied) -> float:
    """The mean share of a lesson's points among those who began it; what was left blank earns nothing."""
    earned = sum(
        unit.worth[unit.lesson.exercises[place].id] * done.mean * done.learners
        for place, done in studied.exercises.items()
    )
    return earned / studied.begun / unit.possible if studied.begun and unit.possible else 0.0
