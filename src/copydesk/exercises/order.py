"""Events to put in order, from the earliest to the latest, and where asked, whether each was known on the day.

Every two events in the right order count for the learner, every two in the wrong order count against: the share right
less the share wrong, never below 0, so that a shuffled list is worth about nothing and the key 1 (Kendall’s tau over
the pairs that have an order; Kendall 1938, Biometrika 30). Where the dates do not say which of two came first, either
may. With `known`, those choices make half of the score, each item alike.

The list is shown in an order that only names decide. It becomes an answer when the learner moves something or takes it
as it is; before that it is not stored, and not an attempt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Any

from copydesk.base.spans import fingerprint, words
from copydesk.base.wording import choice_labels, load_wording
from copydesk.exercises.exercise import Item, ItemExercise, Offer, counted_value, sentence
from copydesk.exercises.outcome import Answer, Note, Outcome, listed_values, plain_values
from copydesk.page.article import Article
from copydesk.page.html import table
from copydesk.story.facts import Fact, story_facts
from copydesk.story.key import Key
from copydesk.story.story import Story

Pair = tuple[str, str]
TOO_NEAR = 0.5
"""The most that the list as it is shown, or its reverse, may be worth."""


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Order(ItemExercise):
    """An exercise of events; an answer is `{"order": [item id, …], "choices": {item id: "known" or "later"}}`."""

    type = "order"
    needed = ("items",)

    earlier: tuple[Item, ...] = ()
    """What an earlier version asked in their place: an answer to these is shown and scored by them."""
    known: bool = False
    """Whether it is also asked what was known on the day of the story."""
    deal: int = 1
    """Another number shuffles the list anew, where it would come out too near the right order."""

    @classmethod
    def prepare(cls, settings: Mapping[str, Any], article: Article, where: str) -> dict[str, Any]:
        """An item that names a fact takes its id."""
        found = dict(settings)
        for name in ("items", "earlier"):
            if isinstance(items := found.get(name), list):
                found[name] = [{"id": i["fact"], **i} if isinstance(i, Mapping) and "fact" in i else i for i in items]
        return found

    def as_answered(self, answer: Mapping[str, Any]) -> Order:
        """The exercise with the items of an earlier version, if the answer is to those."""
        given = {*answer.get("order", ()), *(answer.get("choices") or {})}
        now, then = ({i.id for i in items} & given for items in (self.items, self.earlier))
        return replace(self, items=self.earlier, earlier=()) if then and not now else self

    def listed_facts(self) -> Iterator[str]:
        yield from super().listed_facts()
        yield from (i.fact for i in self.earlier if i.fact)

    def shuffled(self) -> list[str]:
        """The item ids as they are shown: by a fingerprint of their names, never by what is right.

        It is the same on every machine.
        """
        salt = f"{self.key_name}/{self.deal}"
        return sorted((i.id for i in self.items), key=lambda i: fingerprint(f"{salt}/{i}"))

    def arranged(self, answer: Answer) -> list[str]:
        """The learner’s order: known ids only, each once."""
        there = {i.id for i in self.items}
        return list(dict.fromkeys(i for i in answer.get("order", ()) if i in there))

    def missing(self, answer: object, story: Story) -> list[str]:
        """An order that is still as it was dealt, and the events of which it is not said when they were known."""
        say, shaped = load_wording("strings")["missing"], self.well_formed(answer)
        lacks = [] if self.arranged(shaped) else [say["order"]]
        chosen = shaped.get("choices", {})
        if self.known and (empty := [i for i in self.items if not chosen.get(i.id)]):
            lacks.append(say["known"].format(n=len(empty), of=len(self.items)))
        return lacks

    def events(self, key: Key, text: str) -> tuple[Event, ...]:
        """The items the key can place, earliest first: by its own `order`, else by the days of facts."""
        return _events(self, key, text)

    def view(self, story: Story) -> dict[str, Any]:
        """The items as they are shown at first, and the choices where it is asked what was known."""
        texts = self.item_words(story)
        choices = choice_labels("known") if self.known else {}
        return {"items": [{"id": i, "text": texts.get(i, "")} for i in self.shuffled()], "choices": choices}

    def static_body(self, story: Story, answer: Answer) -> str:
        """The learner's order, numbered; before there is one, the list as it is shown, without numbers."""
        say, given = load_wording("strings")["order"], self.arranged(answer)
        texts, chosen, labels = self.item_words(story), answer.get("choices", {}), choice_labels("known")
        rows = [
            (given.index(i) + 1 if i in given else "", texts.get(i, ""), labels.get(chosen.get(i), ""))
            for i in dict.fromkeys([*given, *self.shuffled()])
        ]
        caption = self.title if given else say["not_yours"].format(title=self.title)
        columns = (say["place"], say["event"], say["known"])[: 3 if self.known else 2]
        return table(columns, [row[: len(columns)] for row in rows], caption=caption)

    def well_formed(self, answer: object) -> Answer:
        return plain_values(answer, "choices") | listed_values(answer, "order", (str,))

    def score(self, answer: Answer, key: Key, text: str) -> Outcome:
        """Pairs in order, and half of it what was known, where asked."""
        if (shown := self.as_answered(answer)) is not self:
            return shown.score(answer, key, text)
        events, given = self.events(key, text), self.arranged(answer)
        choices = answer.get("choices", {}) if self.known else {}
        value = placing(events, given)
        if self.known and events:
            value = (value + sum(choices.get(e.id) in e.accept for e in events) / len(events)) / 2
        notes = [*self._hints(events, given, choices)]
        if why := self.keyed(key).get("order", {}).get("why"):
            notes.append(Note("order", load_wording("strings")["order"]["title"], 0, 0, reveal=sentence(why)))
        notes += self._reveals(events, given, choices)
        return Outcome.of(value, notes, bar=self.bar, attempted=bool(given or choices))

    def model_answers(self, key: Key, text: str) -> dict[str, Answer]:
        """The key’s order, each tie the other way round, each other accepted choice."""
        events = self.events(key, text)
        best: Answer = {"order": [e.id for e in events]}
        if self.known:
            best["choices"] = {e.id: e.accept[0] for e in events if e.accept}
        answers = {"key": best} if events else {}
        for a, b in pairwise(events):
            if not a.before(b):
                turned = {a.id: b.id, b.id: a.id}
                answers[f"{b.id} before {a.id}"] = {**best, "order": [turned.get(i, i) for i in best["order"]]}
        for event in events if self.known else ():
            for value in event.accept[1:]:
                answers[f"{event.id}: {value}"] = {**best, "choices": {**best["choices"], event.id: value}}
        return answers

    def lazy_answers(self, key: Key, text: str) -> dict[str, Answer]:
        """The list as shown and backwards, and one choice everywhere even beside the right order."""
        shown = self.shuffled()
        orders = {"as dealt": shown, "as dealt, backwards": shown[::-1]}
        answers: dict[str, Answer] = {name: {"order": order} for name, order in orders.items()}
        if self.known:
            orders["in order"] = [e.id for e in self.events(key, text)]
            for value in choice_labels("known"):
                choices = dict.fromkeys(shown, value)
                answers |= {f"{n}, all {value}": {"order": o, "choices": choices} for n, o in orders.items()}
        return answers

    def dated_answers(self, story: Story) -> dict[str, dict[str, Any]]:
        """Of each fact among the items: its days, and whether it was known on the story's day.

        `days` are the first and last day something may have happened on, as ordinals: a year alone spans all of it.
        """
        asked = [i for i in (*self.items, *self.earlier) if i.fact]
        facts = {f.id: f for f in story_facts(story)} if asked else {}
        return {i.id: _dated(facts[i.fact], story.date) for i in asked if i.fact in facts}

    # Feedback

    def not_attempted(self) -> str:
        return str(load_wording("strings")["order"]["untouched"])

    def _hints(self, events: Sequence[Event], given: list[str], choices: Mapping[str, Any]) -> Iterator[Note]:
        """Where to look again, in the learner’s order: the key’s would give it away."""
        say, by_id = load_wording("strings")["order"], {e.id: e for e in events}
        if not given:
            yield Note("order", say["title"], 0, 0, say["untouched"])
        wrong = misplaced(events, given)
        for at, i in enumerate(given, 1):
            if i in wrong:
                yield Note(i, "", 0, 0, say[wrong[i]].format(place=at, words=opening(by_id[i].words)))
        if not self.known:
            return
        shown = given or self.shuffled()
        if empty := [i for i in shown if not choices.get(i)]:
            yield Note("known", say["known"], 0, 0, say["known_missing"].format(n=len(empty)))
        for i in shown:
            if i in by_id and choices.get(i) and choices[i] not in by_id[i].accept:
                yield Note(i, "", 0, 0, say["known_again"].format(words=opening(by_id[i].words)))

    def _reveals(self, events: Sequence[Event], given: list[str], choices: Mapping[str, Any]) -> Iterator[Note]:
        """The key, event by event: when, why, where it can be checked; and where a misplaced one stood.

        An event earns its share of pairs in the right order, and nothing where it is one of those to move.
        """
        say, labels = load_wording("strings")["order"], choice_labels("known")
        loose, wrong = misplaced(events, given), wrong_pairs(events, given)
        for number, event in enumerate(events, 1):
            mine = [pair for pair in pairs(events) if event.id in pair]
            earned = 1 - sum(pair in wrong for pair in mine) / (len(mine) or 1)
            if event.id in loose or event.id not in given:
                earned = 0.0
            told = [f"{event.when}: {event.words}" if event.when else event.words, sentence(event.why)]
            if self.known:
                chosen = choices.get(event.id)
                earned += chosen in event.accept
                told += [sentence(labels[best]) for best in event.accept[:1]]
                if event.accept and chosen in {*labels} - {*event.accept}:
                    told.append(load_wording("strings")["sort"]["yours"].format(choice=labels[chosen]))
            if event.id in loose:
                told.append(say["yours_at"].format(place=given.index(event.id) + 1))
            if event.source:
                told.append(say["source"].format(source=event.source))
            ties = [e for e in events if e is not event and not event.before(e) and not e.before(event)]
            others = tuple(say["tie"].format(words=opening(e.words)) for e in ties)
            reveal, known = " ".join(filter(None, told)), event.accept[: self.known]
            yield Note(event.id, str(number), earned, 1 + self.known, "", reveal, others, accepted=known)

    # Report

    def counted_values(self, answer: Answer, offers: Mapping[str, Offer], key: Key, text: str) -> dict[str, str]:
        """Which events stood too early or too late, and of which it was said wrongly when they were known."""
        if (shown := self.as_answered(answer)) is not self:
            return shown.counted_values(answer, offers, key, text)
        events = self.events(key, text)
        wrong = misplaced(events, self.arranged(answer))
        said = answer.get("choices", {}) if self.known else {}
        off = {e.id: said.get(e.id) for e in events if said.get(e.id) not in e.accept}
        labels = choice_labels("known")
        return {e.id: f"{wrong.get(e.id, '')}+{counted_value(off.get(e.id), labels)}" for e in events}

    def instead_words(self, offer: Offer | None, given: str) -> list[str]:
        """That an event stood too early or too late, and when it was said to be known."""
        moved, _, value = given.partition("+")
        labels, say = choice_labels("known"), load_wording("strings")["items"]
        return [*([say[moved]] if moved else []), *([labels[value]] if value in labels else [])]

    def item_place(self, item: str, number: int, note: Note | None) -> str:
        return str(load_wording("strings")["items"]["place"].format(n=note.where if note else ""))

    def item_reason(self, item: str, note: Note | None, key: Key, text: str) -> str:
        """When an event happened, why it stands there, and whether it was known on the day."""
        then = replace(self, items=(*self.items, *self.earlier))
        event = next((e for e in then.events(key, text) if e.id == item), None)
        if event is None:
            return ""
        known_then = choice_labels("known")[event.accept[0]] if event.accept and self.known else ""
        return " ".join(filter(None, map(sentence, (event.when, event.why, known_then))))

    # Faults

    def key_faults(self, key: Key | None, story: Story) -> Iterator[str]:
        """Too few items, ids or words that tell the order, items that nothing places, a list dealt too near it."""
        ids = [i.id for i in self.items]
        if len(ids) < 3:
            yield "an order needs at least three items"
        if len({*ids, "order"}) <= len(ids):
            yield "each item needs an id of its own, and 'order' is taken"
        facts = {f.id: f for f in story_facts(story)}
        for item in self.items:
            fact = facts.get(item.fact)
            if fact and fact.year and str(fact.year) in (item.text or fact.statement):
                yield f"the words of '{item.id}' tell its year: give the item a text of its own"
        if key is None:
            return
        keyed = self.keyed(key)
        listed = ranks(keyed.get("order", {}).get("accept", ()))
        asked = {*ids, "order", *(i.id for i in self.earlier)}
        yield from (f"the key answers '{i}', which is not asked" for i in {**keyed, **listed} if i not in asked)
        events = {e.id: e for e in self.events(key, story.article.text)}
        for i in ids:
            if i not in (listed or events):
                yield f"nothing says when '{i}' was: give it a fact with a date, or a place in the key's order"
            elif self.known and not {*events[i].accept} & {*choice_labels("known")}:
                where = "give its fact a known_from, or the key an accept"
                yield f"nothing says whether '{i}' was known on the day: {where}"
        if [*events] == sorted(events) and len(events) > 1:
            yield "the ids in their alphabet are the right order, and an answer file shows ids: give them other names"
        shown = self.shuffled()
        if max(placing([*events.values()], order) for order in (shown, shown[::-1])) > TOO_NEAR:
            yield f"the items are dealt too near the right order or its reverse: set deal = {self.deal + 1}"


