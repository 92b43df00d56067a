"""What one learner's marks add to the class report: where they stand, which meet nothing in the key, what is off.

What one learner adds to the class report: a slip of short lines without a name, to be counted and no more.

A line says one thing once: that an item was right at first or only later, which class stood on it, where a mark began.
It never holds a learner's own words. So what a class did is a count of lines, whoever adds them up and in which order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from copydesk.answers.schema import Json
from copydesk.base.caching import ByIdentity
from copydesk.base.spans import words
from copydesk.base.wording import choice_labels
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.form import options
from copydesk.exercises.mark_match import readings, targets_of
from copydesk.exercises.order import arranged, events, misplaced
from copydesk.exercises.outcome import Answer, Note, Outcome, well_formed
from copydesk.exercises.parallel_forms import discernment
from copydesk.lessons.results import Result
from copydesk_classroom.course import Unit
from copydesk_classroom.marking.scores import Marked, Sheet, remember

Range = tuple[int, int]
"""Words of the page, by their numbers, end exclusive."""
LONGEST, MOST = 8, 40
"""A mark of more words than this counts as the sentences it stands in; so many marks on nothing count at most."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The page under an exercise, word by word."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    stretch: tuple[Range, ...]
    """For each word the sentence (or the block of furniture) it stands in."""
    keyed: bytes
    """For each word, 1 if the key marks it in any of its readings."""

    def range_of(self, start: int, end: int) -> Range:
        """The words that a span touches."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)


def ground(unit: Unit, exercise: Exercise) -> Ground:
    """The words under an exercise, found once."""
    return _ground(ByIdentity(unit), ByIdentity(exercise))


@lru_cache(maxsize=128)
def _ground(of: ByIdentity[Unit], asked: ByIdentity[Exercise]) -> Ground:
    unit, exercise = of.value, asked.value
    found = words(unit.text)
    plain = Ground(tuple(w.start for w in found), tuple(w.end for w in found), (), b"")
    article = unit.lesson.story.article
    stretch = [(n, n + 1) for n in range(len(found))]
    for block in (*article.blocks, *article.sentences):  # a sentence is the smaller of the two, and comes later
        first, last = plain.range_of(block.start, block.end)
        stretch[first:last] = [(first, last)] * (last - first)
    keyed = bytearray(len(found))
    targets = targets_of(exercise, unit.key)
    ways = [way for t in targets for way in readings(exercise, t.entry, targets)]
    for target in {id(t): t for way in ways for t in way}.values():
        for span in (s for spans in target.roles.values() for s in spans):
            first, last = plain.range_of(span.start, span.end)
            keyed[first:last] = b"\1" * (last - first)
    return Ground(plain.starts, plain.ends, tuple(stretch), bytes(keyed))


def mark_lines(head: str, unit: Unit, exercise: Exercise, answer: Json, outcome: Outcome) -> Iterator[str]:
    """The lines of one learner's marks in one exercise, which `head` names."""
    under = ground(unit, exercise)
    groups = [*_groups(under, exercise, answer, len(unit.text))]
    for role in exercise.get("roles"):
        for first, last in _merged(r for marked, _ in groups for r in marked.get(role, ())):
            yield f"{head}\theat\t{role}\t+{first}"
            yield f"{head}\theat\t{role}\t-{last}"
    yield from _loose(head, under, groups)
    for note in outcome.notes:
        if not all(part[3] for part in note.parts):
            yield from _off(head, under, exercise, note, groups)


Group = tuple[dict[str, list[Range]], Mapping[str, Any]]
"""The words of one group of marks by role, and its labels."""


def _groups(under: Ground, exercise: Exercise, answer: Json, length: int) -> Iterator[Group]:
    listed = answer.get("groups")
    roles = exercise.get("roles")
    for raw in listed if isinstance(listed, list) else ():
        if isinstance(raw, dict):
            marked = {role: _ranges(under, raw[role], length) for role in roles if role in raw}
            labels = raw.get("labels")
            yield marked, labels if isinstance(labels, dict) else {}


