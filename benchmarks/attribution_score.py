"""The attribution scorer: how well found sources, cues and contents agree with a gold file.

Spans are compared as sets of words, so `"X,"` equals `X`. Figures: exact and overlap F1 for each role (overlap after
Johansson & Moschitti 2013), `AR` (contents share half their words, cues overlap, source right) and `word-attach`
(each attributed word pinned to the right source, however the quotations are split).
"""

from __future__ import annotations

import json
import random
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROLES = ("source", "cue", "content")
KINDS = ("exact", "overlap")
WORD = re.compile(r"\w+(?:[’'.\-]\w+)*")
FUNCTION_WORDS = frozenset(
    (
        *("the", "a", "an", "of", "in", "for", "to", "and", "or", "by", "on", "at"),
        *("his", "her", "their", "its", "s", "who", "that", "with", "from"),
    )
)

Words = frozenset[int]
Counts = defaultdict[str, float]
Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Relation:
    """One attribution as word numbers."""

    source: Words
    cue: Words
    content: Words

    def role(self, name: str) -> Words:
        """The words of one role."""
        words: Words = getattr(self, name)
        return words


class Text:
    """A story's words, to turn spans into word numbers and to tell function words from others."""

    def __init__(self, text: str) -> None:
        found = list(WORD.finditer(text))
        self.spans = [m.span() for m in found]
        self.starts = [start for start, _ in self.spans]
        self.words = [m.group().lower() for m in found]

    def numbers(self, spans: Iterable[Sequence[int]] | None) -> Words:
        """The words of which at least half lies in one of the spans."""
        found: set[int] = set()
        for start, end in spans or ():
            first = max(0, bisect_left(self.starts, start) - 1)
            for i in range(first, bisect_left(self.starts, end)):
                a, b = self.spans[i]
                inside = b - start if a < start else min(end, b) - a
                if inside * 2 >= b - a:
                    found.add(i)
        return frozenset(found)

    def same_source(self, one: Words, other: Words) -> bool:
        """Equal, or sharing a word that is no function word."""
        shared = one & other
        return bool(shared) and (one == other or any(self.words[i] not in FUNCTION_WORDS for i in shared))

    def relation(self, record: Mapping[str, Any]) -> Relation:
        """A record of a gold or prediction file."""
        return Relation(*(self.numbers(record.get(role)) for role in ROLES))


def read(path: Path) -> dict[str, dict[str, Any]]:
    """A file of stories, one JSON record a line, by id; the first record of an id counts."""
    stories: dict[str, dict[str, Any]] = {}
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            record = json.loads(line)
            stories.setdefault(record["id"], record)
    return stories


def count(text: str, gold: Iterable[Mapping[str, Any]], found: Iterable[Mapping[str, Any]]) -> Counts:
    """The counts of one story; the counts of several stories add up."""
    page = Text(text)
    wanted = [r for r in map(page.relation, gold) if r.content or r.cue]
    given = [r for r in map(page.relation, found) if r.content or r.cue or r.source]
    counts: Counts = defaultdict(float)
    for role in ROLES:
        _count_role(counts, role, wanted, given)
    _count_words(counts, page, wanted, given)
    _count_relations(counts, page, wanted, given)
    return counts


def _count_role(counts: Counts, role: str, wanted: list[Relation], given: list[Relation]) -> None:
    gold = list(dict.fromkeys(words for r in wanted if (words := r.role(role))))
    pred = list(dict.fromkeys(words for r in given if (words := r.role(role))))
    counts[f"{role} exact tp"] += len(set(gold) & set(pred))
    counts[f"{role} given"] += len(pred)
    counts[f"{role} wanted"] += len(gold)
    counts[f"{role} soft given"] += sum(max((len(p & g) / len(p) for g in gold), default=0.0) for p in pred)
    counts[f"{role} soft wanted"] += sum(max((len(p & g) / len(g) for p in pred), default=0.0) for g in gold)