@lru_cache(maxsize=32)
def _events(exercise: Order, key: Key, text: str) -> tuple[Event, ...]:
    keyed = exercise.keyed(key)
    listed = ranks(keyed.get("order", {}).get("accept", ()))
    found = []
    for item in exercise.items:
        record = keyed.get(item.id, {})
        days = (listed[item.id],) * 2 if item.id in listed else record.get("days")
        if days:
            shown = item.text or (text[slice(*item.span)] if item.span else record.get("say", ""))
            when, source, why = (str(record.get(name, "")) for name in ("when", "source", "why"))
            accept = tuple(record.get("accept", ()))
            found.append(Event(item.id, shown, (days[0], days[1]), when, source, why, accept))
    return tuple(sorted(found, key=lambda e: e.days))


def _dated(fact: Fact, day: dt.date) -> dict[str, Any]:
    said: dict[str, Any] = {"say": fact.statement, "when": fact.when, "source": fact.credit}
    if fact.known_from:
        said["accept"] = ["known" if fact.known_on(day) else "later"]
    if fact.date:
        return {"days": [fact.date.toordinal()] * 2, **said}
    if fact.year:
        return {"days": [dt.date(fact.year, month, last).toordinal() for month, last in ((1, 1), (12, 31))], **said}
    return said


