"""Clauses: verbs of doing and the noun phrase before each, found by small words and endings.

It takes some nouns for verbs and some verbs for nouns, mostly in the present tense; the measures say so.

Passives with and without an agent, by a small rule: a form of “be”, a participle, and “by” or no “by” behind it.

What the rule cannot see: a passive without “be” (troops sent to the border), with “get”, or with the subject in between
(was the gate closed?); an agent behind a comma. It may take a state for an act (the gate was closed at night). After
the agentless passive of the critical-discourse tradition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from copydesk.attribution.grammar import (
    ENDERS,
    MARKS,
    is_adverb,
    is_finite,
    is_word,
    noun_chunk,
    subject_after,
    subject_before,
)
from copydesk.attribution.reading import (
    AUX,
    BE,
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
    TokenizedText,
    Tokens,
    read,
    word_set,
)
from copydesk.attribution.speakers import INSTITUTION, OFFICIAL, ROLES, UNNAMED, in_words

WORDS = read("framing_words")
_IRREGULAR, _STATES, _STATES_TO, _NO_AGENT = (
    word_set(WORDS[name]) for name in ("participles", "states", "states_to", "no_agent")
)
_NOT_BE = frozenset(("get", "gets", "got", "'s", "’s", "n't"))
_NOT = frozenset(f"{be}n{mark}t" for be in ("is", "are", "was", "were") for mark in "'’")
_FARTHEST_BY = 40  # words: how far the rule looks for “by”, which keeps the whole pass linear
_ACTS, _PASTS = word_set(WORDS["acts"]), word_set(WORDS["pasts"])
PEOPLE = word_set(WORDS["people"]) | INSTITUTION | OFFICIAL | ROLES | UNNAMED
_QUOTES = frozenset('”"»’')
_CLOSERS = _QUOTES | {","}
_FAR = 20  # words: how far the rules look ahead, which keeps the whole pass linear


def find_subjects(page: TokenizedText) -> Iterator[tuple[Tokens, bool]]:
    """The subject of every active verb of doing, and whether the verb is one of saying."""
    for low, high in page.units:
        i = floor = low
        last: Tokens | None = None
        while i < high:
            end = _verb(page, i, floor, high)
            if end == i:
                i += 1
                continue
            subject = _subject(page, floor, i, last) or _subject_behind(page, low, i, high)
            if subject and _acts(page, i, end):
                yield subject, bool(page.flags[end - 1] & CUE)
            last = subject or last
            if not page.flags[i - 1] & RELATIVE or i == low:
                floor = end
            i = end
        if last is None and (subject := _to_come(page, low, high)):
            yield subject, False


def _verb(page: TokenizedText, i: int, floor: int, high: int) -> int:
    """The word after the verb group that begins at `i`; `i` itself when none does."""
    k = i
    while k < high and (page.flags[k] & (AUX | SHORT) or (k > i and is_adverb(page, k))):
        k += 1
    if k > i:
        main = k < high and is_word(page, k) and not page.flags[k] & SMALL and not page.capital(k)
        return k + 1 if main else k
    noun = i > floor and (page.flags[i - 1] & DET or page.low[i - 1] == "to")
    if not is_word(page, i) or noun or page.capital(i) or _is_aside(page, i, floor):
        return i
    verb = is_finite(page, i, floor) or page.low[i] in _PASTS or _present(page, i, floor) or _past(page, i, floor, high)
    return i + 1 if verb else i


def _subject_behind(page: TokenizedText, low: int, i: int, high: int) -> Tokens | None:
    """“It rained,” said Ada Lund."""
    inverted = i > low and page.flags[i] & CUE and page.low[i - 1] in _CLOSERS
    return subject_after(page, i + 1, high) if inverted else None


def _is_aside(page: TokenizedText, i: int, floor: int) -> bool:
    """Norland, once ruled by a king, sent ships: a participle between commas, and the verb behind them."""
    if not is_participle(page, i):
        return False
    k = i - 1
    while k > floor and is_adverb(page, k):
        k -= 1
    if k <= floor or page.low[k] != ",":
        return False
    rest = range(i + 1, min(i + _FAR, len(page.low) - 1))
    comma = next((n for n in rest if page.low[n] == ","), 0)
    return bool(comma) and is_finite(page, comma + 1, comma)


def _present(page: TokenizedText, i: int, floor: int) -> bool:
    """NATO sends, residents fear; but not: NATO talks collapsed."""
    if i == floor or i + 1 == len(page.low) or page.low[i] not in _present_forms():
        return False
    bare = page.low[i] in _ACTS
    before = page.low[i - 1]
    if bare and not (before.endswith("s") and in_words(before, PEOPLE)) and before not in ("they", "we", "you", "i"):
        return False
    named = page.capital(i - 1) or page.flags[i - 1] & PRONOUN or in_words(before, PEOPLE)
    return bool(named) and (bool(page.flags[i + 1] & (DET | PREP)) or not is_finite(page, i + 1, i))


@cache
def _present_forms() -> frozenset[str]:
    return _ACTS | {_third(verb) for verb in _ACTS}


def _third(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "o")) else "s")


def _past(page: TokenizedText, i: int, floor: int, high: int) -> bool:
    """Gathered in the square: the verb, if no other one comes before the next mark."""
    if i == floor or not (page.low[i].endswith("ed") and len(page.low[i]) > 4) or page.flags[i - 1] & (PREP | DET):
        return False
    for k in range(i + 1, min(high, i + _FAR)):
        if not is_word(page, k):
            break
        if is_finite(page, k, i + 1):
            return False
    return True


def _acts(page: TokenizedText, i: int, end: int) -> bool:
    """Whether a verb group tells of an act: not is ready, has a plan, was sent."""
    main = end - 1
    helpers = range(i, main)
    if page.flags[main] & (AUX | SHORT):
        return False
    if any(is_be(page, k) for k in helpers) or "’s" in page.low[i] or "'s" in page.low[i]:
        return page.low[main].endswith("ing")
    if any(page.flags[k] & HAVE for k in helpers):
        return is_participle(page, main)
    return True


def _subject(page: TokenizedText, floor: int, verb: int, last: Tokens | None) -> Tokens | None:
    """The noun phrase before a verb, or the subject it shares with the verb before it."""
    if page.flags[verb] & SHORT:
        return verb, verb + 1
    end = verb
    while end > floor and is_adverb(page, end - 1) and not page.flags[end - 1] & PRONOUN:
        end -= 1
    if end <= floor or page.low[end - 1] in _QUOTES:
        return None
    if page.flags[end - 1] & COORD:
        return last
    found = subject_before(page, floor, end)
    if found and last:  # an object before “and” belongs to the verb before it
        start = max((k + 1 for k in range(*found) if page.low[k] in ("and", "but", "or")), default=found[0])
        found = (start, found[1]) if start < found[1] else found
    return found


def _to_come(page: TokenizedText, low: int, high: int) -> Tokens | None:
    """A headline’s future: Council to close bridge."""
    for i in range(low + 1, high - 1):
        verb = page.low[i] == "to" and not page.flags[i + 1] & SMALL and not page.capital(i + 1)
        if verb and is_word(page, i - 1) and is_word(page, i + 1):
            return subject_before(page, low, i)
    return None


@dataclass(frozen=True, slots=True)
class Passive:
    """A passive verb, in numbers of words, and the words behind its “by”, if there are any."""

    verb: Tokens
    agent: Tokens | None


def find_passives(page: TokenizedText) -> Iterator[Passive]:
    """Every passive the rule can see, in reading order.

    >>> from copydesk.attribution.reading import tokenize
    >>> page = tokenize("The gate has been closed. It was opened by Ada Lund.")
    >>> [(page.of(p.verb), p.agent and page.of(p.agent)) for p in find_passives(page)]
    [('has been closed', None), ('was opened', 'Ada Lund')]
    """
    for low, high in page.units:
        for i in range(low, high):
            if is_participle(page, i) and (be := _be_before(page, low, i)) is not None:
                yield Passive((be, i + 1), _agent(page, i + 1, high))


def is_participle(page: TokenizedText, i: int) -> bool:
    """Closed, sent; but not: interested, hundred, used to."""
    word = page.low[i].rsplit("-", 1)[-1]
    if word in _STATES or (word in _STATES_TO and page.low[i + 1 : i + 2] == ["to"]):
        return False
    return word in _IRREGULAR or (word.endswith("ed") and len(word) > 3)


def is_be(page: TokenizedText, i: int) -> bool:
    """Is, were, been, wasn’t."""
    word = page.low[i]
    return word in _NOT or (bool(page.flags[i] & BE) and word not in _NOT_BE)


def _be_before(page: TokenizedText, low: int, i: int) -> int | None:
    """Where the verb group of this participle begins, if it holds a form of “be”."""
    k = i - 1
    while k >= low and is_adverb(page, k):
        k -= 1
    if k < low or not is_be(page, k):
        return None
    first = k
    while k > low and (is_be(page, k - 1) or page.flags[k - 1] & HAVE or is_adverb(page, k - 1)):
        k -= 1
        first = first if is_adverb(page, k) else k
    return first


def _agent(page: TokenizedText, start: int, high: int) -> Tokens | None:
    for i in range(start, min(high - 1, start + _FARTHEST_BY)):
        word, flag = page.low[i], page.flags[i]
        if word in MARKS or word in ENDERS or flag & (AUX | SUBORD) or word == "but":
            return None
        if word == "by" and _names(page, i + 1):
            return i + 1, max(i + 2, noun_chunk(page, i + 1, high))
    return None


def _names(page: TokenizedText, i: int) -> bool:
    """Whether what follows “by” did it: not by Friday, by force, by 10 per cent, by saying."""
    word = page.low[i]
    act = word.endswith("ing") and not page.capital(i)
    return not (word in _NO_AGENT or page.flags[i] & TIME or word[0].isdigit() or act)
