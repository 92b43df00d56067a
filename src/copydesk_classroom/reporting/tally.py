"""What a class did, counted: each learner adds short lines of text without a name, and equal lines are added up.

A line holds one fact: that an item was right at first or only later, which class was chosen for it, where a mark
began. It never holds a learner's own words, only ids, numbers and labels that an exercise offers. Fields are separated
by tabs; the first is the number of a lesson, or `lesson.exercise`.

`class_counts` sorts the sums into a `Course`, by lesson, exercise and item. The order in which learners are added does
not matter, and the counts grow with the items of the lessons and not with the learners.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from copydesk.base.documents import Json
from copydesk.base.spans import words
from copydesk.exercises.exercise import BLANK, Exercise
from copydesk.exercises.outcome import Note, Outcome
from copydesk.exercises.sort import Sort, discernment
from copydesk_classroom.course import Unit
from copydesk_classroom.marking.scores import Marked, Sheet, remember

Range = tuple[int, int]
"""Words of the page, by their numbers, end exclusive."""
LONGEST, MOST = 8, 40
"""A mark of more words than this counts as the sentences around it; so many marks on nothing count at most.

Both keep the report small: marks that differ by a word at their ends would otherwise be counted one by one.
"""


def contribution(sheets: Sequence[Sheet]) -> str:
    """The lines that one learner adds; no submitted answers make this fail.

    >>> contribution([])
    ''
    """
    lines = [line for number, sheet in enumerate(sheets) for line in _lesson_lines(number, sheet)]
    return "\n".join([*lines, *_before_and_after(sheets)])


def _lesson_lines(number: int, sheet: Sheet) -> list[str]:
    """That a lesson was begun and finished, which objectives were met, and the lines of each exercise."""
    scores = {m.exercise.id: m.score for m in sheet.marked}
    if all(score is None for score in scores.values()):
        return []
    lines = [f"{number}\tbegun"]
    if all(scores[e.id] is not None for e in sheet.unit.lesson.exercises if e.points and not e.more):
        lines.append(f"{number}\tfinished")
    objectives, result = sheet.unit.lesson.objectives, sheet.result
    lines += [f"{number}\tmet\t{place}" for place, o in enumerate(objectives) if result.state(o) == "met"]
    for place, marked in enumerate(sheet.marked):
        if marked.outcome and not marked.exercise.parallel_forms():  # forms are compared, not broken down
            lines += _exercise_lines(f"{number}.{place}", sheet.unit, marked, marked.outcome)
    return lines


def _exercise_lines(head: str, unit: Unit, marked: Marked, outcome: Outcome) -> list[str]:
    """The lines of one exercise; what many learners answer is made once."""
    # with an earlier try, or with points that people gave, the same answer makes other lines
    name = marked.short if marked.judged is None and marked.first and marked.first[1] is outcome else b""
    lines = unit.lines.get(name) or _lines_of(head, unit, marked, outcome)
    if name:
        remember(unit.lines, name, lines)
    return lines


def _lines_of(head: str, unit: Unit, marked: Marked, outcome: Outcome) -> list[str]:
    """The score and that of the first try, in thousandths; for each item both in per cent, and the answer to it."""
    unit = unit.on_story_of(marked.exercise)
    first = marked.first[1] if marked.first else outcome
    now = _levels(outcome)
    then = now if first is outcome else _levels(first)
    given = marked.exercise.counted_values(
        marked.exercise.well_formed(marked.answer), unit.offers(marked.exercise), unit.key, unit.text
    )
    lines = [f"{head}\tscore\t{round(1000 * (marked.share or 0))}", f"{head}\tfirst\t{round(1000 * first.score)}"]
    lines += [f"{head}\titem\t{i}\t{now.get(i, '')}\t{then.get(i, '')}\t{given.get(i, BLANK)}" for i in now | given]
    if marked.exercise.mark_roles():
        lines += mark_lines(head, unit, marked.exercise, marked.answer, outcome)
    return lines


def _levels(outcome: Outcome) -> dict[str, int]:
    """What each item with points earned, in per cent."""
    return {
        n.item: 100 if n.earned == n.possible else round(100 * n.earned / n.possible)
        for n in outcome.notes
        if n.possible
    }


def _before_and_after(sheets: Sequence[Sheet]) -> Iterable[str]:
    """Hits and false alarms in the first and in the last of the parallel forms, if the learner shared them."""
    found = {}
    for number, sheet in enumerate(sheets):
        for marked in sheet.marked:
            if not (isinstance(marked.exercise, Sort) and marked.exercise.forms and marked.first and marked.tries):
                continue
            if aimed := discernment(marked.exercise, marked.first[0], sheet.unit.key):
                found[number] = f"{aimed.found}\t{aimed.open}\t{aimed.flagged}\t{aimed.plain}"
    if len(found) > 1:
        return [f"both\t{found[min(found)]}\t{found[max(found)]}"]
    return ["one"] if found else []


@dataclass(frozen=True, slots=True)
class Ground:
    """The page under an exercise, word by word."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    stretch: tuple[Range, ...]
    """For each word the sentence (or the block of furniture) around it."""
    keyed: bytes
    """For each word, 1 if the key marks it in any of its readings."""

    def range_of(self, start: int, end: int) -> Range:
        """The words that a span touches."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)


@lru_cache(maxsize=128)
def ground(unit: Unit, exercise: Exercise) -> Ground:
    """The words under an exercise, found once."""
    found = words(unit.text)
    plain = Ground(tuple(w.start for w in found), tuple(w.end for w in found), (), b"")
    article = unit.lesson.story.article
    stretch = [(n, n + 1) for n in range(len(found))]
    for block in (*article.blocks, *article.sentences):  # a sentence is the smaller of the two, and comes later
        first, last = plain.range_of(block.start, block.end)
        stretch[first:last] = [(first, last)] * (last - first)
    keyed = bytearray(len(found))
    for span in exercise.arguable_spans(unit.key):
        first, last = plain.range_of(span.start, span.end)
        keyed[first:last] = b"\1" * (last - first)
    return Ground(plain.starts, plain.ends, tuple(stretch), bytes(keyed))


Group = tuple[dict[str, list[Range]], Mapping[str, Any]]
"""The words of one group of marks by role, and its labels."""


def mark_lines(head: str, unit: Unit, exercise: Exercise, answer: Json, outcome: Outcome) -> Iterator[str]:
    """The lines of one learner's marks in the exercise that `head` numbers.

    `heat` is where marks begin (+) and end (-), so that a page has one line per edge and not one per word; `loose` is
    a mark on nothing in the key; `part` is what was marked instead of a part that was missed.
    """
    unit = unit.on_story_of(exercise)
    under = ground(unit, exercise)
    groups = [*_groups(under, exercise, answer, len(unit.text))]
    for role in exercise.mark_roles():
        for first, last in _merged(r for marked, _ in groups for r in marked.get(role, ())):
            yield f"{head}\theat\t{role}\t+{first}"
            yield f"{head}\theat\t{role}\t-{last}"
    yield from _loose_lines(head, under, groups)
    for note in outcome.notes:
        if not all(part[3] for part in note.parts):
            yield from _part_lines(head, under, exercise, note, groups)


def _groups(under: Ground, exercise: Exercise, answer: Json, length: int) -> Iterator[Group]:
    listed = answer.get("groups")
    roles = exercise.mark_roles()
    for raw in listed if isinstance(listed, list) else ():
        if isinstance(raw, dict):
            marked = {role: _ranges(under, raw[role], length) for role in roles if role in raw}
            labels = raw.get("labels")
            yield marked, labels if isinstance(labels, dict) else {}


def _ranges(under: Ground, raw: object, length: int) -> list[Range]:
    """The words of the spans in an answer; anything that is not a span is ignored."""
    listed = raw if isinstance(raw, list) else ()
    pairs = [p for p in listed if isinstance(p, list) and len(p) == 2 and type(p[0]) is int and type(p[1]) is int]
    found = [under.range_of(start, end) for start, end in pairs if 0 <= start < end <= length]
    return [r for r in found if r[0] < r[1]]


def _merged(ranges: Iterable[Range]) -> list[Range]:
    """The ranges with those joined that overlap, so that a learner counts once at each word."""
    done: list[Range] = []
    for first, last in sorted(ranges):
        if done and first <= done[-1][1]:
            done[-1] = done[-1][0], max(done[-1][1], last)
        else:
            done.append((first, last))
    return done


def _loose_lines(head: str, under: Ground, groups: Iterable[Group]) -> Iterator[str]:
    """The groups of marks of which no word is marked in the key, in any reading."""
    found = set()
    for marked, _ in groups:
        ranges = [(role, *r) for role, listed in marked.items() for r in listed]
        if all(under.keyed.find(1, first, last) < 0 for _, first, last in ranges):
            found.update(ranges)
    for role, first, last in sorted(found)[:MOST]:
        if last - first > LONGEST:
            first, last = under.stretch[first][0], under.stretch[last - 1][1]  # noqa: PLW2901
        yield f"{head}\tloose\t{role}\t{first}\t{last}"


def _part_lines(head: str, under: Ground, exercise: Exercise, note: Note, groups: Iterable[Group]) -> Iterator[str]:
    """What the learner has instead of each part of an entry that was missed, in the group of marks nearest to it."""
    wanted: dict[str, list[Range]] = {}
    for role, span in note.marks:
        wanted.setdefault(role, []).append(under.range_of(span.start, span.end))
    # the nearest group shares most words with the entry; of a tie the first
    near, most = None, 0
    for group in groups:
        if (shared := sum(_shared(group[0].get(role, ()), ranges) for role, ranges in wanted.items())) > most:
            near, most = group, shared
    if near is None:
        return
    for name, _, _, found in note.parts:
        if not found:
            other = name in wanted
            instead = _boundary(near[0].get(name, []), wanted[name]) if other else _label(exercise, name, near[1])
            yield f"{head}\tpart\t{note.item}\t{name}\t{instead}"


def _shared(mine: Iterable[Range], theirs: Iterable[Range]) -> int:
    return sum(max(0, min(b, d) - max(a, c)) for a, b in mine for c, d in theirs)


def _boundary(mine: list[Range], theirs: list[Range]) -> str:
    """How marks compare with those of the key: a name under `boundary` in `data/report.toml`."""
    if not mine:
        return "blank"
    shared = _shared(mine, theirs)
    if not shared:
        return "elsewhere"
    own, wanted = (sum(b - a for a, b in ranges) for ranges in (mine, theirs))
    return "wider" if shared == wanted else "narrower" if shared == own else "shifted"


def _label(exercise: Exercise, name: str, labels: Mapping[str, Any]) -> str:
    """A label that was chosen; `?` for one that the exercise does not offer, which could be any words."""
    value = labels.get(name)
    known = exercise.labels_of(name)
    return "" if not value else value if isinstance(value, str) and value in known else "?"


FEWEST = 5
"""Groups of fewer learners are not broken down, because a count of one or two may tell who it was."""


Levels = Counter[tuple[int | None, int | None, str]]
"""How often an item earned this now and this at first, in per cent (None without points), with this answer."""


@dataclass(slots=True)
class Exercised:
    """What a class did in one exercise; scores are in thousandths."""

    scores: Counter[int] = field(default_factory=Counter)
    firsts: Counter[int] = field(default_factory=Counter)
    items: dict[str, Levels] = field(default_factory=dict)
    parts: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    """By item of a `mark` exercise: which part was missed, and what was there instead."""
    heat: dict[str, Counter[int]] = field(default_factory=dict)
    """By role: how many more learners mark from this word on (fewer: negative)."""
    loose: Counter[tuple[str, int, int]] = field(default_factory=Counter)
    """Marks on nothing in the key: role, first word, word after the last."""

    @property
    def learners(self) -> int:
        """How many did the exercise."""
        return self.scores.total()

    @property
    def mean(self) -> float:
        """The mean score, 0 to 1."""
        return _mean(self.scores)

    @property
    def first_mean(self) -> float:
        """The mean score of the first try, 0 to 1."""
        return _mean(self.firsts)


@dataclass(slots=True)
class Studied:
    """What a class did in one lesson: how many began it, finished it, and met each objective (by its place)."""

    begun: int = 0
    finished: int = 0
    met: Counter[int] = field(default_factory=Counter)
    exercises: dict[int, Exercised] = field(default_factory=dict)


@dataclass(slots=True)
class Course:
    """What a class did in all lessons, by their place; `pairs` counts the fields of `Discernment`, before and after."""

    learners: int
    lessons: dict[int, Studied] = field(default_factory=dict)
    pairs: Counter[tuple[int, ...]] = field(default_factory=Counter)
    ones: int = 0
    """How many shared only one of the two forms."""


def _mean(scores: Counter[int]) -> float:
    """The mean of scores in thousandths, as a share from 0 to 1."""
    return sum(score * n for score, n in scores.items()) / scores.total() / 1000 if scores else 0.0


def class_counts(contributions: Iterable[str]) -> Course:
    """The counts by lesson, exercise and item, in an order that tells nothing of who was added first.

    >>> class_counts([]).learners
    0
    """
    course, lines = Course(0), Counter[str]()
    for contribution in contributions:
        course.learners += 1
        lines.update(contribution.split("\n") if contribution else ())
    for line, n in sorted(lines.items()):
        head, *rest = line.split("\t")
        if head == "both":
            course.pairs[tuple(map(int, rest))] += n
        elif head == "one":
            course.ones += n
        else:
            lesson, _, place = head.partition(".")
            studied = course.lessons.setdefault(int(lesson), Studied())
            if place:
                _add_to_exercise(studied.exercises.setdefault(int(place), Exercised()), rest, n)
            elif rest[0] == "met":
                studied.met[int(rest[1])] += n
            elif rest[0] == "begun":
                studied.begun += n
            else:
                studied.finished += n
    return course


def _add_to_exercise(done: Exercised, rest: list[str], n: int) -> None:
    match rest:
        case ["score", score]:
            done.scores[int(score)] += n
        case ["first", score]:
            done.firsts[int(score)] += n
        case ["item", item, now, then, given]:
            levels = tuple(int(level) if level else None for level in (now, then))
            done.items.setdefault(item, Counter())[(*levels, given)] += n  # type: ignore[index]
        case ["part", item, name, instead]:
            done.parts.setdefault(item, Counter())[name, instead] += n
        case ["heat", role, edge]:
            done.heat.setdefault(role, Counter())[abs(int(edge))] += n if edge[0] == "+" else -n
        case ["loose", role, first, last]:
            done.loose[role, int(first), int(last)] += n
