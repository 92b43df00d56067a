"""A heat map of marks: the words of a page, shaded by how many of a class marked them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from copydesk.base.spans import Span, words


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
