"""The measures agree with published examples, with the book's own arithmetic, and with the `krippendorff` package."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span
from copydesk.views.agreement import (
    Interval,
    bootstrap_interval,
    counts,
    heat,
    krippendorff_alpha,
    per_item_split,
    percent_agreement,
)

LEVELS = ("nominal", "ordinal", "interval")


def votes(*coders: str) -> dict[int, dict[int, int | str | None]]:
    """Votes as papers print them: a line a coder, a column an item, a point for a missing value."""
    read = [[int(v) if v.isdigit() else None if v == "." else v for v in line.split()] for line in coders]
    return {item: dict(enumerate(column)) for item, column in enumerate(zip(*read, strict=True))}


TWO_BINARY = votes("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
TWO_NOMINAL = votes("a a b b d c c c e d d a", "b a b b b c c c e d d d")
FOUR = votes("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 .")
THREE = votes(". . . . . 3 4 1 2 1 1 3 3 . 3", "1 . 2 1 3 3 4 3 . . . . . . .", ". . 2 1 3 4 4 . 2 1 1 3 3 . 4")

answers = st.one_of(st.none(), st.integers(0, 5))
ballots = st.dictionaries(st.integers(0, 9), st.dictionaries(st.integers(0, 6), answers, max_size=7), max_size=8)
levels = st.sampled_from(LEVELS)


@pytest.mark.parametrize(
    ("data", "level", "alpha"),
    [  # Krippendorff 2011, Computing Krippendorff's Alpha-Reliability; THREE as worked in Wikipedia's article
        (TWO_BINARY, "nominal", 0.095),
        (TWO_NOMINAL, "nominal", 0.692),
        (FOUR, "nominal", 0.743),
        (FOUR, "ordinal", 0.815),
        (FOUR, "interval", 0.849),
        (THREE, "nominal", 0.691),
        (THREE, "interval", 0.811),
    ],
)
def test_alpha_as_published(data, level, alpha) -> None:
    assert krippendorff_alpha(counts(data), level=level) == pytest.approx(alpha, abs=0.0005)


def test_pairwise_agreement_as_published() -> None:
    """Fleiss's kappa as commonly worked: ten items, fourteen raters, five values, mean agreement 0.378."""
    lines = "00000 02642 00356 03920 22811 77000 32630 25322 65210 02237"
    table = {i: {v: int(n) for v, n in enumerate(line)} for i, line in enumerate(lines.split())}
    table[0][4] = 14
    assert percent_agreement(table) == pytest.approx(0.378, abs=0.0005)


def by_the_book(table, level) -> float | None:
    """Alpha as the paper works it: a coincidence matrix, its margins, a difference function."""
    pairs: Counter = Counter()
    for row in table.values():
        given = list(Counter(row).elements())
        for pair in permutations(given, 2):
            pairs[pair] += 1 / (len(given) - 1)
    margins = {c: sum(n for (a, _), n in pairs.items() if a == c) for c in sorted({a for a, _ in pairs})}

    def far(c, k):
        between = sum(n for g, n in margins.items() if min(c, k) <= g <= max(c, k)) - (margins[c] + margins[k]) / 2
        return {"nominal": float(c != k), "ordinal": between**2 if c != k else 0.0, "interval": (c - k) ** 2}[level]

    expected = sum(margins[c] * margins[k] * far(c, k) for c in margins for k in margins)
    observed = sum(n * far(c, k) for (c, k), n in pairs.items())
    return 1 - (sum(margins.values()) - 1) * observed / expected if expected else None


@given(ballots, levels)
def test_alpha_is_that_of_the_coincidence_matrix(data, level) -> None:
    table = counts(data)
    expected = by_the_book(table, level)
    assert krippendorff_alpha(table, level=level) == (None if expected is None else pytest.approx(expected, abs=1e-9))


