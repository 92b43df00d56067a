"""A text made ready for the rules: its words with their classes, its quotations and its sentences.

The words that the rules know are data. `data/reporting_verbs.toml` lists the verbs, nouns and adjectives that report
what somebody said; `data/grammar_words.toml` lists small words such as auxiliaries and prepositions.

Rules step from word to word by number, so a text is kept as parallel lists. A quotation is found by the shape around
its marks first and by the marks themselves second; that is why a wrong or a missing mark does little harm. No sentence
ends inside a quotation: `“It rained. It poured,” he said.` is one sentence here.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from copydesk.base.spans import Span
from copydesk.base.wording import load_wording
from copydesk.page.article import find_paragraphs
from copydesk.page.sentences import split_sentences

# Words and their classes

REPORTING: Mapping[str, Any] = load_wording("reporting_verbs")
GRAMMAR: Mapping[str, Any] = load_wording("grammar_words")


def word_set(words: str | Iterable[str]) -> frozenset[str]:
    """Words written in a row, as a set."""
    return frozenset(words.split() if isinstance(words, str) else words)


# A word can belong to several classes (“that” is a determiner, a relative pronoun and a subordinator), so its classes
# are bits of one number: a rule asks about several of them in one comparison.
_CLASSES = (
    *("be", "have", "modal", "contracted", "adverb", "determiner", "preposition", "conjunction", "subordinator"),
    *("relative", "pronoun", "object_pronoun", "time", "finite"),
)
BE, HAVE, MODAL, SHORT, ADVERB, DET, PREP, COORD, SUBORD, RELATIVE, PRONOUN, OBJECT, TIME, FINITE = (
    1 << i for i in range(len(_CLASSES))
)
CUE, WORD, CAPITAL, LY = (1 << i for i in range(len(_CLASSES), len(_CLASSES) + 4))
"""A form of a reporting verb; a word or number rather than a mark; a capital letter; an adverb known by its ending."""
AUX = BE | HAVE | MODAL
ADVERBIAL = ADVERB | LY
VERB_GROUP = AUX | ADVERBIAL
"""What may stand between a subject and its verb: has *not yet publicly* said."""
SMALL = AUX | SHORT | DET | PREP | COORD | SUBORD | PRONOUN | TIME
"""What cannot stand inside a plain run of nouns."""


@dataclass(frozen=True, slots=True)
class VerbForm:
    """A form of a reporting verb, or an adjective: `tense` is base, s, past, part, ing or adjective.

    An `unsure` form is often a noun. `frames` says what may stand around it, and `particles` which small words make it
    another verb (call for, make it clear); the data file explains both.
    """

    lemma: str
    tense: str
    frames: frozenset[str]
    unsure: bool
    particles: tuple[list[str], ...] = ()


NO_VERB = VerbForm("", "", frozenset(), False)
"""The form of a word that is no reporting verb: a noun such as “claim”, “according”."""


def forms_of(lemma: str, irregular: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The forms of a verb with their tense.

    >>> [form for form, tense in forms_of("argue", {})]
    ['argue', 'argues', 'argued', 'arguing']
    """
    if lemma in irregular:
        third, past, part, ing = irregular[lemma].split()
    else:
        stem = lemma[:-1] + "i" if lemma.endswith("y") and lemma[-2] not in "aeou" else lemma  # deny, denies
        third = stem + ("es" if stem.endswith(("s", "sh", "ch", "x", "o", "i")) else "s")
        past = part = stem + ("d" if lemma.endswith("e") else "ed")
        ing = lemma.removesuffix("e") + "ing"
    # Of two equal forms the later tense counts: “argued” is a past tense more often than a participle.
    return tuple({lemma: "base", third: "s", part: "part", past: "past", ing: "ing"}.items())


def _verb_forms() -> dict[str, VerbForm]:
    frames: dict[str, set[str]] = {}
    for band in REPORTING["bands"].values():
        for verb in band["verbs"].split():
            frames.setdefault(verb, set()).update(band["frames"])
    for verb in REPORTING["particles"]:
        frames.setdefault(verb, set())
    unsure = word_set(REPORTING["also_other"]["forms"])
    forms = {}
    for verb, may in frames.items():
        particles = tuple(particle.split() for particle in REPORTING["particles"].get(verb, ()))
        for form, tense in forms_of(verb, REPORTING["irregular"]):
            forms[form] = VerbForm(verb, tense, frozenset(may), form in unsure, particles)
    that = frozenset(("that", "clause"))
    return forms | {word: VerbForm(word, "adjective", that, True) for word in REPORTING["adjectives"]["that"].split()}


