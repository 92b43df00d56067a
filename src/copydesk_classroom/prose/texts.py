"""The texts that people grade: those of a class, and made-up ones to try the grading desk on.

Each text is there once, however many learners submitted it, and in an order that does not show who wrote it. The
made-up texts are sample answers of a fictional story, some of them cut short.
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
from copydesk_classroom.collecting.collect import LearnerAnswers, latest_answers
from copydesk_classroom.course import LessonId, Policy, Unit, chosen, offers
from copydesk_classroom.marking.rubric import Grade, is_graded_by_people, rows_of, text_key
from copydesk_classroom.marking.scores import mark_lesson
from copydesk_classroom.wording import class_wording


@dataclass(frozen=True, slots=True)
class Text:
    """What one learner wrote in one exercise, or several learners who submitted the same words."""

    key: str
    unit: Unit = field(repr=False)
    exercise: Exercise
    answer: Answer
    names: tuple[str, ...]
    group: str = field(init=False)
    """Its exercise, as story/lesson/exercise."""

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
    """Every text in a folder (or one zip) that people grade, from the submissions that `copydesk grade` would count.

    Raises CopydeskError for a lesson, a story or a roster that does not exist.
    """
    offered = offers(story, folder)
    named = {i[1] for i in chosen(offered, lessons, ())} if lessons is not None else {i[1] for i in offered}
    units: dict[LessonId, Unit] = {}

    def texts() -> Iterator[Text]:
        for found in latest_answers(folder, offered, roster=roster, policy=policy, story=story, leave_out=leave_out):
            if found.lesson[1] in named:
                unit = units.get(found.lesson) or units.setdefault(found.lesson, writing_unit(offered[found.lesson]))
                yield from _texts(unit, found)

    return sorted_texts(texts())


def writing_unit(lesson: Lesson) -> Unit:
    """A lesson with only those exercises that people grade."""
    kept = tuple(filter(is_graded_by_people, lesson.exercises))
    return Unit.of(replace(lesson, exercises=kept), lesson.id, {})


def _texts(unit: Unit, answers: LearnerAnswers) -> Iterable[Text]:
    for marked in mark_lesson(unit, answers.document, "", []).marked:
        if marked.outcome:
            key = text_key(unit.id[0], marked.exercise, marked.answer, len(unit.text))
            yield Text(key, unit, marked.exercise, marked.exercise.well_formed(marked.answer), (answers.name,))


def sorted_texts(texts: Iterable[Text]) -> list[Text]:
    """The texts, those with one key joined, sorted by lesson and exercise and then by their hash.

    The hash mixes the learners, and gives every grader the same order on every day.
    """
    found: dict[str, Text] = {}
    for text in texts:
        names = dict.fromkeys((*(found[text.key].names if text.key in found else ()), *text.names))
        found[text.key] = Text(text.key, text.unit, text.exercise, text.answer, tuple(names))

    def place(text: Text) -> tuple[str, str, int, str]:
        story, lesson = text.unit.id
        return lesson, story, text.unit.lesson.exercises.index(text.exercise), text.key

    return sorted(found.values(), key=place)


def made_texts() -> tuple[list[Text], dict[str, dict[str, Grade]]]:
    """The texts of a made-up class, and the grades of two made-up graders by grader and text."""
    say: dict[str, Any] = class_wording("grade_writing")["made"]
    story, texts = load_story(say["story"]), []
    graders: dict[str, dict[str, Grade]] = {name: {} for name in say["graders"]}
    for name in say["exercises"]:
        lesson_id, _, exercise_id = name.partition("/")
        unit = writing_unit(load_lesson(lesson_id, story))
        exercise = unit.lesson.exercise(exercise_id)
        samples = [*exercise.model_answers(unit.key, unit.text).values()]
        for number, answer in enumerate((*samples[:2], *map(_short, samples[:2], (2, 1)))):
            key = text_key(story.id, exercise, answer, len(unit.text))
            text = Text(key, unit, exercise, answer, (say["learner"].format(n=number + 1),))
            texts.append(text)
            for grader, points in say["graders"].items():
                given = zip(rows_of(exercise), points[name][number], strict=True)
                graders[grader][key] = Grade({row.id: n for row, n in given})
    return sorted_texts(texts), graders


def _short(sample: Answer, boxes: int) -> Answer:
    """A sample with only its first `boxes` filled, the last of these cut to two thirds, and less evidence."""
    texts = [*sample["texts"].items()][:boxes]
    last = texts[-1][1].split()
    kept = dict(texts) | {texts[-1][0]: " ".join(last[: len(last) * 2 // 3])}
    return {"texts": kept, "evidence": sample["evidence"][: boxes - 1]}
