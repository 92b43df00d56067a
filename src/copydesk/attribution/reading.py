"""The words the rules know, read from `data/cues.toml` and `data/attribution_words.toml`.

Quotation marks: which open, which close, and where a quotation ends when its mark is missing.

The shape around a mark counts before its glyph, so a wrong mark still does its work. One pass over the marks.

A text made ready for the rules: words with their classes, sentences that quotations hold together.

What the finder gives back, and what a rule is.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from copydesk.base.spans import Span
from copydesk.page.sentences import PAGE, split_sentences

if TYPE_CHECKING:
    from copydesk.attribution.cue_context import CueContext


def read(name: str) -> dict[str, Any]:
    """One of the kit's word files."""
    return tomllib.loads((files("copydesk") / "data" / f"{name}.toml").read_text("utf-8"))


def word_set(text: str | Iterable[str]) -> frozenset[str]:
    """Words written in a row, as a set."""
    return frozenset(text.split() if isinstance(text, str) else text)


@dataclass(frozen=True, slots=True)
class Cue:
    """One form of a reporting verb: `tense` is base, s, past, part or ing; `unsure` forms are often nouns."""

    lemma: str
    tense: str
    frames: frozenset[str]
    unsure: bool
    particles: frozenset[str]

    @property
    def past(self) -> bool:
        """Whether it can be a past tense."""
        return self.tense == "past"


CUES = read("cues")
WORDS = read("attribution_words")

_CLASSES = (
    *("be", "have", "modal", "contracted", "adverb", "determiner", "preposition", "conjunction", "subordinator"),
    *("relative", "pronoun", "object_pronoun", "time", "finite"),
)
BE, HAVE, MODAL, SHORT, ADVERB, DET, PREP, COORD, SUBORD, RELATIVE, PRONOUN, OBJECT, TIME, FINITE = (
    1 << i for i in range(len(_CLASSES))
)
AUX = BE | HAVE | MODAL
CUE = 1 << len(_CLASSES)
SMALL = AUX | SHORT | DET | PREP | COORD | SUBORD | PRONOUN | TIME
"""What cannot stand inside a plain run of nouns."""


