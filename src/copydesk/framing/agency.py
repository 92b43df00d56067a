"""Who acts: clauses whose agent is named, is a stand-in, or is left out, as far as a small rule can see.

The rule takes the noun phrase before each verb of doing, or behind “by”, and asks: does the list call it a stand-in? Is
it a name, people by what they do, or a pronoun for people? If neither, it says nothing. What it cannot see: acts put as
nouns, passives without “be”, present tenses that look like nouns, most headlines without a verb, whether what is named
really did it, and whether a state’s name stands for its government (it counts as named). Good enough to lay a sentence
beside its own rewrite, and for no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from copydesk.attribution.grammar import is_possessive, is_word
from copydesk.attribution.kinds import DOCUMENT, PLACES, head, in_words
from copydesk.attribution.lexicon import AUX, DET, PRONOUN, RELATIVE, SHORT, TIME, word_set
from copydesk.attribution.model import Tokens
from copydesk.attribution.page import Page, read_page
from copydesk.framing.clauses import PEOPLE, find_subjects
from copydesk.framing.finder import Hit, find_words
from copydesk.framing.passives import WORDS, find_passives
from copydesk.spans import Span

_SOMEBODY = word_set(WORDS["somebody"])


@dataclass(frozen=True, slots=True)
class Agency:
    """Clauses by who acts: spans of the words that name somebody or stand in, and of the passives that name nobody."""

    named: tuple[Span, ...]
    stand_in: tuple[Span, ...]
    left_out: tuple[Span, ...]


def find_agency(text: str) -> Agency:
    """Who acts in a text, clause by clause; time grows with length only.

    >>> text = "The mayor closed the bridge, Moscow sent a note, and two roads were shut."
    >>> found = find_agency(text)
    >>> [[s.of(text) for s in spans] for spans in (found.named, found.stand_in, found.left_out)]
    [['The mayor'], ['Moscow'], ['were shut']]
    """
    page = read_page(text)
    listed = {hit.span.end: hit for hit in find_words(text)}
    opens = dict(page.units)
    passives = list(find_passives(page))
    agents = [*find_subjects(page), *((p.agent, False) for p in passives if p.agent)]
    heads = [(_head(page, agent), said) for agent, said in agents]
    kinds = sorted((page.span(h), _kind(page, h, said, listed, opens)) for h, said in heads)
    return Agency(
        tuple(span for span, kind in kinds if kind == "named"),
        tuple(span for span, kind in kinds if kind == "stand_in"),
        tuple(page.span(p.verb) for p in passives if p.agent is None),
    )


def _head(page: Page, agent: Tokens) -> Tokens:
    """The noun phrase up to its first “of”, comma or “who”."""
    start, end = head(page, agent)
    while end - 1 > start and (page.flags[end - 1] & RELATIVE or not is_word(page, end - 1)):
        end -= 1
    return start, end


def _kind(page: Page, agent: Tokens, said: bool, listed: Mapping[int, Hit], opens: Mapping[int, int]) -> str:
    """`named`, `stand_in`, or nothing a rule could tell; who says something has a name."""
    start, end = agent
    word, span = page.low[end - 1], page.span(agent)
    if end - start == 1 and page.flags[start] & (PRONOUN | SHORT):
        return "named" if word.replace("’", "'").split("'")[0] in _SOMEBODY else ""
    hit = listed.get(span.end)
    if hit and hit.group.id == "metonym" and page.text[span.start : hit.span.start].strip().lower() in ("", "the"):
        return "stand_in"
    if hit and hit.group.id == "agentless_noun":
        return ""
    speaks = said and page.capital(start) and not (page.flags[start] & (DET | TIME) or in_words(word, DOCUMENT))
    return "named" if speaks or in_words(word, PEOPLE) or _has_name(page, agent, opens) else ""


def _has_name(page: Page, agent: Tokens, opens: Mapping[int, int]) -> bool:
    """Whether a name stands in a noun phrase: Lund, the Baltic states."""
    start = agent[0]
    names = [i for i in range(*agent) if page.capital(i) and not page.flags[i] & (DET | TIME | PRONOUN)]
    if names != [start] or start not in opens:
        return bool(names)
    # One capital at the start of a sentence: a name if nothing else could stand there without an article.
    word, low = page.word(start), page.low[start]
    sentence = any(page.flags[i] & (DET | AUX) for i in range(start, opens[start]))
    return low in PLACES or word.isupper() or is_possessive(page, start) or (sentence and not low.endswith("s"))
