"""Spans: where something stands in a text.

Offsets are the truth of this kit. A span counts Unicode code points from 0, end exclusive, into a text that is never
edited. Names follow the W3C Web Annotation Data Model (https://www.w3.org/TR/annotation-model/#selectors).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_POINTS = (*range(0x2100), *range(0xA66F, 0xAC00))  # the scripts between have no such marks
_RUNS = re.finditer("M+", "".join(unicodedata.category(chr(point))[0] for point in _POINTS))
MARKS = "".join(f"{chr(_POINTS[m.start()])}-{chr(_POINTS[m.end() - 1])}" for m in _RUNS) + "\u00ad\u200c\u200d"
"""What may stand inside a word although it is no letter: accents and vowel signs that combine with the letter before,
the soft hyphen, and the joiners of Persian and Hindi. For a character class of a regular expression."""

WORD = re.compile(rf"[\w’‘{MARKS}]+(?:[-‐‑,.][\w’{MARKS}]+)*")
"""A word as the answer key counts it: hyphens, decimal points and apostrophes stay inside."""
CHUNK = re.compile(r"[-–—](?=\w)|\S+")
"""What a reader can click: a run without white space, a dash in front of a word on its own."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text, in code points, end exclusive.

    >>> Span(0, 5).of("Hello, world")
    'Hello'
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not {self.start}–{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The words this span covers in `text`."""
        return text[self.start : self.end]

    def overlap(self, other: Span) -> int:
        """How many code points the two share.

        >>> Span(0, 5).overlap(Span(3, 9))
        2
        """
        start = self.start if self.start > other.start else other.start
        end = self.end if self.end < other.end else other.end
        return end - start if start < end else 0

    def covers(self, other: Span) -> bool:
        """Whether `other` lies inside this span."""
        return self.start <= other.start and other.end <= self.end


def fingerprint(text: str) -> str:
    """The sha256 of a text in UTF-8: two texts with the same fingerprint share their offsets.

    >>> fingerprint("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def short_hash(text: str) -> str:
    """Eight characters of the fingerprint: enough to notice that an offset has slipped."""
    return fingerprint(text)[:8]


def words(text: str, span: Span | None = None) -> list[Span]:
    """The words of a text, or of one span of it, without the punctuation at their edges.

    >>> [w.of("“Of course”, he said.") for w in words("“Of course”, he said.")]
    ['Of', 'course', 'he', 'said']
    """
    return [*(_words(text, span.start, span.end) if span else _words(text, 0, len(text)))]


@lru_cache(maxsize=8192)
def _words(text: str, start: int, end: int) -> tuple[Span, ...]:
    """The words of a stretch: a page, and the same stretches of it, are asked for again and again."""
    return tuple(Span(*m.span()) for m in WORD.finditer(text, start, end))


def chunks(text: str, span: Span) -> list[Span]:
    """The pieces of a stretch of text that a reader can click.

    >>> [c.of("rain ends -minister") for c in chunks("rain ends -minister", Span(0, 19))]
    ['rain', 'ends', '-', 'minister']
    """
    return [Span(*m.span()) for m in CHUNK.finditer(text, span.start, span.end)]


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same coverage with no overlaps, in reading order.

    >>> merge([Span(4, 9), Span(0, 5)])
    [Span(start=0, end=9)]
    """
    done: list[Span] = []
    for span in sorted(spans):
        if done and span.start <= done[-1].end:
            done[-1] = Span(done[-1].start, max(done[-1].end, span.end))
        else:
            done.append(span)
    return done


def spans_from(raw: Any, length: int) -> tuple[Span, ...]:
    """The spans in a learner's notation, `[[start, end], …]`, that lie inside a text of this length, merged."""
    pairs = [p for p in raw if _is_pair(p)] if isinstance(raw, (list, tuple)) else ()
    return tuple(merge([Span(a, b) for a, b in pairs if 0 <= a < b <= length]))


def _is_pair(raw: Any) -> bool:
    return isinstance(raw, (list, tuple)) and len(raw) == 2 and isinstance(raw[0], int) and isinstance(raw[1], int)


def word_f1(text: str, found: Iterable[Span], expected: Iterable[Span]) -> float:
    """How well two sets of spans agree on words: harmonic mean of precision and recall, 0–1.

    Punctuation and quotation marks do not count, so “rain”, and rain agree.

    >>> word_f1("“Rain,” he said", [Span(0, 7)], [Span(1, 5)])
    1.0
    """
    return _word_f1(text, tuple(found), tuple(expected))


@lru_cache(maxsize=8192)
def _word_f1(text: str, found: tuple[Span, ...], expected: tuple[Span, ...]) -> float:
    mine = {w for s in merge(found) for w in words(text, s)}
    theirs = {w for s in merge(expected) for w in words(text, s)}
    if not mine and not theirs:
        return 1.0
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))
