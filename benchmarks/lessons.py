"""Cells, words and reading time of every lesson.

`python benchmarks/lessons.py` prints one row a lesson: cells, words of the notebook's prose, words the exercises show
(prompts, questions, options), and the minutes it takes to read both once at 180 words a minute, a slow pace for B2
readers; the rest of a lesson's minutes is for marking, writing and talking.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from copydesk.exercises.exercise import Exercise
from copydesk.exercises.form import Form
from copydesk.lessons.lesson import list_lessons, load_lesson

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
PACE = 180
"""Words a minute."""


def count(text: str) -> int:
    """Words, as tests/lessons/test_notebooks.py counts them."""
    return len(re.findall(r"\w+(?:[’'-]\w+)*", text))


def asked(exercise: Exercise) -> str:
    """Everything an exercise says before it is answered; not the story's own words."""
    parts: list[Any] = [exercise.title, exercise.prompt]
    for question in exercise.questions if isinstance(exercise, Form) else ():
        parts += [question.text, *question.options.values()]
    parts += [box.label for box in exercise.boxes() if not box.span]
    return " ".join(map(str, parts))


def main() -> None:
    """Print the table."""
    print(f"{'lesson':32}{'cells':>6}{'prose':>7}{'exercises':>11}{'reading, min':>14}{'of':>5}")
    for lesson_id in list_lessons():
        cells = json.loads((NOTEBOOKS / f"{lesson_id}.ipynb").read_text("utf-8"))["cells"]
        prose = sum(count("".join(c["source"])) for c in cells if c["cell_type"] == "markdown")
        lesson = load_lesson(lesson_id)
        shown = sum(count(asked(e)) for e in lesson.exercises)
        minutes = (prose + shown) / PACE
        print(f"{lesson_id:32}{len(cells):6}{prose:7}{shown:11}{minutes:14.1f}{lesson.minutes:5}")


if __name__ == "__main__":
    main()
