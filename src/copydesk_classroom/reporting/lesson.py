"""One lesson of the class report: its items in words, the hardest first, what was read instead, where a class marked.

The functions here count and look up, as plain data; `templates/report.html.j2` says it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Any

from copydesk.base.spans import Span, words
from copydesk.base.wording import direction, load_wording
from copydesk.exercises.exercise import BLANK, OTHER, Exercise, Offer, answer_words, place
from copydesk.exercises.outcome import Note
from copydesk.views.agreement import per_item_split
from copydesk_classroom.course import Unit
from copydesk_classroom.pages import points
from copydesk_classroom.reporting.tally import FEWEST, Exercised, Levels, Studied
from copydesk_classroom.safe_text import one_line
from copydesk_classroom.wording import class_wording

STEPS = (0.1, 0.25, 0.5, 0.75)
"""From which share on words have the first, second, third and last shade."""
MOST_LOOSE = 6


def lesson_part(unit: Unit, studied: Studied) -> dict[str, Any]:
    """The section of one lesson."""
    done = (
        _exercise(unit, e, studied.exercises.get(n, Exercised()))
        for n, e in enumerate(unit.lesson.exercises)
        if not e.parallel_forms()
    )
    return {"anchor": anchor(unit), "title": title(unit), "studied": studied, "exercises": list(done)}


def title(unit: Unit) -> str:
    """A lesson as its number and its title."""
    return f"{unit.lesson.id.partition('_')[0]} {unit.lesson.title}"


def anchor(unit: Unit, exercise: Exercise | None = None) -> str:
    """Where a lesson, or one of its exercises, stands on the page."""
    return "-".join((*unit.id, *([exercise.id] if exercise else [])))


def link(unit: Unit, exercise: Exercise) -> tuple[str, str]:
    """Where an exercise stands on the page; and the number of its lesson with its title."""
    return anchor(unit, exercise), f"{unit.lesson.id[:2]} {exercise.title}"


def _exercise(unit: Unit, exercise: Exercise, done: Exercised) -> dict[str, Any]:
    """One exercise; where it is not `shown`, `small` may say why."""
    say = class_wording("report")
    plain: dict[str, Any] = {
        "anchor": anchor(unit, exercise),
        "title": exercise.title,
        "facts": _facts(unit, exercise, done),
        "n": done.learners,
        "small": "",
        "shown": False,
        **{"hard": None, "split": [], "heat": None},
    }
    if done.learners < FEWEST:
        few = say["page"]["small"].format(fewest=FEWEST) if done.learners else say["lesson"]["nobody"]
        return {**plain, "small": few}
    if exercise.checks_form_only and not exercise.points:
        return plain
    return {
        **plain,
        "shown": True,
        "hard": _hard(exercise, rows(unit, exercise, done), done),
        "split": splits(unit, exercise, done),
        "heat": _heat(unit, exercise, done) if exercise.mark_roles() else None,
    }


def _facts(unit: Unit, exercise: Exercise, done: Exercised) -> str:
    """How many did it, and with what mean: in points, and of the first try where there are several."""
    say, worth = class_wording("report")["lesson"], unit.worth[exercise.id]
    told = [say["did"].format(n=done.learners)]
    if done.learners >= FEWEST and worth:
        told.append(say["points"].format(mean=points(worth * done.mean), of=points(worth)))
        if exercise.tries > 1:
            told.append(say["first"].format(first=points(worth * done.first_mean)))
    return ", ".join(told if worth else [*told, say["practice"]])


def _hard(exercise: Exercise, hard: list[Row], done: Exercised) -> dict[str, Any] | None:
    """Items with points, and which columns there are to show."""
    if not hard:
        return None
    say = class_wording("report")["lesson"]
    kind = "form_only" if exercise.checks_form_only else "optional" if exercise.enough else "hardest_first"
    return {
        "rows": hard,
        "caption": say[kind].format(n=done.learners, need=exercise.enough),
        "full": say["done" if exercise.checks_form_only else "found" if exercise.enough else "full"],
        "partly": any(row.part for row in hard),
        "tried": exercise.tries > 1,
        "instead": any(row.instead for row in hard),
    }


def _heat(unit: Unit, exercise: Exercise, done: Exercised) -> dict[str, Any]:
    """A map for each role, and the most frequent marks that meet nothing in the key."""
    unit = unit.on_story_of(exercise)
    story = unit.lesson.story
    return {
        "maps": [_map(unit, exercise, done, role) for role in exercise.mark_roles()],
        "lang": story.about["language"],
        "dir": direction(story.about["language"]),
        "rights": story.rights,
        "loose": _loose(unit, done),
    }


def _map(unit: Unit, exercise: Exercise, done: Exercised, role: str) -> dict[str, Any]:
    """Where learners marked one role: of the blocks those with marks or a key."""
    said, found = load_wording("strings")["roles"][role], words(unit.text)
    marked = shares(done.heat.get(role, Counter()), len(found), done.learners)
    spans = [span for marked_role, span in exercise.key_marks(unit.key) if marked_role == role]
    keyed = {word for span in spans for word in touched(found, span)}
    shown = [
        {"name": name, "stretches": list(stretches(unit.text, block.span, marked, steps=STEPS, keyed=keyed))}
        for name, block in unit.blocks(exercise).items()
        if any(marked[word] >= STEPS[0] or word in keyed for word in touched(found, block.span))
    ]
    return {"role": said, "blocks": shown, "empty": all(share < STEPS[0] for share in marked)}


def _loose(unit: Unit, done: Exercised) -> list[dict[str, Any]]:
    """Marks on words the key leaves plain, of more than one learner."""
    found, article = words(unit.text), unit.lesson.story.article
    listed = sorted(done.loose.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_LOOSE]
    return [
        {
            "words": one_line(span.of(unit.text), most=90),
            "where": next((place(b.id) for b in article.blocks if b.start <= span.start < b.end), ""),
            "role": load_wording("strings")["roles"][role],
            "n": n,
        }
        for (role, first, last), n in listed
        if n > 1 and (span := Span(found[first].start, found[last - 1].end))
    ]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of one shade; level 0 is plain. A piece is bold where the key marks it."""

    level: int
    percent: int
    """How many of a hundred learners marked these words, on average."""
    pieces: tuple[tuple[str, bool], ...]


