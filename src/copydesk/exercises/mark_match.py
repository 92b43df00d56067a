"""What the key asks of marks, which group of marks answers which entry, and what each field of it earns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from copydesk.base.spans import Span, word_f1, words
from copydesk.exercises.outcome import Answer, Group
from copydesk.story.key import Entry, spans_of

LAYER_ROLES = {"framing": {"wording": "span"}, "quirks": {"trace": "span"}}
"""Layers whose entries are spans themselves, with the role that stands for them."""
FULL, NEAR = 0.8, 0.5
"""From which word F1 a boundary counts as the key's, and from which it earns its point."""


@dataclass(frozen=True, eq=False)
class Target:
    """What the key expects of one group: spans by role, labels by name."""

    entry: Entry
    roles: Mapping[str, tuple[Span, ...]]
    labels: Mapping[str, str]
    fields: int = field(init=False)
    """How many points this target is worth."""
    reach: tuple[int, int] = field(init=False)
    """From where to where its spans go."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", len(self.roles) + len(self.labels))
        object.__setattr__(self, "reach", reach(self.roles))


@dataclass(frozen=True, slots=True)
class Match:
    """A target with the group that was taken for it (or none), and what each field earned."""

    target: Target
    group: Group | None
    earned: Mapping[str, float]
    total: float = 0.0
    """What all fields earned together."""

    @classmethod
    def of(cls, one: Target, group: Group, text: str) -> Match:
        """The match of a target with one group."""
        earned = credit(one, group, text)
        return cls(one, group, earned, sum(earned.values()))

    @property
    def lost(self) -> float:
        """What the group that was taken failed to earn."""
        return self.target.fields - self.total if self.group else 0.0


def reach(roles: Mapping[str, tuple[Span, ...]]) -> tuple[int, int]:
    """From where to where spans go, whatever their roles."""
    spans = [s for found in roles.values() for s in found]
    return min((s.start for s in spans), default=0), max((s.end for s in spans), default=0)


def target(entry: Entry, data: Mapping[str, Any], asked: Iterable[str], labelled: Iterable[str]) -> Target:
    """One entry, with the fields in `data`, as a target: only the roles and labels that are asked, and the key has."""
    names = LAYER_ROLES.get(entry.layer, {r: r for r in asked})
    roles = {r: spans_of(data if name == "span" else data.get(name)) for r, name in names.items()}
    labels = {n: data[n] for n in labelled if data.get(n)}
    return Target(entry, {r: s for r, s in roles.items() if s}, labels)


def merged(entry: Entry, patch: Mapping[str, Any], targets: Sequence[Target]) -> list[Target]:
    """The targets with one entry joined to another: the contents of both are the content of the first.

    The patch names the other entry, and may change labels.
    """
    both = [t for t in targets if t.entry.id in (entry.id, patch["merge_with"])]
    if len(both) < 2:
        return list(targets)
    first, second = both
    contents = (*first.roles.get("content", ()), *second.roles.get("content", ()))
    labels = {n: patch.get(n, value) for n, value in first.labels.items()}
    joined = replace(first, roles={**first.roles, "content": contents}, labels=labels)
    return [joined if t is first else t for t in targets if t is not second]


def key_answer(targets: Iterable[Target]) -> Answer:
    """The answer of a learner who marked these targets and nothing else."""
    return {
        "groups": [
            {**{r: [[s.start, s.end] for s in spans] for r, spans in t.roles.items()}, "labels": dict(t.labels)}
            for t in targets
        ]
    }


class Meetings:
    """Which groups meet a target and what they earn there; readings share most targets, so each is looked at once."""

    def __init__(self, groups: Sequence[Group], text: str) -> None:
        self._groups, self._text = groups, text
        self._reach = [reach(group.roles) for group in groups]
        self._known: dict[Target, list[tuple[float, int, Match]]] = {}

    def of(self, one: Target) -> list[tuple[float, int, Match]]:
        """The groups that meet a target: how near each is, its number, and the match with it."""
        if one not in self._known:
            start, end = one.reach
            near = [j for j, (a, b) in enumerate(self._reach) if a < end and start < b]
            found = [(j, Match.of(one, self._groups[j], self._text)) for j in near]
            self._known[one] = [(self._rank(m), j, m) for j, m in found if m.earned]
        return self._known[one]

    def _rank(self, match: Match) -> float:
        """Which of several groups is taken for a target: the one that earns most.

        Where entries are stretches of the page it is the nearest one, whatever it is called: otherwise marking a device
        once with each class would find the right class.
        """
        one, group = match.target, match.group
        if group and one.entry.layer in LAYER_ROLES:
            return sum(word_f1(self._text, group.roles.get(r, ()), spans) for r, spans in one.roles.items())
        return match.total

    def alike(self, one: Sequence[Target], other: Sequence[Target]) -> bool:
        """Whether two readings of all targets come to the same with these groups."""
        changed = [(a, b) for a, b in zip(one, other, strict=False) if a is not b]
        return len(one) == len(other) and all(self._worth(a) == self._worth(b) for a, b in changed)

    def _worth(self, one: Target) -> tuple[Any, ...]:
        return one.fields, one.roles.keys(), [(j, m.earned) for _, j, m in self.of(one)]


def align(targets: Sequence[Target], groups: Sequence[Group], *, meetings: Meetings) -> tuple[list[Match], list[Group]]:
    """Pair targets and groups, the closest first; return the matches and the groups left over."""
    pairs = [(rank, -i, -j, match) for i, one in enumerate(targets) for rank, j, match in meetings.of(one)]
    taken: dict[int, Match] = {}
    used: set[int] = set()
    for _, i, j, match in sorted(pairs, reverse=True):  # the numbers tell any two apart
        if i not in taken and j not in used:
            taken[i] = match
            used.add(j)
    matches = [taken.get(-i) or Match(one, None, {}) for i, one in enumerate(targets)]
    return matches, [g for j, g in enumerate(groups) if -j not in used]


def credit(one: Target, group: Group, text: str) -> dict[str, float]:
    """What each field of a target earns from one group: roles that meet it, and labels once a role has earned."""
    earned = {}
    for role, expected in one.roles.items():
        found = group.roles.get(role, ())
        if any(f.start < e.end and e.start < f.end for f in found for e in expected):
            if one.entry.layer == "entman":
                earned[role] = float(supports(text, found, expected))
            else:
                close = word_f1(text, found, expected) >= NEAR
                earned[role] = float(close and not swallows(one, role, found))
    if any(earned.values()):
        earned |= {n: float(group.labels.get(n) == value) for n, value in one.labels.items()}
    return earned


@lru_cache(maxsize=8192)
def supports(text: str, found: tuple[Span, ...], expected: tuple[Span, ...]) -> bool:
    """Whether picked evidence stands, at least half of its words, in passages that the key lists as fair evidence."""
    picked = [w for f in found for w in words(text, f)]
    inside = sum(any(w.overlap(e) for e in expected) for w in picked)
    return bool(picked) and inside / len(picked) >= NEAR


def swallows(one: Target, role: str, found: Iterable[Span]) -> bool:
    """Whether spans marked as one role hold a whole span that the key gives another role of the same target."""
    apart = [s for other, spans in one.roles.items() if other != role for s in spans]
    return any(f.covers(s) for f in found for s in apart)


def touches(group: Group, spans: Iterable[Span]) -> bool:
    """Whether any span of a group overlaps any of these."""
    mine = [s for found in group.roles.values() for s in found]
    return any(a.start < b.end and b.start < a.end for a in mine for b in spans)
