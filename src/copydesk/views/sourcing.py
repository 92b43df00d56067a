"""How strong and how varied the sourcing is: who is quoted, how often, and how concentrated that is.

Simpson's index is the one used in studies of actor diversity (Masini and others 2018). Indices differ, so several are
given (Deacon & Stanyer 2021, doi:10.1177/20570473211006481). A story has about a dozen attributions, so each figure
may change with one of them: `without` drops one, to see how much.
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
    """One attribution that counts: its id in the key, who speaks, and how many words are attributed."""

    id: str
    speaker: str
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


def counted(key: Key, text: str) -> tuple[Counted, ...]:
    """The attributions of a key that count, in reading order."""
    return tuple(
        Counted(a.id, a["speaker"], sum(len(words(text, span)) for span in a.spans("content")))
        for a in key.attributions
        if a["counted"]
    )


def without(items: Iterable[Counted], dropped: str) -> tuple[Counted, ...]:
    """The same attributions less the one with that id."""
    return tuple(i for i in items if i.id != dropped)


def totals(items: Iterable[Counted], *, by: By = "attributions") -> dict[str, int]:
    """How many attributions, or attributed words, each speaker has, the most first.

    >>> totals([Counted("A1", "Ann", 5), Counted("A2", "Bo", 9), Counted("A3", "Ann", 1)], by="words")
    {'Bo': 9, 'Ann': 6}
    """
    found = Counter[str]()
    for item in items:
        found[item.speaker] += 1 if by == "attributions" else item.words
    return dict(found.most_common())


def diversity(amounts: Mapping[str, float]) -> Diversity:
    """The measures for amounts by source; without any amount, all are 0.

    >>> d = diversity({"one": 2, "other": 2})
    >>> d.hhi, d.simpson, d.effective, round(d.evenness, 3)
    (0.5, 0.5, 2.0, 1.0)
    """
    amounts = {name: n for name, n in amounts.items() if n > 0}
    total = sum(amounts.values())
    if not total:
        return Diversity(0, {}, 0.0, 0.0, 0.0, 0.0, 0.0)
    shares = {name: n / total for name, n in amounts.items()}
    hhi = sum(p * p for p in shares.values())
    shannon = -sum(p * math.log(p) for p in shares.values()) + 0.0  # + 0.0 turns −0.0 into 0.0
    evenness = shannon / math.log(len(shares)) if len(shares) > 1 else 0.0
    return Diversity(total, shares, hhi, 1 - hhi, shannon, evenness, 1 / hhi)


def speakers(story: Story) -> dict[str, int]:
    """How many counted attributions each speaker has, the most first; empty without a key.

    >>> from copydesk import load_story
    >>> counted = [*speakers(load_story("practice")).values()]
    >>> counted == sorted(counted, reverse=True)
    True
    """
    return totals(counted(story.key, story.article.text)) if story.key else {}


def words_by_voice(story: Story) -> dict[str, int]:
    """How many words of the story are attributed content, by speaker, and how many are not; empty without a key."""
    if story.key is None:
        return {}
    text = story.article.text
    found = totals(counted(story.key, text), by="words")
    body = sum(len(words(text, p.span)) for p in story.article.paragraphs)
    return {**found, "not attributed": body - sum(found.values())}


def devices(story: Story) -> dict[str, int]:
    """How many framing devices of each class the key lists, the most first; empty without a key."""
    return dict(Counter(d["device"] for d in (story.key.framing if story.key else ())).most_common())
