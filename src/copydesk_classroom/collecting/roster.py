"""Who is in the class: read a roster in whatever columns a platform exports, and find in it the name on a file.

The headings in many languages, and the letters that names are compared by, are in `data/rosters.toml`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from copydesk.base.errors import CopydeskError
from copydesk_classroom.csv_files import read_rows
from copydesk_classroom.safe_text import UNSEEN, one_line
from copydesk_classroom.wording import class_wording

IDENTITY = {"id", "name", "first", "last", "email", "login", "sis", "participant"}
"""The columns that say who a learner is."""
NAMES = {"name", "first", "last"}
HEAD_WITHIN = 10
"""In how many lines the head is looked for; some exports have a title above it."""
APOSTROPHES = re.compile("[\u0027\u0060\u00b4\u02b9-\u02bd\u02c8\u2018\u2019\u201b\u2032\uff07]")
ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
"""Marks above and below Latin, Greek and Cyrillic letters, and the vowel points of Hebrew and Arabic.

Marks of other scripts, such as the vowels of Hindi, make another name.
"""
TEST_STUDENT = re.compile(r"[0-9a-f]{40}")
"""The login of Canvas's test student (lib/data_fixup/add_pseudonym_to_student_view_students.rb)."""


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

    def ids(self) -> tuple[str, ...]:
        """All ids that a file may call this learner by."""
        ids = (self.id, self.login, self.sis, self.participant, self.email, self.email.partition("@")[0])
        return tuple(filter(None, ids))

    def packed(self) -> str:
        """The fields as JSON, for a column of a table; `Pupil.unpacked` reads them."""
        return json.dumps([getattr(self, field) for field in Pupil.__slots__])

    @classmethod
    def unpacked(cls, fields: str) -> Pupil:
        """The learner whose fields `packed` wrote."""
        return cls(*json.loads(fields))


NOBODY = Pupil()
"""Somebody of whom nothing is known."""


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A roster as it was read: its head, the field that each column holds (see `data/rosters.toml`), its other rows."""

    path: Path
    head: Sequence[str]
    columns: Mapping[int, str]
    rows: Sequence[Sequence[str]]

    def column(self, *fields: str) -> int | None:
        """The number of the first column that holds one of these fields."""
        return next((n for field in fields for n, held in self.columns.items() if held == field), None)

    @property
    def is_worksheet(self) -> bool:
        """Whether it is a grading worksheet of Moodle, which can be filled in and imported again."""
        return {"grade", "modified"} <= {*self.columns.values()} and self.column("participant", "id") is not None

    @property
    def is_canvas(self) -> bool:
        """Whether it is a gradebook of Canvas, in which ID is Canvas's own number."""
        heads = {squeezed(h) for h in self.head}
        return "id" in heads and bool(heads & {"sisloginid", "sisuserid"})

    def pupil(self, row: Sequence[str]) -> Pupil | None:
        """The learner in a row; None for a row of something else, such as the points possible in Canvas's gradebook."""
        pupil = _pupil([(self.columns[n], cell) for n, cell in enumerate(row) if n in self.columns])
        if pupil.key == NOBODY.key or (self.is_canvas and _is_no_student(pupil)):
            return None
        return pupil

    def pupils(self) -> Iterator[Pupil]:
        """The learners in the order of the rows."""
        return filter(None, map(self.pupil, self.rows))


def _is_no_student(pupil: Pupil) -> bool:
    """Whether a line of Canvas's gradebook holds the points possible, or the test student of a course."""
    test = sorted(pupil.name.casefold().replace(",", " ").split()) == ["student", "test"] and not pupil.sis
    return test or "points possible" in pupil.name.casefold() or bool(TEST_STUDENT.fullmatch(pupil.login))


