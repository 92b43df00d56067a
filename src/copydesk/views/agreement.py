"""How far people agree: pairwise agreement, Krippendorff's alpha with an interval, splits by item, heat over a text.

Everything is counted on tables without names, item → {value: how many said so}; `counts` makes one from votes, and
`class_votes` reads those of a class from its hand-in files or, where there are none, from the story’s made-up class.
Alpha is 1 for perfect agreement and 0 for what chance would give (Krippendorff 2011, Computing Krippendorff's
Alpha-Reliability, https://repository.upenn.edu/asc_papers/43). It describes a class and an item, never a person.
"""

from __future__ import annotations

import math
import os
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import mul
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar, get_args

from copydesk.answers.handin import read_handin
from copydesk.base.documents import read_value
from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span, merge
from copydesk.base.wording import decimal, load_wording, percent
from copydesk.exercises.exercise import Exercise, Offer
from copydesk.lessons.lesson import Lesson

Item = TypeVar("Item")
Value = TypeVar("Value")
Level = Literal["nominal", "ordinal", "interval"]
Votes = Mapping[Item, Mapping[Any, Value | None]]
"""item → {coder: value}; `None` and `nan`, which tables read from files have for it, are no answer."""
Table = Mapping[Item, Mapping[Value, int]]
"""item → {value: how many coders gave it}."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the middle 95% of the resampled alphas lie, and how many draws had an alpha at all."""

    low: float
    high: float
    draws: int


@dataclass(frozen=True, slots=True)
class Split:
    """How `n` votes on one item fall: shares (0–1, summing to 1) and how much the item divides.

    `divides` is 1 − the sum of squared shares: 0 when all say the same, at most 1 − 1/k with k values.
    """

    n: int
    shares: Mapping[Any, float]
    divides: float


class Run(NamedTuple):
    """A stretch of text, in code points, end exclusive, that `n` learners marked."""

    start: int
    end: int
    n: int


def counts(votes: Votes[Item, Value]) -> dict[Item, dict[Value, int]]:
    """How many coders gave each value, by item, the most first; who gave it is forgotten, `None` and `nan` are no vote.

    >>> counts({"Q1": {"ann": "yes", "bo": "no", "cy": "yes", "di": None}})
    {'Q1': {'yes': 2, 'no': 1}}

    Raises `CopydeskError` for a vote that is several values at once, such as a list.
    """
    return {item: _tally(item, given.values()) for item, given in votes.items()}


def percent_agreement(table: Table[Any, Any]) -> float | None:
    """How often two coders of the same item agree, as a share 0–1: over all pairs of an item, then over items.

    Each item weighs the same (Fleiss 1971, doi:10.1037/h0031619). Items with fewer than two values are left out;
    `None` if that leaves nothing. Part of it is chance: for that, see `krippendorff_alpha`.

    >>> percent_agreement({"Q1": {"yes": 2}, "Q2": {"yes": 1, "no": 1}})
    0.5

    Raises `CopydeskError` for a count that is not a whole number from 0.
    """
    rows = _rows(table, "nominal")[0]
    shares = [1 - 2 * _apart(row, None) / (sum(row) * (sum(row) - 1)) for row in rows]
    return math.fsum(shares) / len(shares) if shares else None


def krippendorff_alpha(table: Table[Any, Any], *, level: Level = "nominal") -> float | None:
    """Agreement beyond chance: 1 is perfect, 0 what chance gives, below 0 (never under −1) systematic disagreement.

    `level` says how far two values are apart: `nominal` the same or not, `ordinal` by ranks, `interval` by difference;
    the last two need numbers. The disagreement is summed item by item from the counts, which gives what Krippendorff's
    coincidence matrix gives (2011). Items with fewer than two values are left out.

    >>> round(krippendorff_alpha({"Q1": {"yes": 3}, "Q2": {"no": 3}, "Q3": {"yes": 1, "no": 2}}), 3)
    0.6

    `None` where alpha is 0/0: no item has two values, or all values are the same. Everybody choosing one value does
    not show that they could tell the values apart, so this is neither 1 nor 0; say so, and look at the item itself.

    Raises `CopydeskError` for an unknown level, a count that is not a whole number from 0, or words where numbers go.
    """
    rows, values = _rows(table, level)
    return _alpha(Counter(rows), values, level)


