"""What is said about an order: hints that say where to look, then the key with its dates, reasons and sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from copydesk.lessons import Exercise
from copydesk.scoring.events import Event, dealt, misplaced, pairs, wrong_pairs
from copydesk.scoring.outcome import Note
from copydesk.spans import words
from copydesk.wording import choice_labels, load_wording


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
