"""The texts of a class that people grade: each once, in an order that says nothing of who wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from copydesk.classroom.course import LessonId, Policy, Unit, chosen, offers
from copydesk.classroom.marking import mark_lesson
from copydesk.classroom.rubric import is_graded_by_people, text_key
from copydesk.classroom.works import Work, works
from copydesk.lessons import Exercise, Lesson
from copydesk.scoring import Answer, well_formed


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
        for work in works(folder, offered, roster=roster, policy=policy, story=story, leave_out=leave_out):
            if work.lesson[1] in named:
                unit = units.get(work.lesson) or units.setdefault(work.lesson, writing_unit(offered[work.lesson]))
                yield from _texts(unit, work)

    return in_order(texts())


def writing_unit(lesson: Lesson) -> Unit:
    """A lesson cut down to what people grade in it."""
    kept = tuple(filter(is_graded_by_people, lesson.exercises))
    return Unit.of(replace(lesson, exercises=kept), lesson.id, {})


def _texts(unit: Unit, work: Work) -> Iterable[Text]:
    for marked in mark_lesson(unit, work.document, "", []).marked:
        if marked.outcome:
            key = text_key(unit.id[0], marked.exercise, marked.answer, len(unit.text))
            yield Text(key, unit, marked.exercise, well_formed(marked.answer), (work.name,))


def in_order(texts: Iterable[Text]) -> list[Text]:
    """Texts by lesson and exercise, then by their hash: mixed, and in the same order for every grader and every day."""
    found: dict[str, Text] = {}
    for text in texts:
        names = dict.fromkeys((*(found[text.key].names if text.key in found else ()), *text.names))
        found[text.key] = Text(text.key, text.unit, text.exercise, text.answer, tuple(names))
    return sorted(found.values(), key=lambda t: (*_place(t), t.key))


def _place(text: Text) -> tuple[LessonId, int]:
    story, lesson = text.unit.id
    return (lesson, story), text.unit.lesson.exercises.index(text.exercise)
