"""What rules can measure in a lead or a headline, before and after a rewrite.

`find_agency` sorts clauses by who acts. It takes the noun phrase before each verb of doing, or behind “by”. Such a
phrase is a stand-in if the cue list calls it one. It names somebody if it holds a name, people by what they do, or
a pronoun for people. Else the rule says nothing. It cannot see acts put as nouns, passives without “be”, present
tenses that look like nouns, or most headlines without a verb. It cannot tell whether what is named really did it.
The name of a state counts as named, although it may stand for a government.

`measure` and `compare` count before and after. More is not better, nor is less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from copydesk.attribution import find_attributions
from copydesk.attribution.grammar import POSSESSIVE
from copydesk.attribution.speakers import DOCUMENT, PLACES, head, in_words
from copydesk.attribution.tokens import (
    AUX,
    CAPITAL,
    DET,
    PRONOUN,
    RELATIVE,
    SHORT,
    TIME,
    WORD,
    TokenizedText,
    TokenRange,
    tokenize,
    word_set,
)
from copydesk.base.spans import Span, merge, words
from copydesk.base.wording import load_wording
from copydesk.framing.clauses import PEOPLE, WORDS, find_passives, find_subjects
from copydesk.framing.cues import Hit, find_cues, find_words, groups

_SOMEBODY = word_set(WORDS["somebody"])


@dataclass(frozen=True, slots=True)
class Agency:
    """Clauses by who acts: spans of the words that name somebody or stand in, and of the passives that name nobody."""

    named: tuple[Span, ...]
    stand_in: tuple[Span, ...]
    left_out: tuple[Span, ...]


def find_agency(text: str) -> Agency:
    """Who acts in a text, clause by clause; time grows with length only.

    >>> text = "The mayor closed the bridge, Paris sent a note, and two roads were shut."
    >>> found = find_agency(text)
    >>> [[s.of(text) for s in spans] for spans in (found.named, found.stand_in, found.left_out)]
    [['The mayor'], ['Paris'], ['were shut']]
    """
    doc = tokenize(text)
    listed = {hit.span.end: hit for hit in find_words(text)}
    opens = dict(doc.sentences)
    passives = list(find_passives(doc))
    agents = [*find_subjects(doc), *((p.agent, False) for p in passives if p.agent)]
    heads = [(_head(doc, agent), said) for agent, said in agents]
    kinds = sorted((doc.span(h), _kind(doc, h, said, listed, opens)) for h, said in heads)
    return Agency(
        tuple(span for span, kind in kinds if kind == "named"),
        tuple(span for span, kind in kinds if kind == "stand_in"),
        tuple(doc.span(p.verb) for p in passives if p.agent is None),
    )


def _head(doc: TokenizedText, agent: TokenRange) -> TokenRange:
    """The noun phrase up to its first “of”, comma or “who”."""
    start, end = head(doc, agent)
    while end - 1 > start and (doc.flags[end - 1] & RELATIVE or not doc.flags[end - 1] & WORD):
        end -= 1
    return start, end


def _kind(
    doc: TokenizedText, agent: TokenRange, said: bool, listed: Mapping[int, Hit], opens: Mapping[int, int]
) -> str:
    """`named`, `stand_in`, or nothing a rule could tell; who says something has a name."""
    start, end = agent
    word, span = doc.words[end - 1], doc.span(agent)
    if end - start == 1 and doc.flags[start] & (PRONOUN | SHORT):
        return "named" if word.replace("’", "'").split("'")[0] in _SOMEBODY else ""
    hit = listed.get(span.end)
    if hit and hit.group.id == "metonym" and doc.text[span.start : hit.span.start].strip().lower() in ("", "the"):
        return "stand_in"
    if hit and hit.group.id == "agentless_noun":
        return ""
    speaks = said and doc.flags[start] & CAPITAL and not (doc.flags[start] & (DET | TIME) or in_words(word, DOCUMENT))
    return "named" if speaks or in_words(word, PEOPLE) or _has_name(doc, agent, opens) else ""


def _has_name(doc: TokenizedText, agent: TokenRange, opens: Mapping[int, int]) -> bool:
    """Whether a name stands in a noun phrase: Lund, the Baltic states."""
    start = agent[0]
    names = [i for i in range(*agent) if doc.flags[i] & CAPITAL and not doc.flags[i] & (DET | TIME | PRONOUN)]
    if names != [start] or start not in opens:
        return bool(names)
    # One capital at the start of a sentence: a name if nothing else could stand there without an article.
    word, low = doc.of((start, start + 1)), doc.words[start]
    sentence = any(doc.flags[i] & (DET | AUX) for i in range(start, opens[start]))
    return (
        low in PLACES or word.isupper() or doc.words[start].endswith(POSSESSIVE) or (sentence and not low.endswith("s"))
    )


@dataclass(frozen=True, slots=True)
class Measures:
    """What rules can count in a short text: its words, who acts, who is said to have said what, and the list’s words.

    `agency` holds spans and sees less than a reader does (`copydesk.framing.measures` says what); `attributed` and
    `direct` are numbers of words, in attributed content and in quotation marks inside it.
    """

    words: int
    agency: Agency
    attributions: int
    attributed: int
    direct: int
    hits: tuple[Hit, ...]

    @property
    def attributed_share(self) -> float:
        """The share of all words that are attributed to somebody, 0–1."""
        return self.attributed / self.words if self.words else 0.0

    @property
    def by_group(self) -> dict[str, int]:
        """How many hits each class of the list has, by the id of the class, in the order of the list."""
        found = Counter(hit.group.id for hit in self.hits)
        return {group.id: found[group.id] for group in groups()}


@dataclass(frozen=True, slots=True)
class Change:
    """One measure before and after, under the words a reader sees."""

    label: str
    before: int
    after: int


def measure(text: str) -> Measures:
    """Measure a lead or a headline.

    >>> found = measure("Troops were sent to the border, Paris claimed. “We know nothing,” Ada Lund said.")
    >>> found.words, len(found.agency.left_out), found.attributions, found.direct, found.by_group["report_evaluating"]
    (14, 1, 2, 3, 1)
    """
    attributions = find_attributions(text)
    content = {w for s in merge(s for a in attributions for s in a.content) for w in words(text, s)}
    quoted = {w for quote in tokenize(text).quotes for w in words(text, quote.span)}
    return Measures(
        len(words(text)),
        find_agency(text),
        len(attributions),
        len(content),
        len(content & quoted),
        tuple(find_cues(text)),
    )


def compare(before: Measures, after: Measures) -> list[Change]:
    """Every measure of two versions side by side, in a fixed order; shares are per cent.

    >>> changes = compare(measure("Two roads were shut."), measure("The mayor shut two roads."))
    >>> [(c.label, c.before, c.after) for c in changes if c.before != c.after]
    [('words', 4, 5), ('clauses that name who acts', 0, 1), ('passives that leave out who acts', 1, 0)]
    """
    pairs = zip(_rows(before).items(), _rows(after).values(), strict=True)
    return [Change(label, was, now) for (label, was), now in pairs]


def _rows(m: Measures) -> dict[str, int]:
    say, by_group = load_wording("strings")["framing"], m.by_group
    counts = {
        "words": m.words,
        "named": len(m.agency.named),
        "stand_in": len(m.agency.stand_in),
        "left_out": len(m.agency.left_out),
        "attributions": m.attributions,
        "attributed": round(100 * m.attributed_share),
        "direct": m.direct,
    }
    listed = {g: by_group[g.id] for g in groups() if g.id != "agentless_passive"}  # counted above, as `left_out`
    return {say[name]: n for name, n in counts.items()} | {
        say["listed"].format(name=g.name): n for g, n in listed.items()
    }
