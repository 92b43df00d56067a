"""The grading desk: what a class wrote, a screen to grade it on, and how far two graders agree in each row.

Each text is there once, however many learners submitted it, and in an order that does not show who wrote it. With
nothing submitted, there are sample answers of a fictional story to try the desk on, some of them cut short.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copydesk.base.errors import CopydeskError
from copydesk.base.wording import decimal, percent
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.page.html import Page, static_html
from copydesk.story.story import load_story
from copydesk.views.agreement import bootstrap_interval, krippendorff_alpha, percent_agreement
from copydesk.views.ready import Sentence, agreement_holds
from copydesk_classroom.collecting.collect import LearnerAnswers, latest_answers
from copydesk_classroom.course import LessonId, Policy, Unit, chosen, offers
from copydesk_classroom.marking.rubric import (
    Grade,
    GradeFile,
    Row,
    graders,
    is_graded_by_people,
    rows_of,
    rubric_rows,
    text_key,
)
from copydesk_classroom.marking.scores import mark_lesson
from copydesk_classroom.pages import render
from copydesk_classroom.wording import class_wording

if TYPE_CHECKING:
    from copydesk_classroom.prose.screen import GradeWriting


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


Grades = Mapping[str, Grade]


@dataclass(frozen=True, slots=True)
class RowAgreement:
    """One row: how many texts both graded, the share with the same points (0–1), ordinal alpha with its interval."""

    row: Row
    texts: int
    percent: float | None
    alpha: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, repr=False)
class GraderAgreement:
    """Two graders and their agreement in each row; `remark` says what the figures rest on."""

    graders: tuple[str, str]
    rows: tuple[RowAgreement, ...]
    remark: str = ""

    def __repr__(self) -> str:
        say, lines = class_wording("grade_writing")["agreement"], []
        for found in self.rows:
            name = "row_none" if found.percent is None else "row_plain" if found.alpha is None else "row"
            told = {"row": found.row.id, "n": found.texts, "percent": percent(found.percent)}
            ends = {"low": decimal(found.low), "high": decimal(found.high)}
            lines.append(say[name].format(**told, alpha=decimal(found.alpha), **ends))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        say = class_wording("grade_writing")["agreement"]
        caption = say["caption"].format(first=self.graders[0], second=self.graders[1])
        rows = []
        for found in self.rows:
            interval = "–" if found.low is None else f"{decimal(found.low)} to {decimal(found.high)}"
            alpha = say["no_alpha"] if found.alpha is None else decimal(found.alpha)
            rows.append((found.row.name, found.texts, percent(found.percent), alpha, interval))
        return _shown(say["columns"], rows, caption, lines=(self.remark, say["note"]))


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of one text in which two graders are far apart."""

    text: Text
    row: Row
    points: tuple[int, int]


def compare(texts: Sequence[Text], first: Grades, second: Grades) -> tuple[RowAgreement, ...]:
    """How far two graders agree on these texts, row by row; a text counts in the rows that both gave points.

    Krippendorff's alpha for ordered values (see `copydesk.views.agreement`), with the interval over resampled texts.
    """
    return tuple(_row(row, texts, first, second) for row in rubric_rows())


def _row(row: Row, texts: Sequence[Text], first: Grades, second: Grades) -> RowAgreement:
    pairs = {t.key: p for t in texts if row in rows_of(t.exercise) and (p := _pair(row, t, first, second))}
    counted = {key: Counter(pair) for key, pair in pairs.items()}
    alpha = krippendorff_alpha(counted, level="ordinal")
    interval = bootstrap_interval(counted, level="ordinal") if alpha is not None else None
    ends = (interval.low, interval.high) if interval else (None, None)
    return RowAgreement(row, len(pairs), percent_agreement(counted), alpha, *ends)


def _pair(row: Row, text: Text, first: Grades, second: Grades) -> tuple[int, int] | None:
    given = [grades[text.key].points.get(row.id) if text.key in grades else None for grades in (first, second)]
    return (given[0], given[1]) if given[0] is not None and given[1] is not None else None


def differences(texts: Sequence[Text], first: Grades, second: Grades, *, by: int = 2) -> list[Difference]:
    """The rows of texts in which two graders are `by` points or more apart, in the order of the texts."""
    pairs = ((t, row, _pair(row, t, first, second)) for t in texts for row in rows_of(t.exercise))
    return [Difference(t, row, pair) for t, row, pair in pairs if pair and abs(pair[0] - pair[1]) >= by]


