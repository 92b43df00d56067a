"""Quotes: a span by its words and the words around it, so that it is found again on a page that was corrected.

A quote is what the W3C Web Annotation Data Model calls a TextQuoteSelector: `exact`, `prefix` and `suffix`
(https://www.w3.org/TR/annotation-model/#text-quote-selector).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from copydesk.base.spans import Span

AROUND = 32
"""How many characters before and behind a span belong to its quote."""
KNOWN_BY_ITSELF = 16
"""From this length on, words that stand on a page once need nothing around them to be known."""
ENOUGH = 8
"""How many characters around a shorter quote must be as they were."""
_SAME = {c: f"[{group}]" for group in ("'‘’", '"“”„«»', "-–—‐‑") for c in group}
MOST_PLACES = 1000
"""At how many places a quote is compared with what stands around it."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of a span, and those directly before and behind it."""

    exact: str
    prefix: str = ""
    suffix: str = ""


def quote_of(text: str, span: Span) -> Quote:
    """The quote of a span.

    >>> quote_of("Ada Lund said so.", Span(9, 13))
    Quote(exact='said', prefix='Ada Lund ', suffix=' so.')
    """
    return Quote(span.of(text), text[max(0, span.start - AROUND) : span.start], text[span.end : span.end + AROUND])


def find_quote(text: str, quote: Quote, *, near: int | None = None) -> Span | None:
    """Where a quote stands in a text: at the place whose surroundings are most like it.

    White space, quotation marks and dashes count as equal to others of their sort. Of places with equal surroundings
    the one `near` an offset is taken; without one, there is no answer. None also for short words whose surroundings
    have changed: nobody could say that they are the same ones.

    >>> find_quote("Bo Ek said no. Ada Lund said so.", Quote("said", "Ada Lund ", " so."))
    Span(start=24, end=28)
    """
    scored = [(_likeness(text, span, quote), span) for span in _places(text, quote.exact)]
    if not scored:
        return None
    best = max(score for score, _ in scored)
    there = [span for score, span in scored if score == best]
    if not (len(scored) == 1 and len(quote.exact) >= KNOWN_BY_ITSELF) and best < min(ENOUGH, _around(quote)):
        return None
    if len(there) > 1 and near is None:
        return None
    return min(there, key=lambda span: abs(span.start - (near or 0)))


def _places(text: str, exact: str) -> Iterator[Span]:
    pieces = [r"\s+" if piece.isspace() else _SAME.get(piece, re.escape(piece)) for piece in _pieces(exact)]
    for number, match in enumerate(re.finditer("".join(pieces), text)):
        if number == MOST_PLACES:
            return
        if match.group():
            yield Span(*match.span())


def _pieces(exact: str) -> list[str]:
    """The characters of a quote, with white space in one piece."""
    return re.findall(r"\s+|.", exact, re.DOTALL)


def _likeness(text: str, span: Span, quote: Quote) -> int:
    """How many characters before and behind a place are those of the quote."""
    before = zip(_plain(text[max(0, span.start - AROUND) : span.start])[::-1], _plain(quote.prefix)[::-1], strict=False)
    behind = zip(_plain(text[span.end : span.end + AROUND]), _plain(quote.suffix), strict=False)
    return sum(1 for pairs in (before, behind) for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _plain(text: str) -> str:
    """A text in which characters that count as equal are the same, with one space for white space."""
    return re.sub(r"\s+", " ", "".join(_SAME[c][1] if c in _SAME else c for c in text))


def _around(quote: Quote) -> int:
    return len(_plain(quote.prefix)) + len(_plain(quote.suffix))
