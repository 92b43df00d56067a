"""What goes into a check and what comes out: answers, groups of marks, notes, an outcome, and the feedback on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from copydesk.base.spans import Span
from copydesk.base.wording import load_wording

if TYPE_CHECKING:
    from copydesk.exercises.exercise import Exercise

Status = Literal["not_attempted", "not_yet", "right", "received"]
Answer = dict[str, Any]
PLAIN = (str, int, float, type(None))
"""What a single value of an answer may be."""
MOST_HINTS = 5
SIGNS = {"full": "✓", "part": "◐", "none": "○", "open": "·"}


@dataclass(frozen=True, slots=True)
class Group:
    """What a learner marked as one: spans by role, labels by name."""

    roles: Mapping[str, tuple[Span, ...]]
    labels: Mapping[str, str]

    @property
    def fields(self) -> int:
        """How many parts of it are filled."""
        return len(self.roles) + len(self.labels)


@dataclass(frozen=True, eq=False)
class Note:
    """What is said about one item: before the key is shown (`hint`), and after (`reveal`).

    `earned` and `possible` count fields of the item; `parts` are a revealed entry field by field (role, its name, the
    words, found or not); `others` are further answers that earn full credit; `readings` are
    ways to understand a framing device, all of them defensible; `marks` are the key's, with their roles;
    `accepted` are the classes that earn credit, the key's own first.
    """

    item: str
    where: str
    earned: float
    possible: float
    hint: str = ""
    reveal: str = ""
    others: tuple[str, ...] = ()
    parts: tuple[tuple[str, str, str, bool], ...] = ()
    spans: tuple[Span, ...] = ()
    readings: tuple[str, ...] = ()
    marks: tuple[tuple[str, Span], ...] = ()
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one check: a status, a score from 0 to 1, and notes item by item."""

    status: Status
    score: float
    notes: tuple[Note, ...] = ()
    groups: Mapping[str, int] = field(default_factory=dict)
    """Which of the learner's groups of marks a note is about, counted from 0, by the note's item."""

    @classmethod
    def of(cls, score: float, notes: list[Note], *, bar: float, attempted: bool) -> Outcome:
        """The outcome for a score: right from the bar upwards; nothing given is `not_attempted`."""
        if not attempted:
            return cls("not_attempted", 0.0, tuple(notes))
        return cls("right" if score >= bar else "not_yet", round(score, 4), tuple(notes))


RECEIVED = Outcome("received", 0.0)
"""The outcome where there is no key: kept, to be graded later."""


def plain_values(answer: object, *names: str) -> Answer:
    """The named parts of an answer that hold one plain value by id, where they have that shape.

    >>> plain_values({"choices": {"p1": "story", "p2": ["x"]}, "groups": 7}, "choices", "values")
    {'choices': {'p1': 'story'}}
    """
    given = answer if isinstance(answer, dict) else {}
    tables = {name: given[name] for name in names if isinstance(given.get(name), dict)}
    return {name: {k: v for k, v in table.items() if isinstance(v, PLAIN)} for name, table in tables.items()}


def listed_values(answer: object, name: str, kinds: tuple[type, ...]) -> Answer:
    """The named part of an answer, a list, without what is not of these kinds; {} where it is no list."""
    given = answer.get(name) if isinstance(answer, dict) else None
    return {name: [value for value in given if isinstance(value, kinds)]} if isinstance(given, list) else {}


# From an outcome to what a learner is told: never a bare tick, never the key before the last try.
#
# After the first try a learner reads where to look again. After the last try, or a right answer, the key is shown: what
# it has, why, and what else is defensible.


def feedback(exercise: Exercise, outcome: Outcome, *, last: bool, key_waits: bool = False) -> dict[str, Any]:
    """Plain data for the interface: a headline, hints, and (when `last` or right) the key row by row.

    With `key_waits` a right answer gets hints and no key, since a try is left.
    """
    told = {"status": outcome.status, "headline": exercise.headline(outcome, last=last)}
    tried = outcome.status not in ("not_attempted", "received")
    show_key = tried and not key_waits and (last or outcome.status == "right")
    return {
        **told,
        "hints": shown_hints(exercise, outcome) if tried and (not show_key or exercise.checks_form_only) else [],
        "key": [{**row(n), "group": outcome.groups.get(n.item)} for n in outcome.notes if n.reveal or n.parts]
        if show_key
        else [],
        "foot": foot(exercise) if show_key else "",
    }


def hints(outcome: Outcome) -> list[str]:
    """Where to look again, the first few."""
    found = [n.hint for n in outcome.notes if n.hint]
    more = load_wording("strings")["outcome"]["more_hints"].format(n=len(found) - MOST_HINTS)
    return [*found[:MOST_HINTS], *([more] if len(found) > MOST_HINTS else [])]


def shown_hints(exercise: Exercise, outcome: Outcome) -> list[dict[str, Any]]:
    """The same for the interface: hints that say the same stand together, each with the items it is about.

    An item has its `id`, its place in words (`where`), and the learner's `group` of marks it is about, if any.
    """
    hinted = [n for n in outcome.notes if n.hint]
    together: dict[str, list[dict[str, Any]]] = {}
    for n in hinted[:MOST_HINTS]:
        about = {"id": n.item, "where": n.where, "group": outcome.groups.get(n.item)}
        together.setdefault(n.hint, []).append(about)
    shown = [{"text": text, "items": items, "named": exercise.hints_name_place} for text, items in together.items()]
    more = load_wording("strings")["outcome"]["more_hints"].format(n=len(hinted) - MOST_HINTS)
    return [*shown, *([{"text": more, "items": [], "named": True}] if len(hinted) > MOST_HINTS else [])]


def foot(exercise: Exercise) -> str:
    """What stands below a key that needs a word of care."""
    return str(load_wording("strings")["outcome"]["framing_figure"]) if exercise.layer == "framing" else ""


@lru_cache(maxsize=1024)
def row(note: Note) -> dict[str, Any]:
    """What the key says of one item, for the interface; many learners have the same notes."""
    mark = (
        "open" if not note.possible else "full" if note.earned == note.possible else "part" if note.earned else "none"
    )
    say = load_wording("strings")["outcome"]
    found = {role: SIGNS["full" if found else "none"] for role, _, _, found in note.parts}
    return {
        "item": note.item,
        "mark": mark,
        "sign": SIGNS[mark],
        "mark_text": say[mark],
        "where": note.where if note.where.endswith(("?", "!", ".")) else f"{note.where}.",
        "reveal": note.reveal,
        "others": list(note.others),
        "accepted": list(note.accepted),
        "readings": list(note.readings),
        "parts": [[role, name, words, SIGNS["full" if found else "none"]] for role, name, words, found in note.parts],
        "marks": [[role, span.start, span.end, found.get(role, "")] for role, span in note.marks],
    }
