"""Events to put in order: which the key can place, how they are dealt, and how far an order is from the key’s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

from copydesk.key import Key
from copydesk.lessons import Exercise
from copydesk.same import Same
from copydesk.scoring.outcome import Answer
from copydesk.spans import Span, fingerprint

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """One item the key can place: its words, the days it may have happened on, and what is told of it at the end."""

    id: str
    words: str
    days: tuple[int, int]
    when: str
    source: str
    why: str
    accept: tuple[str, ...]

    def before(self, other: Event) -> bool:
        """Whether this one surely came first."""
        return self.days[1] < other.days[0]


def dealt(exercise: Exercise) -> list[str]:
    """The item ids in the order they are dealt: by a fingerprint of their names, never by what is right.

    It is the same on every machine. Should it come out too near the right order, `deal = 2` deals afresh.
    """
    salt = f"{exercise.key_name}/{exercise.get('deal', 1)}"
    return sorted((str(i["id"]) for i in exercise.get("items", ())), key=lambda i: fingerprint(f"{salt}/{i}"))


def arranged(exercise: Exercise, answer: Answer) -> list[str]:
    """The learner’s order: known ids only, each once."""
    there = {i["id"] for i in exercise.get("items", ())}
    return list(dict.fromkeys(i for i in answer.get("order", ()) if i in there))


def events(exercise: Exercise, key: Key, text: str) -> list[Event]:
    """The items the key can place, earliest first: by its own `order` where it has one, else by the days of facts."""
    return [*_events(Same(exercise), Same(key), text)]


@lru_cache(maxsize=32)
def _events(of: Same[Exercise], by: Same[Key], text: str) -> tuple[Event, ...]:
    exercise, key = of.it, by.it
    keyed = key.answers.get(exercise.key_name, {})
    listed = ranks(keyed.get("order", {}).get("accept", ()))
    found = []
    for item in exercise.get("items", ()):
        record = keyed.get(item["id"], {})
        days = (listed[item["id"]],) * 2 if item["id"] in listed else record.get("days")
        if days:
            found.append(_event(item, record, (days[0], days[1]), text))
    return tuple(sorted(found, key=lambda e: e.days))


def ranks(order: Sequence[Any]) -> dict[str, int]:
    """The place of each id in a key’s order; a list within the list holds ids of one place.

    >>> ranks(["a", ["b", "c"], "d"])
    {'a': 0, 'b': 1, 'c': 1, 'd': 2}
    """
    return {i: n for n, place in enumerate(order) for i in (place if isinstance(place, list) else [place])}


def _event(item: Mapping[str, Any], record: Mapping[str, Any], days: tuple[int, int], text: str) -> Event:
    shown = item.get("text") or (Span(*item["span"]).of(text) if "span" in item else record.get("say", ""))
    when, source, why = (str(record.get(name, "")) for name in ("when", "source", "why"))
    return Event(item["id"], shown, days, when, source, why, tuple(record.get("accept", ())))


def pairs(told: Sequence[Event]) -> list[Pair]:
    """The pairs that have an order, the earlier one first."""
    return [(a.id, b.id) for a, b in combinations(told, 2) if a.before(b)]


def wrong_pairs(told: Sequence[Event], given: Sequence[str]) -> list[Pair]:
    """The pairs that do not stand in their order; one that lacks an event is among them."""
    at = {i: n for n, i in enumerate(given)}
    return [(a, b) for a, b in pairs(told) if a not in at or b not in at or at[a] > at[b]]


def placing(told: Sequence[Event], given: Sequence[str]) -> float:
    """The share of pairs in the right order less the share in the wrong one, from 0 to 1.

    >>> told = [Event(i, i, (n, n), "", "", "", ()) for n, i in enumerate("abcd")]
    >>> [round(placing(told, order), 2) for order in ("abcd", "bacd", "dabc", "dcba")]
    [1.0, 0.67, 0.0, 0.0]
    """
    possible = len(pairs(told))
    return max(0.0, 1 - 2 * len(wrong_pairs(told, given)) / possible) if possible and given else 0.0


def misplaced(told: Sequence[Event], given: Sequence[str]) -> dict[str, str]:
    """The fewest events that, taken out, leave the others in order: each stands too `early` or too `late`.

    >>> told = [Event(i, i, (n, n), "", "", "", ()) for n, i in enumerate("abcd")]
    >>> misplaced(told, "dabc"), misplaced(told, "bcda")
    ({'d': 'early'}, {'a': 'late'})
    """
    by_id, wrong = {e.id: e for e in told}, wrong_pairs(told, given)
    runs: dict[int, list[str]] = {0: []}  # the latest beginning so far → the longest run in order that has it
    for i in (i for i in given if i in by_id):
        first, last = by_id[i].days
        for latest, run in [*runs.items()]:
            reached = max(latest, first)
            if latest <= last and len(run) >= len(runs.get(reached, ())):
                runs[reached] = [*run, i]
    stays = max(runs.values(), key=len)
    loose = [i for i in given if i in by_id and i not in stays]
    early = {i: sum(b == i and a in stays for a, b in wrong) for i in loose}
    late = {i: sum(a == i and b in stays for a, b in wrong) for i in loose}
    return {i: "early" if early[i] >= late[i] else "late" for i in loose}