def read_roster(path: Path) -> RosterFile:
    """Read a roster; Moodle’s grading worksheet and Canvas’s gradebook can be used as they are.

    Raises CopydeskError if the file cannot be read, if no column names a learner, or if a column is not known that may
    hold the names.
    """
    rows = [*read_rows(path)]
    if not rows:
        raise CopydeskError(f"{path} is empty", "give a CSV with the columns id and name")
    at = max(range(min(len(rows), HEAD_WITHIN)), key=lambda n: (len(columns_of(rows[n])), -n))
    head, columns = rows[at], columns_of(rows[at])
    if not IDENTITY & {*columns.values()}:
        head = next((row for row in rows if sum(map(bool, row)) > 1), rows[0])
        raise CopydeskError(
            f"{path} has no column that names a learner (it has: {_quoted(head)})", "call one id or name"
        )
    unknown = [h for n, h in enumerate(head) if n not in columns and h.strip()]
    if unknown and not NAMES & {*columns.values()}:
        problem = f"{path} has headings that are not known ({_quoted(unknown)}), and no other column holds names"
        raise CopydeskError(problem, "call the column with the names “name”, or delete these columns")
    return RosterFile(path, head, columns, rows[at + 1 :])


def _quoted(headings: Iterable[str]) -> str:
    return ", ".join(one_line(h, most=30) for h in [*headings][:10])


def columns_of(head: Sequence[str]) -> dict[int, str]:
    """The field that each column holds, by the headings that platforms and people use."""
    known = headings()
    return {n: known[h] for n, h in enumerate(map(squeezed, head)) if h in known}


@cache
def headings() -> dict[str, str]:
    """The field by each known heading."""
    languages = class_wording("rosters")["headings"].values()
    return {squeezed(h): field for known in languages for field, hs in known.items() if field != "hidden" for h in hs}


@cache
def hidden_names() -> frozenset[str]:
    """What Moodle writes before a participant's number, and in place of a name that is hidden, by language."""
    return frozenset(
        squeezed(h) for known in class_wording("rosters")["headings"].values() for h in known.get("hidden", ())
    )


def squeezed(heading: str) -> str:
    """A heading without what differs between programs: case, spaces, punctuation."""
    return "".join(re.findall(r"\w+", unicodedata.normalize("NFKC", heading).casefold()))


def _pupil(cells: Iterable[tuple[str, str]]) -> Pupil:
    """A learner from the cells of a row, each with the field that it holds."""
    row: dict[str, str] = {}
    for held, cell in cells:
        field, value = held, one_line(cell)
        if held in ("id", "participant", "login", "sis"):
            value = _tidy_id(value)
        if held in ("id", "participant"):
            field, value = _participant(held, value)
        if value and field not in row:
            row[field] = value
    parts = [row.pop(field, "") for field in ("first", "last")]
    name = row.get("name", "")
    if not {*name.split()}.issuperset(" ".join(parts).split()):  # “name” may hold what the other columns lack
        row["name"] = " ".join(filter(None, (parts[0], name, parts[1])))
    return Pupil(**{field: value for field, value in row.items() if field in Pupil.__slots__})


def _participant(field: str, value: str) -> tuple[str, str]:
    """The field and the value of an id: Moodle's “Participant 1234567” is told by its word, in whatever language."""
    found = re.fullmatch(r"(\D*)(\d+)", value)
    if found and (squeezed(found[1]) in hidden_names() or (field == "participant" and len(found[1]) != 1)):
        return "participant", found[2]
    return "id", value


def _tidy_id(value: str) -> str:
    """An id without what spreadsheets and Brightspace add to it.

    >>> [_tidy_id(v) for v in ("#17", "1001.0", "1001,00", '="0042"', "'0042", "1.23E+5")]
    ['17', '1001', '1001', '0042', '0042', '123000']
    """
    value = re.sub(r"^=?\"(.*)\"$", r"\1", value).lstrip("#'’").strip()
    if found := re.fullmatch(r"(\d+)[.,]0+", value):
        return found[1]
    if found := re.fullmatch(r"(\d)[.,]?(\d*)E\+?(\d+)", value, re.IGNORECASE):
        if int(found[3]) > len(found[2]) + 3:  # digits are gone that no program can bring back
            raise CopydeskError(
                f"a spreadsheet has cut the id {value}", "format that column as text, and export it again"
            )
        return str(int(Decimal(f"{found[1]}.{found[2] or 0}") * 10 ** int(found[3])))
    return value


# Names


