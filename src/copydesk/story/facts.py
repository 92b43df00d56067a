"""Facts with a source: what is known about the days around a story, since when, and how surely.

One row of `seeds/<story>/context/facts.csv` is one `Fact`. Dates are written `2022-01-12`, or `2021` where only the
year is known, or not at all. A year alone is never turned into a day that looks exact: `date` stays None and `year`
holds it. In `known_from`, where a guard against hindsight needs a day, a year alone counts from its last day.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import io
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from copydesk.base.documents import MOST_BYTES
from copydesk.base.errors import CopydeskError
from copydesk.base.files import read_bytes
from copydesk.base.wording import say_day
from copydesk.story.story import Story

STANDING = {
    "verified": "verified",
    "weak source": "checked only against a weak host",
    "partly verified": "partly verified",
    "computed": "computed from the map layers",
    "unverified": "unverified",
}
"""What each `confidence` says aloud."""
STRONG = ("primary", "news", "reference")
SOURCE_CLASSES = (*STRONG, "weak", "computed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One dated statement, where it can be checked, and since when it could be known.

    >>> fact = Fact(id="treaty", date=dt.date(2014, 3, 18), known_from=dt.date(2014, 3, 18), kind="crimea",
    ...     statement="Russia signed an accession treaty.", source_class="news", confidence="verified")
    >>> fact.settled, fact.when, fact.known_on(dt.date(2014, 3, 17))
    (True, '18 March 2014', False)
    """

    id: str
    date: dt.date | None = None
    year: int | None = None
    """The year it happened, also where the day is not known."""
    known_from: dt.date | None = None
    """The first day the fact was public; None where that cannot be dated."""
    kind: str
    place: str = ""
    statement: str
    value: str = ""
    unit: str = ""
    source_title: str = ""
    source_publisher: str = ""
    source_url: str = ""
    source_class: str
    confidence: str
    note: str = ""

    @property
    def settled(self) -> bool:
        """Whether a lesson may state it without a warning: verified, in a primary, news or reference source."""
        return self.confidence == "verified" and self.source_class in STRONG

    @property
    def standing(self) -> str:
        """How sure it is, in one phrase; never more than its source allows."""
        if self.confidence == "verified" and not self.settled:
            return STANDING["computed" if self.source_class == "computed" else "weak source"]
        return STANDING[self.confidence]

    @property
    def when(self) -> str:
        """The day as a reader says it, or the year, or "undated"."""
        if self.date:
            return say_day(self.date)
        return str(self.year) if self.year else "undated"

    @property
    def credit(self) -> str:
        """Who published it, under which title, at which address: one line."""
        return " ".join(", ".join(filter(None, (self.source_publisher, self.source_title, self.source_url))).split())

    def known_on(self, day: dt.date) -> bool:
        """Whether it was public on that day; what cannot be dated was not."""
        return self.known_from is not None and self.known_from <= day


COLUMNS = tuple(field.name for field in fields(Fact) if field.name != "year")
"""The columns of `facts.csv`; a date gives the day and the year."""


def by_id(facts: Iterable[Fact], fact_id: str) -> Fact:
    """The fact of that name.

    >>> by_id([Fact(id="efp", kind="x", statement="…", source_class="news", confidence="verified")], "epf")
    Traceback (most recent call last):
    copydesk.base.errors.CopydeskError: no fact named 'epf'; did you mean: efp
    """
    there = {fact.id: fact for fact in facts}
    if fact_id in there:
        return there[fact_id]
    close = ", ".join(difflib.get_close_matches(fact_id, there))
    remedy = f"did you mean: {close}" if close else f"the file holds {len(there)}, each named in its column id"
    raise CopydeskError(f"no fact named {fact_id!r}", remedy)


class BadCell(Exception):
    """A cell that is wrong: its column, what is wrong with it, and what to write there."""