def test_alpha_is_that_of_the_krippendorff_package() -> None:
    oracle = pytest.importorskip("krippendorff")
    import numpy as np

    rng, compared = random.Random(4), 0
    for _ in range(100):
        scale = sorted(rng.sample(range(-9, 40), rng.randint(2, 6)))
        rows = [[rng.choice([0, 0, 1, 2, 5, 900]) for _ in scale] for _ in range(rng.randint(1, 12))]
        table = {i: dict(zip(scale, row, strict=True)) for i, row in enumerate(rows)}
        for level in LEVELS:
            if (mine := krippendorff_alpha(table, level=level)) is not None:
                theirs = oracle.alpha(
                    value_counts=np.array(rows), value_domain=np.array(scale, float), level_of_measurement=level
                )
                assert mine == pytest.approx(theirs, abs=1e-9)
                compared += 1
    assert compared > 200


@given(ballots, levels)
def test_the_measures_keep_their_bounds(data, level) -> None:
    table = counts(data)
    alpha, share = krippendorff_alpha(table, level=level), percent_agreement(table)
    assert alpha is None or -1 < alpha <= 1
    assert share is None or 0 <= share <= 1
    assert alpha is None or share is not None
    for row, split in zip(table.values(), per_item_split(table).values(), strict=True):
        assert split.n == sum(row.values())
        assert sum(split.shares.values()) == pytest.approx(1 if row else 0)
        assert -1e-9 <= split.divides <= 1 - 1 / max(1, len(row)) + 1e-9


@given(ballots, levels, st.randoms())
def test_the_order_of_coders_and_items_does_not_matter(data, level, rng) -> None:
    table = counts(data)
    mixed = {item: dict(rng.sample([*row.items()], len(row))) for item, row in data.items()}
    assert [[*row.items()] for row in counts(mixed).values()] == [[*row.items()] for row in table.values()]
    backwards = counts({item: data[item] for item in reversed(data)})
    assert krippendorff_alpha(backwards, level=level) == pytest.approx(krippendorff_alpha(table, level=level))
    assert percent_agreement(backwards) == pytest.approx(percent_agreement(table))


@given(ballots, st.permutations("abcdef"))
def test_names_do_not_matter_to_nominal_alpha(data, names) -> None:
    table = counts(data)
    renamed = {item: {names[value]: n for value, n in row.items()} for item, row in table.items()}
    assert krippendorff_alpha(renamed) == pytest.approx(krippendorff_alpha(table))
    assert percent_agreement(renamed) == pytest.approx(percent_agreement(table))


@given(ballots, st.integers(1, 9), st.integers(-50, 50))
def test_steps_and_zero_do_not_matter_to_interval_alpha(data, step, zero) -> None:
    table = counts(data)
    moved = {item: {zero + step * value: n for value, n in row.items()} for item, row in table.items()}
    for level in ("ordinal", "interval"):
        assert krippendorff_alpha(moved, level=level) == pytest.approx(krippendorff_alpha(table, level=level))


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(2, 40)), min_size=2, max_size=9), levels)
def test_perfect_agreement_is_exactly_one(items, level) -> None:
    table = {i: {round(value, 3): n} for i, (value, n) in enumerate(items)}
    several = len({round(value, 3) for value, _ in items}) > 1
    assert krippendorff_alpha(table, level=level) == (1 if several else None)
    assert percent_agreement(table) == 1
    if several and (found := bootstrap_interval(table, level=level, draws=20)):
        assert (found.low, found.high) == (1, 1)


@pytest.mark.parametrize("level", LEVELS)
def test_chance_gives_about_nothing(level) -> None:
    rng = random.Random(8)
    table = counts({i: {c: rng.randint(1, 4) for c in range(10)} for i in range(400)})
    alpha = krippendorff_alpha(table, level=level)
    found = bootstrap_interval(table, level=level, draws=200)
    assert abs(alpha) < 0.02
    assert found.low < 0 < found.high
    assert percent_agreement(table) == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("table", [{}, {"Q1": {}}, {"Q1": {1: 1}, "Q2": {2: 1}}])
def test_nothing_to_compare_gives_nothing(table) -> None:
    assert percent_agreement(table) is None
    assert bootstrap_interval(table) is None
    assert [krippendorff_alpha(table, level=level) for level in LEVELS] == [None] * 3


def test_one_value_everywhere_has_no_alpha() -> None:
    table = {"Q1": {1: 9}, "Q2": {1: 9}}
    assert krippendorff_alpha(table) is bootstrap_interval(table) is None
    assert percent_agreement(table) == 1


