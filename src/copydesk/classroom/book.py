"""What lasts from run to run: scores with a hash of all they came from, and the totals as published last."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copydesk.classroom.rubric_marks import People
from copydesk.errors import CopydeskError

FORM = 3
LASTING = """
CREATE TABLE IF NOT EXISTS graded (who TEXT PRIMARY KEY, hash TEXT, page TEXT, scores TEXT, faults TEXT,
    people TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS slips (who TEXT PRIMARY KEY, slip TEXT);
CREATE TABLE IF NOT EXISTS course (about TEXT);
CREATE TABLE IF NOT EXISTS published (who TEXT PRIMARY KEY, name TEXT, totals TEXT) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a learner was given: a hash of all it came from, the page, scores by lesson and exercise, faults.

    Scores are the machine's; `people` is what people gave instead (see `rubric_marks.People`).
    """

    hash: str
    page: str
    scores: list[Any]
    faults: list[list[str]]
    people: People = field(default_factory=dict)


class Book:
    """The lasting tables of a database."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self.base = base

    def graded(self, who: str) -> Kept | None:
        """What a learner was given last."""
        wanted = "SELECT hash, page, scores, faults, people FROM graded WHERE who = ?"
        row = self.base.execute(wanted, (who,)).fetchone()
        return Kept(row[0], row[1], *map(json.loads, row[2:])) if row else None

    def set_graded(self, who: str, kept: Kept) -> None:
        """Keep what a learner is given."""
        row = (who, kept.hash, kept.page, *map(json.dumps, (kept.scores, kept.faults, kept.people)))
        self.base.execute("INSERT OR REPLACE INTO graded VALUES (?, ?, ?, ?, ?, ?)", row)

    def set_slip(self, who: str, slip: str) -> None:
        """Keep what a learner adds to the class report."""
        self.base.execute("INSERT OR REPLACE INTO slips VALUES (?, ?)", (who, slip))

    def slips(self) -> Iterator[str]:
        """What each graded learner adds to the class report, without saying who."""
        yield from (slip for (slip,) in self.base.execute("SELECT slip FROM slips"))

    def set_course(self, about: str) -> None:
        """Keep what the class was graded on."""
        if self.course() != about:
            self.base.execute("DELETE FROM course")
            self.base.execute("INSERT INTO course VALUES (?)", (about,))

    def course(self) -> str | None:
        """What the class was graded on; None before a run was finished."""
        row = self.base.execute("SELECT about FROM course").fetchone()
        return str(row[0]) if row else None

    def everybody(self) -> Iterator[tuple[str, dict[str, float], Kept | None]]:
        """Each learner's name, points by lesson, and what they were given; None if there was nothing to grade."""
        for who, name, totals in self.base.execute("SELECT who, name, totals FROM published ORDER BY who"):
            yield name, json.loads(totals), self.graded(who)

    def forget_gone(self) -> list[str]:
        """Forget whoever is no longer graded; gives back the names of their pages."""
        gone = "FROM graded WHERE who NOT IN (SELECT who FROM standings)"
        pages = [page for (page,) in self.base.execute(f"SELECT page {gone}")]
        if pages:
            self.base.execute(f"DELETE {gone}")
            self.base.execute("DELETE FROM slips WHERE who NOT IN (SELECT who FROM graded)")
        return pages

    def ever_published(self) -> bool:
        """Whether a run was finished here before."""
        return self.base.execute("SELECT 1 FROM published LIMIT 1").fetchone() is not None

    def publish(self, who: str, name: str, totals: dict[str, float]) -> dict[str, float]:
        """Note a learner's points by lesson; gives back what they were."""
        row = self.base.execute("SELECT name, totals FROM published WHERE who = ?", (who,)).fetchone()
        now = (name, json.dumps(totals))
        if row != now:
            self.base.execute("INSERT OR REPLACE INTO published VALUES (?, ?, ?)", (who, *now))
        return dict(json.loads(row[1])) if row else {}

    def unpublish(self) -> list[tuple[str, str, dict[str, float]]]:
        """Whoever was there in the run before and is no longer: key, name, points by lesson."""
        gone = "FROM published WHERE who NOT IN (SELECT who FROM learners)"
        found = [
            (who, name, json.loads(totals))
            for who, name, totals in self.base.execute(f"SELECT who, name, totals {gone}")
        ]
        if found:
            self.base.execute(f"DELETE {gone}")
        return found


def open_base(path: Path) -> sqlite3.Connection:
    """Open the database; one that is broken or of another form starts anew, for all of it can be made again."""
    for _ in range(2):
        base = sqlite3.connect(path)
        try:
            base.executescript("PRAGMA temp_store = FILE; PRAGMA cache_size = -4000; PRAGMA synchronous = NORMAL;")
            form = base.execute("PRAGMA user_version").fetchone()[0]
            base.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if form in (0, FORM):
                if form == 0:
                    base.executescript(f"{LASTING} PRAGMA user_version = {FORM};")
                return base
        except sqlite3.DatabaseError:
            pass
        base.close()
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    raise CopydeskError(f"{path} cannot be opened", "delete it and run again")