def both_graded(texts: Sequence[Text], first: Grades, second: Grades) -> list[Text]:
    """The texts that two graders gave points in the same row."""
    return [t for t in texts if any(_pair(row, t, first, second) for row in rows_of(t.exercise))]


def _shown(
    heads: Sequence[str] = (), rows: Iterable[Sequence[object]] = (), caption: str = "", *, lines: Sequence[str] = ()
) -> str:
    """A table and lines, for a notebook."""
    return static_html(render("desk.html.j2", heads=heads, rows=rows, caption=caption, lines=lines))


MADE_UP = "made_up"
"""The folder beside the grades where those of the made-up class are kept: nothing reads them by mistake."""


def grading_desk(  # noqa: PLR0913
    folder: Path | str = "submissions",
    *,
    grader: str = "grader",
    grades: Path | str = "grades",
    story: str | None = None,
    lessons: Sequence[str] | None = None,
    roster: Path | str | None = None,
    policy: Policy = "last",
) -> GradingDesk:
    """Open what a class wrote, for one grader; with nothing in the folder, a class that the kit made up.

    The folder is read as `copydesk grade` reads it, and never changed. Raises CopydeskError for a lesson, a story or a
    roster that is not there, and for a grader whose file belongs to somebody else.
    """
    folder, grades = Path(folder), Path(grades)
    if not folder.exists() or (folder.is_dir() and not any(p for p in folder.iterdir() if p.name[0] != ".")):
        texts, made = made_texts()
        return GradingDesk(texts, GradeFile(grades / MADE_UP, grader), folder, made=made)
    chosen = Path(roster) if roster else None
    texts = class_texts(folder, story=story, lessons=lessons, roster=chosen, policy=policy, leave_out=(grades,))
    return GradingDesk(texts, GradeFile(grades, grader), folder)


