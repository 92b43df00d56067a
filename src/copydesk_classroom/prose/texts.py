"""The texts of a class that people grade: each once, in an order that says nothing of who wrote it.

Texts that nobody wrote, to try the grading desk on: a fictional story's sample answers, whole and cut short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.story import load_story
from copydesk_classroom.collecting.latest import LearnerAnswers, latest_answers
from copydesk_classroom.course import LessonId, Policy, Unit, chosen, offers
from copydesk_classroom.marking.rubric import Grade, is_graded_by_people, rows_of, text_key
from copydesk_classroom.marking.scores import mark_lesson
from copydesk_classroom.wording import class_wording


@dataclass(frozen=True, slots=True)
class Text:
    """What one learner wrote in one exercise, or several who handed in the same words."""

    key: str
    unit: Unit = field(repr=False)
    exercise: Exercise
    answer: Answer
    names: tuple[str, ...]
    group: str = field(init=False)
    """What tells its exercise from all others: story, lesson, exercise."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "group", self.key.rpartition("/")[0])


def class_texts(  # noqa: PLR0913
    folder: Path,
    *,
    story: str | None = None,
    lessons: Sequence[str] | None = None,
    roster: Path | None = None,
    policy: Policy = "last",
    leave_out: Iterable[Path] = (),
) -> list[Text]:
    """Every text in a folder (or one zip) that people grade; what counts is what `copydesk grade` lets count.

    Raises CopydeskError for a lesson, a story or a roster that is not there.
    """
    offered = offers(story, folder)
    named = {i[1] for i in chosen(offered, lessons, ())} if lessons is not None else {i[1] for i in offered}
    units: dict[LessonId, Unit] = {}

    def texts() -> Iterator[Text]:
        for work in latest_answers(folder, offered, roster=roster, policy=policy, story=story, leave_out=leave_out):
            if work.lesson[1] in named:
                unit = units.get(work.lesson) or units.setdefault(work.lesson, writing_unit(offered[work.lesson]))
                yield from _texts(unit, work)

    return sorted_texts(texts())


def writing_unit(lesson: Lesson) -> Unit:
    """A lesson cut down to what people grade in it."""
    kept = tuple(filter(is_graded_by_people, lesson.exercises))
    return Unit.of(replace(lesson, exercises=kept), lesson.id, {})


def _texts(unit: Unit, work: LearnerAnswers) -> Iterable[Text]:
    for marked in mark_lesson(unit, work.document, "", []).marked:
        if marked.outcome:
            key = text_key(unit.id[0], marked.exercise, marked.answer, len(unit.text))
            yield Text(key, unit, marked.exercise, marked.exercise.well_formed(marked.answer), (work.name,))


def sorted_texts(texts: Iterable[Text]) -> list[Text]:
    """Texts by lesson and exercise, then by their hash: mixed, and in the same order for every grader and every day."""
    found: dict[str, Text] = {}
    for text in texts:
        names = dict.fromkeys((*(found[text.key].names if text.key in found else ()), *text.names))
        found[text.key] = Text(text.key, text.unit, text.exercise, text.answer, tuple(names))
    return sorted(found.values(), key=lambda t: (*_place(t), t.key))


def _place(text: Text) -> tuple[LessonId, int]:
    story, lesson = text.unit.id
    return (lesson, story), text.unit.lesson.exercises.index(text.exercise)


Made = tuple[Text, dict[str, Grade]]


def made_texts() -> tuple[list[Text], dict[str, dict[str, Grade]]]:
    """The texts of a made-up class, and what two made-up graders gave them."""
    made = [*_made()]
    graders = {name: {text.key: grades[name] for text, grades in made} for name in _say()["graders"]}
    return sorted_texts(text for text, _ in made), graders


def _say() -> dict[str, Any]:
    made: dict[str, Any] = class_wording("grade_writing")["made"]
    return made


def _made() -> Iterator[Made]:
    story = load_story(_say()["story"])
    for name in _say()["exercises"]:
        lesson_id, _, exercise_id = name.partition("/")
        unit = writing_unit(load_lesson(lesson_id, story))
        exercise = unit.lesson.exercise(exercise_id)
        samples = [*exercise.model_answers(unit.key, unit.text).values()]
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