def name_keys(name: str) -> tuple[frozenset[str], ...]:
    """The ways in which a name may come back, from the strictest: as it is, in any order, in other letters.

    >>> [sorted(keys) for keys in name_keys("Ñandú, Zoë")]
    [['as:ñandú zoë'], ['name:nandu zoe'], ['run:nanduzoe', 'run:zoenandu']]
    """
    letters = class_wording("rosters")["letters"]
    composed = APOSTROPHES.sub("", unicodedata.normalize("NFKC", name)).casefold()
    spelled = "".join(letters["spelled"].get(c, c) for c in composed)
    words, other = _words(composed), _words(spelled)
    if not words:
        return ()
    loose = {f"run:{''.join(w[n:] + w[:n])}" for w in (words, other) for n in range(len(w))}
    loose |= {f"name:{' '.join(sorted(other))}"} if other != words else set()
    whole = re.findall(r"[^\W_]+", composed)
    return (
        frozenset({f"as:{' '.join(whole)}"}),
        frozenset({f"name:{' '.join(sorted(words))}"}),
        frozenset(loose),
    )


def _words(name: str) -> list[str]:
    """The words of a name in letters without marks."""
    plain = class_wording("rosters")["letters"]["plain"]
    bare = unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFKD", name)))
    kept = (plain.get(c, c) for c in bare if unicodedata.category(c) != "Cf")
    return "".join(c if unicodedata.category(c[0])[0] in "LMN" else " " for c in kept).split()


class Roster:
    """The learners of a class, to be found by an id or a name.

    >>> roster = Roster([Pupil("Zoë Ñandú", id="0042"), Pupil("Max Roe", id="s2"), Pupil("Max Roe", id="s3")])
    >>> roster.find_name("nandu, zoe").id, roster.find_id("42").id, roster.find_id("S3").name
    ('0042', '0042', 'Max Roe')
    >>> roster.find_name("Max Roe") is None
    True
    """

    def __init__(self, pupils: Iterable[Pupil] = ()) -> None:
        self.twins: list[str] = []
        """The names of those who were on the roster twice, and are here once."""
        self._pupils: dict[str, Pupil] = {}
        self._found: dict[str, Pupil | None] = {}  # None: several share the key, and to guess would mix them up
        for pupil in pupils:
            if pupil.key in self._pupils:
                self.twins.append(pupil.name or pupil.id)
                continue
            self._pupils[pupil.key] = pupil
            for key in {key for i in pupil.ids() for key in _id_keys(i)}.union(*name_keys(pupil.name)):
                self._found[key] = None if key in self._found else pupil

    def __iter__(self) -> Iterator[Pupil]:
        return iter(self._pupils.values())

    def __len__(self) -> int:
        return len(self._pupils)

    def find_id(self, *ids: str) -> Pupil | None:
        """The learner with the first of these ids that somebody has; None if nobody has one, or several have it."""
        for key in (key for i in ids if i for key in _id_keys(i)):
            if key in self._found:
                return self._found[key]
        return None

    def find_name(self, name: str) -> Pupil | None:
        """The learner with this name; None if there is none, or more than one."""
        for keys in name_keys(name):
            known = [self._found[key] for key in keys if key in self._found]
            if known:
                first = known[0]
                return first if all(pupil is first for pupil in known) else None
        return None

    def find_id_in(self, part: str) -> Pupil | None:
        """The learner whose id is a part of a path, or a word of it.

        Only words of four characters and more with a digit are looked up: “week 2” must not find learner 2.
        """
        stem = _stem(part)
        numbers = [t for t in re.split(r"[\s_]+", stem) if len(t) >= 4 and any(c.isdigit() for c in t)]
        return self.find_id(stem) or next(filter(None, map(self.find_id, numbers)), None)

    def find_name_in(self, part: str) -> Pupil | None:
        """The learner whose name is a part of a path, or what stands before “ - ” in it, as Google Classroom writes."""
        stem = _stem(part)
        return self.find_name(stem) or (self.find_name(stem.partition(" - ")[0]) if " - " in stem else None)


def _stem(part: str) -> str:
    return UNSEEN.sub(" ", part.removesuffix(".zip")).strip()


def _id_keys(id: str) -> Iterator[str]:
    """The id as it is, and without leading zeros, which spreadsheets take from a number."""
    yield f"id:{id.casefold()}"
    if id.isdecimal():
        yield f"number:{int(id) if len(id) < 100 else id}"
