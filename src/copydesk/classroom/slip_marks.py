"""What one learner's marks add to the class report: where they stand, which meet nothing in the key, what is off."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from copydesk.answers.form import Json
from copydesk.classroom.course import Unit
from copydesk.lessons import Exercise
from copydesk.same import Same
from copydesk.scoring import Note, Outcome
from copydesk.scoring.targets import readings, targets_of
from copydesk.spans import words
from copydesk.wording import choice_labels

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
    return _ground(Same(unit), Same(exercise))


@lru_cache(maxsize=128)
def _ground(of: Same[Unit], asked: Same[Exercise]) -> Ground:
    unit, exercise = of.it, asked.it
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
