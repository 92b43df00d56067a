"""What the key asks of marks: targets, and every reading of them the key allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from copydesk.key import Alternative, Entry, Key, spans_of
from copydesk.lessons import Exercise
from copydesk.same import Same
from copydesk.scoring.outcome import Answer
from copydesk.spans import Span, words

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
    return [*_targets(Same(exercise), Same(key.entries))]


@lru_cache(maxsize=256)
def _targets(of: Same[Exercise], layers: Same[Layers]) -> tuple[Target, ...]:
    exercise, kinds = of.it, of.it.get("kinds")
    entries = Key("", "", layers.it).layer(exercise.get("layer"), exercise.region)
    return tuple(target(exercise, e, e.data) for e in entries if not kinds or e.get("kind") in kinds)


def target(exercise: Exercise, entry: Entry, data: Mapping[str, Any]) -> Target:
    """One entry as a target: only the roles and labels the exercise asks for, and the key has."""
    names = LAYER_ROLES.get(entry.layer, {r: r for r in exercise.get("roles")})
    roles = {r: spans_of(data if name == "span" else data.get(name)) for r, name in names.items()}
    labels = {n: data[n] for n in exercise.get("labels", ()) if data.get(n)}
    return Target(entry, {r: s for r, s in roles.items() if s}, labels)


@lru_cache(maxsize=2048)
def _patched(exercise: Same[Exercise], entry: Same[Entry], alternative: Same[Alternative]) -> Target:
    return target(exercise.it, entry.it, {**entry.it.data, **alternative.it.patch})


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
            patched = _patched(Same(exercise), Same(entry), Same(alternative))
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
