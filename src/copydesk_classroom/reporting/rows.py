"""Items in words: where each stands, what it says, the key's reason, and what its answers are called.

Counts of an exercise become rows: how hard each item was and what was read instead, and how answers split.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import BLANK, OTHER, Exercise, Offer, answer_words
from copydesk.exercises.outcome import Note
from copydesk.views.agreement import per_item_split
from copydesk_classroom.course import Unit
from copydesk_classroom.reporting.tally import FEWEST, Exercised, Levels
from copydesk_classroom.wording import class_wording


@dataclass(frozen=True, slots=True)
class Item:
    """One item in words: where it stands, its own words, the key's reason."""

    place: str
    words: str
    why: str


def items(unit: Unit, exercise: Exercise) -> dict[str, Item]:
    """Every item by its id, in the order of the exercise; the reasons are those beside the key's own answer.

    >>> from copydesk.lessons.lesson import load_lesson
    >>> unit = Unit.of(load_lesson("00_start_here"), "00", {})
    >>> items(unit, unit.lesson.exercise("voices"))["p2.s1"].place
    'Paragraph 2, sentence 1'
    """
    notes, words = _key_notes(unit, exercise), unit.words(exercise)
    ids = [*words] if exercise.values_in else [i for i, n in notes.items() if n.possible]
    return {i: _item(unit, exercise, number, i, notes.get(i)) for number, i in enumerate(ids, 1)}


def _key_notes(unit: Unit, exercise: Exercise) -> dict[str, Note]:
    unit = unit.on_story_of(exercise)
    models = exercise.model_answers(unit.key, unit.text)
    outcome = exercise.outcome(next(iter(models.values()), {}), unit.key, unit.text)
    return {n.item: n for n in sorted(outcome.notes, key=lambda n: n.possible > 0)}


def _item(unit: Unit, exercise: Exercise, number: int, item: str, note: Note | None) -> Item:
    unit = unit.on_story_of(exercise)
    words = unit.words(exercise).get(item, "")
    if note and note.marks and exercise.layer != "entman":
        spans = sorted(span for _, span in note.marks)
        words = unit.text[spans[0].start : spans[-1].end]
    why = exercise.item_reason(item, note, unit.key, unit.text)
    return Item(exercise.item_place(item, number, note), words, why)


def part_words(exercise: Exercise, part: str, instead: str) -> str:
    """What stood instead of a part of an entry that was missed: how the marks lie, or which label was chosen."""
    say, names = class_wording("report"), load_wording("strings")["roles"]
    if part in exercise.mark_roles():
        return f"{names[part]} {say['boundary'][instead]}"
    shown = exercise.labels_of(part).get(instead, "").partition(":")[0].partition(" (")[0]
    called = f"“{shown}”" if shown else say["lesson"]["other" if instead else "unset"]
    return f"{names[part]} {called}"


@dataclass(frozen=True, slots=True)
class Row:
    """How a class did on one item with points; `instead` are other answers, the most frequent first."""

    item: Item
    full: int
    part: int
    none: int
    first: int
    """How many were right at the first try."""
    mean: float
    """The mean share of its points, 0 to 1."""
    instead: tuple[tuple[str, int], ...]

    @property
    def n(self) -> int:
        """How many learners were asked."""
        return self.full + self.part + self.none


@dataclass(frozen=True, slots=True)
class SplitRow:
    """How a class answered one item; `divides` is 0 if all answered alike, 1 for an even split, −1 for numbers."""

    item: Item
    shares: tuple[tuple[str, int], ...]
    divides: float
    numbers: tuple[float, ...] = ()
    """For numbers: the lowest possible, a quarter up the answers, the middle one, three quarters up, the highest."""
    keyed: bool = False

    @property
    def n(self) -> int:
        """How many answered."""
        return sum(n for _, n in self.shares)


def rows(unit: Unit, exercise: Exercise, done: Exercised) -> list[Row]:
    """The items that carry points and that enough learners were asked, the hardest first."""
    offers = unit.offers(exercise)
    found = [
        _row(exercise, done, i, item, offers.get(i))
        for i, item in items(unit, exercise).items()
        if any(now is not None for now, _, _ in done.items.get(i, ()))
    ]
    return sorted((row for row in found if row.n >= FEWEST), key=lambda row: row.mean)


def splits(unit: Unit, exercise: Exercise, done: Exercised, *, keyed: bool = False) -> list[SplitRow]:
    """The items without right or wrong (and those with, if wanted) that enough answered, the most divided first."""
    offers, found = unit.offers(exercise), []
    for i, item in items(unit, exercise).items():
        levels: Levels = done.items.get(i, Counter())
        has_key = any(now is not None for now, _, _ in levels)
        if i in offers and values_of(levels) and (keyed or not has_key):
            found.append(_split(item, values_of(levels), offers[i], has_key))
    return sorted((row for row in found if row.n >= FEWEST), key=lambda row: -row.divides)


def values_of(levels: Levels) -> dict[str, int]:
    """How often each value was chosen, as `copydesk.views.agreement` counts."""
    found: Counter[str] = Counter()
    for (_, _, given), n in levels.items():
        if given not in (BLANK, OTHER):
            found[given] += n
    return dict(found)


def _row(exercise: Exercise, done: Exercised, name: str, item: Item, offers: Offer | None) -> Row:
    levels: Counter[int] = Counter()
    for (now, _, _), n in done.items[name].items():
        levels[now or 0] += n
    first = sum(n for (_, then, _), n in done.items[name].items() if then == 100)
    instead: Counter[str] = Counter()
    for said, n in _instead(exercise, done, name, offers):
        instead[said] += n
    total = levels.total()
    listed = sorted(instead.items(), key=lambda pair: (-pair[1], pair[0]))
    part = total - levels[100] - levels[0]
    mean = sum(level * n for level, n in levels.items()) / total / 100
    return Row(item, levels[100], part, levels[0], first, mean, tuple(pair for pair in listed if pair[1] > 1))


def _instead(exercise: Exercise, done: Exercised, name: str, offers: Offer | None) -> Iterator[tuple[str, int]]:
    """What stood in answers that are not right, in words, with how often."""
    for (part, instead), n in done.parts.get(name, Counter()).items():
        yield part_words(exercise, part, instead), n
    for (now, _, given), n in done.items[name].items():
        if now != 100:
            yield from ((said, n) for said in exercise.instead_words(offers, given))


def _split(item: Item, values: dict[str, int], offers: Offer, keyed: bool) -> SplitRow:
    ordered = sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))
    shares = tuple((answer_words(offers, value), n) for value, n in ordered)
    if not isinstance(offers, Mapping):
        return SplitRow(item, shares, -1, (offers[0], *quarters(values), offers[1]), keyed)
    most = 1 - 1 / max(2, len(offers))
    return SplitRow(item, shares, per_item_split({"": values})[""].divides / most, (), keyed)


def quarters(values: Mapping[str, int]) -> tuple[float, float, float]:
    """The numbers a quarter, half and three quarters up the list of answers.

    >>> quarters({"3": 1, "1": 2, "10": 1})
    (1.0, 1.0, 3.0)
    """
    listed = [number for value, n in values.items() for number in (float(value),) * n]
    listed.sort()
    low, middle, high = (listed[max(0, -(-len(listed) * k // 4) - 1)] for k in (1, 2, 3))
    return low, middle, high