VERB_FORMS = _verb_forms()
"""Every form of every reporting verb."""


def _classes() -> dict[str, int]:
    found = dict.fromkeys(VERB_FORMS, CUE)
    for bit, name in enumerate(_CLASSES):
        for word in GRAMMAR[name].split():
            found[word] = found.get(word, 0) | 1 << bit
    return found


CLASSES = _classes()
"""The classes of every word that is listed anywhere."""
_LOUD = frozenset(("WHO", "US", "IT", "AS", "MAY", "ME", "OR", "IN"))
_NOT_LY = word_set(GRAMMAR["no_adverbs"])


INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
"""Soft hyphens and characters of no width, as they are written in a class of a pattern."""
INSIDE = INVISIBLE + "\u0300-\u036f"
"""These and combining accents: what may stand inside a word and is no letter."""
_INVISIBLE = re.compile(f"[{INVISIBLE}]")


@lru_cache(maxsize=1 << 15)
def read_word(written: str) -> tuple[str, int]:
    """A word in lower case, and its classes.

    >>> [bool(read_word(word)[1] & ADVERBIAL) for word in ("reportedly", "Kelly")]
    [True, False]
    """
    if not written.isascii():
        written = unicodedata.normalize("NFC", _INVISIBLE.sub("", written)) or written
    word = written if len(written) > 1 and written in _LOUD else written.lower()  # US is not us
    flags = CLASSES.get(word, 0)
    if word[0].isalnum():
        flags |= WORD
    if written[0].isupper():
        flags |= CAPITAL
        if word == "may":
            flags &= ~MODAL
    elif word == "may":
        flags &= ~TIME
    elif word.endswith("ly") and word not in _NOT_LY:  # no list holds every adverb, and few other words end so
        flags |= LY
    return word, flags


# Texts

TokenRange = tuple[int, int]
"""A stretch of tokens by number, end exclusive."""

_MARK = re.compile(r"[“”„‟«»\"]|``|''")
# Single quotation marks double as apostrophes. A pair counts only if it hugs words on the inside, touches none on the
# outside and stays on one line: ‘Snow,’ she said; but not: the bakers’ strike and the millers’.
_SINGLE = re.compile(r"(?<![\w’'])[‘'](?=[\w\[])([^“”\"‘]{1,400}?)(?<=[\w.,!?…])[’'](?![\w’'])")
_STOP = re.compile(r"[.?!…][”\"’')]*(?=\s)")
_SAYING = "|".join(load_wording("sentences")["saying"])
_TAIL = re.compile(rf"[,?!](?=\s(?:[^\s,.“”\"]+\s){{0,5}}(?:{_SAYING})\b)")
_SIDE_OF = {"“": "open", "„": "open", "«": "open", "``": "open", "”": "close", "»": "close", "''": "close"}
_BEFORE_OPEN, _AFTER_CLOSE = "([{—–-/‘'", ".,;:!?)]}—–-’'/"
_LONGEST_GUESS = 600  # characters: how far back a quotation without an opening mark may reach

