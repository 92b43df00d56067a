"""Texts that nobody wrote, to try the grading desk on: a fictional story's sample answers, whole and cut short."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from copydesk.classroom.rubric import Grade, rows_of, text_key
from copydesk.classroom.texts import Text, in_order, writing_unit
from copydesk.lessons import load_lesson
from copydesk.scoring import Answer, model_answers
from copydesk.stories import load_story
from copydesk.wording import load_wording

Made = tuple[Text, dict[str, Grade]]


def made_texts() -> tuple[list[Text], dict[str, dict[str, Grade]]]:
    """The texts of a made-up class, and what two made-up graders gave them."""
    made = [*_made()]
    graders = {name: {text.key: grades[name] for text, grades in made} for name in _say()["graders"]}
    return in_order(text for text, _ in made), graders


def _say() -> dict[str, Any]:
    made: dict[str, Any] = load_wording("grade_writing")["made"]
    return made


def _made() -> Iterator[Made]:
    story = load_story(_say()["story"])
    for name in _say()["exercises"]:
        lesson_id, _, exercise_id = name.partition("/")
        unit = writing_unit(load_lesson(lesson_id, story))
        exercise = unit.lesson.exercise(exercise_id)
        samples = [*model_answers(exercise, unit.key, unit.text).values()]
        for number, answer in enumerate((*samples[:2], *map(_short, samples[:2], (2, 1)))):
            key = text_key(story.id, exercise, answer, len(unit.text))
            text = Text(key, unit, exercise, answer, (_say()["learner"].format(n=number + 1),))
            yield text, {who: _grade(exercise, given[name][number]) for who, given in _say()["graders"].items()}


def _short(sample: Answer, boxes: int) -> Answer:
    """A sample with only its first boxes filled, the last of them broken off, and one piece of evidence or none."""
    texts = [*sample["texts"].items()][:boxes]
    last = texts[-1][1].split()
    kept = dict(texts) | {texts[-1][0]: " ".join(last[: len(last) * 2 // 3])}
    return {"texts": kept, "evidence": sample["evidence"][: boxes - 1]}


def _grade(exercise: Any, points: list[int]) -> Grade:
    return Grade({row.id: n for row, n in zip(rows_of(exercise), points, strict=True)})
