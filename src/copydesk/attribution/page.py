"""A text made ready for the rules: words with their classes, sentences that quotations hold together."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from copydesk.attribution.lexicon import FLAGS
from copydesk.attribution.model import Tokens
from copydesk.attribution.quotes import Quote, find_quotes
from copydesk.sentences import split_sentences
from copydesk.spans import Span

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+\w*|\b(?:[A-Za-z]\.){2,}|[^\W_]+(?:[’'.&\-][^\W_]+)*|``|''|[^\w\s]|_")
_LOUD = frozenset(("WHO", "US", "IT", "AS", "MAY", "ME", "OR", "IN"))
_LONGEST, _LONGEST_QUOTED = 400, 3000  # words in a sentence, without and with the quotations that hold it together
_LINE = re.compile(r"[^\r\n]+")


@dataclass(slots=True)
class Page:
    """The words of a text as parallel lists, so that a rule can step from word to word by number."""

    text: str
    spans: list[tuple[int, int]]
    low: list[str]
    flags: list[int]
    quotes: list[Quote]
    quote_at: list[int]
    quote_words: list[Tokens]
    units: list[Tokens]
    lines: list[Tokens]

    def span(self, tokens: Tokens) -> Span:
        """The characters of a stretch of words."""
        return Span(self.spans[tokens[0]][0], self.spans[tokens[1] - 1][1])

    def of(self, tokens: Tokens) -> str:
        """Its words."""
        return self.text[self.spans[tokens[0]][0] : self.spans[tokens[1] - 1][1]]

    def capital(self, i: int) -> bool:
        """Whether a word begins with a capital letter."""
        return self.text[self.spans[i][0]].isupper()

    def word(self, i: int) -> str:
        """A word as it stands."""
        start, end = self.spans[i]
        return self.text[start:end]


def _plain(word: str) -> str:
    """In lower case, but US, IT and WHO stay apart from us, it and who."""
    return word if len(word) > 1 and word in _LOUD else word.lower()


def _pieces(a: int, b: int, quote_at: list[int], quote_words: list[Tokens]) -> list[Tokens]:
    """A sentence as it is; one that no writer would write, cut up, so that no text can keep the rules busy."""
    pieces = []
    while b - a > _LONGEST:
        cut = a + _LONGEST
        if quote_at[cut] >= 0 and quote_at[cut] == quote_at[cut - 1]:
            cut = min(b, quote_words[quote_at[cut]][1], a + _LONGEST_QUOTED)
        pieces.append((a, cut))
        a = cut
    return [*pieces, (a, b)] if a < b else pieces


def read_page(text: str) -> Page:
    """Take a text apart once; every rule looks at the result.

    >>> page = read_page("“It rained. It poured,” he said. Then it stopped.")
    >>> [page.of(unit) for unit in page.units]
    ['“It rained. It poured,” he said.', 'Then it stopped.']
    """
    lines = [Span(*m.span()) for m in _LINE.finditer(text)]
    spans = [m.span() for m in _TOKEN.finditer(text)]
    low = [_plain(text[a:b]) for a, b in spans]
    flags = [FLAGS.get(word, 0) for word in low]
    starts = [a for a, _ in spans]
    quotes = find_quotes(text, lines) if lines else []
    quote_at = [-1] * len(spans)
    quote_words: list[Tokens] = []
    for n, quote in enumerate(quotes):
        a, b = bisect_left(starts, quote.span.start), bisect_left(starts, quote.span.end)
        quote_words.append((a, b))
        quote_at[a:b] = [n] * (b - a)
    units: list[Tokens] = []
    rows: list[Tokens] = []
    for line in lines:
        row = (bisect_left(starts, line.start), bisect_left(starts, line.end))
        if row[0] == row[1]:
            continue
        rows.append(row)
        for sentence in split_sentences(text, line):
            a, b = bisect_left(starts, sentence.start), bisect_left(starts, sentence.end)
            joined = units and a < b and a and quote_at[a] >= 0 and quote_at[a] == quote_at[a - 1]
            if joined and b - units[-1][0] < _LONGEST_QUOTED:
                units[-1] = (units[-1][0], b)
            else:
                units.extend(_pieces(a, b, quote_at, quote_words))
    return Page(text, spans, low, flags, quotes, quote_at, quote_words, units, rows)
