"""Retellings: passages of a story beside short versions of them, and the words in which the two differ.

A story lists them as the items of an exercise in its `lessons.toml`: the passage by offsets, and the retelling in full,
made for the lesson. The comparison sees words and quotation marks only: it says what differs, not what that does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from copydesk.lessons import Exercise
from copydesk.spans import WORD, Span

TOKEN = re.compile(rf"{WORD.pattern}|[“”„«»\"]")
"""What is compared: words, and quotation marks, since a quotation that loses its marks is no quotation any more."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: in both texts, or left out of the second (`after` is None), or added by it (`before` is None)."""

    before: Span | None
    after: Span | None


@dataclass(frozen=True, slots=True)
class Retelling:
    """One passage of the story, by its span, and a retelling of it with the kind of place it would stand in."""

    where: str
    passage: Span
    teller: str
    text: str


def retellings(exercise: Exercise) -> list[Retelling]:
    """Every item of an exercise that has both a passage and a retelling, in its order."""
    return [
        Retelling(i["where"], Span(*i["span"]), i["teller"], i["text"])
        for i in exercise.get("items", ())
        if "span" in i and "text" in i
    ]


def word_diff(before: str, after: str) -> list[Piece]:
    """The two texts as runs of words, in reading order; capital letters and punctuation make no difference.

    >>> before, after = "It rained on Monday, he said.", "It poured on Monday."
    >>> [(p.before and p.before.of(before), p.after and p.after.of(after)) for p in word_diff(before, after)]
    [('It', 'It'), ('rained', None), (None, 'poured'), ('on Monday', 'on Monday'), ('he said', None)]
    """
    old, new = _tokens(before), _tokens(after)
    left_words, right_words = [t.of(before).casefold() for t in old], [t.of(after).casefold() for t in new]
    pieces: list[Piece] = []
    for same, a, b, c, d in SequenceMatcher(None, left_words, right_words, autojunk=False).get_opcodes():
        left, right = _run(old[a:b]), _run(new[c:d])
        pieces += [Piece(left, right)] if same == "equal" else [Piece(left, None), Piece(None, right)]
    return [p for p in pieces if p.before or p.after]


def _tokens(text: str) -> list[Span]:
    return [Span(m.start(), m.end()) for m in TOKEN.finditer(text)]


def _run(tokens: Sequence[Span]) -> Span | None:
    return Span(tokens[0].start, tokens[-1].end) if tokens else None
