"""What a class is graded on: the lessons with their keys, and how many points each exercise is worth.

`offers` finds the lessons there are and `chosen` those to grade; `read_weights` reads the factors that an instructor
gives exercises. `Settings` holds all of that in a small form, from which `course` loads the lessons in each process.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from copydesk import __version__
from copydesk.base.documents import read_toml
from copydesk.base.errors import CopydeskError
from copydesk.exercises.exercise import Exercise, Offer
from copydesk.exercises.outcome import Outcome
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.page.article import Block
from copydesk.story.key import Key
from copydesk.story.story import Story, list_stories, load_story
from copydesk_classroom.csv_files import read_rows

Policy = Literal["last", "best"]
"""Which of a learner's submissions counts, lesson by lesson: the last one, or the one that earns most."""
LessonId = tuple[str, str]
"""The story and the lesson, as an answer file names them."""
MATTERS = {".py", ".toml", ".css", ".j2", ".json", ".txt", ".csv"}
"""The kinds of file on which grades and feedback depend."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides a grade apart from the answers; small, because every task for a worker carries it."""

    lessons: tuple[tuple[str, str, str], ...]
    """Story, lesson, and the folder of the story."""
    weights: tuple[tuple[str, float], ...] = ()
    policy: Policy = "last"

    def fingerprint(self) -> str:
        """A hash of these settings, the stories and the kit's files.

        Grades that were made under another fingerprint are made again: a changed key, rule or sentence of feedback
        must reach every learner. Every file counts, because nobody could keep a list of those that matter up to date.
        """
        found = hashlib.sha256(repr((asdict(self), __version__)).encode())
        folders = [Path(folder) for *_, folder in self.lessons]
        folders += [Path(str(files(name))) for name in ("copydesk", "copydesk_classroom")]
        for folder in sorted(set(folders)):
            for path in sorted(p for p in folder.rglob("*") if p.suffix in MATTERS and p.is_file()):
                found.update(str(path.relative_to(folder)).encode())
                with path.open("rb") as file:
                    found.update(hashlib.file_digest(file, "sha256").digest())
        return found.hexdigest()


@dataclass(frozen=True, eq=False)
class Unit:
    """One lesson to grade: its key, the page's text, what each exercise is worth, and caches.

    Units are compared by identity, so that they can be keys of a cache.
    """

    id: LessonId
    name: str
    lesson: Lesson
    key: Key
    text: str
    worth: Mapping[str, float]
    """The points each exercise can earn here."""
    possible: float
    outcomes: dict[bytes, Outcome] = field(default_factory=dict)
    """A cache of the outcomes of short answers (see `scores.remember`)."""
    shown: dict[bytes, str] = field(default_factory=dict)
    """A cache of the feedback on short answers."""
    lines: dict[bytes, list[str]] = field(default_factory=dict)
    """A cache of what short answers add to the class report."""
    _words: dict[str, dict[str, str]] = field(default_factory=dict)
    _offers: dict[str, Mapping[str, Offer]] = field(default_factory=dict)
    _blocks: dict[str, dict[str, Block]] = field(default_factory=dict)
    _elsewhere: dict[str, Unit] = field(default_factory=dict)

    @classmethod
    def of(cls, lesson: Lesson, name: str, weights: Mapping[str, float]) -> Unit:
        """A lesson with its exercises' points, times the factor of the exercise, else that of the lesson."""
        story, key = lesson.story, lesson.key
        if key is None:
            raise CopydeskError(f"the story '{story.id}' has no key here", "grade with the edition that has it")
        worth = {e.id: e.points * weights.get(e.key_name, weights.get(lesson.id, 1.0)) for e in lesson.exercises}
        return cls((story.id, lesson.id), name, lesson, key, story.article.text, worth, sum(worth.values()))

    def on_story_of(self, exercise: Exercise) -> Unit:
        """This unit with the key and the text of the story that an exercise stands on; the caches are shared."""
        if exercise.story in ("", self.id[0]):
            return self
        if exercise.story not in self._elsewhere:
            lesson = self.lesson.on_story_of(exercise)
            there = (
                self
                if lesson.key is None
                else replace(self, lesson=lesson, key=lesson.key, text=lesson.story.article.text)
            )
            self._elsewhere[exercise.story] = there
        return self._elsewhere[exercise.story]

    def words(self, exercise: Exercise) -> dict[str, str]:
        """The words of an exercise's items by their ids, looked up once."""
        if exercise.id not in self._words:
            self._words[exercise.id] = exercise.item_words(self.on_story_of(exercise).lesson.story)
        return self._words[exercise.id]

    def offers(self, exercise: Exercise) -> Mapping[str, Offer]:
        """What each item of an exercise offers, looked up once."""
        if exercise.id not in self._offers:
            self._offers[exercise.id] = exercise.offers(self.on_story_of(exercise).lesson.story)
        return self._offers[exercise.id]

    def blocks(self, exercise: Exercise) -> dict[str, Block]:
        """The blocks of the page that an exercise is about, by their ids, looked up once."""
        if exercise.id not in self._blocks:
            self._blocks[exercise.id] = {b.id: b for b in exercise.blocks(self.on_story_of(exercise).lesson.story)}
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