_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)+\w*|\b(?:[A-Za-z]\.){2,}"
    rf"|[^\W_]+(?:(?:[’'.&\-]|[{INSIDE}]+)[^\W_]+)*[{INSIDE}]*"
    r"|``|''|[^\w\s]|_"
)
_UNSEEN = re.compile(f"[{INSIDE}]")
_STRAY = re.compile(rf"(?<!\w)[{INSIDE}]+|[{INVISIBLE}]+(?!\w)")  # such a character beside a mark or a space
# No writer writes such sentences, but a page without full stops has them; rules look at every pair of words at worst.
_DASHES = "-–—"
_LONGEST, _LONGEST_QUOTED = 400, 3000  # words in a sentence, without and with the quotations that hold it together


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation with its marks; `carries` when the mark left open promises more in the next paragraph."""

    span: Span
    carries: bool = False


@dataclass(slots=True)
class TokenizedText:
    """The tokens of a text (words, numbers, marks) as parallel lists, with ranges of them for larger parts.

    `words` are in lower case and `flags` are their classes. `quote_at` gives for each token the number
    of the quotation it stands in, or -1. `quote_words`, `sentences` and `paragraphs` are ranges of tokens. A sentence
    begins behind the dateline. `title_marks` tells where the marks around a title stand, which are no tokens.
    """

    text: str
    spans: list[tuple[int, int]]
    words: list[str]
    flags: list[int]
    quotes: list[Quote]
    quote_at: list[int]
    quote_words: list[TokenRange]
    sentences: list[TokenRange]
    paragraphs: list[TokenRange]
    title_marks: dict[int, int]

    def span(self, tokens: TokenRange) -> Span:
        """The characters of a range of tokens."""
        start, end = self.spans[tokens[0]][0], self.spans[tokens[1] - 1][1]
        return Span(self.title_marks.get(start, start), self.title_marks.get(end, end))

    def of(self, tokens: TokenRange) -> str:
        """A range of tokens as the text writes it."""
        return self.text[self.spans[tokens[0]][0] : self.spans[tokens[1] - 1][1]]


def tokenize(text: str) -> TokenizedText:
    """Take a text apart once; every rule looks at the result.

    >>> doc = tokenize("“It rained. It poured,” he said. Then it stopped.")
    >>> [doc.of(sentence) for sentence in doc.sentences]
    ['“It rained. It poured,” he said.', 'Then it stopped.']
    """
    # Of the same length, so that offsets hold.
    plain = _STRAY.sub(lambda stray: " " * len(stray.group()), text) if _UNSEEN.search(text) else text
    paragraphs = find_paragraphs(plain)
    spans = [m.span() for m in _TOKEN.finditer(plain)]
    read = [read_word(plain[a:b]) for a, b in spans]
    doc = TokenizedText(text, spans, [word for word, _ in read], [flags for _, flags in read], [], [], [], [], [], {})
    starts = [a for a, _ in spans]
    if paragraphs and _add_quotes(doc, find_quotes(plain, paragraphs), starts):
        starts = [a for a, _ in doc.spans]
    for paragraph in paragraphs:
        low, high = bisect_left(starts, paragraph.start), bisect_left(starts, paragraph.end)
        if low < high:
            doc.paragraphs.append((low, high))
            _add_sentences(doc, plain, paragraph, starts)
    return doc


def _add_quotes(doc: TokenizedText, quotes: Sequence[Quote], starts: Sequence[int]) -> Set[int]:
    """Say which tokens stand in quotation marks; take the marks of a title, which is a name, away and return them."""
    marks: set[int] = set()
    for quote in quotes:
        a, b = bisect_left(starts, quote.span.start), bisect_left(starts, quote.span.end)
        if _is_title(doc, a, b):
            marks |= {a, b - 1}
            last = next(i for i in range(b - 2, a, -1) if doc.flags[i] & WORD)
            doc.title_marks |= {doc.spans[a + 1][0]: doc.spans[a][0], doc.spans[last][1]: doc.spans[b - 1][1]}
        else:
            a, b = a - len(marks), b - len(marks)
            doc.quotes.append(quote)
            doc.quote_words.append((a, b))
    if marks:
        for mark in sorted(marks, reverse=True):
            del doc.spans[mark], doc.words[mark], doc.flags[mark]
    doc.quote_at = [-1] * len(doc.spans)
    for n, (a, b) in enumerate(doc.quote_words):
        doc.quote_at[a:b] = [n] * (b - a)
    return marks


def _is_title(doc: TokenizedText, a: int, b: int) -> bool:
    """Whether a quotation names a book or a programme: capitals behind a preposition or a noun: of “Open Desk”."""
    if not 3 <= b - a <= 12 or a == 0 or not doc.flags[a + 1] & CAPITAL:
        return False
    before, flag = doc.words[a - 1], doc.flags[a - 1]
    if not flag & WORD or flag & (CUE | FINITE | OBJECT | AUX | COORD | ADVERBIAL) or before.endswith(("ed", "ing")):
        return False
    if (flag & SUBORD and not flag & PREP) or before == "as":
        return False
    return all(doc.flags[i] & (CAPITAL | SMALL) or not doc.words[i][0].isalpha() for i in range(a + 1, b - 1))


def _add_sentences(doc: TokenizedText, text: str, paragraph: Span, starts: Sequence[int]) -> None:
    """Split a paragraph, but not inside a quotation, nor between a question in quotation marks and who asked it."""
    quote_at, first = doc.quote_at, len(doc.sentences)
    for sentence in split_sentences(text, paragraph):
        a, b = bisect_left(starts, sentence.start), bisect_left(starts, sentence.end)
        if len(doc.sentences) == first:
            a = _past_dateline(doc, a, b)
        if a == b:
            continue
        joined = a and quote_at[a] >= 0 and quote_at[a] == quote_at[a - 1]
        asked = a > 1 and quote_at[a - 1] >= 0 and doc.words[a - 2] in "?!…" and _tells_who_asked(doc, a, b)
        if (joined or asked) and len(doc.sentences) > first and b - doc.sentences[-1][0] < _LONGEST_QUOTED:
            doc.sentences[-1] = (doc.sentences[-1][0], b)
        else:
            doc.sentences.extend(_pieces(a, b, quote_at, doc.quote_words))


def _tells_who_asked(doc: TokenizedText, a: int, b: int) -> bool:
    """“Why?” Okafor demanded. No list of the splitter's could hold every verb that reports."""
    for i in range(a + 1, min(b, a + 6)):
        form = VERB_FORMS.get(doc.words[i])
        if form and form.tense in ("past", "s") and form.frames & {"quote", "post"}:
            return i + 1 == b or not doc.flags[i + 1] & WORD or bool(doc.flags[i + 1] & (TIME | PREP | ADVERBIAL))
        if doc.quote_at[i] >= 0 or doc.flags[i] & (AUX | SUBORD):
            return False
    return False


