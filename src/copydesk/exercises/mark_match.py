"""What the key asks of marks: targets, and every reading of them the key allows.

Which group answers which target, and what each field of it earns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from copydesk.base.caching import ByIdentity
from copydesk.base.spans import Span, merge, word_f1, words
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer
from copydesk.story.key import Alternative, Entry, Key, spans_of

Layers = Mapping[str, tuple[Entry, ...]]
"""The entries of a key, which it shares with its copies."""
LAYER_ROLES = {"framing": {"wording": "span"}, "quirks": {"trace": "span"}}


@dataclass(frozen=True, slots=True)
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


def reach(roles: Mapping[str, tuple[Span, ...]]) -> tuple[int, int]:
    """From where to where spans go, whatever their roles."""
    spans = [s for found in roles.values() for s in found]
    return min((s.start for s in spans), default=0), max((s.end for s in spans), default=0)


def targets_of(exercise: Exercise, key: Key) -> list[Target]:
    """The key entries this exercise asks for, as targets."""
    return [*_targets(ByIdentity(exercise), ByIdentity(key.entries))]


@lru_cache(maxsize=256)
def _targets(of: ByIdentity[Exercise], layers: ByIdentity[Layers]) -> tuple[Target, ...]:
    exercise, kinds = of.value, of.value.get("kinds")
    entries = Key("", "", layers.value).layer(exercise.get("layer"), exercise.region)
    return tuple(target(exercise, e, e.data) for e in entries if not kinds or e.get("kind") in kinds)


def target(exercise: Exercise, entry: Entry, data: Mapping[str, Any]) -> Target:
    """One entry as a target: only the roles and labels the exercise asks for, and the key has."""
    names = LAYER_ROLES.get(entry.layer, {r: r for r in exercise.get("roles")})
    roles = {r: spans_of(data if name == "span" else data.get(name)) for r, name in names.items()}
    labels = {n: data[n] for n in exercise.get("labels", ()) if data.get(n)}
    return Target(entry, {r: s for r, s in roles.items() if s}, labels)


@lru_cache(maxsize=2048)
def _patched(exercise: ByIdentity[Exercise], entry: ByIdentity[Entry], alternative: ByIdentity[Alternative]) -> Target:
    return target(exercise.value, entry.value, {**entry.value.data, **alternative.value.patch})


def readings(exercise: Exercise, entry: Entry, others: Sequence[Target]) -> list[list[Target]]:
    """Every way the key allows one entry to be read, as the list of targets that then holds."""
    ways = [list(others)]
    for alternative in entry.alternatives:
        patch = alternative.patch
        rest = [t for t in others if t.entry.id != entry.id]
        if patch.get("not_an_attribution"):
            ways.append(rest)
        elif "merge_with" in patch:
            ways.append(_merged(entry, patch["merge_with"], others))
        else:
            patched = _patched(ByIdentity(exercise), ByIdentity(entry), ByIdentity(alternative))
            ways.append([patched if t.entry.id == entry.id else t for t in others])
    return ways


def _merged(entry: Entry, into: str, targets: Sequence[Target]) -> list[Target]:
    both = [t for t in targets if t.entry.id in (entry.id, into)]
    if len(both) < 2:
        return list(targets)
    first, second = both
    contents = (*first.roles.get("content", ()), *second.roles.get("content", ()))
    joined = replace(first, roles={**first.roles, "content": contents})
    return [joined if t is first else t for t in targets if t is not second]


def key_answer(targets: Iterable[Target]) -> Answer:
    """The answer of a learner who marked these targets and nothing else."""
    return {
        "groups": [
            {**{r: [[s.start, s.end] for s in spans] for r, spans in t.roles.items()}, "labels": dict(t.labels)}
            for t in targets
        ]
    }


def model_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """Answers that must score full marks: the key's own, and one for each alternative."""
    targets = targets_of(exercise, key)
    answers = {"key": key_answer(targets)}
    for entry in [t.entry for t in targets]:
        ways = readings(exercise, entry, targets)[1:]
        answers |= {a.id: key_answer(way) for a, way in zip(entry.alternatives, ways, strict=True) if way}
    return answers