def bootstrap_interval(
    table: Table[Any, Any], *, level: Level = "nominal", draws: int = 1000, seed: int = 0
) -> Interval | None:
    """How far alpha could move with other items of the same sort: 95% percentile interval over resampled items.

    Whole items are drawn with replacement, as Zapf and others (2016, doi:10.1186/s12874-016-0200-9) advise for alpha
    over Krippendorff's own resampling. The same seed gives the same interval. Draws without an alpha are left out.

    >>> table = {"Q1": {"yes": 3}, "Q2": {"no": 3}, "Q3": {"yes": 1, "no": 2}, "Q4": {"yes": 3}}
    >>> found = bootstrap_interval(table)
    >>> found.low < krippendorff_alpha(table) < found.high
    True

    `None` with fewer than two items that can be compared, or where no draw has an alpha. The time hangs on items and
    values, not on people: 1,000 draws for 3,000 learners × 20 questions of 5 values took 0.02–0.06 s on one core.

    Raises `CopydeskError` for fewer than one draw, and what `krippendorff_alpha` raises.
    """
    if draws < 1:
        raise CopydeskError(f"{draws} draws give no interval", "1000 are usual")
    rows, values = _rows(table, level)
    if len(rows) < 2:
        return None
    rng = random.Random(seed)
    drawn = (_alpha(Counter(rng.choices(rows, k=len(rows))), values, level) for _ in range(draws))
    found = sorted(alpha for alpha in drawn if alpha is not None)
    cut = len(found) // 40
    return Interval(found[cut], found[-1 - cut], len(found)) if found else None


def per_item_split(table: Table[Item, Any]) -> dict[Item, Split]:
    """How the votes on each item fall, and how much it divides (Simpson's index, as in `copydesk.views.sourcing`).

    An item without votes has no shares and divides nobody.

    >>> per_item_split({"Q1": {"yes": 3, "no": 1}})["Q1"]
    Split(n=4, shares={'yes': 0.75, 'no': 0.25}, divides=0.375)

    Raises `CopydeskError` for a count that is not a whole number from 0.
    """
    return {item: _split(_checked(item, row)) for item, row in table.items()}


def heat(spans_by_learner: Mapping[Any, Iterable[Span]], length: int) -> list[Run]:
    """How many learners marked each stretch of a text of `length` code points, in reading order, without unmarked ones.

    A learner counts once where their own marks overlap. Neighbouring runs differ in `n` or do not touch. The work
    grows with marks + length, apart from putting each learner's own marks in order.

    >>> heat({"ann": [Span(0, 5)], "bo": [Span(3, 9), Span(4, 6)]}, 20)
    [Run(start=0, end=3, n=1), Run(start=3, end=5, n=2), Run(start=5, end=9, n=1)]

    Raises `CopydeskError` for a mark that ends after the text.
    """
    change = [0] * (length + 1)
    for span in (span for spans in spans_by_learner.values() for span in merge(spans)):
        if span.end > length:
            raise CopydeskError(
                f"a mark at {span.start}–{span.end} ends after the text ({length})", "it belongs to another text"
            )
        change[span.start] += 1
        change[span.end] -= 1
    edges = [i for i, step in enumerate(change) if step]
    depths = accumulate(change[i] for i in edges)
    return [Run(start, end, n) for (start, end), n in zip(pairwise(edges), depths, strict=False) if n]


def _tally(item: Any, given: Iterable[Value | None]) -> dict[Value, int]:
    try:
        found = Counter(given)
    except TypeError:
        raise CopydeskError(f"a vote on {item!r} is several values at once", "make each choice an item") from None
    pairs = [(value, n) for value, n in found.items() if not (value is None or _is_nan(value))]
    return dict(sorted(pairs, key=lambda pair: (-pair[1], str(pair[0]))))


def _is_nan(value: object) -> bool:
    return value != value  # noqa: PLR0124  (of any type: nan equals nothing, not even itself)


def _split(row: Mapping[Any, int]) -> Split:
    n = sum(row.values())
    shares = {value: k / n for value, k in row.items()}
    return Split(n, shares, 1 - math.fsum(p * p for p in shares.values()) if n else 0.0)


def _checked(item: Any, row: Mapping[Any, int]) -> dict[Any, int]:
    """A row without the values nobody gave."""
    for value, n in row.items():
        if not isinstance(n, int) or n < 0:
            raise CopydeskError(f"item {item!r} has {n!r} as its count of {value!r}", "make tables with counts(votes)")
    return {value: n for value, n in row.items() if n}


def _rows(table: Table[Any, Any], level: Level) -> tuple[list[tuple[int, ...]], list[Any]]:
    """The counts of each item with two values or more, one column a value, and what the columns stand for."""
    if level not in get_args(Level):
        raise CopydeskError(f"no level named {level!r}", f"there are: {', '.join(get_args(Level))}")
    kept = [row for row in (_checked(*pair) for pair in table.items()) if sum(row.values()) > 1]
    values = list(dict.fromkeys(value for row in kept for value in row))
    if level != "nominal":
        values = sorted(_number(value, level) for value in values)
    return [tuple(row.get(value, 0) for value in values) for row in kept], values


def _number(value: Any, level: Level) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise CopydeskError(f"{value!r} is not a number, as level {level!r} needs", "number the steps of the scale")
    return value


def _alpha(rows: Mapping[tuple[int, ...], int], values: Sequence[float], level: Level) -> float | None:
    """1 − observed / expected disagreement; `rows` says how often each row of counts occurs."""
    totals: list[int] = [sum(map(mul, column, rows.values())) for column in zip(*rows, strict=True)]
    places = {"nominal": None, "ordinal": _ranks(totals), "interval": values}[level]
    expected = _apart(totals, places)
    if not expected:
        return None
    observed = math.fsum(times * _apart(row, places) / (sum(row) - 1) for row, times in rows.items())
    return 1 - (sum(totals) - 1) * observed / expected