def _past_dateline(doc: TokenizedText, a: int, b: int) -> int:
    """Past the place, the day and the agency a report begins with: LISBON, 3 May (Reuters) –"""
    dash = next((i for i in range(a + 1, min(b - 1, a + 16)) if doc.words[i] in _DASHES), a)
    while dash < b - 1 and doc.words[dash + 1] == doc.words[dash]:  # two hyphens for a dash
        dash += 1
    if dash == a or not doc.spans[dash - 1][1] < doc.spans[dash][0] or not doc.flags[a] & (CAPITAL | PREP):
        return a
    agency = next((i for i in range(a, dash) if doc.words[i] == "("), dash)
    known = doc.words[dash - 1] == ")" or (len(doc.words[a]) > 2 and doc.of((a, a + 1)).isupper())
    named = all(doc.flags[i] & (CAPITAL | TIME) or not doc.words[i][0].isalpha() for i in range(a, agency))
    return dash + 1 if known and named else a


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


def find_quotes(text: str, paragraphs: Sequence[Span]) -> list[Quote]:
    """Every quotation of a text of these paragraphs, in reading order.

    >>> text = '“Rain,” he said. "Then sun." \\'Snow,\\' she said.'
    >>> [q.span.of(text) for q in find_quotes(text, [Span(0, len(text))])]
    ['“Rain,”', '"Then sun."', "'Snow,'"]
    """
    starts = [paragraph.start for paragraph in paragraphs]
    found: list[Quote] = []
    opened = -1  # where the open quotation began
    home = -1  # the paragraph it began in
    last = 0  # where the last quotation ended
    for match in _MARK.finditer(text):
        start, end = match.span()
        here = bisect_right(starts, start) - 1
        side = _side(text, start, end, match.group())
        if opened >= 0 and here != home and (side != "close" or here > home + 1):
            # By an old convention, a quotation of several paragraphs opens each one and closes only the last.
            carries = here == home + 1 and start - starts[here] < 2 and side != "close"
            found.append(_unclosed(text, opened, paragraphs[home], carries=carries))
            last, opened = found[-1].span.end, -1
        if opened < 0 and side == "close":
            guess = _guess_start(text, max(last, paragraphs[here].start, start - _LONGEST_GUESS), start)
            if guess is not None:
                found.append(Quote(Span(guess, end)))
                last = end
        elif opened < 0:
            opened, home = start, here
        elif side == "open" and start > opened + 1:
            found.append(_one_sentence(text, opened, start))
            last, opened, home = found[-1].span.end, start, here
        else:
            found.append(Quote(Span(opened, end)))
            last, opened = end, -1
    if opened >= 0:
        found.append(_unclosed(text, opened, paragraphs[home], carries=False))
    return _with_single(text, found, starts)


def _side(text: str, start: int, end: int, mark: str) -> str:
    """Whether a mark opens or closes: by the space and the marks around it, then by what it is."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if (mark == "«" and after.isspace()) or (mark == "»" and before.isspace() and not after.isalnum()):
        return _SIDE_OF[mark]  # « The gate is shut », with the spaces of French
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


def _with_single(text: str, found: list[Quote], lines: list[int]) -> list[Quote]:
    """Add the quotations in single marks that stand outside those in double marks."""
    if "‘" not in text and "'" not in text:
        return found
    starts = [q.span.start for q in found]
    single = []
    for match in _SINGLE.finditer(text):
        at = bisect_right(starts, match.start()) - 1
        inside = at >= 0 and found[at].span.end > match.start()
        over = at + 1 < len(found) and found[at + 1].span.start < match.end()
        if not inside and not over and bisect_right(lines, match.start()) == bisect_right(lines, match.end()):
            single.append(Quote(Span(*match.span())))
    return sorted(found + single, key=lambda q: q.span) if single else found
