"""What is said about marks: a hint that says where to look, then the key with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from copydesk.key import Key
from copydesk.lessons import Exercise
from copydesk.same import Same
from copydesk.scoring.matching import FULL, Group, Match, swallows, touches
from copydesk.scoring.outcome import Note
from copydesk.scoring.targets import Target
from copydesk.spans import Span, word_f1
from copydesk.wording import load_wording


def note(match: Match, text: str) -> Note:
    """What is said about one target: where to look, then what the key has and why."""
    group = match.group and tuple((role, match.group.roles.get(role, ())) for role in match.target.roles)
    return _note(Same(match.target), group, tuple(match.earned.items()), text)


@lru_cache(maxsize=2048)
def _note(
    target: Same[Target],
    group: tuple[tuple[str, tuple[Span, ...]], ...] | None,
    earned: tuple[tuple[str, float], ...],
    text: str,
) -> Note:
    """The same marks on the same target, such as many learners make, have the same note."""
    one, entry = target.it, target.it.entry
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