def read_facts(path: str | Path) -> tuple[Fact, ...]:
    """Every fact of a story's `facts.csv`, in file order; blank lines are passed over.

    Raises CopydeskError for what cannot be read, naming the file, the line, the column and what to write there.
    """
    path, facts, line = Path(path), dict[str, tuple[Fact, int]](), 1
    data = read_bytes(path, most=MOST_BYTES + 1)
    if data is None:
        raise CopydeskError(f"cannot read {path}: there is no such file", "a story keeps its facts there")
    if len(data) > MOST_BYTES:
        raise CopydeskError(f"{path} is larger than {MOST_BYTES // 1_000_000} MB", "keep the facts of this story alone")
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        heading = [name.strip() for name in next(reader, [])]
        _check_heading(heading)
        line = reader.line_num + 1
        for row in reader:
            if any(cells := [cell.strip() for cell in row]):
                fact = _fact(heading, cells)
                name = fact.id.casefold()
                if name in facts:
                    problem = f"{fact.id!r} is already used in line {facts[name][1]}"
                    raise BadCell("id", problem, "give each row its own name")
                facts[name] = fact, line
            line = reader.line_num + 1  # where the next row begins: a cell may hold line ends
    except BadCell as bad:
        column, problem, remedy = bad.args
        raise CopydeskError(f"{path}, line {line}, column {column!r}: {problem}", remedy) from None
    except UnicodeDecodeError as error:
        raise CopydeskError(f"{path} is not UTF-8", "save it as CSV UTF-8 (comma delimited)") from error
    except csv.Error as error:
        where = f"{path}, near line {reader.line_num}"
        raise CopydeskError(f"{where}: not readable as CSV ({error})", "look for an unclosed quotation mark") from error
    return tuple(fact for fact, _ in facts.values())


def _check_heading(heading: list[str]) -> None:
    for name in COLUMNS:
        if heading.count(name) != 1:
            remedy = f"the first line must hold these names, separated by commas: {', '.join(COLUMNS)}"
            raise BadCell(name, "twice" if name in heading else "missing", remedy)


def _fact(heading: list[str], cells: list[str]) -> Fact:
    """The fact in the cells of one row."""
    if len(cells) != len(heading):
        last = heading[min(len(cells), len(heading)) - 1]
        problem = f"{len(cells)} cells under {len(heading)} headings"
        raise BadCell(last, problem, 'put a cell that holds a comma in "quotation marks"')
    row = {name: cell for name, cell in zip(heading, cells, strict=True) if name in COLUMNS}
    for column in ("id", "kind", "statement"):
        if not row[column]:
            raise BadCell(column, "empty", "every fact needs one")
    for column, values in (("source_class", SOURCE_CLASSES), ("confidence", STANDING)):
        if row[column] not in values:
            raise BadCell(column, f"unknown value {row[column]!r}", f"write one of: {', '.join(values)}")
    if row["source_url"] and not re.fullmatch(r"https?://\S+", row["source_url"]):
        raise BadCell("source_url", f"{row['source_url']!r} is no web address", "begin it with https://")
    day, year = _day("date", row.pop("date"))
    known, known_year = _day("known_from", row.pop("known_from"))
    if known_year and not known:  # the last day, so that nothing counts as known too early
        known = dt.date(known_year, 12, 31)
    return Fact(date=day, year=year, known_from=known, **row)


def _day(column: str, text: str) -> tuple[dt.date | None, int | None]:
    """The day and the year of a date; a year alone has no day, an empty cell has neither."""
    try:
        if re.fullmatch(r"[0-9]{4}", text):
            return None, dt.date(int(text), 1, 1).year
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            day = dt.date.fromisoformat(text)
            return day, day.year
    except ValueError:
        pass  # such as 30 February: said below, with the remedy
    if text:
        remedy = "write 2022-01-12, or 2022 when only the year is known, or leave it empty"
        raise BadCell(column, f"{text!r} is no date", remedy)
    return None, None


def story_facts(story: Story) -> tuple[Fact, ...]:
    """The dated facts of a story, or none where it has no context folder."""
    path = story.folder / "context" / "facts.csv"
    return read_facts(path) if path.is_file() else ()


NOT_EVENTS = frozenset({"fact_check", "geography", "count", "outlet"})
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
