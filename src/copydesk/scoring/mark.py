"""Scoring marks: spans with roles, in groups, against key entries.

Each field of an entry (source, cue, content, label) earns one point. Spans match by words: F1 from 0.8 is full
credit, from 0.5 full credit with a note on the boundary (content.md D2; PARC's agreement is measured the same way,
Pareti 2015). Content that swallows its own source or cue earns nothing. The score is the harmonic mean of precision
and recall over fields, so marking everything scores worse than marking well. Of all alternatives the key lists, those
that suit the learner best are taken.
"""

from __future__ import annotations

from copydesk.key import Key
from copydesk.lessons import Exercise
from copydesk.scoring.mark_notes import note, over_notes
from copydesk.scoring.matching import Group, Match, align, read_groups, touches
from copydesk.scoring.outcome import Answer, Outcome
from copydesk.scoring.targets import Target, lazy_answers, model_answers, readings, targets_of
from copydesk.spans import words

__all__ = ["lazy_answers", "model_answers", "score"]


def score(exercise: Exercise, answer: Answer, key: Key, text: str) -> Outcome:
    """Score marked groups; `answer` is `{"groups": [{role: [[start, end], …], "labels": {…}}, …]}`."""
    groups = read_groups(exercise, answer, len(text))
    targets = choose_readings(exercise, groups, key, text)
    matches, loose = align(targets, groups, text)
    value = harmonic(exercise, matches, loose, key, text)
    notes = [note(m, text) for m in matches] + over_notes(exercise, loose, key)
    return Outcome.of(value, notes, bar=exercise.bar, attempted=bool(groups))


def choose_readings(exercise: Exercise, groups: list[Group], key: Key, text: str) -> list[Target]:
    """The targets under the readings that suit these groups best, entry by entry; ties keep the key's own."""
    best = targets_of(exercise, key)
    for entry in [t.entry for t in best if t.entry.alternatives]:
        if any(t.entry.id == entry.id for t in best):
            ways = readings(exercise, entry, best)
            best = max(ways, key=lambda way: harmonic(exercise, *align(way, groups, text), key, text))
    return best


def harmonic(exercise: Exercise, matches: list[Match], loose: list[Group], key: Key, text: str) -> float:
    """F1 over fields; where an exercise `need`s so many, the share of those, less what over-marking costs."""
    need = exercise.get("need") or len(matches)
    done = sorted((m for m in matches if m.group), key=lambda m: -m.total)[:need]
    earned = sum(m.total for m in done)
    wanted = sum(sorted((m.target.fields for m in matches), reverse=True)[: max(0, need - len(done))])
    wanted += sum(m.target.fields for m in done)
    given = sum(m.target.fields for m in done) + cost(exercise, loose, key, text)
    if exercise.get("need"):
        return earned / max(wanted, given, 1)
    return 2 * earned / (wanted + given) if wanted + given else 0.0


def cost(exercise: Exercise, loose: list[Group], key: Key, text: str) -> float:
    """What marks on nothing cost: each costs its fields, as much as a missed entry would.

    Where an exercise sets `free_share`, marks that touch neither a device nor a plain control are free until they
    cover that share of the region's words.
    """
    share = exercise.get("free_share")
    if share is None:
        return sum(g.fields for g in loose)
    controls = [s for c in key.layer("controls", exercise.region) for s in c.spans("span")]
    devices = [s for t in targets_of(exercise, key) for spans in t.roles.values() for s in spans]
    on_plain = [g for g in loose if touches(g, controls) or touches(g, devices)]
    elsewhere = [g for g in loose if g not in on_plain]
    allowed = share * sum(len(words(text, p.spans("span")[0])) for p in key.layer("paragraphs", exercise.region))
    covered, charged = 0, 0.0
    for g in elsewhere:
        covered += sum(len(words(text, s)) for spans in g.roles.values() for s in spans)
        charged += g.fields if covered > allowed else 0
    return charged + sum(g.fields for g in on_plain)