def _ranges(under: Ground, raw: object, length: int) -> list[Range]:
    """The words of the spans in a learner's notation; anything else is left out."""
    listed = raw if isinstance(raw, list) else ()
    pairs = [p for p in listed if isinstance(p, list) and len(p) == 2 and type(p[0]) is int and type(p[1]) is int]
    found = [under.range_of(start, end) for start, end in pairs if 0 <= start < end <= length]
    return [r for r in found if r[0] < r[1]]


def _merged(ranges: Iterable[Range]) -> list[Range]:
    """The same words once each: a learner counts once where their own marks overlap."""
    done: list[Range] = []
    for first, last in sorted(ranges):
        if done and first <= done[-1][1]:
            done[-1] = done[-1][0], max(done[-1][1], last)
        else:
            done.append((first, last))
    return done


def _loose(head: str, under: Ground, groups: Iterable[Group]) -> Iterator[str]:
    """Groups of which no word is marked in the key, under any reading."""
    found = set()
    for marked, _ in groups:
        ranges = [(role, *r) for role, listed in marked.items() for r in listed]
        if all(under.keyed.find(1, first, last) < 0 for _, first, last in ranges):
            found.update(ranges)
    for role, first, last in sorted(found)[:MOST]:
        if last - first > LONGEST:
            first, last = under.stretch[first][0], under.stretch[last - 1][1]  # noqa: PLW2901
        yield f"{head}\tloose\t{role}\t{first}\t{last}"


def _off(head: str, under: Ground, exercise: Exercise, note: Note, groups: Iterable[Group]) -> Iterator[str]:
    """What stands instead of the parts of an entry that were missed, in the group of marks that is nearest to it."""
    wanted: dict[str, list[Range]] = {}
    for role, span in note.marks:
        wanted.setdefault(role, []).append(under.range_of(span.start, span.end))
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
    """How marks lie to the key's: a name under `boundary` in `data/report.toml`."""
    if not mine:
        return "blank"
    shared = _shared(mine, theirs)
    if not shared:
        return "elsewhere"
    own, wanted = (sum(b - a for a, b in ranges) for ranges in (mine, theirs))
    return "wider" if shared == wanted else "narrower" if shared == own else "shifted"


def _label(exercise: Exercise, name: str, labels: Mapping[str, Any]) -> str:
    """A label as it was chosen; `?` for one that was not offered."""
    value = labels.get(name)
    known = label_choices(exercise, name)
    return "" if not value else value if isinstance(value, str) and value in known else "?"


def label_choices(exercise: Exercise, name: str) -> Mapping[str, str]:
    """The values of a label with the words a learner sees."""
    return exercise.get("label_choices", {}).get(name) or choice_labels(name)


BLANK, OTHER = "", "?"
"""What stands for no answer, and for one that is not among those offered."""


def contribution(sheets: Sequence[Sheet]) -> str:
    """The slip of one learner; nothing that was handed in makes it fail.

    >>> contribution([])
    ''
    """
    lines = [line for number, sheet in enumerate(sheets) for line in _lesson(number, sheet)]
    return "\n".join([*lines, *_before_and_after(sheets)])


def _lesson(number: int, sheet: Sheet) -> list[str]:
    """That a lesson was begun, finished, which objectives were met, and the lines of each exercise."""
    scores = {m.exercise.id: m.score for m in sheet.marked}
    if all(score is None for score in scores.values()):
        return []
    lines = [f"{number}\tbegun"]
    if all(scores[e.id] is not None for e in sheet.unit.lesson.exercises if e.points):
        lines.append(f"{number}\tfinished")
    result = Result(sheet.unit.lesson, scores)
    for place, objective in enumerate(sheet.unit.lesson.objectives):
        if (result.share(objective) or 0) >= objective.bar:
            lines.append(f"{number}\tmet\t{place}")
    for place, marked in enumerate(sheet.marked):
        if marked.outcome and not marked.exercise.get("forms"):
            lines += _known(f"{number}.{place}", sheet.unit, marked, marked.outcome)
    return lines


def _known(head: str, unit: Unit, marked: Marked, outcome: Outcome) -> Sequence[str]:
    """The lines of one exercise; those of an answer that many learners give at once are made once."""
    at_once = marked.first is None or marked.first[1] is outcome
    name = marked.short if at_once and not marked.judged else b""
    lines = unit.counted.get(name) or _exercise(head, unit, marked, outcome)
    if name:
        remember(unit.counted, name, lines)
    return lines


