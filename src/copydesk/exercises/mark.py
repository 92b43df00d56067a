"""What is said about marks: a hint that says where to look, then the key with its reason.

Scoring marks: spans with roles, in groups, against key entries.

Each field of an entry (source, cue, content, label) earns one point. Spans match by words: F1 from 0.8 is full
credit, from 0.5 full credit with a note on the boundary (content.md D2; PARC's agreement is measured the same way,
Pareti 2015). Content that swallows its own source or cue earns nothing. The score is the harmonic mean of precision
and recall over fields, so marking everything scores worse than marking well. Of all alternatives the key lists, those
that suit the learner best are taken. Evidence for a frame counts by standing in a passage the key lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from copydesk.base.caching import ByIdentity
from copydesk.base.spans import Span, word_f1, words
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.mark_match import (
    FULL,
    Group,
    Layers,
    Match,
    Meetings,
    Target,
    align,
    lazy_answers,
    model_answers,
    read_groups,
    readings,
    swallows,
    targets_of,
    touches,
)
from copydesk.exercises.outcome import Answer, Note, Outcome
from copydesk.story.key import Key


def note(match: Match, text: str) -> Note:
    """What is said about one target: where to look, then what the key has and why."""
    group = match.group and tuple((role, match.group.roles.get(role, ())) for role in match.target.roles)
    return _note(ByIdentity(match.target), group, tuple(match.earned.items()), text)


@lru_cache(maxsize=2048)
def _note(
    target: ByIdentity[Target],
    group: tuple[tuple[str, tuple[Span, ...]], ...] | None,
    earned: tuple[tuple[str, float], ...],
    text: str,
) -> Note:
    """The same marks on the same target, such as many learners make, have the same note."""
    one, entry = target.value, target.value.entry
    total = sum((points for _, points in earned), 0.0)
    match = Match(one, None if group is None else Group(dict(group), {}), dict(earned), total)
    where = entry["name"] if entry.layer == "entman" else place(entry.get("region", ""))
    others = tuple(a.say for a in entry.alternatives)
    spans = tuple(s for found in one.roles.values() for s in found)
    parts = tuple(fields(match, text))
    return Note(
        entry.id,
        where[:1].upper() + where[1:],
        match.total,
        one.fields,
        hint(match),
        reason(match, text),
        others,
        parts,
        spans,
        tuple(entry.get("readings", ())),
        tuple((role, s) for role, found in one.roles.items() for s in found),
    )


def hint(match: Match) -> str:
    """Where to look again, without the key: empty when nothing is missing."""
    say, names = load_wording("strings")["mark"], load_wording("strings")["roles"]
    one, where = match.target, place(match.target.entry.get("region", ""))
    if one.entry.layer == "entman":
        return frame_hint(match)
    item = names["attribution" if one.entry.layer == "attributions" else next(iter(one.roles))]
    if match.group is None:
        return str(say["missing"].format(item=item, where=where))
    for role in one.roles:
        if role in match.earned and swallows(one, role, match.group.roles.get(role, ())):
            return str(say["swallowed"].format(item=item, where=where, part=names[role]))
    wrong = [names[n] for n in (*one.roles, *one.labels) if not match.earned.get(n)]
    return str(say["parts"].format(item=item, where=where, parts=", ".join(wrong))) if wrong else ""


def frame_hint(match: Match) -> str:
    """Where to look again in the grid of frames."""
    say, names = load_wording("strings")["mark"], load_wording("strings")["roles"]
    if match.group is None:
        return str(say["frame_missing"])
    wrong = [names[n] for n in (*match.target.roles, *match.target.labels) if not match.earned.get(n)]
    return str(say["frame_parts"].format(name=match.target.entry["name"], parts=", ".join(wrong))) if wrong else ""


def place(region: str) -> str:
    """A block as a reader names it.

    >>> place("p6"), place("f2")
    ('paragraph 6', 'block f2')
    """
    say = load_wording("strings")["mark"]
    return str(say["paragraph"].format(n=region[1:]) if region.startswith("p") else say["block"].format(id=region))


def fields(match: Match, text: str) -> Iterator[tuple[str, str, str, bool]]:
    """The key's own fields, one by one: role, its name, the words looked up on the page, and whether it was found."""
    names, one = load_wording("strings")["roles"], match.target
    for role, spans in one.roles.items():
        yield role, names[role], " … ".join(s.of(text) for s in spans), bool(match.earned.get(role))
    for name, value in one.labels.items():
        shown = match.target.entry["name"] if name == "frame" else label_words(name, value)
        yield name, names[name], shown, bool(match.earned.get(name))


def reason(match: Match, text: str) -> str:
    """Why the key has it so: whom it is carried over from, what is contestable, how near the boundary was."""
    say, entry = load_wording("strings")["mark"], match.target.entry
    said = [say["carried"].format(speaker=entry.get("speaker"))] if entry.get("carried_from") else []
    own = (entry.get("note"), entry.why) if entry.layer == "framing" else (entry.why, entry.get("note"))
    why = next((w for w in own if w), "")
    said += [why[:1].upper() + why[1:] + "."] if why else []
    names = load_wording("strings")["roles"]
    said += [say["gap"].format(part=names[n], why=w) for n, w in entry.get("gaps", {}).items()]
    return " ".join([*said, say["boundary"]] if near(match, text) else said)


def near(match: Match, text: str) -> bool:
    """Whether a field earned its point with another boundary than the key's."""
    one, group = match.target, match.group
    return (
        group is not None
        and one.entry.layer != "entman"
        and any(
            match.earned.get(role) and word_f1(text, group.roles[role], spans) < FULL
            for role, spans in one.roles.items()
        )
    )


def label_words(name: str, value: str) -> str:
    """A label's value as a learner reads it.

    >>> label_words("form", "direct")
    'direct quotation'
    """
    if name == "device":
        return str(load_wording("devices")[value]["name"])
    return str(load_wording("choices")[name][value])


def over_notes(exercise: Exercise, loose: list[Group], key: Key) -> list[Note]:
    """One note for marks that meet nothing in the key, named by paragraph."""
    if not loose:
        return []
    say = load_wording("strings")["mark"]
    found = [b.id for b in key.layer("paragraphs") if any(touches(g, b.spans("span")) for g in loose)]
    regions = ", ".join(place(b) for b in found) or say["furniture"]
    return [
        Note(
            "over",
            regions,
            0,
            0,
            say["over"].format(n=len(loose), where=regions),
            say["over_free" if exercise.get("free_share") else "over_why"],
        )
    ]


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
    devices, free = _ground(ByIdentity(exercise), ByIdentity(key.entries), text)
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
def _ground(of: ByIdentity[Exercise], layers: ByIdentity[Layers], text: str) -> tuple[tuple[Span, ...], int]:
    """Where marks on nothing cost: on plain controls and on devices; and how many words the region has."""
    exercise, key = of.value, Key("", "", layers.value)
    spans = [s for c in key.layer("controls", exercise.region) for s in c.spans("span")]
    spans += [s for t in targets_of(exercise, key) for found in t.roles.values() for s in found]
    paragraphs = key.layer("paragraphs", exercise.region)
    return tuple(spans), sum(len(words(text, p.spans("span")[0])) for p in paragraphs)