def shares(edges: Counter[int], length: int, learners: int) -> list[float]:
    """The share of learners who marked each word, from where marks begin and end.

    >>> shares(Counter({1: 2, 2: -1, 3: -1}), 4, 2)
    [0.0, 1.0, 0.5, 0.0]
    """
    return [n / learners for n in accumulate(edges[word] for word in range(length))]


def touched(found: Sequence[Span], span: Span) -> range:
    """The numbers of the words that a span touches."""
    first = bisect_right(found, span.start, key=lambda word: word.end)
    return range(first, bisect_left(found, span.end, key=lambda word: word.start))


def stretches(
    text: str, block: Span, marked: Sequence[float], *, steps: Sequence[float], keyed: Collection[int] = ()
) -> Iterator[Stretch]:
    """A block of the page cut where the shade changes; `marked` is the share of learners who marked each word.

    `steps` are the shares from which on words have the first, second, third and last shade; `keyed` are the numbers of
    the words that the key marks.

    >>> found = stretches("It is so.", Span(0, 9), [0.2, 0.4, 0], steps=(0.1, 0.5))
    >>> [(s.level, s.percent, s.pieces) for s in found]
    [(1, 30, (('It is', False),)), (0, 0, ((' ', False), ('so', False))), (0, 0, (('.', False),))]
    """
    at, found = block.start, words(text)
    for level, run in groupby(touched(found, block), key=lambda word: bisect_right(steps, marked[word])):
        listed = [*run]
        if level and at < (start := found[listed[0]].start):  # the space before a shade is plain
            yield Stretch(0, 0, ((text[at:start], False),))
            at = start
        percent = round(100 * sum(marked[word] for word in listed) / len(listed))
        yield Stretch(level, percent, tuple(_pieces(text, at, [found[word] for word in listed], listed, keyed)))
        at = found[listed[-1]].end
    if at < block.end:
        yield Stretch(0, 0, ((text[at : block.end], False),))


def _pieces(
    text: str, at: int, spans: Sequence[Span], numbers: Sequence[int], keyed: Collection[int]
) -> Iterator[tuple[str, bool]]:
    """The words of one shade from `at` on, cut where the key begins or ends to mark them."""
    for is_key, run in groupby(zip(spans, numbers, strict=True), key=lambda pair: pair[1] in keyed):
        listed = [span for span, _ in run]
        if at < listed[0].start:
            yield text[at : listed[0].start], False
        at = listed[-1].end
        yield text[listed[0].start : at], is_key


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
    words, unit = unit.words(exercise), unit.on_story_of(exercise)
    models = exercise.model_answers(unit.key, unit.text)
    outcome = exercise.outcome(next(iter(models.values()), {}), unit.key, unit.text)
    notes = {n.item: n for n in sorted(outcome.notes, key=lambda n: n.possible > 0)}
    ids = [*words] if exercise.values_in else [i for i, n in notes.items() if n.possible]
    return {i: _item(unit, exercise, number, i, notes.get(i)) for number, i in enumerate(ids, 1)}


def _item(unit: Unit, exercise: Exercise, number: int, item: str, note: Note | None) -> Item:
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
