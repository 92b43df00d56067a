"""Write what the kit says of itself into the teacher sheets: objectives, minutes, what is graded by whom, the rubric.

`make notebooks` calls this. Only what stands between `<!-- name -->` and `<!-- /name -->` is written anew.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from benchmarks.lessons import schedule
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.lessons.lesson import Lesson, list_lessons, load_lesson

SHEETS = Path(__file__).resolve().parents[1] / "notebooks" / "instructor"
Blocks = Mapping[str, str]


def lesson_blocks(lesson: Lesson) -> Blocks:
    """What a sheet takes from its lesson."""
    objectives = "\n".join(f"- {o.text}" for o in lesson.objectives)
    return {"objectives": objectives, "timing": timing(lesson), "grading": grading(lesson)}


def timing(lesson: Lesson) -> str:
    """The minutes of each part as `benchmarks/lessons.py` computes them: the core, then what is “if you have time”."""
    core, more = [], []
    for exercise, time in schedule(lesson):
        if exercise is None:
            core.append(("Result, key points, hand in", time))
        else:
            (more if exercise.more else core).append((f"*{exercise.title}*", time))
    rows = [*rounded(core, lesson.minutes)]
    rows += [(n, f"If you have time: {what}") for n, what in rounded(more, lesson.more_minutes)]
    return table(("Minutes", "What happens"), rows)


def rounded(parts: Iterable[tuple[str, float]], total: int) -> Iterator[tuple[str, str]]:
    """The parts in whole minutes that add up to the total; what takes less than two minutes goes with the next."""
    names: list[str] = []
    spent, begun = 0, 0.0
    parts = list(parts)
    for number, (name, time) in enumerate(parts, 1):
        names.append(name)
        begun += time
        is_last = number == len(parts)
        if is_last or begun - spent >= 2:
            until = total if is_last else round(begun)
            yield str(until - spent), ", ".join(names)
            names, spent = [], until


def grading(lesson: Lesson) -> str:
    """A table of all exercises that carry points, and the names of those that carry none."""
    rows = [
        (
            e.title,
            "if you have time" if e.more else "core",
            f"{e.points:g}",
            *(("complete", "person") if e.type == "write" else (f"{100 * e.bar:.0f} %", "machine")),
        )
        for e in lesson.exercises
        if e.points
    ]
    total = ("Total", "", f"{sum(e.points for e in lesson.exercises):g}", "", "")
    of_core = ("Core", "", f"{sum(e.points for e in lesson.exercises if not e.more):g}", "", "")
    free = ", ".join(f"*{e.title}*" for e in lesson.exercises if not e.points)
    shown = table(("Exercise", "Part", "Points", "Bar", "Graded by"), [*rows, of_core, total])
    return f"{shown}\n\nWithout points: {free}."


def rubric_block() -> Blocks:
    """The rubric for written work, as learners see it."""
    data = load_wording("rubric")
    return {"rubric": table(data["columns"], [(row["name"], *row["points"]) for row in data["row"]])}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(head)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def refreshed(sheet: str, blocks: Blocks) -> str:
    """The sheet with its blocks as they are now; each must stand there once."""
    for name, made in blocks.items():
        opens, closes = f"<!-- {name} -->", f"<!-- /{name} -->"
        block = f"{opens}\n\n{made}\n\n{closes}"
        sheet, found = re.subn(f"{opens}.*?{closes}", lambda _, b=block: b, sheet, flags=re.DOTALL)
        if found != 1:
            raise CopydeskError(f"the sheet has {found} blocks for {name}", f"write {opens} {closes} once")
    return sheet


def refresh(name: str, blocks: Blocks) -> None:
    """Write one sheet anew."""
    path = SHEETS / f"{name}.md"
    path.write_text(refreshed(path.read_text("utf-8"), blocks), "utf-8")


if __name__ == "__main__":
    refresh("rubric", rubric_block())
    for lesson_id in list_lessons():
        if re.search(sys.argv[1] if len(sys.argv) > 1 else "", lesson_id):
            refresh(lesson_id, lesson_blocks(load_lesson(lesson_id)))