def lazy_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """Answers that mark everything: each must stay under half."""
    sentences = [s for e in key.layer("sentences", exercise.region) for s in e.spans("span")]
    if not exercise.region:
        sentences += [s for e in key.layer("furniture") for s in e.spans("span")]
    values = [
        {n: v} for n in exercise.get("labels", ()) for v in {t.labels.get(n) for t in targets_of(exercise, key)} if v
    ]
    answers: dict[str, Answer] = {}
    for labels in ({}, *values):
        tag = "".join(f" as {v}" for v in labels.values())
        single = [[[w.start, w.end]] for s in sentences for w in words(text, s)]
        whole = [[[s.start, s.end]] for s in sentences]
        everything = [[[s.start, s.end] for s in sentences]]
        for name, pieces in (("every word", single), ("every sentence", whole), ("one mark over all", everything)):
            for roles in ([r] for r in exercise.get("roles")):
                groups = [{**dict.fromkeys(roles, p), "labels": labels} for p in pieces]
                answers[f"{name}, {roles[0]}{tag}"] = {"groups": groups}
            groups = [{**dict.fromkeys(exercise.get("roles"), p), "labels": labels} for p in pieces]
            answers[f"{name}, all roles{tag}"] = {"groups": groups}
    return answers


FULL, NEAR = 0.8, 0.5
LISTED = (list, tuple)


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
    total: float = 0.0
    """What all fields earned together."""


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
    pairs = [p for p in raw if _is_pair(p)] if isinstance(raw, LISTED) else ()
    return tuple(merge([Span(a, b) for a, b in pairs if 0 <= a < b <= length]))


def _is_pair(raw: Any) -> bool:
    return isinstance(raw, LISTED) and len(raw) == 2 and isinstance(raw[0], int) and isinstance(raw[1], int)


@dataclass(frozen=True, slots=True)
class Met:
    """A target with all groups that meet it, as matches, each with the number of its group; and the match with none."""

    target: Target
    matches: tuple[tuple[float, int, Match], ...]
    alone: Match

    def alike(self, other: Met) -> bool:
        """Whether two readings of a target are worth the same, and earn the same with these groups."""
        mine, theirs = ([(number, m.earned) for _, number, m in met.matches] for met in (self, other))
        one, another = self.target, other.target
        return one.fields == another.fields and one.roles.keys() == another.roles.keys() and mine == theirs


class Meetings:
    """Which groups meet a target and what they earn there; readings share most targets, so each is looked at once."""

    def __init__(self, groups: Sequence[Group], text: str) -> None:
        self._groups, self._text = groups, text
        self._reach = [reach(group.roles) for group in groups]
        self._known: dict[int, Met] = {}

    def of(self, one: Target) -> Met:
        """The meetings of one target."""
        met = self._known.get(id(one))  # the target is kept with its meetings, so that its id stays its own
        if met is None:
            start, end = one.reach
            near = [j for j, (a, b) in enumerate(self._reach) if a < end and start < b]
            earned = [(j, credit(one, self._groups[j], self._text)) for j in near]
            totals = [(sum(e.values()), j, e) for j, e in earned if any(role in e for role in one.roles)]
            matches = tuple((total, j, Match(one, self._groups[j], e, total)) for total, j, e in totals)
            met = self._known[id(one)] = Met(one, matches, Match(one, None, {}))
        return met

    def alike(self, one: Sequence[Target], other: Sequence[Target]) -> bool:
        """Whether two readings of all targets come to the same with these groups."""
        changed = [(a, b) for a, b in zip(one, other, strict=False) if a is not b]
        return len(one) == len(other) and all(self.of(a).alike(self.of(b)) for a, b in changed)


def align(
    targets: Sequence[Target], groups: Sequence[Group], text: str, *, meetings: Meetings | None = None
) -> tuple[list[Match], list[Group]]:
    """Pair targets and groups, the closest first; return the matches and the groups left over."""
    meetings = meetings or Meetings(groups, text)
    met = [meetings.of(one) for one in targets]
    pairs = [(total, -i, -j, match) for i, m in enumerate(met) for total, j, match in m.matches]
    taken: dict[int, Match] = {}
    used: set[int] = set()
    for _, i, j, match in sorted(pairs, reverse=True):  # the numbers tell any two apart
        if i not in taken and j not in used:
            taken[i] = match
            used.add(j)
    matches = [taken.get(-i, m.alone) for i, m in enumerate(met)]
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
