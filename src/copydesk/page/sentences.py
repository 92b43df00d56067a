"""Sentences: where one ends and the next begins, in one pass over the full stops.

Every `.`, `?`, `!` and `…` before white space is a candidate; if a rule of `RULES` knows better, it ends no sentence.
The words the rules need are data: titles in `data/titles_before_names.toml`, abbreviations and words that open a
sentence in `data/sentences.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from itertools import pairwise

from copydesk.base.spans import Span
from copydesk.base.wording import load_wording

INVISIBLE = (
    "\u00ad\u115f\u1160\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\u3164"
)
"""What content systems leave in a text and no reader sees: zero-width spaces, soft hyphens, fillers, and the marks that
steer the direction of writing. The joiners of Persian and Hindi are not among them: they belong to words."""

BLANK = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""White space as this kit understands it: Unicode's, and the byte order mark."""

_WORDS = {kind: frozenset(words) for kind, words in load_wording("sentences").items()}
_TITLES = frozenset(word for titles in load_wording("titles_before_names").values() for word in titles["short"].split())
_OFFICES = _TITLES | {
    word for titles in load_wording("titles_before_names").values() for word in titles.get("whole", "").split()
}
# A closing mark may stand apart, as in French: « Is it open ? » she asked. Before a letter it is an opening one.
_CLOSING = r"(?:[\"'”’)\]]|[ \u00a0\u202f]?[»”](?!\w)|[«“](?!\w))*+"
_NOTE = r"\[(?:\w{1,3}|note\s\d+|citation needed)\]|[¹²³⁰-⁹]"  # a footnote mark hangs on the stop: safe.[1]
_STOP = re.compile(rf"([.?!…。।؟۔]++)({_CLOSING})(?:{_NOTE}|[{INVISIBLE}])*+(?=([\s\ufeff]?))")
# The end of a line: a stop, and perhaps a note or an agency after it: (AFP), — AFP, [1].
_SILENT = rf"[\s\ufeff{INVISIBLE}\"'“”’«»)\].]*+"
_END = re.compile(rf"[.?!…。！？।؟۔]{_SILENT}(?:(?:\[[^\[\]]+\]|\([^()]+\)|[–—]\s?[A-Z]{{2,8}}){_SILENT})*$")
_GAP = re.compile(rf"[\s\ufeff{INVISIBLE}\"'“‘«»„()\[–—-]*+")
_EDGE = re.compile(rf"[\s\ufeff{INVISIBLE}\"'“”‘’«»„()\[\]/–—-]")
_WORD = re.compile(r"[^\W\d_]*+")
_ACRONYM = re.compile(r"(?:\w{1,2}\.)+\w")
_SPEAKER = re.compile(rf"(?:[^\W\d][\w.’'-]*+\s++){{1,4}}(?:{'|'.join(_WORDS['saying'])})\b")
# Names that begin small: van Sebille, d’Arc, iPhone.
_SMALL_NAME = re.compile(rf"(?:(?:{'|'.join(_WORDS['particles'])})\s+|[dl][’'])+[A-ZÀ-ÖØ-Þ]|[a-z]{{1,2}}[A-Z]\w")
_NEXT_SENTENCE = re.compile(r"[“‘«„(]?(?:[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ’']+|[AI])[\s,;:]")
_BEHIND, _AHEAD = 40, 120  # how far, in characters, a rule looks: this keeps the whole pass linear


@dataclass(frozen=True, slots=True)
class Stop:
    """A full stop (or `?`, `!`, `…`) and what stands around it."""

    mark: str
    closing: str
    before: str
    after: str
    opens: bool
    first: bool
    listed: bool

    @property
    def plain(self) -> bool:
        """A single full stop that closes no quotation."""
        return self.mark == "." and not self.closing

    @property
    def next_word(self) -> str:
        """The word after the stop, in lower case; empty when a number or a mark follows."""
        word = _WORD.match(self.after)
        return word.group().lower() if word else ""

    @property
    def starts(self) -> bool:
        """Whether what follows can only be a new sentence: the, but not the A in A. Smith or the No in No. 5."""
        word = self.next_word
        return self.opens or (word in _WORDS["starters"] and not self.after.startswith(".", len(word)))

    def after_one_of(self, words: Set[str]) -> bool:
        """Whether a single full stop follows one of these abbreviations, written with a capital as before a name."""
        return self.plain and self.before[:1].isupper() and self.before.lower() in words


def before_lower_case(stop: Stop) -> bool:
    """“Why?” he asked: a new sentence would begin with a capital, or with a name such as van Sebille or iPhone."""
    return stop.after[:1].islower() and not _SMALL_NAME.match(stop.after)


def before_more_stops(stop: Stop) -> bool:
    """The first two of . . . are not the end yet."""
    return stop.after[:1] in (".", "?", "!", "…")


def after_title(stop: Stop) -> bool:
    """Gen. Ode, e.g. Lakeport: more of the phrase must follow."""
    return stop.after_one_of(_TITLES) or (stop.plain and stop.before.lower() in _WORDS["never_end"])


