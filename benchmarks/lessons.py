"""Cells, words and minutes of every lesson.

`python benchmarks/lessons.py` prints one row per lesson: cells and words of the notebook, words that the exercises
show, and the minutes for the core of the lesson and for all of it. The minutes are computed for a reader whose first
language is not English: 120 words a minute, time for each kind of answer (see `SECONDS`), and half of the answering
again for the second try. The minutes in a lesson's TOML are these.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from copydesk.exercises.exercise import Exercise
from copydesk.exercises.form import Form
from copydesk.exercises.mark import Mark
from copydesk.exercises.order import Order
from copydesk.lessons.lesson import Lesson, list_lessons, load_lesson
from copydesk.story.facts import by_id, story_facts

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
PACE = 120
"""Words read in a minute."""
SECONDS = {"choice": 20, "number": 60, "move": 45, "field": 25, "word": 8, "view": 30}
"""For a choice, a number to work out, an event to move, a part of a mark, a word to write, a figure to look at."""
AGAIN = 0.5
"""How much of the answering a second try takes."""
SHOWN = re.compile(r"""(?:exercise|worked_example)\("(\w+)"\)""")


def count(text: str) -> int:
    """Words, as tests/lessons/test_notebooks.py counts them."""
    return len(re.findall(r"\w+(?:[’'-]\w+)*", text))


def one_form(exercise: Exercise) -> Exercise:
    """The exercise as a learner gets it: with one of its parallel forms, if it has any."""
    form = next(iter(exercise.parallel_forms().values()), ())
    return exercise.as_answered({exercise.values_in: {item.id: "?" for item in form}}) if form else exercise


def asked(exercise: Exercise, lesson: Lesson) -> str:
    """Everything an exercise shows before it is answered, with the paragraphs that it is about."""
    parts: list[Any] = [exercise.title, exercise.prompt, *exercise.item_words(lesson.story).values()]
    for question in exercise.questions if isinstance(exercise, Form) else ():
        parts += question.options.values()
    parts += [box.label for box in exercise.boxes()]
    known = story_facts(lesson.story)
    asked_before = {i.fact for i in exercise.earlier} if isinstance(exercise, Order) else set()
    parts += [
        by_id(known, fact).statement for fact in exercise.listed_facts() if fact not in asked_before - {*exercise.facts}
    ]
    if exercise.mark_roles() or exercise.asks_evidence:
        parts += [block.of(lesson.story.article.text) for block in exercise.blocks(lesson.story) if exercise.region]
    return " ".join(map(str, parts))


def answering(exercise: Exercise, lesson: Lesson) -> float:
    """The seconds it takes to give an answer once."""
    if isinstance(exercise, Mark):
        assert lesson.key is not None
        fields = [t.fields for t in exercise.targets(lesson.key) if not t.entry.get("optional")]
        return 0 if exercise.is_example else SECONDS["field"] * sum(sorted(fields)[-(exercise.need or len(fields)) :])
    if boxes := exercise.boxes():
        return SECONDS["word"] * sum(box.min for box in boxes)
    if exercise.values_in:
        offers = exercise.offers(lesson.story).values()
        return sum(SECONDS["number" if isinstance(offer, tuple) else "choice"] for offer in offers)
    return SECONDS["move"] * len(exercise.listed_items())


def key_words(exercise: Exercise, lesson: Lesson) -> int:
    """The words of the key with its reasons, which are read at the end."""
    assert lesson.key is not None
    outcome = exercise.outcome(exercise.beginning(), lesson.key, lesson.story.article.text)
    return sum(count(n.reveal) + count(" ".join((*n.others, *n.readings))) for n in outcome.notes)


def minutes_of(exercise: Exercise, lesson: Lesson) -> float:
    """Reading and answering, and the second try where there is one."""
    exercise, lesson = one_form(exercise), lesson.on_story_of(exercise)
    tries = 1 + AGAIN * (exercise.points > 0 and exercise.tries != 1)
    read = count(asked(exercise, lesson)) + (0 if exercise.is_example else key_words(exercise, lesson))
    return read / PACE + answering(exercise, lesson) * tries / 60


def told(lesson: Lesson) -> Iterator[tuple[float, str]]:
    """The minutes for prose and views in a notebook, with the exercise that comes next: they lead to that one."""
    cells, minutes = json.loads((NOTEBOOKS / f"{lesson.id}.ipynb").read_text("utf-8"))["cells"], 0.0
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            minutes += count(source) / PACE
        elif found := SHOWN.search(source):
            yield minutes, found[1]
            minutes = 0.0
        else:
            minutes += SECONDS["view"] / 60
    yield minutes, ""


def schedule(lesson: Lesson) -> list[tuple[Exercise | None, float]]:
    """Each exercise in the order of the notebook, with the minutes for it and for what leads to it; None at the end."""
    leads = dict.fromkeys((name for _, name in told(lesson)), 0.0)
    for time, name in told(lesson):
        leads[name] += time
    parts = [(lesson.exercise(name) if name else None, time) for name, time in leads.items()]
    return [(e, time + (minutes_of(e, lesson) if e else 0)) for e, time in parts]


def minutes(lesson: Lesson) -> tuple[int, int]:
    """The minutes of the core, and those of the parts for learners who have time."""
    more = sum(time for e, time in schedule(lesson) if e and e.more)
    return math.ceil(sum(time for _, time in schedule(lesson)) - more), math.ceil(more)


def main() -> None:
    """Print the table."""
    print(f"{'lesson':32}{'cells':>6}{'prose':>7}{'exercises':>11}{'core, min':>11}{'all, min':>10}{'stated':>8}")
    for lesson_id in list_lessons():
        cells = json.loads((NOTEBOOKS / f"{lesson_id}.ipynb").read_text("utf-8"))["cells"]
        prose = sum(count("".join(c["source"])) for c in cells if c["cell_type"] == "markdown")
        lesson = load_lesson(lesson_id)
        shown = sum(count(asked(e, lesson.on_story_of(e))) for e in lesson.exercises)
        core, more = minutes(lesson)
        print(f"{lesson_id:32}{len(cells):6}{prose:7}{shown:11}{core:11}{core + more:10}{lesson.minutes:8}")


if __name__ == "__main__":
    main()
