"""What lasts from run to run: scores with a hash of all they came from, and the totals as published last.

What a run knows, in a small database: a large class needs no more memory than a small one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from copydesk.base.errors import CopydeskError
from copydesk_classroom.collecting.files import Found, Place
from copydesk_classroom.collecting.roster import NOBODY, Pupil
from copydesk_classroom.collecting.submissions import Handed, Submission, Work
from copydesk_classroom.problems import Problem
from copydesk_classroom.safe_text import sort_key

PeoplePoints = Mapping[str, tuple[float, int]]
"""What people graded of one learner: by story/lesson/exercise, the share earned (0–1) and how many graded it."""
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
    people: PeoplePoints = field(default_factory=dict)


class KeptTables:
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


HOME = ".grading"
"""The folder in the results where this is kept."""
BASE = "state.sqlite"
"""The database in it."""
PASSING = """
CREATE TEMP TABLE files (seq INTEGER PRIMARY KEY, path TEXT, members TEXT, shown TEXT, kind TEXT, sha TEXT, named TEXT,
    folder TEXT, who TEXT, again INTEGER DEFAULT 0, late INTEGER DEFAULT 0);
CREATE TEMP TABLE works (seq INTEGER, story TEXT, lesson TEXT, page TEXT, time TEXT, begun TEXT, digest BLOB);
CREATE INDEX temp.works_seq ON works (seq);
CREATE INDEX temp.files_who ON files (who);
CREATE INDEX temp.files_shown ON files (shown);
CREATE TEMP TABLE learners (who TEXT PRIMARY KEY, name TEXT, id TEXT, sort TEXT, status TEXT, pupil TEXT) WITHOUT ROWID;
CREATE TEMP TABLE standings (who TEXT PRIMARY KEY, time TEXT, late INTEGER) WITHOUT ROWID;
CREATE TEMP TABLE others (shown TEXT, who TEXT, fault TEXT);
CREATE TEMP TABLE problems (shown TEXT, name TEXT, detail TEXT, UNIQUE (shown, name, detail));
"""


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody to grade, or somebody on the roster who handed in nothing."""

    who: str
    name: str
    id: str = ""
    status: str = "graded"
    """`graded`, `stranger` (not on the roster) or `missing`."""
    pupil: Pupil = NOBODY
    time: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """One file that was read: its number, what it is, the name in it, the path to show, its hash."""

    seq: int
    kind: str
    named: str
    shown: str
    sha: str


