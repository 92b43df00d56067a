"""Who is in the class: read a roster in whatever columns a platform exports, and find in it the name on a file."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from copydesk.base.errors import CopydeskError
from copydesk_classroom.csv_files import read_rows
from copydesk_classroom.safe_text import UNSEEN, one_line
from copydesk_classroom.wording import class_wording


@dataclass(frozen=True, slots=True)
class Pupil:
    """One line of the roster; a field that the roster lacks is ''."""

    name: str = ""
    id: str = ""
    email: str = ""
    login: str = ""
    sis: str = ""
    section: str = ""
    participant: str = ""
    """Moodle’s number for this assignment."""

    @property
    def key(self) -> str:
        """What identifies this learner from run to run."""
        # Moodle's file names carry the participant number, so the key is the same with and without a roster
        if self.participant:
            return f"moodle:{self.participant}"
        return f"roster:{self.sis or self.id or self.login or self.email or self.name}"

    def keys(self) -> set[str]:
        """All that a file may call this learner by."""
        ids = (self.id, self.login, self.sis, self.participant, self.email, self.email.partition("@")[0])
        return {f"id:{i.casefold()}" for i in ids if i} | name_keys(self.name)

    def packed(self) -> str:
        """The fields as JSON, for a column of a table; `Pupil.unpacked` reads them."""
        return json.dumps([getattr(self, field) for field in Pupil.__slots__])

    @classmethod
    def unpacked(cls, fields: str) -> Pupil:
        """The learner whose fields `packed` wrote."""
        return cls(*json.loads(fields))


NOBODY = Pupil()
"""Somebody of whom nothing is known."""


def read_roster(path: Path) -> Iterator[Pupil]:
    """The learners on a roster; Moodle’s grading worksheet and Canvas’s gradebook can be used as they are.

    Raises CopydeskError if the file cannot be read, or has no column that names a learner.
    """
    rows = read_rows(path)
    header = next(rows, None)
    if header is None:
        raise CopydeskError(f"{path} is empty", "give a CSV with the columns id and name")
    columns = columns_of(header)
    if not {"id", "name", "last", "email", "login", "participant"} & {*columns.values()}:
        there = ", ".join(one_line(c, most=30) for c in header[:10])
        raise CopydeskError(f"{path} has no column that names a learner (it has: {there})", "call one id or name")
    for row in rows:
        pupil = _pupil({columns[n]: cell.strip() for n, cell in enumerate(row) if n in columns})
        # the second line of Canvas's gradebook is no student: it holds the points possible
        if pupil.key != NOBODY.key and "points possible" not in pupil.name.casefold():
            yield pupil


def columns_of(header: list[str]) -> dict[int, str]:
    """The field of a `Pupil` that each column holds, by the headings that platforms and people use."""
    names = {alias: field for field, aliases in class_wording("classroom")["columns"].items() for alias in aliases}
    tidy = [" ".join(re.findall(r"\w+", h.casefold())) for h in header]
    found: dict[int, str] = {}
    for n, name in enumerate(tidy):
        if name in names and names[name] not in found.values():
            found[n] = names[name]
    return found


def _pupil(row: dict[str, str]) -> Pupil:
    first, last = row.pop("first", ""), row.pop("last", "")
    row["name"] = row.get("name", "") or f"{first} {last}"
    given = row.pop("participant", "")
    if number := re.fullmatch(r"(?:\D{5,})?(\d+)", given):  # “Participant 1234567”, in whatever language
        row["participant"] = number[1]
    elif given:
        row["id"] = row.get("id") or given
    return Pupil(**{name: one_line(value) for name, value in row.items()})


def name_keys(name: str) -> set[str]:
    """The ways in which a name may come back: its words in any order, or run together as Canvas does.

    >>> sorted(name_keys("Ñandú, Zoë"))
    ['name:nandu zoe', 'run:nanduzoe', 'run:zoenandu']
    """
    folded = unicodedata.normalize("NFKD", name).casefold()
    words = re.findall(r"[^\W_]+", "".join(c for c in folded if not unicodedata.combining(c)))
    if not words:
        return set()
    turns = {"".join(words[n:] + words[:n]) for n in range(len(words))}
    return {f"name:{' '.join(sorted(words))}", *(f"run:{t}" for t in turns)}


class Roster:
    """A roster to look names up in, kept in a database so that a large class needs no more memory than a small one.

    >>> roster = Roster(sqlite3.connect(":memory:"))
    >>> roster.add([Pupil("Zoë Ñandú", id="s1"), Pupil("Max Roe"), Pupil("Max Roe", id="s3")])
    []
    >>> roster.find(name="nandu, zoe").id, roster.find(name="Max Roe"), roster.find(id="S3").name
    ('s1', None, 'Max Roe')
    """

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base
        base.execute("CREATE TEMP TABLE pupils (number INTEGER PRIMARY KEY, key TEXT UNIQUE, fields TEXT)")
        base.execute("CREATE TEMP TABLE lookup (key TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID")

    def add(self, pupils: Iterable[Pupil]) -> list[str]:
        """Add learners; returns the names of those who are on the roster already, who are not added again."""
        twice = []
        for pupil in pupils:
            added = self._base.execute(
                "INSERT OR IGNORE INTO pupils (key, fields) VALUES (?, ?)", (pupil.key, pupil.packed())
            )
            if not added.rowcount:
                twice.append(pupil.name or pupil.id)
                continue
            # A key that two learners share, such as a common name, must find neither: -1 is nobody's number. To
            # guess would put one learner's work under the name of the other.
            self._base.executemany(
                "INSERT INTO lookup VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET number = -1",
                [(key, added.lastrowid) for key in sorted(pupil.keys())],
            )
        return twice

    def __iter__(self) -> Iterator[Pupil]:
        for (fields,) in self._base.execute("SELECT fields FROM pupils ORDER BY number"):
            yield Pupil.unpacked(fields)

    def find(self, *, id: str = "", name: str = "") -> Pupil | None:
        """The learner with this id, else with this name; None if there is none, or more than one."""
        for key in (*([f"id:{id.casefold()}"] if id else ()), *sorted(name_keys(name))):
            found = self._base.execute(
                "SELECT fields FROM pupils JOIN lookup USING (number) WHERE lookup.key = ?", (key,)
            )
            if row := found.fetchone():
                return Pupil.unpacked(row[0])
        return None

    def find_part(self, part: str) -> Pupil | None:
        """The learner whom a part of a path names: the whole part, or a word of it that is an id.

        Only words of four characters and more with a digit are looked up as ids: “week 2” must not find learner 2.
        """
        stem = UNSEEN.sub(" ", part.removesuffix(".zip")).strip()
        numbers = [t for t in re.split(r"[\s_]+", stem) if len(t) >= 4 and any(c.isdigit() for c in t)]
        found = (self.find(id=t) for t in numbers if t != stem)
        return self.find(id=stem, name=stem) or next(filter(None, found), None)
