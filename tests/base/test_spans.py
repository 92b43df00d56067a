"""Spans: offsets are the truth, so everything done with them is tried on any text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.base.spans import Span, chunks, fingerprint, merge, short_hash, word_f1, words

SPANS = st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda pair: Span(pair[0], sum(pair)))
TEXTS = st.text(st.sampled_from("ab z’‘“”\"'.,-–— \n\u00a0é9\U0001f600"), max_size=60)


def covered(spans: list[Span]) -> set[int]:
    return {i for s in spans for i in range(s.start, s.end)}


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (4, 3), (0, 0)])
def test_a_span_is_never_empty_or_negative(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"0 <= start < end, not {start}–{end}"):
        Span(start, end)


@given(SPANS, SPANS)
def test_overlap_counts_the_shared_code_points(one: Span, other: Span) -> None:
    shared = covered([one]) & covered([other])
    assert one.overlap(other) == other.overlap(one) == len(shared)
    assert one.covers(other) == (covered([other]) <= covered([one]))
    assert len(one) == len(covered([one]))


@given(st.lists(SPANS, max_size=8))
def test_merged_spans_cover_the_same_in_order_with_gaps_between(spans: list[Span]) -> None:
    done = merge(spans)
    assert covered(done) == covered(spans)
    assert all(a.end < b.start for a, b in pairwise(done))
    assert merge(done) == done


def test_code_points_not_bytes_nor_utf16() -> None:
    assert Span(1, 2).of("\U0001f600é!") == "é"


def test_the_fingerprint_sees_line_ends_and_no_break_spaces() -> None:
    texts = ["a b\n", "a b\r\n", "a\u00a0b\n", "a b", "a b "]
    assert len({fingerprint(t) for t in texts}) == len(texts)
    assert all(fingerprint(t).startswith(short_hash(t)) and len(short_hash(t)) == 8 for t in texts)


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("“Rain’s here”, she said.", ["Rain’s", "here", "she", "said"]),
        ("mid-February 1.5 U.S. NATO‘s", ["mid-February", "1.5", "U.S", "NATO‘s"]),
        ("one—two – three", ["one", "two", "three"]),
        ("…", []),
    ],
)
def test_words(text: str, expect: list[str]) -> None:
    assert [w.of(text) for w in words(text)] == expect


@given(TEXTS)
def test_chunks_leave_nothing_but_white_space(text: str) -> None:
    found = chunks(text, Span(0, len(text))) if text else []
    assert all(not c.of(text).isspace() and " " not in c.of(text) for c in found)
    assert not "".join(c for i, c in enumerate(text) if i not in covered(found)).strip()
    assert covered(words(text)) <= covered(found)


@given(TEXTS, st.lists(SPANS, max_size=4), st.lists(SPANS, max_size=4))
def test_word_f1_is_a_share_and_the_same_both_ways(text: str, found: list[Span], expected: list[Span]) -> None:
    score = word_f1(text, found, expected)
    assert 0 <= score <= 1
    assert score == word_f1(text, expected, found)
    assert word_f1(text, found, found) == 1


def test_word_f1_forgives_edge_punctuation_and_counts_words() -> None:
    text = "“Rain came early”, he said"
    assert word_f1(text, [Span(0, 18)], [Span(1, 16)]) == 1
    assert word_f1(text, [Span(1, 10)], [Span(1, 16)]) == pytest.approx(0.8)
    assert word_f1(text, [Span(1, 5)], [Span(1, 16)]) == pytest.approx(0.5)
    assert word_f1(text, [Span(19, 21)], [Span(1, 16)]) == 0
