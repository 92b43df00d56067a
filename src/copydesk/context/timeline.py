"""What happened in which order, and what of it could be known on a given day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from copydesk.context.facts import Fact, say_day

NOT_EVENTS = frozenset({"fact_check", "geography", "count"})
"""Kinds that state how things are, not that something happened; shown only when asked for by name."""


@dataclass(frozen=True, slots=True)
class Event:
    """A fact on the day it happened, with the words a timeline shows for it."""

    day: dt.date
    label: str
    fact: Fact

    @property
    def when(self) -> str:
        """The day as a reader says it."""
        return say_day(self.day)

    def known_on(self, day: dt.date) -> bool:
        """Whether it had happened and was public on that day.

        Without a day of first publication this is never so: the guard against hindsight prefers silence.
        """
        return self.day <= day and self.fact.known_on(day)


def timeline(
    facts: Iterable[Fact],
    *,
    until: dt.date | None = None,
    kinds: Collection[str] | None = None,
    settled_only: bool = True,
    labels: Mapping[str, str] | None = None,
) -> list[Event]:
    """The events among the facts, earliest first; those of one day keep the order of the file.

    With `until`, only what a reader could know on that day: it had happened and was public. Facts without an exact
    day have no place on a timeline. `labels` gives shorter words by fact id; else the statement is shown whole,
    because a statement cut by machine may say something else.

    >>> treaty = Fact(id="treaty", date=dt.date(2014, 3, 18), known_from=dt.date(2014, 3, 18), kind="crimea",
    ...     statement="Russia signed an accession treaty.", source_class="news", confidence="verified")
    >>> [event.label for event in timeline([treaty], labels={"treaty": "Accession treaty signed"})]
    ['Accession treaty signed']
    >>> timeline([treaty], until=dt.date(2014, 3, 17))
    []
    """
    wanted = {kinds} if isinstance(kinds, str) else kinds
    words = labels or {}
    events = [
        Event(fact.date, words.get(fact.id, fact.statement), fact)
        for fact in facts
        if fact.date is not None
        and (fact.kind in wanted if wanted is not None else fact.kind not in NOT_EVENTS)
        and (fact.settled or not settled_only)
    ]
    return sorted((e for e in events if until is None or e.known_on(until)), key=lambda event: event.day)
