"""Reading a sentence by its small words: is this a verb, where does this noun phrase end, what is only an aside."""

from __future__ import annotations

from copydesk.attribution.lexicon import (
    ADVERB,
    AUX,
    BE,
    COORD,
    CUE,
    CUE_FORMS,
    DET,
    FINITE,
    OBJECT,
    PREP,
    PRONOUN,
    SHORT,
    SMALL,
    SUBORD,
    TIME,
    WORDS,
    word_set,
)
from copydesk.attribution.model import Tokens
from copydesk.attribution.page import Page

_BEFORE_TIME = word_set(WORDS["before_times"])
_NO_ASIDE = word_set(WORDS["no_asides"])
MARKS = frozenset(',;:.—–-()[]!?…“”"«»„/')
ENDERS = frozenset(".!?…")
VENUES = word_set(WORDS["venue"])
STARTERS = word_set(WORDS["starters"])
_NOT_LY = frozenset(("family", "july", "italy", "ally", "assembly", "reply", "supply", "only", "early", "friendly"))
_POSSESSIVE = ("'s", "’s", "s'", "s’")


def is_adverb(page: Page, i: int) -> bool:
    """Reportedly, also, never: what may stand inside a verb group."""
    word = page.low[i]
    return bool(page.flags[i] & ADVERB) or (word.endswith("ly") and word not in _NOT_LY and not page.capital(i))


def is_word(page: Page, i: int) -> bool:
    """Whether this is a word or a number, not a mark."""
    return page.low[i][0].isalnum()


def is_possessive(page: Page, i: int) -> bool:
    """Quill’s, the ministers’."""
    return page.low[i].endswith(_POSSESSIVE)


def is_finite(page: Page, i: int, low: int) -> bool:
    """Whether a word can only, or very likely, be the finite verb of a clause.

    >>> from copydesk.attribution.page import read_page
    >>> page = read_page("the town closed the bridge")
    >>> [page.word(i) for i in range(5) if is_finite(page, i, 0)]
    ['closed']
    """
    flag = page.flags[i]
    if flag & (AUX | FINITE | SHORT):
        return page.low[i] not in ("been", "being", "having", "be")
    before = page.flags[i - 1] if i > low else 0
    if before & DET or (before & PREP and page.low[i - 1] != "to"):
        return False
    word = page.low[i]
    if i > low and page.low[i - 1] in ("be", "been", "being"):
        return False
    if word.endswith("ed") and len(word) > 3 and not page.capital(i):
        after = page.flags[i + 1] if i + 1 < len(page.low) else 0
        return not (after & PREP and page.low[i + 1] in ("by", "in", "at", "of")) or bool(before & PRONOUN)
    cue = CUE_FORMS.get(word)
    return cue is not None and cue.tense in ("past", "s") and not cue.unsure


def has_finite(page: Page, start: int, end: int) -> bool:
    """Whether a clause, not only a phrase, stands here; verbs of relative clauses do not count."""
    i = start
    while i < end:
        word = page.low[i]
        if word in ("who", "which", "that", "whose") and i > start:
            i = _past_verb(page, i + 1, end)
        elif is_finite(page, i, start):
            return True
        i += 1
    return False


def _past_verb(page: Page, i: int, end: int) -> int:
    while i < end and not is_finite(page, i, i):
        i += 1
    while i + 1 < end and (page.flags[i + 1] & AUX or is_adverb(page, i + 1)):
        i += 1
    return i + 1 if i < end and page.flags[i] & AUX else i


def noun_chunk(page: Page, i: int, end: int) -> int:
    """The word after a short noun phrase that begins at `i`; `i` itself when there is none.

    >>> from copydesk.attribution.page import read_page
    >>> noun_chunk(read_page("a local radio station that it rained"), 0, 7)
    4
    """
    start = i
    flag = page.flags[i] if i < end else 0
    if flag & OBJECT and not page.flags[i] & DET:
        return i + 1
    if flag & DET:
        i += 1
        while i < end and page.flags[i] & DET:
            i += 1
        while i < end and not page.flags[i] & SMALL and is_word(page, i) and not _verb_here(page, i, start):
            i += 1
        return i
    if i < end and is_word(page, i) and page.capital(i) and not flag & (PREP | SUBORD | TIME | PRONOUN):
        while i < end and is_word(page, i) and page.capital(i) and not page.flags[i] & (SUBORD | TIME | PRONOUN):
            i += 1
        if i + 1 < end and page.low[i] in ("and", "&") and page.capital(i + 1):
            return noun_chunk(page, i + 1, end)
        return i
    plain = i
    while plain < end and plain < i + 4 and is_word(page, plain) and not page.flags[plain] & (SMALL | CUE | ADVERB):
        plain += 1
    ends_well = plain >= end or page.flags[plain] & SMALL or not is_word(page, plain)
    return plain if ends_well else min(i + 1, plain)


