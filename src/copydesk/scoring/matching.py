"""Which group answers which target, and what each field of it earns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copydesk.lessons import Exercise
from copydesk.scoring.outcome import Answer
from copydesk.scoring.targets import Target
from copydesk.spans import Span, merge, word_f1

FULL, NEAR = 0.8, 0.5


@dataclass(frozen=True, slots=True)
class Group:
    """What a learner marked as one: spans by role, labels by name."""

    roles: Mapping[str, tuple[Span, ...]]
    labels: Mapping[str, str]

    @property
    def fields(self) -> int:
        return len(self.roles) + len(self.labels)


@dataclass(frozen=True, slots=True)
class Match:
    """A target with the group that was taken for it (or none), and what each field earned."""

    target: Target
    group: Group | None
    earned: Mapping[str, float]

    @property
    def total(self) -> float:
        return sum(self.earned.values())


def read_groups(exercise: Exercise, answer: Answer, length: int) -> list[Group]:
    """The learner's groups; whatever is not a span of the page is left out."""
    groups = []
    for raw in answer.get("groups", []):
        if not isinstance(raw, dict):
            continue
        roles = {r: spans_from(raw.get(r, []), length) for r in exercise.get("roles")}
        given = raw.get("labels", {})
        pairs = given.items() if isinstance(given, dict) else ()
        labels = {n: v for n, v in pairs if n in exercise.get("labels", ()) and v and isinstance(v, str)}
        roles = {r: s for r, s in roles.items() if s}
        if roles:
            groups.append(Group(roles, labels))
    return groups


def spans_from(raw: Any, length: int) -> tuple[Span, ...]:
    """The spans in a learner's notation that lie inside a text of this length, merged; anything else is left out."""
    listed = raw if isinstance(raw, list | tuple) else ()
    pairs = [p for p in listed if isinstance(p, list | tuple) and len(p) == 2 and all(isinstance(i, int) for i in p)]
    return tuple(merge(Span(a, b) for a, b in pairs if 0 <= a < b <= length))


def align(targets: Sequence[Target], groups: Sequence[Group], text: str) -> tuple[list[Match], list[Group]]:
    """Pair targets and groups, the closest first; return the matches and the groups left over."""
    pairs = []
    for i, one in enumerate(targets):
        for j, group in enumerate(groups):
            earned = credit(one, group, text)
            if any(role in earned for role in one.roles):
                pairs.append((sum(earned.values()), -i, -j, earned))
    taken: dict[int, Match] = {}
    used: set[int] = set()
    for _, i, j, earned in sorted(pairs, key=lambda p: p[:3], reverse=True):
        if -i not in taken and -j not in used:
            taken[-i] = Match(targets[-i], groups[-j], earned)
            used.add(-j)
    matches = [taken.get(i, Match(t, None, {})) for i, t in enumerate(targets)]
    return matches, [g for j, g in enumerate(groups) if j not in used]


def credit(one: Target, group: Group, text: str) -> dict[str, float]:
    """What each field of a target earns from one group: roles that meet it, and labels once a role has earned."""
    earned = {}
    for role, expected in one.roles.items():
        found = group.roles.get(role, ())
        if any(f.overlap(e) for f in found for e in expected):
            close = word_f1(text, found, expected) >= NEAR
            earned[role] = float(close and not swallows(one, role, found))
    if any(earned.values()):
        earned |= {n: float(group.labels.get(n) == value) for n, value in one.labels.items()}
    return earned


def swallows(one: Target, role: str, found: Iterable[Span]) -> bool:
    """Whether spans marked as one role hold a whole span that the key gives another role of the same target."""
    apart = [s for other, spans in one.roles.items() if other != role for s in spans]
    return any(f.covers(s) for f in found for s in apart)


def touches(group: Group, spans: Iterable[Span]) -> bool:
    """Whether any span of a group overlaps any of these."""
    mine = [s for found in group.roles.values() for s in found]
    return any(a.overlap(b) for a in mine for b in spans)
