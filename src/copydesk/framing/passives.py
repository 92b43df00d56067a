"""Passives with and without an agent, by a small rule: a form of “be”, a participle, and “by” or no “by” behind it.

What the rule cannot see: a passive without “be” (troops sent to the border), with “get”, or with the subject in between
(was the gate closed?); an agent behind a comma. It may take a state for an act (the gate was closed at night). After
the agentless passive of the critical-discourse tradition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copydesk.attribution.grammar import ENDERS, MARKS, is_adverb, noun_chunk
from copydesk.attribution.lexicon import AUX, BE, HAVE, SUBORD, TIME, read, word_set
from copydesk.attribution.model import Tokens
from copydesk.attribution.page import Page

WORDS = read("framing_words")
_IRREGULAR, _STATES, _STATES_TO, _NO_AGENT = (
    word_set(WORDS[name]) for name in ("participles", "states", "states_to", "no_agent")
)
_NOT_BE = frozenset(("get", "gets", "got", "'s", "’s", "n't"))
_NOT = frozenset(f"{be}n{mark}t" for be in ("is", "are", "was", "were") for mark in "'’")
_FAR = 40  # words: how far the rule looks for “by”, which keeps the whole pass linear


@dataclass(frozen=True, slots=True)
class Passive:
    """A passive verb, in numbers of words, and the words behind its “by”, if there are any."""

    verb: Tokens
    agent: Tokens | None


def find_passives(page: Page) -> Iterator[Passive]:
    """Every passive the rule can see, in reading order.

    >>> from copydesk.attribution.page import read_page
    >>> page = read_page("The gate has been closed. It was opened by Ada Lund.")
    >>> [(page.of(p.verb), p.agent and page.of(p.agent)) for p in find_passives(page)]
    [('has been closed', None), ('was opened', 'Ada Lund')]
    """
    for low, high in page.units:
        for i in range(low, high):
            if is_participle(page, i) and (be := _be_before(page, low, i)) is not None:
                yield Passive((be, i + 1), _agent(page, i + 1, high))


def is_participle(page: Page, i: int) -> bool:
    """Closed, sent; but not: interested, hundred, used to."""
    word = page.low[i].rsplit("-", 1)[-1]
    if word in _STATES or (word in _STATES_TO and page.low[i + 1 : i + 2] == ["to"]):
        return False
    return word in _IRREGULAR or (word.endswith("ed") and len(word) > 3)


def is_be(page: Page, i: int) -> bool:
    """Is, were, been, wasn’t."""
    word = page.low[i]
    return word in _NOT or (bool(page.flags[i] & BE) and word not in _NOT_BE)


def _be_before(page: Page, low: int, i: int) -> int | None:
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


def _agent(page: Page, start: int, high: int) -> Tokens | None:
    for i in range(start, min(high - 1, start + _FAR)):
        word, flag = page.low[i], page.flags[i]
        if word in MARKS or word in ENDERS or flag & (AUX | SUBORD) or word == "but":
            return None
        if word == "by" and _names(page, i + 1):
            return i + 1, max(i + 2, noun_chunk(page, i + 1, high))
    return None


def _names(page: Page, i: int) -> bool:
    """Whether what follows “by” did it: not by Friday, by force, by 10 per cent, by saying."""
    word = page.low[i]
    act = word.endswith("ing") and not page.capital(i)
    return not (word in _NO_AGENT or page.flags[i] & TIME or word[0].isdigit() or act)