def offers(story: str | None, inside: Path, *, only: Collection[str] | None = None) -> dict[LessonId, Lesson]:
    """The lessons of one story, or of all stories that can be read, if wanted only of those with these names.

    Raises CopydeskError for a story that cannot be read, if it was asked for, and for one that is in the folder
    `inside`, which holds the submissions.
    """
    found: dict[LessonId, Lesson] = {}
    for name in [story] if story else list_stories():
        if only is not None and name not in only:
            continue
        try:
            of = load_story(name)
            lessons = [load_lesson(lesson_id, of) for lesson_id in sorted(of.lessons)]
        except CopydeskError:
            if story:
                raise
            continue  # a story that is still being written; answers to it are reported as unknown
        for lesson in lessons:
            _check_outside(lesson.story, inside)
            found[(lesson.story.id, lesson.id)] = lesson
    return found


def _check_outside(story: Story, inside: Path) -> None:
    # stories are found from the working directory, and a learner could have submitted one with a key of their own
    if story.folder.is_relative_to(inside.resolve()):
        problem = f"the story '{story.id}' lies in the folder to grade, where anybody could have put it"
        raise CopydeskError(problem, "start copydesk from another folder, or set COPYDESK_SEEDS")


def chosen(
    offered: Mapping[LessonId, Lesson], wanted: Collection[str] | None, found: Collection[LessonId]
) -> list[LessonId]:
    """The lessons to grade, sorted: those that are `wanted`, else those that were `found` among the submissions.

    A lesson is wanted by its name, its number, or as `story/lesson`. If several stories have it, it counts on those on
    which somebody submitted it, else on the story of which most lessons were submitted. Raises CopydeskError for a name
    that no story has.
    """
    submitted = set(found) & set(offered)
    ids = submitted if wanted is None else set()
    of_story = Counter(story for story, _ in submitted)
    for name in wanted or ():
        matching = [i for i in offered if name in (i[1], i[1].partition("_")[0], "/".join(i))]
        if not matching:
            there = ", ".join(sorted({lesson for _, lesson in offered}))
            nowhere = "no story was found here: work in the folder that holds 'seeds', or set COPYDESK_SEEDS to it"
            raise CopydeskError(f"there is no lesson '{name}' to grade", f"there are: {there}" if there else nowhere)
        ids = ids | (submitted & {*matching} or {max(matching, key=lambda i: of_story[i[0]])})
    return sorted(ids, key=lambda i: (i[1], i[0]))


def points_possible(units: Sequence[Unit], totals: Sequence[float | None]) -> float:
    """The points that a learner can earn; `totals` are theirs by unit, None for a lesson that they did not submit.

    A lesson that the class does on several stories counts on those on which this learner submitted it. For a learner
    who did not submit it, it counts once, on the first of the stories.
    """
    possible = 0.0
    for _, group in groupby(zip(units, totals, strict=True), key=lambda pair: pair[0].id[1]):
        pairs = [*group]
        possible += sum(u.possible for u, total in pairs if total is not None) or pairs[0][0].possible
    return round(possible, 2)


def read_weights(given: Path | Mapping[str, Any] | None, offered: Mapping[LessonId, Lesson]) -> dict[str, float]:
    """Factors by `lesson` or `lesson/exercise`, from a mapping, a TOML file or a CSV file.

    Raises CopydeskError for the first name that is not offered, or factor that is not from 0 to 1000.
    """
    if given is None:
        return {}
    weights, errors = weights_and_errors(given, offered)
    if errors:
        raise errors[0]
    return weights


def weights_and_errors(
    given: Path | Mapping[str, Any], offered: Mapping[LessonId, Lesson]
) -> tuple[dict[str, float], list[CopydeskError]]:
    """The factors that can be used, and an error for each of the others."""
    pairs = [*_pairs(given)] if isinstance(given, Mapping) else _weights_file(Path(given))
    known = {e.key_name for lesson in offered.values() for e in lesson.exercises} | {lesson for _, lesson in offered}
    weights: dict[str, float] = {}
    errors: list[CopydeskError] = []
    for name, factor in pairs:
        try:
            if name not in known:
                raise CopydeskError(f"the weights name '{name}', which is not here", "write lesson or lesson/exercise")
            weights[name] = _factor(name, factor)
        except CopydeskError as error:
            errors.append(error)
    return weights, errors


def _pairs(given: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, Any]]:
    """Names and factors; tables inside tables give names such as `lesson/exercise`."""
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from _pairs(value, f"{above}{name}/")
        else:
            yield f"{above}{name}", value


def _weights_file(path: Path) -> list[tuple[str, Any]]:
    if path.suffix.lower() == ".toml":
        return [*_pairs(read_toml(path))]
    rows = [*read_rows(path)]
    if any(len(row) < 2 for row in rows):
        raise CopydeskError(f"{path} needs two columns", "write exercise,factor on each line")
    return [(row[0].strip(), row[1]) for row in rows if row[0].strip().lower() not in ("exercise", "lesson")]


def _factor(name: str, given: Any) -> float:
    try:
        factor = float(str(given).strip().replace(",", "."))  # many spreadsheets write a decimal comma
    except ValueError:
        factor = math.nan
    if not 0 <= factor <= 1000:  # also false for nan
        raise CopydeskError(f"the weight of '{name}' is {given!r}", "write a number from 0 to 1000")
    return factor
