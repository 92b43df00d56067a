"""A text made ready for the rules: its words with their classes, its quotations and its sentences.

Rules step from word to word by number, so a text is kept as parallel lists. A quotation is found by the shape around
its marks first and by the marks themselves second; that is why a wrong or a missing mark does little harm. No sentence
ends inside a quotation: `“It rained. It poured,” he said.` is one sentence here.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.attribution.words import read_word
from copydesk.base.spans import Span
from copydesk.base.wording import load_wording
from copydesk.page.sentences import split_sentences

TokenRange = tuple[int, int]
"""A stretch of tokens by number, end exclusive."""

_MARK = re.compile(r"[“”„‟«»\"]|``|''")
# Single quotation marks double as apostrophes. A pair counts only if it hugs words on the inside, touches none on the
# outside and stays on one line: ‘Snow,’ she said; but not: the bakers’ strike and the millers’.
_SINGLE = re.compile(r"(?<![\w’'])[‘'](?=[\w\[])([^\n“”\"‘]{1,400}?)(?<=[\w.,!?…])[’'](?![\w’'])")
_STOP = re.compile(r"[.?!…][”\"’')]*(?=\s)")
_SAYING = "|".join(load_wording("sentences")["saying"])
_TAIL = re.compile(rf"[,?!](?=\s(?:[^\s,.“”\"]+\s){{0,5}}(?:{_SAYING})\b)")
_SIDE_OF = {"“": "open", "„": "open", "«": "open", "``": "open", "”": "close", "»": "close", "''": "close"}
_BEFORE_OPEN, _AFTER_CLOSE = "([{—–-/‘'", ".,;:!?)]}—–-’'/"
_LONGEST_GUESS = 600  # characters: how far back a quotation without an opening mark may reach

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+\w*|\b(?:[A-Za-z]\.){2,}|[^\W_]+(?:[’'.&\-][^\W_]+)*|``|''|[^\w\s]|_")
_LINE = re.compile(r"[^\r\n]+")
# No writer writes such sentences, but a page without full stops has them; rules look at every pair of words at worst.
_LONGEST, _LONGEST_QUOTED = 400, 3000  # words in a sentence, without and with the quotations that hold it together


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation with its marks; `carries` when the mark left open promises more in the next paragraph."""

    span: Span
    carries: bool = False


@dataclass(slots=True)
class TokenizedText:
    """The tokens of a text (words, numbers, marks) as parallel lists, with ranges of them for larger parts.

    `words` are in lower case and `flags` are their classes (see `words.py`). `quote_at` gives for each token the number
    of the quotation it stands in, or -1. `quote_words`, `sentences` and `lines` are ranges of tokens.
    """

    text: str
    spans: list[tuple[int, int]]
    words: list[str]
    flags: list[int]
    quotes: list[Quote]
    quote_at: list[int]
    quote_words: list[TokenRange]
    sentences: list[TokenRange]
    lines: list[TokenRange]

    def span(self, tokens: TokenRange) -> Span:
        """The characters of a range of tokens."""
        return Span(self.spans[tokens[0]][0], self.spans[tokens[1] - 1][1])

    def of(self, tokens: TokenRange) -> str:
        """A range of tokens as the text writes it."""
        return self.text[self.spans[tokens[0]][0] : self.spans[tokens[1] - 1][1]]


def tokenize(text: str) -> TokenizedText:
    """Take a text apart once; every rule looks at the result.

    >>> doc = tokenize("“It rained. It poured,” he said. Then it stopped.")
    >>> [doc.of(sentence) for sentence in doc.sentences]
    ['“It rained. It poured,” he said.', 'Then it stopped.']
    """
    lines = [Span(*m.span()) for m in _LINE.finditer(text)]
    spans = [m.span() for m in _TOKEN.finditer(text)]
    read = [read_word(text[a:b]) for a, b in spans]
    starts = [a for a, _ in spans]

    quotes = find_quotes(text, lines) if lines else []
    quote_at = [-1] * len(spans)
    quote_words: list[TokenRange] = []
    for n, quote in enumerate(quotes):
        a, b = bisect_left(starts, quote.span.start), bisect_left(starts, quote.span.end)
        quote_words.append((a, b))
        quote_at[a:b] = [n] * (b - a)

    sentences: list[TokenRange] = []
    rows: list[TokenRange] = []
    for line in lines:
        row = (bisect_left(starts, line.start), bisect_left(starts, line.end))
        if row[0] == row[1]:
            continue
        rows.append(row)
        for sentence in split_sentences(text, line):
            a, b = bisect_left(starts, sentence.start), bisect_left(starts, sentence.end)
            joined = sentences and a < b and a and quote_at[a] >= 0 and quote_at[a] == quote_at[a - 1]
            if joined and b - sentences[-1][0] < _LONGEST_QUOTED:
                sentences[-1] = (sentences[-1][0], b)
            else:
                sentences.extend(_pieces(a, b, quote_at, quote_words))
    words, flags = [word for word, _ in read], [flags for _, flags in read]
    return TokenizedText(text, spans, words, flags, quotes, quote_at, quote_words, sentences, rows)


