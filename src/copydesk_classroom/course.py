"""What exercises count: factors by `lesson` or `lesson/exercise`, from a mapping, a TOML file, or a CSV.

What a class is graded on: the lessons with their keys at hand, and what each exercise counts.
"""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from copydesk import __version__
from copydesk.base.errors import CopydeskError
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Outcome
from copydesk.exercises.shown import item_words, shown_blocks
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.page.article import Block
from copydesk.story.key import Key
from copydesk.story.story import Story, list_stories, load_story
from copydesk_classroom.csv_files import read_rows


def read_weights(given: Path | Mapping[str, Any] | None, offered: Mapping[LessonId, Lesson]) -> dict[str, float]:
    """The factors as given; the error names one that is not here, or is no factor."""
    if given is None:
        return {}
    weights, faults = weights_and_faults(given, offered)
    if faults:
        raise faults[0]
    return weights


def weights_and_faults(
    given: Path | Mapping[str, Any], offered: Mapping[LessonId, Lesson]
) -> tuple[dict[str, float], list[CopydeskError]]:
    """The factors that can be used, and what is wrong with each of the others."""
    pairs = [*_pairs(given)] if isinstance(given, Mapping) else _weights_file(Path(given))
    known = {e.key_name for lesson in offered.values() for e in lesson.exercises} | {lesson for _, lesson in offered}
    weights: dict[str, float] = {}
    faults: list[CopydeskError] = []
    for name, factor in pairs:
        try:
            if name not in known:
                raise CopydeskError(f"the weights name '{name}', which is not here", "write lesson or lesson/exercise")
            weights[name] = _factor(name, factor)
        except CopydeskError as fault:
            faults.append(fault)
    return weights, faults


def _pairs(given: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, Any]]:
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from _pairs(value, f"{above}{name}/")
        else:
            yield f"{above}{name}", value


def _weights_file(path: Path) -> list[tuple[str, Any]]:
    if path.suffix.lower() == ".toml":
        try:
            return [*_pairs(tomllib.loads(path.read_text(encoding="utf-8")))]
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise CopydeskError(f"{path} cannot be read as TOML ({error})", "mend that line") from None
    rows = [*read_rows(path)]
    if any(len(row) < 2 for row in rows):
        raise CopydeskError(f"{path} needs two columns", "write exercise,factor on each line")
    return [(row[0].strip(), row[1]) for row in rows if row[0].strip().lower() not in ("exercise", "lesson")]


def _factor(name: str, given: Any) -> float:
    try:
        factor = float(str(given).strip().replace(",", "."))
    except ValueError:
        factor = math.nan
    if not 0 <= factor <= 1000:
        raise CopydeskError(f"the weight of '{name}' is {given!r}", "write a number from 0 to 1000")
    return factor


Policy = Literal["last", "best"]
MATTERS = {".py", ".toml", ".css", ".j2", ".json", ".txt", ".csv"}
"""What kinds of file decide a grade or the words of a page."""
LessonId = tuple[str, str]
"""The story and the lesson, as an answer file names them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides a grade apart from the answers; small, so that it travels with each piece of work."""

    lessons: tuple[tuple[str, str, str], ...]
    """Story, lesson, and the folder of the story."""
    weights: tuple[tuple[str, float], ...] = ()
    policy: Policy = "last"

    def fingerprint(self) -> str:
        """A hash of these settings, of the stories, and of all that scores and words feedback in this kit."""
        found = hashlib.sha256(repr((asdict(self), __version__)).encode())
        folders = [Path(folder) for *_, folder in self.lessons]
        folders += [Path(str(files(name))) for name in ("copydesk", "copydesk_classroom")]
        for folder in sorted(set(folders)):
            for path in sorted(p for p in folder.rglob("*") if p.suffix in MATTERS and p.is_file()):
                found.update(str(path.relative_to(folder)).encode() + path.read_bytes())
        return found.hexdigest()