def test_lone_values_and_empty_counts_are_left_out() -> None:
    table = {"Q1": {1: 2, 2: 1}, "Q2": {2: 3}}
    padded = {**table, "Q2": {2: 3, 7: 0}, "Q3": {9: 1}}
    for level in LEVELS:
        assert krippendorff_alpha(padded, level=level) == krippendorff_alpha(table, level=level)
        assert bootstrap_interval(padded, level=level) == bootstrap_interval(table, level=level)
    assert percent_agreement(padded) == percent_agreement(table)


def test_the_interval_is_repeatable_holds_alpha_and_says_what_it_left_out() -> None:
    table = counts(FOUR)
    for level in LEVELS:
        found = bootstrap_interval(table, level=level)
        assert found == bootstrap_interval(table, level=level) != bootstrap_interval(table, level=level, seed=1)
        assert found.low < krippendorff_alpha(table, level=level) < found.high <= 1
    half = bootstrap_interval({"Q1": {1: 2}, "Q2": {2: 2}})
    assert half.draws == pytest.approx(500, abs=60)
    assert half == Interval(1.0, 1.0, half.draws)


def test_nan_is_no_vote() -> None:
    missing = {"q1": {"a": 1, "b": 1, "c": float("nan")}, "q2": {"a": 2, "b": 2, "c": float("nan"), "d": None}}
    assert counts(missing) == {"q1": {1: 2}, "q2": {2: 2}}
    assert krippendorff_alpha(counts(missing), level="interval") == 1


def test_more_items_narrow_the_interval() -> None:
    few, many = (
        bootstrap_interval({(k, i): row for k in range(times) for i, row in counts(FOUR).items()}) for times in (1, 9)
    )
    assert many.high - many.low < (few.high - few.low) / 2


def test_a_split_says_how_much_an_item_divides() -> None:
    found = per_item_split({"all": {"yes": 8}, "half": {"yes": 4, "no": 4}, "none": {}})
    assert [split.divides for split in found.values()] == [0, 0.5, 0]
    assert found["none"].shares == {}


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: krippendorff_alpha({}, level="ratio"),
            "no level named 'ratio'; there are: nominal, ordinal, interval",
        ),
        (lambda: krippendorff_alpha({"Q": {"no": 2}}, level="ordinal"), "'no' is not a number.*number the steps"),
        (lambda: krippendorff_alpha({"Q": {float("nan"): 2}}, level="interval"), "nan is not a number"),
        (lambda: krippendorff_alpha({"Q": {"ann": "yes"}}), "item 'Q' has 'yes' as its count of 'ann'; .*counts"),
        (lambda: percent_agreement({"Q": {"yes": -1}}), "item 'Q' has -1"),
        (lambda: per_item_split({"Q": {"yes": 1.5}}), "item 'Q' has 1.5"),
        (lambda: counts({"Q": {"ann": ["yes", "no"]}}), "a vote on 'Q' is several values"),
        (lambda: bootstrap_interval({}, draws=0), "0 draws"),
        (lambda: heat({"ann": [Span(5, 12)]}, 10), "a mark at 5–12 ends after the text \\(10\\)"),
    ],
)
def test_mistakes_are_named(call, says) -> None:
    with pytest.raises(CopydeskError, match=says):
        call()


marks = st.lists(
    st.tuples(st.integers(0, 28), st.integers(1, 12)).map(lambda m: Span(m[0], min(30, sum(m)))), max_size=6
)


@given(st.dictionaries(st.integers(0, 9), marks, max_size=8))
def test_heat_counts_learners_at_every_code_point(spans_by_learner) -> None:
    slow = [sum(any(s.start <= i < s.end for s in spans) for spans in spans_by_learner.values()) for i in range(30)]
    fast = [0] * 30
    runs = heat(spans_by_learner, 30)
    for start, end, n in runs:
        fast[start:end] = [n] * (end - start)
    assert fast == slow
    assert all(a.end < b.start or (a.end == b.start and a.n != b.n) for a, b in pairwise(runs))
    assert all(n > 0 for _, _, n in runs)


def test_heat_of_nothing_is_nothing() -> None:
    assert heat({}, 0) == heat({"ann": []}, 10) == []
