"""What comes back when an answer is checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from copydesk.base.spans import Span

Status = Literal["not_attempted", "not_yet", "right", "received"]
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Note:
    """What is said about one item: before the key is shown (`hint`), and after (`reveal`).

    `earned` and `possible` count fields of the item; `parts` are a revealed entry field by field (role, its name, the
    words, found or not); `others` are further answers that earn full credit; `readings` are
    ways to understand a framing device, all of them defensible; `marks` are the key's, with their roles.
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one check: a status, a score from 0 to 1, and notes item by item."""

    status: Status
    score: float
    notes: tuple[Note, ...] = field(default=())

    @classmethod
    def of(cls, score: float, notes: list[Note], *, bar: float, attempted: bool) -> Outcome:
        """The outcome for a score: right from the bar upwards; nothing given is `not_attempted`."""
        if not attempted:
            return cls("not_attempted", 0.0, tuple(notes))
        return cls("right" if score >= bar else "not_yet", round(score, 4), tuple(notes))


RECEIVED = Outcome("received", 0.0)
"""The outcome where there is no key: kept, to be graded later."""

PLAIN, NESTED = (str, int, float, type(None)), (dict, list)
"""What a choice, a value or a text may be, and a group of marks, whatever is made of it later."""


def well_formed(answer: object) -> Answer:
    """The parts of an answer that have the right shape; a stranger's file may hold anything.

    >>> well_formed({"groups": 7, "choices": {"p1": "story", "p2": ["x"]}})
    {'choices': {'p1': 'story'}}
    """
    if not isinstance(answer, dict):
        return {}
    kept: Answer = {}
    for name in ("choices", "values", "texts"):
        if isinstance(answer.get(name), dict):
            kept[name] = {k: v for k, v in answer[name].items() if isinstance(v, PLAIN)}
    for name in ("groups", "evidence"):
        if isinstance(answer.get(name), list):
            kept[name] = [g for g in answer[name] if isinstance(g, NESTED)]
    if isinstance(answer.get("order"), list):
        kept["order"] = [i for i in answer["order"] if isinstance(i, str)]
    return kept
