"""What goes into a check and what comes out of it: answers, groups of marks, notes and an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from copydesk.base.spans import Span, merge

Status = Literal["not_attempted", "not_yet", "right", "received"]
Answer = dict[str, Any]
PLAIN = (str, int, float, type(None))
"""What a single value of an answer may be."""
LISTED = (list, tuple)


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


def spans_from(raw: Any, length: int) -> tuple[Span, ...]:
    """The spans in a learner's notation, `[[start, end], …]`, that lie inside a text of this length, merged."""
    pairs = [p for p in raw if _is_pair(p)] if isinstance(raw, LISTED) else ()
    return tuple(merge([Span(a, b) for a, b in pairs if 0 <= a < b <= length]))


def _is_pair(raw: Any) -> bool:
    return isinstance(raw, LISTED) and len(raw) == 2 and isinstance(raw[0], int) and isinstance(raw[1], int)