def _ranks(totals: Sequence[int]) -> list[int]:
    """Twice the middle rank of each value: ordinal distance is the squared difference of such ranks."""
    return [2 * upto - n for upto, n in zip(accumulate(totals), totals, strict=True)]


def _apart(row: Sequence[int], places: Sequence[float] | None) -> float:
    """Squared distances summed over all pairs of values in a row; without places, how many pairs differ."""
    n = sum(row)
    if places is None:
        return (n * n - sum(k * k for k in row)) / 2
    zero = next((place for place, k in zip(places, row, strict=True) if k), 0)  # keeps a row of one value at exactly 0
    away = [place - zero for place in places]
    moment: float = sum(map(mul, row, away))
    return max(0, n * sum(k * d * d for k, d in zip(row, away, strict=True)) - moment * moment)


@dataclass(frozen=True, slots=True)
class ClassVotes:
    """How a class voted on each item; `made_up` says that no real class stands behind it."""

    table: Mapping[str, Mapping[str, int]]
    learners: int
    made_up: bool
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far votes agree: a share of pairs, 0–1, and alpha with its interval where there is one (else None)."""

    percent: float | None
    alpha: float | None
    low: float | None
    high: float | None

    def cells(self) -> tuple[str, str, str]:
        """The share, alpha and its interval as a table shows them."""
        interval = load_wording("strings")["agreement"]["interval"]
        ends = interval.format(low=decimal(self.low), high=decimal(self.high))
        return percent(self.percent), decimal(self.alpha), ends if self.low is not None else decimal(None)

    def words(self, votes: ClassVotes) -> str:
        """Who voted, and how far they agree, in sentences."""
        say = load_wording("strings")["agreement"]
        shown, alpha, _ = self.cells()
        said = [say["made_up" if votes.made_up else "real"].format(n=votes.learners)]
        if self.percent is not None:
            said.append(say["percent"].format(percent=shown))
        if self.alpha is None or self.low is None:
            said.append(say["no_alpha"])
        else:
            said.append(say["alpha"].format(alpha=alpha, low=decimal(self.low), high=decimal(self.high)))
        if votes.unreadable:
            said.append(say["unreadable"].format(n=votes.unreadable))
        return " ".join(said)


def agreement(votes: ClassVotes) -> Agreement:
    """Percent agreement and Krippendorff's alpha with its interval, not rounded; `cells` and `words` write them."""
    percent, alpha = percent_agreement(votes.table), krippendorff_alpha(votes.table)
    interval = bootstrap_interval(votes.table)
    ends = (interval.low, interval.high) if interval and alpha is not None else (None, None)
    return Agreement(percent, alpha, *ends)


def class_folder() -> Path:
    """Where the files of a class are looked for: `COPYDESK_CLASS`, else a folder `class` beside the notebook."""
    return Path(os.environ.get("COPYDESK_CLASS") or "class")


def class_votes(lesson: Lesson, exercise_id: str, folder: Path | None = None) -> ClassVotes:
    """The votes on one exercise, from the hand-in files of a folder, or from the story's made-up class.

    Raises `CopydeskError` where there are neither.
    """
    exercise = lesson.exercise(exercise_id)
    votes, unreadable = _from_files(lesson, exercise, folder or class_folder())
    if votes:
        offered = exercise.offers(lesson.story)
        table = {i: _row(offer, {n: v.get(i) for n, v in votes.items()}) for i, offer in offered.items()}
        return ClassVotes(table, len(votes), made_up=False, unreadable=unreadable)
    told = lesson.story.lessons[lesson.id].get("class", {}).get(exercise_id, {})
    made = read_value(Mapping[str, Mapping[str, int]], told, f"{lesson.id}/class: {exercise_id}")
    if not made:
        problem = f"there are no votes on '{exercise_id}' yet"
        raise CopydeskError(problem, f"put hand-in files into the folder {folder or class_folder()}")
    return ClassVotes(made, max(sum(row.values()) for row in made.values()), made_up=True, unreadable=unreadable)


def _row(offer: Offer, given: Mapping[int, object]) -> dict[str, int]:
    row = counts({"item": given})["item"]
    return {str(value): row.get(value, 0) for value in offer}


def _from_files(lesson: Lesson, exercise: Exercise, folder: Path) -> tuple[dict[int, Mapping[str, object]], int]:
    found: dict[int, Mapping[str, object]] = {}
    unreadable = 0
    for path in sorted(folder.rglob("*.json")) if folder.is_dir() else ():
        try:
            handin = read_handin(path)
        except CopydeskError:
            unreadable += 1
            continue
        for document in handin["answers"]:
            answer = document["exercises"].get(exercise.id, {}).get("answer")
            choices = exercise.well_formed(answer).get("choices", {})
            if (document["story"], document["lesson"]) == (lesson.story.id, lesson.id) and choices:
                found[len(found)] = choices
    return found, unreadable
