"""What comes back when an answer is checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from copydesk.spans import Span

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