def _exercise(head: str, unit: Unit, marked: Marked, outcome: Outcome) -> list[str]:
    """Two scores, in thousandths; each item with what it earned now and at first, in per cent, and what stood on it."""
    first = marked.first[1] if marked.first else outcome
    now = _levels(outcome)
    then = now if first is outcome else _levels(first)
    given = _given(unit, marked)
    lines = [f"{head}\tscore\t{round(1000 * (marked.share or 0))}", f"{head}\tfirst\t{round(1000 * first.score)}"]
    lines += [f"{head}\titem\t{i}\t{now.get(i, '')}\t{then.get(i, '')}\t{given.get(i, BLANK)}" for i in now | given]
    if marked.exercise.type == "mark":
        lines += mark_lines(head, unit, marked.exercise, marked.answer, outcome)
    return lines


def _levels(outcome: Outcome) -> dict[str, int]:
    """What each item with points earned, in per cent."""
    return {
        n.item: 100 if n.earned == n.possible else round(100 * n.earned / n.possible)
        for n in outcome.notes
        if n.possible
    }


def _given(unit: Unit, marked: Marked) -> dict[str, str]:
    """What was answered to each item that offers a choice or a number."""
    exercise, answer = marked.exercise, marked.answer
    if exercise.type == "order":
        return _moved(unit, exercise, answer)
    chosen = answer.get("choices" if exercise.type == "sort" else "values")
    offered = _offered(ByIdentity(unit), ByIdentity(exercise))
    return {i: _value(chosen.get(i), known) for i, known in offered} if isinstance(chosen, dict) else {}


Known = Mapping[str, str] | tuple[float, float]
"""The choices that are offered, or the lowest and the highest number."""


@lru_cache(maxsize=256)
def _offered(of: ByIdentity[Unit], asked: ByIdentity[Exercise]) -> tuple[tuple[str, Known], ...]:
    """What each item offers; a question that asks for a learner's own words is left out: those are never counted."""
    unit, exercise = of.value, asked.value
    if exercise.type == "sort":
        return tuple((item, choice_labels(exercise.get("choices"))) for item in unit.words(exercise))
    return tuple((q["id"], known) for q in exercise.get("questions", ()) if (known := offered(q)))


def offered(question: Mapping[str, Any]) -> Known | None:
    """What a question offers; None if it asks for a learner's own words."""
    return options(question) or ((question.get("min", 0), question["max"]) if "max" in question else None)


def _value(value: object, known: Known) -> str:
    if value is None or value == "":
        return BLANK
    if isinstance(known, Mapping):
        return value if isinstance(value, str) and value in known else OTHER
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:.4g}" if is_number and known[0] <= value <= known[1] else OTHER  # type: ignore[operator]


def _moved(unit: Unit, exercise: Exercise, answer: Answer) -> dict[str, str]:
    """Which events stood too early or too late, and of which it was said wrongly when they were known."""
    given = well_formed(answer)
    told = events(exercise, unit.key, unit.text)
    wrong = misplaced(told, arranged(exercise, given))
    said = given.get("choices", {}) if exercise.get("known") else {}
    off = {e.id: said.get(e.id) for e in told if said.get(e.id) not in e.accept}
    return {e.id: f"{wrong.get(e.id, '')}+{_value(off.get(e.id), choice_labels('known'))}" for e in told}


def _before_and_after(sheets: Sequence[Sheet]) -> Iterable[str]:
    """Hits and false alarms in the first and in the last of the parallel forms, where a learner shared them."""
    found = {}
    for number, sheet in enumerate(sheets):
        for marked in sheet.marked:
            if not (marked.exercise.get("forms") and marked.first and marked.tries):
                continue
            if aimed := discernment(marked.exercise, marked.first[0], sheet.unit.key):
                found[number] = f"{aimed.found}\t{aimed.open}\t{aimed.flagged}\t{aimed.plain}"
    if len(found) > 1:
        return [f"both\t{found[min(found)]}\t{found[max(found)]}"]
    return ["one"] if found else []