class GradingDesk:
    """The texts of a class and one grader's file; `made` holds the made-up graders of a made-up class."""

    def __init__(
        self, texts: Sequence[Text], file: GradeFile, folder: Path, *, made: Mapping[str, Grades] | None = None
    ) -> None:
        self.texts, self.file, self.folder, self._made = tuple(texts), file, folder, made
        self.by_key = {text.key: text for text in self.texts}
        self._rows = {text.group: [row.id for row in rows_of(text.exercise)] for text in self.texts}

    @property
    def made_up(self) -> bool:
        """Whether no real class stands behind the texts."""
        return self._made is not None

    def __repr__(self) -> str:
        of = len({t.group for t in self.texts})
        return str(self._say("desk", "plain", grader=self.file.grader, n=len(self.texts), of=of))

    def _repr_html_(self) -> str:
        grades = self.file.path.parent.parent if self.made_up else self.file.path.parent
        lines = [
            self._say("desk", "made_up", folder=self.folder) if self.made_up else "",
            self._say("desk", "none", folder=self.folder) if not self.texts else repr(self),
            self._say("desk", "kept", path=self.file.path),
            self._say("desk", "rule", folder=self.folder, grades=grades),
            self.file.notice,
        ]
        return _shown(lines=lines)

    def ready(self) -> Sentence:
        """Whether agreement is counted as it should be here and now, in words."""
        return Sentence(self._say("desk", "ready" if agreement_holds() else "not_ready"))

    def grade(self) -> GradeWriting:
        """The screen to grade on."""
        from copydesk_classroom.prose.screen import GradeWriting

        return GradeWriting(self)

    def is_graded(self, text: Text) -> bool:
        """Whether this grader gave a text points in every row."""
        given = self.file.points(text.key)
        return all(row in given for row in self._rows[text.group])

    def overview(self) -> Page:
        """How many texts there are in each exercise, and how many of them you have graded."""
        found = {t.group: t for t in self.texts}
        of, done = (Counter(t.group for t in some) for some in (self.texts, filter(self.is_graded, self.texts)))
        rows = [
            (self.name(t), ", ".join(r.id for r in rows_of(t.exercise)), f"{t.exercise.points:g}", of[n], done[n])
            for n, t in found.items()
        ]
        say = class_wording("grade_writing")["desk"]
        listed = ", ".join(self._say("desk", "listed", exercise=self.name(t), n=of[n]) for n, t in found.items())
        html = _shown(say["columns"], rows, say["caption"])
        return Page(html, self._say("desk", "overview", n=len(self.texts), list=listed))

    def name(self, text: Text) -> str:
        """An exercise as a grader reads it: the number of its lesson, its title, and its story where there are two."""
        exercise, story = text.exercise, text.unit.id[0]
        name = self._say("desk", "exercise", number=exercise.lesson.partition("_")[0], title=exercise.title)
        alike = {t.group for t in self.texts if t.exercise.key_name == exercise.key_name}
        return f"{name} ({story})" if len(alike) > 1 else name

    def agreement(self, first: str = "", second: str = "") -> GraderAgreement | Page:
        """How far two graders agree, row by row; of the graders in the folder, you and the other, or the two named."""
        chosen = self._two(first, second)
        if isinstance(chosen, Page):
            return chosen
        (a, mine), (b, theirs) = chosen
        remark = self._say("agreement", "made_up") if self.made_up else ""
        return GraderAgreement((a, b), compare(self.texts, mine, theirs), remark)

    def least_agreed(self, first: str = "", second: str = "") -> Sentence | Page:
        """The rows of the rubric on which two graders agree most and least, in words."""
        found = self.agreement(first, second)
        if isinstance(found, Page):
            return found
        alphas = {r.row.id: r.alpha for r in found.rows if r.alpha is not None}
        if not alphas:
            return Sentence(self._say("agreement", "no_alphas"))
        most, least = max(alphas, key=lambda row: alphas[row]), min(alphas, key=lambda row: alphas[row])
        return Sentence(self._say("agreement", "least", most=most, least=least))

    def differences(self, first: str = "", second: str = "", *, by: int = 2) -> Page:
        """The texts on which two graders are far apart in a row, to be read again together."""
        chosen = self._two(first, second)
        if isinstance(chosen, Page):
            return chosen
        (a, mine), (b, theirs) = chosen
        found = differences(self.texts, mine, theirs, by=by)
        told = {"first": a, "second": b, "by": by, "of": len(both_graded(self.texts, mine, theirs))}
        if not found:
            return Page.saying(self._say("differences", "none", **told))
        say = class_wording("grade_writing")["differences"]
        rows = [
            (self.name(d.text), self._place(d.text), d.row.name.partition(":")[0], *d.points, _beginning(d.text))
            for d in found
        ]
        columns = [c.format(**told) for c in say["columns"]]
        html = _shown(columns, rows, self._say("differences", "caption", **told))
        texts = len({d.text.key for d in found})
        return Page(html, self._say("differences", "plain", texts=texts, **told))

    def _two(self, first: str, second: str) -> tuple[tuple[str, Grades], tuple[str, Grades]] | Page:
        """The two graders to compare; a sentence where there are not two."""
        folder = self.file.path.parent
        found: dict[str, Grades] = {**(graders(folder) if folder.is_dir() and not self.made_up else {})}
        found |= self._made or {}
        names = ", ".join(found) or class_wording("grade_writing")["agreement"]["nobody"]
        asked = [name for name in (first, second) if name]
        if unknown := [name for name in asked if name not in found]:
            problem = self._say("agreement", "unknown", name=unknown[0], folder=folder)
            raise CopydeskError(problem, self._say("agreement", "which", names=names))
        others = [name for name in (self.file.grader, *found) if name in found and name not in asked]
        pair = [*asked, *dict.fromkeys(others)][:2]
        if len(pair) < 2:
            return Page.saying(self._say("agreement", "few", folder=folder, names=names))
        if len(asked) < 2 and len(found) > 2:
            which = self._say("agreement", "which", names=names)
            raise CopydeskError(self._say("agreement", "many"), which)
        return (pair[0], found[pair[0]]), (pair[1], found[pair[1]])

    def _place(self, text: Text) -> str:
        """Where a text stands on the screen, among those of its exercise."""
        same = [t.key for t in self.texts if t.group == text.group]
        return self._say("differences", "place", n=same.index(text.key) + 1, of=len(same))

    def _say(self, part: str, sentence: str, **words: Any) -> str:
        return str(class_wording("grade_writing")[part][sentence].format(**words))


def _beginning(text: Text) -> str:
    words = " ".join(str(t) for t in text.answer.get("texts", {}).values()).split()
    return " ".join(words[:8]) + (" …" if len(words) > 8 else "")