def _count_words(counts: Counts, page: Text, wanted: list[Relation], given: list[Relation]) -> None:
    gold: dict[int, list[Words]] = {}
    pred: dict[int, list[Words]] = {}
    for r in wanted:
        for word in r.content:
            gold.setdefault(word, []).append(r.source)
    for r in given:
        for word in r.content if r.source else ():
            pred.setdefault(word, []).append(r.source)
    for word, sources in gold.items():
        named = [s for s in sources if s]
        if named:
            counts["word wanted"] += 1
            counts["word tp"] += any(page.same_source(s, p) for s in named for p in pred.get(word, ()))
    counts["word given"] += sum(word not in gold or any(gold[word]) for word in pred)


def _count_relations(counts: Counts, page: Text, wanted: list[Relation], given: list[Relation]) -> None:
    pairs = align(wanted, given)
    unsourced = {j for i, j in pairs if not wanted[i].source}
    for i, j in pairs:
        g, p = wanted[i], given[j]
        right = bool(g.source) and page.same_source(g.source, p.source)
        counts["attached tp"] += right
        counts["AR tp"] += right and bool(g.cue & p.cue)
    counts["content tp"] += len(pairs)
    counts["content units given"] += sum(bool(p.content) for p in given)
    counts["content units wanted"] += sum(bool(g.content) for g in wanted)
    counts["relation wanted"] += sum(bool(g.source and g.content) for g in wanted)
    counts["relation given"] += sum(bool(p.source and p.content) and j not in unsourced for j, p in enumerate(given))


def align(wanted: list[Relation], given: list[Relation]) -> list[tuple[int, int]]:
    """Pairs of gold and found attributions whose contents share at least half their words, the best first."""
    options = []
    for i, g in enumerate(wanted):
        for j, p in enumerate(given):
            shared = len(g.content & p.content)
            if shared and (fit := shared / len(g.content | p.content)) >= 0.5:
                options.append((fit + 1e-3 * bool(g.cue & p.cue) + 1e-3 * bool(g.source & p.source), i, j))
    pairs: list[tuple[int, int]] = []
    for _, i, j in sorted(options, reverse=True):
        if not any(i == a or j == b for a, b in pairs):
            pairs.append((i, j))
    return pairs


def f1(precision_hits: float, given: float, recall_hits: float, wanted: float) -> Triple:
    """Precision, recall and their harmonic mean, each 0 where there is nothing to divide by."""
    p = precision_hits / given if given else 0.0
    r = recall_hits / wanted if wanted else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def figures(counts: Mapping[str, float]) -> dict[str, Triple]:
    """Every figure from the counts of one or many stories."""
    c = defaultdict(float, counts)
    found: dict[str, Triple] = {}
    for role in ROLES:
        given, wanted = c[f"{role} given"], c[f"{role} wanted"]
        found[f"{role} exact"] = f1(c[f"{role} exact tp"], given, c[f"{role} exact tp"], wanted)
        found[f"{role} overlap"] = f1(c[f"{role} soft given"], given, c[f"{role} soft wanted"], wanted)
    found["content IoU50"] = f1(c["content tp"], c["content units given"], c["content tp"], c["content units wanted"])
    for name, hits in (("attached", "attached tp"), ("AR", "AR tp")):
        found[name] = f1(c[hits], c["relation given"], c[hits], c["relation wanted"])
    found["word-attach"] = f1(c["word tp"], c["word given"], c["word tp"], c["word wanted"])
    return found


def add(total: Counts, counts: Mapping[str, float]) -> None:
    """Add the counts of one more story."""
    for name, value in counts.items():
        total[name] += value


def bootstrap(stories: Sequence[Counts], figure: str, *, rounds: int = 2000, seed: int = 1) -> tuple[float, float]:
    """The 95% interval of an F1 over stories drawn with replacement."""
    rng = random.Random(seed)
    values = []
    for _ in range(rounds):
        total: Counts = defaultdict(float)
        for counts in rng.choices(stories, k=len(stories)):
            add(total, counts)
        values.append(figures(total)[figure][2])
    values.sort()
    return values[int(0.025 * rounds)], values[int(0.975 * rounds) - 1]
