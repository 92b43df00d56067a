"""Clauses for the framing measures: who does what, and which passives leave out who did it.

`find_subjects` yields the noun phrase before each verb of doing. It goes by small words and endings, and takes some
nouns for verbs and some verbs for nouns, mostly in the present tense.

`find_passives` looks for a form of “be”, a participle, and “by” or no “by” behind it. It misses a passive without
“be” (troops sent to the border), one with “get”, one whose subject comes between (was the gate closed?), and an
agent behind a comma. It may take a state for an act (the gate was closed at night). The idea of the agentless
passive comes from critical discourse analysis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copydesk.attribution.grammar import MARKS, is_finite, noun_chunk, subject_after, subject_before
from copydesk.attribution.speakers import INSTITUTION, OFFICIAL, ROLES, UNNAMED, in_words
from copydesk.attribution.tokens import (
    ADVERBIAL,
    AUX,
    BE,
    CAPITAL,
    COORD,
    CUE,
    DET,
    HAVE,
    PREP,
    PRONOUN,
    RELATIVE,
    SHORT,
    SMALL,
    SUBORD,
    TIME,
    WORD,
    TokenizedText,
    TokenRange,
    forms_of,
    word_set,
)
from copydesk.base.wording import load_wording

WORDS = load_wording("framing_words")
_IRREGULAR, _STATES, _STATES_TO, _NO_AGENT = (
    word_set(WORDS[name]) for name in ("participles", "states", "states_to", "no_agent")
)
_NOT_BE = frozenset(("get", "gets", "got", "'s", "’s", "n't"))
_NOT = frozenset(f"{be}n{mark}t" for be in ("is", "are", "was", "were") for mark in "'’")
_FARTHEST_BY = 40  # words: how far the rule looks for “by”, which keeps the whole pass linear
_ACTS, _PASTS = word_set(WORDS["acts"]), word_set(WORDS["pasts"])
PEOPLE = word_set(WORDS["people"]) | INSTITUTION | OFFICIAL | ROLES | UNNAMED
_PRESENT = _ACTS | {third for verb in _ACTS for third, tense in forms_of(verb, {}) if tense == "s"}
_QUOTES = frozenset('”"»’')
_CLOSERS = _QUOTES | {","}
_FAR = 20  # words: how far the rules look ahead, which keeps the whole pass linear


def find_subjects(doc: TokenizedText) -> Iterator[tuple[TokenRange, bool]]:
    """The subject of every active verb of doing, and whether the verb is one of saying."""
    for low, high in doc.sentences:
        i = floor = low
        last: TokenRange | None = None
        while i < high:
            end = _verb(doc, i, floor, high)
            if end == i:
                i += 1
                continue
            subject = _subject(doc, floor, i, last) or _subject_behind(doc, low, i, high)
            if subject and _acts(doc, i, end):
                yield subject, bool(doc.flags[end - 1] & CUE)
            last = subject or last
            if not doc.flags[i - 1] & RELATIVE or i == low:
                floor = end
            i = end
        if last is None and (subject := _to_come(doc, low, high)):
            yield subject, False


def _verb(doc: TokenizedText, i: int, floor: int, high: int) -> int:
    """The word after the verb group that begins at `i`; `i` itself when none does."""
    k = i
    while k < high and (doc.flags[k] & (AUX | SHORT) or (k > i and doc.flags[k] & ADVERBIAL)):
        k += 1
    if k > i:
        main = k < high and doc.flags[k] & WORD and not doc.flags[k] & SMALL and not doc.flags[k] & CAPITAL
        return k + 1 if main else k
    noun = i > floor and (doc.flags[i - 1] & DET or doc.words[i - 1] == "to")
    if not doc.flags[i] & WORD or noun or doc.flags[i] & CAPITAL or _is_aside(doc, i, floor):
        return i
    verb = is_finite(doc, i, floor) or doc.words[i] in _PASTS or _present(doc, i, floor) or _past(doc, i, floor, high)
    return i + 1 if verb else i


def _subject_behind(doc: TokenizedText, low: int, i: int, high: int) -> TokenRange | None:
    """“It rained,” said Ada Lund."""
    inverted = i > low and doc.flags[i] & CUE and doc.words[i - 1] in _CLOSERS
    return subject_after(doc, i + 1, high) if inverted else None


def _is_aside(doc: TokenizedText, i: int, floor: int) -> bool:
    """Norland, once ruled by a king, sent ships: a participle between commas, and the verb behind them."""
    if not is_participle(doc, i):
        return False
    k = i - 1
    while k > floor and doc.flags[k] & ADVERBIAL:
        k -= 1
    if k <= floor or doc.words[k] != ",":
        return False
    rest = range(i + 1, min(i + _FAR, len(doc.words) - 1))
    comma = next((n for n in rest if doc.words[n] == ","), 0)
    return bool(comma) and is_finite(doc, comma + 1, comma)


def _present(doc: TokenizedText, i: int, floor: int) -> bool:
    """NATO sends, residents fear; but not: NATO talks collapsed."""
    if i == floor or i + 1 == len(doc.words) or doc.words[i] not in _PRESENT:
        return False
    bare = doc.words[i] in _ACTS
    before = doc.words[i - 1]
    if bare and not (before.endswith("s") and in_words(before, PEOPLE)) and before not in ("they", "we", "you", "i"):
        return False
    named = doc.flags[i - 1] & CAPITAL or doc.flags[i - 1] & PRONOUN or in_words(before, PEOPLE)
    return bool(named) and (bool(doc.flags[i + 1] & (DET | PREP)) or not is_finite(doc, i + 1, i))


def _past(doc: TokenizedText, i: int, floor: int, high: int) -> bool:
    """Gathered in the square: the verb, if no other one comes before the next mark."""
    if i == floor or not (doc.words[i].endswith("ed") and len(doc.words[i]) > 4) or doc.flags[i - 1] & (PREP | DET):
        return False
    for k in range(i + 1, min(high, i + _FAR)):
        if not doc.flags[k] & WORD:
            break
        if is_finite(doc, k, i + 1):
            return False
    return True


def _acts(doc: TokenizedText, i: int, end: int) -> bool:
    """Whether a verb group tells of an act: not is ready, has a plan, was sent."""
    main = end - 1
    helpers = range(i, main)
    if doc.flags[main] & (AUX | SHORT):
        return False
    if any(is_be(doc, k) for k in helpers) or "’s" in doc.words[i] or "'s" in doc.words[i]:
        return doc.words[main].endswith("ing")
    if any(doc.flags[k] & HAVE for k in helpers):
        return is_participle(doc, main)
    return True


def _subject(doc: TokenizedText, floor: int, verb: int, last: TokenRange | None) -> TokenRange | None:
    """The noun phrase before a verb, or the subject it shares with the verb before it."""
    if doc.flags[verb] & SHORT:
        return verb, verb + 1
    end = verb
    while end > floor and doc.flags[end - 1] & ADVERBIAL and not doc.flags[end - 1] & PRONOUN:
        end -= 1
    if end <= floor or doc.words[end - 1] in _QUOTES:
        return None
    if doc.flags[end - 1] & COORD:
        return last
    found = subject_before(doc, floor, end)
    if found and last:  # an object before “and” belongs to the verb before it
        start = max((k + 1 for k in range(*found) if doc.words[k] in ("and", "but", "or")), default=found[0])
        found = (start, found[1]) if start < found[1] else found
    return found


def _to_come(doc: TokenizedText, low: int, high: int) -> TokenRange | None:
    """A headline’s future: Council to close bridge."""
    for i in range(low + 1, high - 1):
        verb = doc.words[i] == "to" and not doc.flags[i + 1] & SMALL and not doc.flags[i + 1] & CAPITAL
        if verb and doc.flags[i - 1] & WORD and doc.flags[i + 1] & WORD:
            return subject_before(doc, low, i)
    return None


@dataclass(frozen=True, slots=True)
class Passive:
    """A passive verb, in numbers of words, and the words behind its “by”, if there are any."""

    verb: TokenRange
    agent: TokenRange | None


def find_passives(doc: TokenizedText) -> Iterator[Passive]:
    """Every passive the rule can see, in reading order.

    >>> from copydesk.attribution.tokens import tokenize
    >>> doc = tokenize("The gate has been closed. It was opened by Ada Lund.")
    >>> [(doc.of(p.verb), p.agent and doc.of(p.agent)) for p in find_passives(doc)]
    [('has been closed', None), ('was opened', 'Ada Lund')]
    """
    for low, high in doc.sentences:
        for i in range(low, high):
            if is_participle(doc, i) and (be := _be_before(doc, low, i)) is not None:
                yield Passive((be, i + 1), _agent(doc, i + 1, high))


def is_participle(doc: TokenizedText, i: int) -> bool:
    """Closed, sent; but not: interested, hundred, used to."""
    word = doc.words[i].rsplit("-", 1)[-1]
    if word in _STATES or (word in _STATES_TO and doc.words[i + 1 : i + 2] == ["to"]):
        return False
    return word in _IRREGULAR or (word.endswith("ed") and len(word) > 3)


def is_be(doc: TokenizedText, i: int) -> bool:
    """Is, were, been, wasn’t."""
    word = doc.words[i]
    return word in _NOT or (bool(doc.flags[i] & BE) and word not in _NOT_BE)


def _be_before(doc: TokenizedText, low: int, i: int) -> int | None:
    """Where the verb group of this participle begins, if it holds a form of “be”."""
    k = i - 1
    while k >= low and doc.flags[k] & ADVERBIAL:
        k -= 1
    if k < low or not is_be(doc, k):
        return None
    first = k
    while k > low and (is_be(doc, k - 1) or doc.flags[k - 1] & HAVE or doc.flags[k - 1] & ADVERBIAL):
        k -= 1
        first = first if doc.flags[k] & ADVERBIAL else k
    return first


def _agent(doc: TokenizedText, start: int, high: int) -> TokenRange | None:
    for i in range(start, min(high - 1, start + _FARTHEST_BY)):
        word, flag = doc.words[i], doc.flags[i]
        if word in MARKS or flag & (AUX | SUBORD) or word == "but":
            return None
        if word == "by" and _names(doc, i + 1):
            return i + 1, max(i + 2, noun_chunk(doc, i + 1, high))
    return None


def _names(doc: TokenizedText, i: int) -> bool:
    """Whether what follows “by” did it: not by Friday, by force, by 10 per cent, by saying."""
    word = doc.words[i]
    act = word.endswith("ing") and not doc.flags[i] & CAPITAL
    return not (word in _NO_AGENT or doc.flags[i] & TIME or word[0].isdigit() or act)