@dataclass(frozen=True, slots=True)
class Unit:
    """One lesson to grade, with what grading needs at hand: the key, the page's text, what each exercise is worth."""

    id: LessonId
    name: str
    lesson: Lesson
    key: Key
    text: str
    worth: Mapping[str, float]
    """The points each exercise can earn here."""
    possible: float
    outcomes: dict[bytes, Outcome] = field(default_factory=dict)
    """Outcomes of answers that many learners give."""
    shown: dict[bytes, str] = field(default_factory=dict)
    """Feedback on answers that many learners give."""
    counted: dict[bytes, list[str]] = field(default_factory=dict)
    """What answers that many learners give add to the class report."""
    _words: dict[str, dict[str, str]] = field(default_factory=dict)
    _blocks: dict[str, dict[str, Block]] = field(default_factory=dict)

    @classmethod
    def of(cls, lesson: Lesson, name: str, weights: Mapping[str, float]) -> Unit:
        """A lesson and what its exercises count: their points, times the factor of the exercise or of the lesson."""
        story, key = lesson.story, lesson.key
        if key is None:
            raise CopydeskError(f"the story '{story.id}' has no key here", "grade with the edition that has it")
        worth = {e.id: e.points * weights.get(e.key_name, weights.get(lesson.id, 1.0)) for e in lesson.exercises}
        return cls((story.id, lesson.id), name, lesson, key, story.article.text, worth, sum(worth.values()))

    def words(self, exercise: Exercise) -> dict[str, str]:
        """The words of an exercise's items by their ids, looked up once."""
        if exercise.id not in self._words:
            self._words[exercise.id] = item_words(self.lesson.story, exercise)
        return self._words[exercise.id]

    def blocks(self, exercise: Exercise) -> dict[str, Block]:
        """The blocks an exercise is about by their names, looked up once."""
        if exercise.id not in self._blocks:
            self._blocks[exercise.id] = {b.id: b for b in shown_blocks(self.lesson.story, exercise)}
        return self._blocks[exercise.id]


@lru_cache(maxsize=2)
def course(settings: Settings) -> tuple[Unit, ...]:
    """The lessons to grade, loaded once in each process."""
    weights, ids = dict(settings.weights), [lesson for _, lesson, _ in settings.lessons]
    units = []
    for story, name, folder in settings.lessons:
        shown = name if ids.count(name) == 1 else f"{story}/{name}"
        units.append(Unit.of(load_lesson(name, load_story(folder)), shown, weights))
    return tuple(units)


def offers(story: str | None, inside: Path) -> dict[LessonId, Lesson]:
    """The lessons there are, of one story or of all that can be read; none that lies among the answers is trusted."""
    found: dict[LessonId, Lesson] = {}
    for name in [story] if story else list_stories():
        try:
            lessons = [load_lesson(lesson_id, load_story(name)) for lesson_id in sorted(load_story(name).lessons)]
        except CopydeskError:
            if story:
                raise
            continue  # somebody is still writing that story; whoever handed in answers to it is named
        for lesson in lessons:
            _trusted(lesson.story, inside)
            found[(lesson.story.id, lesson.id)] = lesson
    return found


def _trusted(story: Story, inside: Path) -> None:
    if story.folder.is_relative_to(inside.resolve()):
        problem = f"the story '{story.id}' lies in the folder to grade, where anybody could have put it"
        raise CopydeskError(problem, "start copydesk from another folder, or set COPYDESK_SEEDS")


def chosen(
    offered: Mapping[LessonId, Lesson], wanted: Collection[str] | None, found: Collection[LessonId]
) -> list[LessonId]:
    """The lessons to grade, in order: those asked for, else those that somebody handed in.

    A lesson can be asked for by its name or its number; of several stories with it, those count that were handed in,
    else the first.
    """
    ids, stories = set(found) & set(offered), {story for story, _ in found}
    if wanted is not None:
        ids = set()
    for name in wanted or ():
        matching = [i for i in offered if name in (i[1], i[1].partition("_")[0], "/".join(i))]
        if not matching:
            there = ", ".join(sorted({lesson for _, lesson in offered})) or "none"
            raise CopydeskError(f"there is no lesson '{name}' to grade", f"there are: {there}")
        ids.update([i for i in matching if i[0] in stories] or matching[:1])
    return sorted(ids, key=lambda i: (i[1], i[0]))