def _pieces(a: int, b: int, quote_at: list[int], quote_words: list[TokenRange]) -> list[TokenRange]:
    """A sentence as it is, or cut up if it is so long that it would make time grow faster than length."""
    pieces = []
    while b - a > _LONGEST:
        cut = a + _LONGEST
        if quote_at[cut] >= 0 and quote_at[cut] == quote_at[cut - 1]:
            cut = min(b, quote_words[quote_at[cut]][1], a + _LONGEST_QUOTED)
        pieces.append((a, cut))
        a = cut
    return [*pieces, (a, b)] if a < b else pieces


def find_quotes(text: str, lines: Sequence[Span]) -> list[Quote]:
    """Every quotation of a text whose paragraphs are `lines`, in reading order.

    >>> text = '“Rain,” he said. "Then sun." \\'Snow,\\' she said.'
    >>> [q.span.of(text) for q in find_quotes(text, [Span(0, len(text))])]
    ['“Rain,”', '"Then sun."', "'Snow,'"]
    """
    starts = [line.start for line in lines]
    found: list[Quote] = []
    opened = -1  # where the open quotation began
    home = -1  # the line it began in
    last = 0  # where the last quotation ended
    for match in _MARK.finditer(text):
        start, end = match.span()
        line = bisect_right(starts, start) - 1
        side = _side(text, start, end, match.group())
        if opened >= 0 and line != home and (side != "close" or line > home + 1):
            # By an old convention, a quotation of several paragraphs opens each one and closes only the last.
            carries = line == home + 1 and start - starts[line] < 2 and side != "close"
            found.append(_unclosed(text, opened, lines[home], carries=carries))
            last, opened = found[-1].span.end, -1
        if opened < 0 and side == "close":
            guess = _guess_start(text, max(last, lines[line].start, start - _LONGEST_GUESS), start)
            if guess is not None:
                found.append(Quote(Span(guess, end)))
                last = end
        elif opened < 0:
            opened, home = start, line
        elif side == "open" and start > opened + 1:
            found.append(_one_sentence(text, opened, start))
            last, opened, home = found[-1].span.end, start, line
        else:
            found.append(Quote(Span(opened, end)))
            last, opened = end, -1
    if opened >= 0:
        found.append(_unclosed(text, opened, lines[home], carries=False))
    return _with_single(text, found)


def _side(text: str, start: int, end: int, mark: str) -> str:
    """Whether a mark opens or closes: by the space and the marks around it, then by what it is."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    can_open = (not before or before.isspace() or before in _BEFORE_OPEN) and bool(after) and not after.isspace()
    can_close = bool(before) and not before.isspace() and (not after or after.isspace() or after in _AFTER_CLOSE)
    if can_open != can_close:
        return "open" if can_open else "close"
    return _SIDE_OF.get(mark, "either")


def _unclosed(text: str, start: int, line: Span, *, carries: bool) -> Quote:
    """A quotation that its paragraph leaves open: up to its speaker, to the paragraph's end, or one sentence."""
    tail = None if carries else _TAIL.search(text, start, line.end)
    if tail:
        return Quote(Span(start, tail.end()))
    if carries or start - line.start < 2:
        return Quote(Span(start, max(line.end, start + 1)), carries)
    return _one_sentence(text, start, max(line.end, start + 1))


def _one_sentence(text: str, start: int, end: int) -> Quote:
    """The safest guess where a quotation ends that another one interrupts: at its first full stop."""
    stop = _STOP.search(text, start, end)
    return Quote(Span(start, stop.end() if stop else end))


def _guess_start(text: str, floor: int, end: int) -> int | None:
    """Where a quotation with only its closing mark may begin: at its sentence, if a comma or stop ends it."""
    if end - floor < 2 or text[end - 1] not in ",.?!…":
        return None
    begin = floor
    for stop in _STOP.finditer(text, floor, end - 1):
        begin = stop.end()
    while begin < end and text[begin].isspace():
        begin += 1
    return begin if end - begin > 8 else None  # shorter: an inch mark or a slip of the key


def _with_single(text: str, found: list[Quote]) -> list[Quote]:
    """Add the quotations in single marks that stand outside those in double marks."""
    if "‘" not in text and "'" not in text:
        return found
    starts = [q.span.start for q in found]
    single = []
    for match in _SINGLE.finditer(text):
        at = bisect_right(starts, match.start()) - 1
        inside = at >= 0 and found[at].span.end > match.start()
        over = at + 1 < len(found) and found[at + 1].span.start < match.end()
        if not inside and not over:
            single.append(Quote(Span(*match.span())))
    return sorted(found + single, key=lambda q: q.span) if single else found