class RunTables:
    """The database of one output folder."""

    def __init__(self, out: Path) -> None:
        home = out / HOME
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CopydeskError(f"{out} cannot be written ({error.strerror})", "choose another --out") from None
        self._lock = FileLock(home / "lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise CopydeskError(f"{out} is in use by another run", "wait for it, or choose another --out") from None
        self.base = open_base(home / BASE)
        self.book = KeptTables(self.base)
        self.base.executescript(PASSING)

    def close(self, *, keep: bool = True) -> None:
        """Keep what was done so far, and let others in."""
        if keep:
            self.base.commit()
        self.base.close()
        self._lock.release()

    def add_file(self, found: Found, paper: Submission | None, folder: str = "") -> int:
        """Note a file and the works in it."""
        kind, sha, named = (paper.kind, paper.sha, paper.learner) if paper else ("other", "", "")
        texts = [json.dumps(t) for t in (found.place.path, found.place.members, found.shown, named, folder)]
        added = self.base.execute(
            "INSERT INTO files (path, members, shown, named, folder, kind, sha) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*texts, kind, sha),
        )
        seq = int(added.lastrowid or 0)
        self.base.executemany(
            "INSERT INTO works VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(seq, w.story, w.lesson, w.page, w.time, w.begun, w.digest) for w in (paper.works if paper else ())],
        )
        return seq

    def unowned(self) -> Iterator[tuple[str, list[File]]]:
        """The files with answers that nobody owns yet, folder by folder."""
        rows = self.base.execute(
            "SELECT folder, seq, kind, named, shown, sha FROM files WHERE who IS NULL "
            "AND kind IN ('answers', 'learner', 'handin') ORDER BY folder, seq"
        )
        for folder, group in groupby(rows.fetchall(), key=lambda row: row[0]):
            yield (
                json.loads(folder),
                [File(n, kind, json.loads(a), json.loads(b), sha) for _, n, kind, a, b, sha in group],
            )

    def own(self, seqs: Iterable[int], learner: Learner) -> None:
        """Give files to a learner."""
        self.add_learner(learner)
        self.base.executemany("UPDATE files SET who = ? WHERE seq = ?", [(learner.who, seq) for seq in seqs])

    def set_label(self, seq: int, *, late: bool, again: int) -> None:
        """Note what a platform says of a file."""
        self.base.execute("UPDATE files SET late = ?, again = ? WHERE seq = ?", (late, again, seq))

    def add_problem(self, shown: str, fault: Problem) -> None:
        """Note what is wrong with a file."""
        row = (json.dumps(shown), fault.name, json.dumps(fault.detail))
        self.base.execute("INSERT OR IGNORE INTO problems VALUES (?, ?, ?)", row)

    def add_other(self, seq: int, fault: Problem) -> None:
        """Note a file without answers, which is a problem only where nothing else can be graded."""
        self.base.execute("INSERT INTO others SELECT shown, who, ? FROM files WHERE seq = ?", (fault.name, seq))

    def note_others(self) -> None:
        """Turn files without answers into problems, but for those of learners who handed in answers too."""
        homes = (
            "SELECT folder FROM files JOIN works USING (seq) WHERE folder <> '\"\"' "
            "GROUP BY folder HAVING count(DISTINCT who) = 1"
        )
        self.base.execute(f"CREATE TEMP TABLE homes AS {homes}")
        rows = self.base.execute(
            "SELECT shown, fault FROM others WHERE who IS NULL OR who NOT IN "
            "(SELECT who FROM files JOIN works USING (seq) WHERE who IS NOT NULL)"
        )
        for shown, fault in rows.fetchall():
            path = json.loads(shown)
            around = [json.dumps(path[:n]) for n, c in enumerate(path) if c == "/"]
            marks = ", ".join("?" * len(around))
            if not self.base.execute(f"SELECT 1 FROM homes WHERE folder IN ({marks})", around).fetchone():
                self.add_problem(path, Problem(fault))

    def problems(self) -> Iterator[tuple[str, str, Problem]]:
        """File, learner and fault, in the order of the files."""
        rows = self.base.execute(
            "SELECT shown, (SELECT learners.name FROM files JOIN learners USING (who) "
            "WHERE files.shown = problems.shown LIMIT 1), name, detail FROM problems ORDER BY shown, name, detail"
        )
        for shown, learner, name, detail in rows:
            yield json.loads(shown), learner or "", Problem(name, json.loads(detail))

    def add_learner(self, learner: Learner) -> None:
        """Note a learner, once."""
        pupil = json.dumps([getattr(learner.pupil, f) for f in Pupil.__slots__])
        row = (learner.who, learner.name, learner.id, sort_key(learner.name), learner.status, pupil)
        self.base.execute(
            "INSERT OR IGNORE INTO learners (who, name, id, sort, status, pupil) VALUES (?, ?, ?, ?, ?, ?)", row
        )

    def learners(self, *, missing: bool = True) -> Iterator[Learner]:
        """The learners by name, those who handed in nothing among them if wanted."""
        rows = self.base.execute(
            "SELECT who, name, id, status, pupil, time, late FROM learners LEFT JOIN standings USING (who) "
            "ORDER BY sort, who"
        )
        for who, name, id, status, pupil, time, late in rows:
            if missing or status != "missing":
                yield Learner(who, name, id, status, Pupil(*json.loads(pupil)), time or "", bool(late))

    def settle(self, *, roster: bool) -> None:
        """Tell those whose work can be graded from the others; without a roster nobody is a stranger."""
        some = "SELECT who FROM files JOIN works USING (seq) WHERE who IS NOT NULL"
        self.base.execute(f"UPDATE learners SET status = 'unread' WHERE status <> 'missing' AND who NOT IN ({some})")
        if not roster:
            self.base.execute("UPDATE learners SET status = 'graded' WHERE status = 'stranger'")

    def counts(self) -> dict[str, int]:
        """How many learners are in each state, how many were late, how many files have a problem of each kind."""
        found = dict(self.base.execute("SELECT status, count(*) FROM learners GROUP BY status").fetchall())
        return found | {"late": self.base.execute("SELECT coalesce(sum(late), 0) FROM standings").fetchone()[0]}

    def lessons(self) -> list[tuple[str, str, str]]:
        """The stories, lessons and pages that works belong to."""
        return self.base.execute("SELECT DISTINCT story, lesson, page FROM works ORDER BY 1, 2, 3").fetchall()

    def drop(self, lesson: tuple[str, str, str], fault: Problem | None) -> None:
        """Leave out all works on a lesson and a page, and say so for each file."""
        found = "FROM works WHERE (story, lesson, page) = (?, ?, ?)"
        if fault:
            rows = self.base.execute(f"SELECT DISTINCT shown FROM files WHERE seq IN (SELECT seq {found})", lesson)
            for (shown,) in rows.fetchall():
                self.add_problem(json.loads(shown), fault)
        self.base.execute(f"DELETE {found}", lesson)

    def works(self, who: str) -> list[Handed]:
        """All works of a learner."""
        rows = self.base.execute(
            "SELECT seq, shown, sha, late, again, story, lesson, page, time, begun, digest "
            "FROM files JOIN works USING (seq) WHERE who = ? ORDER BY seq",
            (who,),
        )
        return [
            Handed(n, json.loads(shown), sha, bool(late), again, Work(*w)) for n, shown, sha, late, again, *w in rows
        ]

    def same_works(self) -> Iterator[tuple[str, list[str]]]:
        """Files whose answers and times are also those of other learners, with their names."""
        rows = self.base.execute(
            "SELECT digest, shown, who, name FROM works JOIN files USING (seq) JOIN learners USING (who) "
            "WHERE digest IN (SELECT digest FROM works JOIN files USING (seq) WHERE length(digest) "
            "GROUP BY digest HAVING count(DISTINCT who) > 1) ORDER BY digest, seq"
        )
        for _, group in groupby(rows.fetchall(), key=lambda row: row[0]):
            found = [(json.loads(shown), who, name) for _, shown, who, name in group]
            names = {who: name for _, who, name in found}
            for shown, who, _ in found:
                yield shown, sorted(name for other, name in names.items() if other != who)

    def place(self, seq: int) -> Place:
        """Where a file lies."""
        path, members = self.base.execute("SELECT path, members FROM files WHERE seq = ?", (seq,)).fetchone()
        return Place(json.loads(path), tuple(json.loads(members)))

    def stand(self, who: str, time: str, late: bool) -> None:
        """Note when a learner was done, and whether that was late."""
        self.base.execute("INSERT OR REPLACE INTO standings VALUES (?, ?, ?)", (who, time, late))
