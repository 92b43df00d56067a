"""What is said about marks: a hint that says where to look, then the key with its reason."""

from __future__ import annotations

from copydesk.key import Key
from copydesk.scoring.matching import FULL, Group, Match, touches
from copydesk.scoring.outcome import Note
from copydesk.scoring.targets import Target
from copydesk.spans import word_f1
from copydesk.wording import load_wording


def note(match: Match, text: str) -> Note:
    """What is said about one target: where to look, then what the key has and why."""
    say = load_wording("strings")["mark"]
    one, group = match.target, match.group
    where = say["where"].format(region=one.entry.get("region", ""))
    item = load_wording("strings")["roles"].get(next(iter(one.roles)) if len(one.roles) == 1 else "attribution")
    hint = ""
    if group is None:
        hint = say["missing"].format(item=item, where=where)
    elif match.total < one.fields:
        parts = [load_wording("strings")["roles"][n] for n in (*one.roles, *one.labels) if not match.earned.get(n)]
        hint = say["parts"].format(item=item, where=where, parts=", ".join(parts))
    near = group and any(
        match.earned.get(r) and word_f1(text, group.roles[r], one.roles[r]) < FULL
        for r in one.roles
        if r in group.roles
    )
    reveal = reason(one, text) + (" " + say["boundary"] if near else "")
    spans = tuple(s for found in one.roles.values() for s in found)
    others = tuple(a.say for a in one.entry.alternatives) + tuple(one.entry.get("readings", ()))
    return Note(one.entry.id, where, match.total, one.fields, hint, reveal, others, spans)


def reason(one: Target, text: str) -> str:
    """The key's own marks in words looked up on the page, with its note."""
    names = load_wording("strings")["roles"]
    parts = [f"{names[r]}: {' … '.join(s.of(text) for s in spans)}" for r, spans in one.roles.items()]
    for name, value in one.labels.items():
        parts.append(f"{names[name]}: {label_words(name, value)}")
    if one.entry.get("carried_from"):
        parts.append(load_wording("strings")["mark"]["carried"].format(speaker=one.entry.get("speaker")))
    why = one.entry.why or one.entry.get("note") or ""
    return ". ".join([*parts, why] if why else parts)


def label_words(name: str, value: str) -> str:
    """A label's value as a learner reads it.

    >>> label_words("form", "direct")
    'direct quotation'
    """
    if name == "device":
        return str(load_wording("devices")[value]["name"])
    return str(load_wording("choices")[name][value])


def over_notes(loose: list[Group], key: Key) -> list[Note]:
    """One note for marks that meet nothing in the key, named by paragraph."""
    if not loose:
        return []
    say = load_wording("strings")["mark"]
    where = {b.id for b in key.layer("paragraphs") for g in loose if touches(g, b.spans("span"))}
    regions = ", ".join(sorted(where, key=lambda p: int(p[1:]))) or say["furniture"]
    return [Note("over", regions, 0, 0, say["over"].format(n=len(loose), where=regions), say["over_why"])]