def forms_of(lemma: str, irregular: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The forms of a verb with their tense.

    >>> [form for form, tense in forms_of("argue", {})]
    ['argue', 'argues', 'argued', 'arguing']
    """
    if lemma in irregular:
        third, past, part, ing = irregular[lemma].split()
    else:
        third = lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x")) else "s")
        past = part = lemma + ("d" if lemma.endswith("e") else "ed")
        ing = (lemma[:-1] if lemma.endswith("e") else lemma) + "ing"
    pairs = ((lemma, "base"), (third, "s"), (part, "part"), (past, "past"), (ing, "ing"))
    return tuple(dict(pairs).items())


def _cues() -> dict[str, Cue]:
    frames: dict[str, set[str]] = {}
    for band in CUES["bands"].values():
        for verb in band["verbs"].split():
            frames.setdefault(verb, set()).update(band["frames"])
    for verb in CUES["particles"]:
        frames.setdefault(verb, set())
    unsure = word_set(CUES["also_other"]["forms"])
    return {
        form: Cue(verb, tense, frozenset(may), form in unsure, word_set(CUES["particles"].get(verb, ())))
        for verb, may in frames.items()
        for form, tense in forms_of(verb, CUES["irregular"])
    }


def _flags() -> dict[str, int]:
    flags: dict[str, int] = {}
    for bit, name in enumerate(_CLASSES):
        for word in WORDS[name].split():
            flags[word] = flags.get(word, 0) | 1 << bit
    for word in CUE_FORMS:
        flags[word] = flags.get(word, 0) | CUE
    return flags


CUE_FORMS = _cues()
FLAGS = _flags()


_MARK = re.compile(r"[“”„‟«»\"]|``|''")
_SINGLE = re.compile(r"(?<![\w’'])[‘'](?=[\w\[])([^\n“”\"‘]{1,400}?)(?<=[\w.,!?…])[’'](?![\w’'])")
_STOP = re.compile(r"[.?!…][”\"’')]*(?=\s)")
_TAIL = re.compile(rf"[,?!](?=\s(?:[^\s,.“”\"]+\s){{0,5}}(?:{'|'.join(PAGE['sentences']['saying'])})\b)")
_GLYPH = {"“": "open", "„": "open", "«": "open", "``": "open", "”": "close", "»": "close", "''": "close"}
_BEFORE_OPEN, _AFTER_CLOSE = "([{—–-/‘'", ".,;:!?)]}—–-’'/"
_LONGEST_GUESS = 600  # characters: how far back a quotation without an opening mark may reach


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation with its marks; `carries` when the mark left open promises more in the next paragraph."""

    span: Span
    carries: bool = False


def find_quotes(text: str, lines: Sequence[Span]) -> list[Quote]:
    """Every quotation of a text whose paragraphs are `lines`, in reading order.

    >>> text = '“Rain,” he said. "Then sun." \\'Snow,\\' she said.'
    >>> [q.span.of(text) for q in find_quotes(text, [Span(0, len(text))])]
    ['“Rain,”', '"Then sun."', "'Snow,'"]
    """
    found = _double(text, lines)
    return _with_single(text, found)


def _side(text: str, start: int, end: int, glyph: str) -> str:
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    can_open = (not before or before.isspace() or before in _BEFORE_OPEN) and bool(after) and not after.isspace()
    can_close = bool(before) and not before.isspace() and (not after or after.isspace() or after in _AFTER_CLOSE)
    if can_open != can_close:
        return "open" if can_open else "close"
    return _GLYPH.get(glyph, "either")


def _double(text: str, lines: Sequence[Span]) -> list[Quote]:
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
            found.append(_unclosed(text, opened, lines[home], carries=_opens(line, home, start, starts, side)))
            last, opened = found[-1].span.end, -1
        if opened < 0 and side == "close":
            guess = _guess_start(text, max(last, lines[line].start, start - _LONGEST_GUESS), start)
            if guess is not None:
                found.append(Quote(Span(guess, end)))
                last = end
        elif opened < 0:
            opened, home = start, line
        elif side == "open" and start > opened + 1:
            found.append(_broken(text, opened, start))
            last, opened, home = found[-1].span.end, start, line
        else:
            found.append(Quote(Span(opened, end)))
            last, opened = end, -1
    if opened >= 0:
        found.append(_unclosed(text, opened, lines[home], carries=False))
    return found


def _opens(line: int, home: int, start: int, starts: Sequence[int], side: str) -> bool:
    return line == home + 1 and start - starts[line] < 2 and side != "close"


def _unclosed(text: str, start: int, line: Span, *, carries: bool) -> Quote:
    """A quotation that its paragraph leaves open: up to its speaker, to the paragraph's end, or one sentence."""
    tail = None if carries else _TAIL.search(text, start, line.end)
    if tail:
        return Quote(Span(start, tail.end()))
    if carries or start - line.start < 2:
        return Quote(Span(start, max(line.end, start + 1)), carries)
    return _broken(text, start, max(line.end, start + 1))


def _broken(text: str, start: int, end: int) -> Quote:
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
    return begin if end - begin > 8 else None


def _with_single(text: str, found: list[Quote]) -> list[Quote]:
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


_TOKEN = re.compile(r"\d+(?:[.,]\d+)+\w*|\b(?:[A-Za-z]\.){2,}|[^\W_]+(?:[’'.&\-][^\W_]+)*|``|''|[^\w\s]|_")
_LOUD = frozenset(("WHO", "US", "IT", "AS", "MAY", "ME", "OR", "IN"))
_LONGEST, _LONGEST_QUOTED = 400, 3000  # words in a sentence, without and with the quotations that hold it together
_LINE = re.compile(r"[^\r\n]+")


@dataclass(slots=True)
class TokenizedText:
    """The words of a text as parallel lists, so that a rule can step from word to word by number."""

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
        """The characters of a stretch of words."""
        return Span(self.spans[tokens[0]][0], self.spans[tokens[1] - 1][1])

    def of(self, tokens: TokenRange) -> str:
        """Its words."""
        return self.text[self.spans[tokens[0]][0] : self.spans[tokens[1] - 1][1]]

    def capital(self, i: int) -> bool:
        """Whether a word begins with a capital letter."""
        return self.text[self.spans[i][0]].isupper()

    def as_written(self, i: int) -> str:
        """A word as it stands."""
        start, end = self.spans[i]
        return self.text[start:end]


def _plain(word: str) -> str:
    """In lower case, but US, IT and WHO stay apart from us, it and who."""
    return word if len(word) > 1 and word in _LOUD else word.lower()


def _pieces(a: int, b: int, quote_at: list[int], quote_words: list[TokenRange]) -> list[TokenRange]:
    """A sentence as it is; one that no writer would write, cut up, so that no text can keep the rules busy."""
    pieces = []
    while b - a > _LONGEST:
        cut = a + _LONGEST
        if quote_at[cut] >= 0 and quote_at[cut] == quote_at[cut - 1]:
            cut = min(b, quote_words[quote_at[cut]][1], a + _LONGEST_QUOTED)
        pieces.append((a, cut))
        a = cut
    return [*pieces, (a, b)] if a < b else pieces


def tokenize(text: str) -> TokenizedText:
    """Take a text apart once; every rule looks at the result.

    >>> doc = tokenize("“It rained. It poured,” he said. Then it stopped.")
    >>> [doc.of(unit) for unit in doc.sentences]
    ['“It rained. It poured,” he said.', 'Then it stopped.']
    """
    lines = [Span(*m.span()) for m in _LINE.finditer(text)]
    spans = [m.span() for m in _TOKEN.finditer(text)]
    low = [_plain(text[a:b]) for a, b in spans]
    flags = [FLAGS.get(word, 0) for word in low]
    starts = [a for a, _ in spans]
    quotes = find_quotes(text, lines) if lines else []
    quote_at = [-1] * len(spans)
    quote_words: list[TokenRange] = []
    for n, quote in enumerate(quotes):
        a, b = bisect_left(starts, quote.span.start), bisect_left(starts, quote.span.end)
        quote_words.append((a, b))
        quote_at[a:b] = [n] * (b - a)
    units: list[TokenRange] = []
    rows: list[TokenRange] = []
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
    return TokenizedText(text, spans, low, flags, quotes, quote_at, quote_words, units, rows)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who said what: spans into the text, and the rule that found them.

    `source` and `cue` are None where a quotation is carried over from the attribution at index `carried_from`.
    `decided_by` is the span, or the words, that decided the `kind`.
    """

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    form: str
    rule: str
    speaker: str
    kind: str
    decided_by: Span | str
    carried_from: int | None = None
    note: str = ""

    @property
    def start(self) -> int:
        """Where it begins, in code points: whichever part comes first."""
        return min(s.start for s in (self.source, self.cue, *self.content) if s)


TokenRange = tuple[int, int]
"""A stretch of words by number, end exclusive."""


@dataclass(slots=True)
class Hit:
    """What a rule saw, in numbers of words rather than characters."""

    source: TokenRange | None
    cue: TokenRange | None
    content: list[TokenRange]
    rule: str = ""
    form: str = ""
    carried: Hit | None = None

    @property
    def end(self) -> int:
        """The word after the last one."""
        return max(e for _, e in (self.source or (0, 0), self.cue or (0, 0), *self.content))


@dataclass(frozen=True, slots=True)
class Rule:
    """A named way of attributing words: what it wants before it looks closer, and one sentence a teacher could say."""

    name: str
    why: str
    find: Callable[[CueContext], Hit | None]
