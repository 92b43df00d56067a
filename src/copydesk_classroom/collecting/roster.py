"""Whose a file is, by the name a teaching platform gave it.

Moodle (mod/assign/classes/downloader.php): `Full name_1234567_assignsubmission_file/name.json`, a folder or a flat
name, older versions with one more `_`. Canvas (lib/content_zipper.rb): `lastfirst_LATE_12345_67890_name-1.json`, or
`anon_x1y2z_67890_name.json` where names are hidden.

Who is in the class: a roster in whatever columns a platform exports, and how a name on a file is found in it.
"""

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

MOODLE = re.compile(r"(?P<name>.*)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_.*)?", re.DOTALL)
CANVAS = re.compile(
    r"(?:(?P<name>(?!handin)\w+?)_(?P<late>LATE_)?(?P<id>\d+)|(?P<hidden_late>LATE_)?anon_(?P<hidden>\w+?))"
    r"_\d+_(?P<rest>.+)",
    re.DOTALL,
)
AGAIN = re.compile(r"-(\d{1,4})(?:\.\w+)?$")
"""Canvas numbers what was handed in once more."""


@dataclass(frozen=True, slots=True)
class PlatformName:
    """What a platform's file name says: who it is from, whether it was late, the how-manieth it is."""

    platform: str
    id: str
    name: str
    late: bool = False
    again: int = 0


def parse_platform_name(parts: Iterable[str]) -> PlatformName | None:
    """The label on the outermost part of a path that has one: what a learner named lies further in.

    >>> parse_platform_name(["week 1.zip", "Zoë Ñandú_1234567_assignsubmission_file", "handin.json"])
    PlatformName(platform='moodle', id='1234567', name='Zoë Ñandú', late=False, again=0)
    >>> parse_platform_name(["nandzoe_LATE_12345_67890_handin_zoe-2.json"])
    PlatformName(platform='canvas', id='12345', name='nandzoe', late=True, again=2)
    >>> parse_platform_name(["handin_Group_12_345_baltics-2022.json"])
    """
    for part in parts:
        if found := MOODLE.fullmatch(part):
            return PlatformName("moodle", found["id"], " ".join(found["name"].split("_")))
        if found := CANVAS.fullmatch(part):
            again = AGAIN.search(found["rest"])
            late = bool(found["late"] or found["hidden_late"])
            who = found["id"] or f"anon_{found['hidden']}"
            return PlatformName("canvas", who, found["name"] or "", late, int(again[1]) if again else 0)
    return None


@dataclass(frozen=True, slots=True)
class Pupil:
    """One line of the roster; what it does not say is ''."""

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
        """What tells this learner from all others; Moodle's number is the same without a roster."""
        if self.participant:
            return f"moodle:{self.participant}"
        return f"roster:{self.sis or self.id or self.login or self.email or self.name}"

    def keys(self) -> set[str]:
        """All that a file may call this learner by."""
        ids = (self.id, self.login, self.sis, self.participant, self.email, self.email.partition("@")[0])
        return {f"id:{i.casefold()}" for i in ids if i} | name_keys(self.name)


NOBODY = Pupil()
"""Somebody of whom nothing is known."""


def read_roster(path: Path) -> Iterator[Pupil]:
    """The learners on a roster; Moodle’s grading worksheet and Canvas’s gradebook do as they are."""
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
        if pupil.key != NOBODY.key and "points possible" not in pupil.name.casefold():
            yield pupil


def columns_of(header: list[str]) -> dict[int, str]:
    """Which column holds which field of a `Pupil`, by the names that platforms and people give them."""
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
        base.execute("CREATE TEMP TABLE callings (calling TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID")

    def add(self, pupils: Iterable[Pupil]) -> list[str]:
        """Take learners in; what two share leads to neither. Gives back the names that stand there twice."""
        twice = []
        for pupil in pupils:
            added = self._base.execute(
                "INSERT OR IGNORE INTO pupils (key, fields) VALUES (?, ?)", (pupil.key, _pack(pupil))
            )
            if not added.rowcount:
                twice.append(pupil.name or pupil.id)
                continue
            self._base.executemany(
                "INSERT INTO callings VALUES (?, ?) ON CONFLICT (calling) DO UPDATE SET number = -1",
                [(key, added.lastrowid) for key in sorted(pupil.keys())],
            )
        return twice

    def __iter__(self) -> Iterator[Pupil]:
        for (fields,) in self._base.execute("SELECT fields FROM pupils ORDER BY number"):
            yield Pupil(*json.loads(fields))

    def find(self, *, id: str = "", name: str = "") -> Pupil | None:
        """The learner of that number, else of that name; None if there is none, or more than one."""
        for calling in (*([f"id:{id.casefold()}"] if id else ()), *sorted(name_keys(name))):
            found = self._base.execute("SELECT fields FROM pupils NATURAL JOIN callings WHERE calling = ?", (calling,))
            if row := found.fetchone():
                return Pupil(*json.loads(row[0]))
        return None

    def find_part(self, part: str) -> Pupil | None:
        """The learner whom a part of a path names: the whole of it, or a number in it."""
        stem = UNSEEN.sub(" ", part.removesuffix(".zip")).strip()
        numbers = [t for t in re.split(r"[\s_]+", stem) if len(t) >= 4 and any(c.isdigit() for c in t)]
        found = (self.find(id=t) for t in numbers if t != stem)
        return self.find(id=stem, name=stem) or next(filter(None, found), None)


def _pack(pupil: Pupil) -> str:
    return json.dumps([getattr(pupil, f) for f in Pupil.__slots__])
