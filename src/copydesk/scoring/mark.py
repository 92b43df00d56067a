"""Scoring marks: spans with roles, in groups, against key entries.

Each field of an entry (source, cue, content, label) earns one point. Spans match by words: F1 from 0.8 is full
credit, from 0.5 full credit with a note on the boundary (content.md D2; PARC's agreement is measured the same way,
Pareti 2015). Content that swallows its own source or cue earns nothing. The score is the harmonic mean of precision
and recall over fields, so marking everything scores worse than marking well. Of all alternatives the key lists, those
that suit the learner best are taken. Evidence for a frame counts by standing in a passage the key lists.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from copydesk.key import Key
from copydesk.lessons import Exercise
from copydesk.same import Same
from copydesk.scoring.mark_notes import note, over_notes
from copydesk.scoring.matching import Group, Match, Meetings, align, read_groups, touches
from copydesk.scoring.outcome import Answer, Outcome
from copydesk.scoring.targets import Layers, Target, lazy_answers, model_answers, readings, targets_of
from copydesk.spans import Span, words

__all__ = ["lazy_answers", "model_answers", "score"]

Price = Callable[[list[Group]], float]
"""What groups that meet nothing cost together."""


def score(exercise: Exercise, answer: Answer, key: Key, text: str) -> Outcome:
    """Score marked groups; `answer` is `{"groups": [{role: [[start, end], …], "labels": {…}}, …]}`."""
    groups = read_groups(exercise, answer, len(text))
    meetings, price = Meetings(groups, text), pricing(exercise, groups, key, text)

    def worth(way: list[Target]) -> float:
        return harmonic(exercise, *align(way, groups, text, meetings=meetings), price)

    targets = choose_readings(exercise, key, meetings, worth)
    matches, loose = align(targets, groups, text, meetings=meetings)
    value = harmonic(exercise, matches, loose, price)
    notes = [note(m, text) for m in matches] + over_notes(exercise, loose, key)
    return Outcome.of(value, notes, bar=exercise.bar, attempted=bool(groups))


def choose_readings(
    exercise: Exercise, key: Key, meetings: Meetings, worth: Callable[[list[Target]], float]
) -> list[Target]:
    """The targets under the readings that are worth most, entry by entry; ties keep the key's own."""
    best, value = targets_of(exercise, key), None
    for entry in [t.entry for t in best if t.entry.alternatives]:
        if value == 1:
            break  # no reading is worth more
        if not any(t.entry.id == entry.id for t in best):
            continue  # merged into another by then
        own, *others = readings(exercise, entry, best)
        for way in others:
            if not meetings.alike(own, way):
                value = worth(best) if value is None else value
                if (other := worth(way)) > value:
                    best, value = way, other
    return best


def harmonic(exercise: Exercise, matches: list[Match], loose: list[Group], price: Price) -> float:
    """F1 over fields; where an exercise `need`s so many, the share of those, less what over-marking costs."""
    need = exercise.get("need") or len(matches)
    done = [m for m in matches if m.group]
    if len(done) > need:
        done = sorted(done, key=lambda m: -m.total)[:need]
    earned, fields, missing = credit_of(exercise, done), sum(m.target.fields for m in done), need - len(done)
    wanted = fields + (sum(sorted((m.target.fields for m in matches), reverse=True)[:missing]) if missing else 0)
    given = fields + sum(filled_in(m) for m in done) + price(loose)
    if exercise.get("need"):
        return earned / max(wanted, given, 1)
    return 2 * earned / (wanted + given) if wanted + given else 0.0


def filled_in(match: Match) -> int:
    """How many parts of a frame were filled that the text leaves empty: each costs as much as a miss."""
    if match.group is None or match.target.entry.layer != "entman":
        return 0
    return len(match.group.roles.keys() - match.target.roles.keys())


def credit_of(exercise: Exercise, done: list[Match]) -> float:
    """What matches earn; where an exercise sets `variety`, labels count in full once that many right ones differ."""
    names = exercise.get("labels", ())
    right = {(n, m.target.labels[n]) for m in done for n in names if m.earned.get(n)}
    labels = sum(m.earned.get(n, 0) for m in done for n in names)
    share = min(1.0, len(right) / int(exercise.get("variety", 1)))
    return sum(m.total for m in done) - labels * (1 - share)


def pricing(exercise: Exercise, groups: list[Group], key: Key, text: str) -> Price:
    """What those of these groups cost that meet nothing: each its fields, as much as a missed entry would.

    Where an exercise sets `free_share`, marks that touch neither a device nor a plain control are free until they
    cover that share of the region's words.
    """
    share = exercise.get("free_share")
    if share is None:
        return lambda loose: sum(g.fields for g in loose)
    devices, free = _ground(Same(exercise), Same(key.entries), text)
    dear = {id(g) for g in groups if touches(g, devices)}
    size = {id(g): sum(len(words(text, s)) for spans in g.roles.values() for s in spans) for g in groups}
    allowed = share * free

    def price(loose: list[Group]) -> float:
        covered, charged = 0, 0.0
        for g in loose:
            covered += 0 if id(g) in dear else size[id(g)]
            charged += g.fields if id(g) in dear or covered > allowed else 0
        return charged

    return price


@lru_cache(maxsize=64)
def _ground(of: Same[Exercise], layers: Same[Layers], text: str) -> tuple[tuple[Span, ...], int]:
    """Where marks on nothing cost: on plain controls and on devices; and how many words the region has."""
    exercise, key = of.it, Key("", "", layers.it)
    spans = [s for c in key.layer("controls", exercise.region) for s in c.spans("span")]
    spans += [s for t in targets_of(exercise, key) for found in t.roles.values() for s in found]
    paragraphs = key.layer("paragraphs", exercise.region)
    return tuple(spans), sum(len(words(text, p.spans("span")[0])) for p in paragraphs)