def after_state(stop: Stop) -> bool:
    """Mass. Gov. Lund, but not: in Norwick, Mass. Police came. (Inside a sentence, a comma would follow.)"""
    more = stop.next_word in _OFFICES or not (stop.listed or stop.starts)
    return stop.after_one_of(_WORDS["states"]) and more


def before_number(stop: Stop) -> bool:
    """No. 5, Jan. 6."""
    return stop.plain and stop.after[:1].isdigit() and stop.before.lower() in _WORDS["before_numbers"]


def after_ordinal(stop: Stop) -> bool:
    """Am 3. Februar, im 19. Jahrhundert: in German and other languages a full stop makes a number an ordinal."""
    return stop.plain and stop.before.isdigit() and len(stop.before) < 3 and stop.next_word in _WORDS["after_ordinals"]


def after_initial(stop: Stop) -> bool:
    """J. K. Rowling, but not: plan B. The rest waits."""
    return stop.plain and len(stop.before) == 1 and stop.before.isupper() and not stop.starts


def after_hour(stop: Stop) -> bool:
    """5 p.m. Monday, 9 a.m. AEST, but not: at 5 p.m. Officials left."""
    return stop.plain and _is_hour(stop.before) and stop.next_word in _WORDS["after_hours"] | _WORDS["zones"]


def after_abbreviation(stop: Stop) -> bool:
    """The U.S. Army, but not: in the U.S. The army waits."""
    known = stop.before.lower() in _WORDS["may_end"] or _ACRONYM.fullmatch(stop.before) is not None
    return stop.plain and known and not _is_hour(stop.before) and not stop.starts


def after_list_number(stop: Stop) -> bool:
    """1. First of all."""
    return stop.plain and stop.first and stop.before.isdigit()


def before_speaker(stop: Stop) -> bool:
    """“Will it rain?” Mara Quill asked."""
    return stop.mark[-1] in "?!…" and bool(stop.closing) and _SPEAKER.match(stop.after) is not None


RULES: tuple[Callable[[Stop], bool], ...] = (
    before_lower_case,
    before_more_stops,
    after_title,
    after_state,
    before_number,
    after_ordinal,
    after_initial,
    after_hour,
    after_abbreviation,
    after_list_number,
    before_speaker,
)
"""Why a stop does not end a sentence, each under a name a teacher can say."""


def split_sentences(text: str, span: Span | None = None) -> list[Span]:
    """The sentences of a text, or of one paragraph of it, in reading order and without the white space between them.

    >>> text = "Gen. Ode left at 5 p.m. on Monday. “Why?” he asked."
    >>> [s.of(text) for s in split_sentences(text)]
    ['Gen. Ode left at 5 p.m. on Monday.', '“Why?” he asked.']
    """
    start, end = (span.start, span.end) if span else (0, len(text))
    edges = [start, *_ends(text, start, end), end]
    found = [trim(text, a, b) for a, b in pairwise(edges)]
    return [s for s in found if s]


def ends_sentence(text: str) -> bool:
    """Whether a line stops the way a sentence does.

    >>> ends_sentence("It rained. (AFP)"), ends_sentence("Rain ends")
    (True, False)
    """
    return _END.search(text, max(0, len(text) - 2 * _BEHIND)) is not None


def trim(text: str, start: int, end: int) -> Span | None:
    """The stretch without the white space at its ends; None when nothing is left.

    >>> trim("  rain ", 0, 7)
    Span(start=2, end=6)
    """
    if start < end and text[start] not in BLANK and text[end - 1] not in BLANK:
        return Span(start, end)
    piece = text[start:end].lstrip(BLANK)
    size = len(piece.rstrip(BLANK))
    return Span(end - len(piece), end - len(piece) + size) if size else None


def _ends(text: str, begin: int, end: int) -> Iterator[int]:
    """Where sentences end, the last one apart."""
    for match in _STOP.finditer(text, begin, end):
        if match.group(3) or _is_glued(text, match, end):
            stop = _look_around(text, match, begin, end)
            if not any(rule(stop) for rule in RULES):
                yield match.end()


def _is_glued(text: str, match: re.Match[str], end: int) -> bool:
    """The bridge closed.Drivers turned back: a small word before the stop, a capitalised one after it, no address."""
    if match.end() == end or not _NEXT_SENTENCE.match(text, match.end(), end):
        return False
    word = _word_before(text, match.start(), 0)
    return len(word) > 2 and word.isalpha() and word.islower() and text[match.start() - len(word) - 1] not in "/@"


def _word_before(text: str, stop: int, begin: int) -> str:
    return _EDGE.split(text[max(begin, stop - _BEHIND) : stop])[-1]


def _look_around(text: str, match: re.Match[str], begin: int, end: int) -> Stop:
    gap = _GAP.match(text, match.end(), end)
    after = gap.end() if gap else match.end()
    word = _word_before(text, match.start(), begin)
    at = match.start() - len(word)
    return Stop(
        mark=match.group(1),
        closing=match.group(2),
        before=word,
        after=text[after : min(end, after + _AHEAD)],
        opens=any(mark in '"“‘«„»' for mark in text[match.end() : after]),
        first=at <= begin,
        listed=text[max(begin, at - 2) : at].rstrip(BLANK) == ",",
    )


def _is_hour(word: str) -> bool:
    return word.lower() in ("a.m", "p.m")