def _verb_here(page: Page, i: int, start: int) -> bool:
    return i > start + 1 and is_finite(page, i, start)


def skip_aside(page: Page, i: int, end: int) -> int:
    """Past what only says when and where something was said: on Monday, in a statement to parliament.

    >>> from copydesk.attribution.page import read_page
    >>> page = read_page("on Monday in a radio interview that it rained")
    >>> page.word(skip_aside(page, 0, 9))
    'that'
    """
    for _ in range(4):
        nxt = _aside(page, i, end)
        if nxt == i:
            break
        i = nxt
    return i


def _aside(page: Page, i: int, end: int) -> int:
    if i >= end:
        return i
    word = page.low[i]
    if is_adverb(page, i) and word not in ("all", "both", "first", "only"):
        return i + 1
    if page.flags[i] & TIME:
        return _time(page, i, end)
    if word in _BEFORE_TIME:
        return _phrase_of_time(page, i, end)
    return _venue(page, i, end) if page.flags[i] & PREP and word not in _NO_ASIDE else i


def _phrase_of_time(page: Page, i: int, end: int) -> int:
    """Past “last week”, “earlier this month”."""
    k = i + 1
    while k < min(end, i + 4) and page.low[k] in ("this", "last", "same", "in", "the", "on", "previous", "few"):
        k += 1
    return _time(page, k, end) if k < end and page.flags[k] & TIME and page.low[k] != "may" else i


def _time(page: Page, i: int, end: int) -> int:
    while i < end and (page.flags[i] & TIME or page.low[i].isdigit() or (page.low[i] == "," and _year(page, i, end))):
        i += 1
    return i


def _year(page: Page, i: int, end: int) -> bool:
    return i + 1 < end and page.low[i + 1].isdigit() and len(page.low[i + 1]) == 4


def _venue(page: Page, i: int, end: int) -> int:
    """Past a prepositional phrase whose noun is a time, a place or an occasion of speaking."""
    k = i + 1
    while k < end and page.flags[k] & PREP:
        k += 1
    if k >= end:
        return i
    if page.flags[k] & TIME:
        return _time(page, k, end)
    stop = noun_chunk(page, k, end)
    if stop == k:
        return i
    inside = page.low[k:stop]
    if any(w in VENUES or page.flags[k + n] & TIME or (w.isdigit() and len(w) == 4) for n, w in enumerate(inside)):
        return stop
    place = page.low[i] in ("in", "at", "from", "on") and page.capital(stop - 1)
    return stop if place else i


def in_group(page: Page, i: int) -> bool:
    """Auxiliaries and adverbs: what may stand between a subject and its verb."""
    return bool(page.flags[i] & AUX) or is_adverb(page, i)


def is_passive(page: Page, group: int, at: int) -> bool:
    """Was told, has been accused, got called."""
    return any(page.flags[i] & BE and page.low[i] not in ("'s", "’s", "n't") for i in range(group, at))


def trim(page: Page, start: int, end: int) -> Tokens | None:
    """The words without stray marks at their ends; quotation marks and brackets stay."""
    while start < end and page.low[start] in ",;:.—–-…!?)]":
        start += 1
    while start < end and page.low[end - 1] in ",;:.—–-(['":
        end -= 1
    return (start, end) if start < end else None


def opens_clause(page: Page, i: int) -> bool:
    """That, whether, how, why: words that open a reported clause."""
    return page.low[i] in ("that", "whether", "how", "why", "what", "where", "who", "if", "when")


def is_coordinator(page: Page, i: int) -> bool:
    """And, or, but."""
    return bool(page.flags[i] & COORD)
