"""Events to put in order: which the key can place, how they are dealt, and how far an order is from the key’s.

What is said about an order: hints that say where to look, then the key with its dates, reasons and sources.

Scoring an order: events from the earliest to the latest and, where asked, whether each was known on the day.

Every two events in the right order count for the learner, every two in the wrong order count against: the share right
less the share wrong, never below 0, so that a shuffled list is worth about nothing and the key 1 (Kendall’s tau over
the pairs that have an order; Kendall 1938, Biometrika 30). Where the dates do not say which of two came first, either
may. With `known`, those choices make half of the score, each item alike.

The list is dealt in an order that only names decide. It becomes an answer when the learner moves something or takes it
as it is; before that it is not stored, and not an attempt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Any

from copydesk.base.caching import ByIdentity
from copydesk.base.spans import Span, fingerprint, words
from copydesk.base.wording import choice_labels, load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer, Note, Outcome
from copydesk.story.key import Key

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
    return [*_events(ByIdentity(exercise), ByIdentity(key), text)]


@lru_cache(maxsize=32)
def _events(of: ByIdentity[Exercise], by: ByIdentity[Key], text: str) -> tuple[Event, ...]:
    exercise, key = of.value, by.value
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


def hints(exercise: Exercise, told: list[Event], given: list[str], choices: Mapping[str, Any]) -> Iterator[Note]:
    """Where to look again, in the learner’s order: the key’s would give it away."""
    say, by_id = load_wording("strings")["order"], {e.id: e for e in told}
    if not given:
        yield Note("order", say["title"], 0, 0, say["untouched"])
    wrong = misplaced(told, given)
    for place, i in enumerate(given, 1):
        if i in wrong:
            yield Note(i, "", 0, 0, say[wrong[i]].format(place=place, words=opening(by_id[i].words)))
    if exercise.get("known"):
        yield from _known_hints(told, given or dealt(exercise), choices)


def _known_hints(told: list[Event], shown: list[str], choices: Mapping[str, Any]) -> Iterator[Note]:
    say, by_id = load_wording("strings")["order"], {e.id: e for e in told}
    empty = [i for i in shown if not choices.get(i)]
    if empty:
        yield Note("known", say["known"], 0, 0, say["known_missing"].format(n=len(empty)))
    for i in shown:
        if i in by_id and choices.get(i) and choices[i] not in by_id[i].accept:
            yield Note(i, "", 0, 0, say["known_again"].format(words=opening(by_id[i].words)))


def reasons(why: str) -> Iterator[Note]:
    """Why the whole order is as it is, where the key says so."""
    if why:
        yield Note("order", load_wording("strings")["order"]["title"], 0, 0, reveal=sentence(why))


def reveals(exercise: Exercise, told: list[Event], given: list[str], choices: Mapping[str, Any]) -> Iterator[Note]:
    """The key, event by event: when, why, where it can be checked; and where a misplaced one stood.

    An event earns its share of pairs in the right order, and nothing where it is one of those to move.
    """
    known, loose, wrong = bool(exercise.get("known")), misplaced(told, given), wrong_pairs(told, given)
    for place, event in enumerate(told, 1):
        mine = [pair for pair in pairs(told) if event.id in pair]
        earned = 1 - sum(pair in wrong for pair in mine) / (len(mine) or 1)
        if event.id in loose or event.id not in given:
            earned = 0.0
        if known:
            earned += choices.get(event.id) in event.accept
        stood = given.index(event.id) + 1 if event.id in loose else 0
        reveal = " ".join(filter(None, _told(event, choices, stood, known=known)))
        yield Note(event.id, str(place), earned, 1 + known, "", reveal, tuple(_ties(event, told)))


def _told(event: Event, choices: Mapping[str, Any], stood: int, *, known: bool) -> Iterator[str]:
    say, labels = load_wording("strings")["order"], choice_labels("known")
    yield f"{event.when}: {event.words}" if event.when else event.words
    yield sentence(event.why)
    if known and event.accept:
        yield sentence(labels[event.accept[0]])
        if choices.get(event.id) in {*labels} - {*event.accept}:
            yield load_wording("strings")["sort"]["yours"].format(choice=labels[choices[event.id]])
    yield say["yours_at"].format(place=stood) if stood else ""
    yield say["source"].format(source=event.source) if event.source else ""


def sentence(words: str) -> str:
    """A phrase as a sentence of its own.

    >>> sentence("known only later")
    'Known only later.'
    """
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""


def _ties(event: Event, told: list[Event]) -> Iterator[str]:
    say = load_wording("strings")["order"]
    for other in told:
        if other is not event and not event.before(other) and not other.before(event):
            yield say["tie"].format(words=opening(other.words))


def opening(shown: str, *, most: int = 7) -> str:
    """The first words of an item, to know it by."""
    found = words(shown)
    return shown if len(found) <= most else f"{shown[: found[most - 1].end]} …"


def score(exercise: Exercise, answer: Answer, key: Key, text: str) -> Outcome:
    """Score `{"order": [item id, …], "choices": {item id: "known" or "later"}}`, the earliest first."""
    told = events(exercise, key, text)
    given = arranged(exercise, answer)
    choices = answer.get("choices", {}) if exercise.get("known") else {}
    value = placing(told, given)
    if exercise.get("known") and told:
        value = (value + sum(choices.get(e.id) in e.accept for e in told) / len(told)) / 2
    why = key.answers.get(exercise.key_name, {}).get("order", {}).get("why", "")
    notes = [*hints(exercise, told, given, choices), *reasons(why), *reveals(exercise, told, given, choices)]
    return Outcome.of(value, notes, bar=exercise.bar, attempted=bool(given or choices))


def model_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """Answers that must score full marks: the key’s order, each tie the other way round, each other accepted choice."""
    told = events(exercise, key, text)
    best: Answer = {"order": [e.id for e in told]}
    if exercise.get("known"):
        best["choices"] = {e.id: e.accept[0] for e in told if e.accept}
    answers = {"key": best} if told else {}
    for a, b in pairwise(told):
        if not a.before(b):
            turned = {a.id: b.id, b.id: a.id}
            answers[f"{b.id} before {a.id}"] = {**best, "order": [turned.get(i, i) for i in best["order"]]}
    for event in told if exercise.get("known") else ():
        for value in event.accept[1:]:
            answers[f"{event.id}: {value}"] = {**best, "choices": {**best["choices"], event.id: value}}
    return answers


def lazy_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """The list as dealt and backwards, and one choice everywhere even beside the right order: all below the bar."""
    cards = dealt(exercise)
    orders = {"as dealt": cards, "as dealt, backwards": cards[::-1]}
    answers: dict[str, Answer] = {name: {"order": order} for name, order in orders.items()}
    if exercise.get("known"):
        orders["in order"] = [e.id for e in events(exercise, key, text)]
        for value in choice_labels("known"):
            choices = dict.fromkeys(cards, value)
            answers |= {f"{n}, all {value}": {"order": o, "choices": choices} for n, o in orders.items()}
    return answers
