"""What a rewrite changed: plain counts of a lead or a headline, before and after. More is not better, nor is less."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from copydesk.attribution import find_attributions
from copydesk.attribution.page import read_page
from copydesk.framing.agency import Agency, find_agency
from copydesk.framing.cues import groups
from copydesk.framing.finder import Hit, find_cues
from copydesk.spans import Span, merge, words
from copydesk.wording import load_wording


@dataclass(frozen=True, slots=True)
class Measures:
    """What rules can count in a short text: its words, who acts, who is said to have said what, and the list’s words.

    `agency` holds spans and sees less than a reader does (`copydesk.framing.agency` says what); `attributed` and
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
    def hedges(self) -> tuple[Span, ...]:
        """Where the hedges stand."""
        return tuple(hit.span for hit in self.hits if hit.group.id == "hedge")

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

    >>> found = measure("Troops were sent to the border, Moscow claimed. “We know nothing,” Ada Lund said.")
    >>> found.words, len(found.agency.left_out), found.attributions, found.direct, found.by_group["report_evaluating"]
    (14, 1, 2, 3, 1)
    """
    attributions = find_attributions(text)
    content = {w for s in merge(s for a in attributions for s in a.content) for w in words(text, s)}
    quoted = {w for quote in read_page(text).quotes for w in words(text, quote.span)}
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