def ranks(order: Sequence[Any]) -> dict[str, int]:
    """The place of each id in a key’s order; a list within the list holds ids of one place.

    >>> ranks(["a", ["b", "c"], "d"])
    {'a': 0, 'b': 1, 'c': 1, 'd': 2}
    """
    return {i: n for n, place in enumerate(order) for i in (place if isinstance(place, list) else [place])}


def pairs(events: Sequence[Event]) -> list[Pair]:
    """The pairs that have an order, the earlier one first."""
    return [(a.id, b.id) for a, b in combinations(events, 2) if a.before(b)]


def wrong_pairs(events: Sequence[Event], given: Sequence[str]) -> list[Pair]:
    """The pairs that do not stand in their order; one that lacks an event is among them."""
    at = {i: n for n, i in enumerate(given)}
    return [(a, b) for a, b in pairs(events) if a not in at or b not in at or at[a] > at[b]]


def placing(events: Sequence[Event], given: Sequence[str]) -> float:
    """The share of pairs in the right order less the share in the wrong one, from 0 to 1.

    >>> events = [Event(i, i, (n, n), "", "", "", ()) for n, i in enumerate("abcd")]
    >>> [round(placing(events, order), 2) for order in ("abcd", "bacd", "dabc", "dcba")]
    [1.0, 0.67, 0.0, 0.0]
    """
    possible = len(pairs(events))
    return max(0.0, 1 - 2 * len(wrong_pairs(events, given)) / possible) if possible and given else 0.0


def misplaced(events: Sequence[Event], given: Sequence[str]) -> dict[str, str]:
    """The fewest events that, taken out, leave the others in order: each stands too `early` or too `late`.

    >>> events = [Event(i, i, (n, n), "", "", "", ()) for n, i in enumerate("abcd")]
    >>> misplaced(events, "dabc"), misplaced(events, "bcda")
    ({'d': 'early'}, {'a': 'late'})
    """
    by_id, wrong = {e.id: e for e in events}, wrong_pairs(events, given)
    # The longest run in order, by patience: for the latest beginning reached so far, the longest run that reaches it.
    runs: dict[int, list[str]] = {0: []}
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


def opening(shown: str, *, most: int = 7) -> str:
    """The first words of an item, to know it by."""
    found = words(shown)
    return shown if len(found) <= most else f"{shown[: found[most - 1].end]} …"
