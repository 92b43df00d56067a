"""How strong and how varied the sourcing is: shares, concentration, and what one dropped item does to them.

Simpson's index is the one used in studies of actor diversity (Masini and others 2018); indices differ, so several
stand side by side (Deacon & Stanyer 2021, doi:10.1177/20570473211006481). With a dozen attributions every figure is
shaky: drop one and look again before you say anything.

What a story's key adds up to: plain counts that lessons show after the marking.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from copydesk.base.spans import words
from copydesk.story.key import Key
from copydesk.story.story import Story

By = Literal["attributions", "words"]


@dataclass(frozen=True, slots=True)
class Counted:
    """One attribution that counts: who speaks, what kind of source, in which form, and how many words."""

    id: str
    speaker: str
    kind: str
    form: str
    words: int


@dataclass(frozen=True, slots=True)
class Diversity:
    """Shares (0–1, summing to 1) and what they add up to.

    `hhi` is the sum of squared shares (1: one source has everything); `simpson` is 1 − hhi; `shannon` is in nats;
    `evenness` is shannon over its maximum; `effective` is 1 / hhi, the number of equal sources with the same hhi.
    """

    total: float
    shares: Mapping[str, float]
    hhi: float
    simpson: float
    shannon: float
    evenness: float
    effective: float
    effective_shannon: float


def counted(key: Key, text: str) -> tuple[Counted, ...]:
    """The attributions of a key that count, in reading order."""
    return tuple(
        Counted(a.id, a["speaker"], a["kind"], a["form"], sum(len(words(text, s)) for s in a.spans("content")))
        for a in key.attributions
        if a["counted"]
    )


def totals(
    items: Iterable[Counted], *, by: By = "attributions", of: Literal["speaker", "kind"] = "speaker"
) -> dict[str, int]:
    """How much each speaker (or kind of source) has, the most first."""
    found: dict[str, int] = {}
    for item in items:
        name = item.speaker if of == "speaker" else item.kind
        found[name] = found.get(name, 0) + (1 if by == "attributions" else item.words)
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def diversity(amounts: Mapping[str, float]) -> Diversity:
    """The measures for amounts by source; nothing at all has no diversity.

    >>> d = diversity({"one": 2, "other": 2})
    >>> d.hhi, d.simpson, d.effective, round(d.evenness, 3)
    (0.5, 0.5, 2.0, 1.0)
    """
    amounts = {name: n for name, n in amounts.items() if n > 0}
    total = sum(amounts.values())
    if not total:
        return Diversity(0, {}, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    shares = {name: n / total for name, n in amounts.items()}
    hhi = sum(p * p for p in shares.values())
    shannon = -sum(p * math.log(p) for p in shares.values()) + 0.0
    evenness = shannon / math.log(len(shares)) if len(shares) > 1 else 0.0
    return Diversity(total, shares, hhi, 1 - hhi, shannon, evenness, 1 / hhi, math.exp(shannon))


def direct_share(items: Iterable[Counted]) -> float:
    """The share of attributed words that stand in direct quotation, 0–1."""
    found = list(items)
    total = sum(i.words for i in found)
    return sum(i.words for i in found if i.form == "direct") / total if total else 0.0


def without(items: Iterable[Counted], dropped: str) -> tuple[Counted, ...]:
    """The same attributions less one: what the measures say then shows how much they can be trusted."""
    return tuple(i for i in items if i.id != dropped)


def speakers(story: Story) -> dict[str, int]:
    """How many counted attributions each speaker has, the most first; empty without a key.

    >>> from copydesk import load_story
    >>> counted = [*speakers(load_story("practice")).values()]
    >>> counted == sorted(counted, reverse=True)
    True
    """
    counted = [a["speaker"] for a in (story.key.attributions if story.key else ()) if a["counted"]]
    return dict(Counter(counted).most_common())


def words_by_voice(story: Story) -> dict[str, int]:
    """How many words of the story are attributed content, by speaker, and how many are not; empty without a key."""
    if story.key is None:
        return {}
    text, counted = story.article.text, Counter[str]()
    for a in story.key.attributions:
        if a["counted"]:
            counted[a["speaker"]] += sum(len(words(text, s)) for s in a.spans("content"))
    body = sum(len(words(text, p.span)) for p in story.article.paragraphs)
    return {**dict(counted.most_common()), "not attributed": body - counted.total()}


def devices(story: Story) -> dict[str, int]:
    """How many framing devices of each class the key lists; empty without a key."""
    return dict(Counter(d["device"] for d in (story.key.framing if story.key else ())).most_common())
