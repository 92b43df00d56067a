"""The SQLite file of an output folder: what one run knows of a class, and what is kept for the next run.

`RunTables` holds the files, answers, learners and problems of one run in temporary tables, which SQLite moves to the
disk as they grow: a class of thousands needs little more memory than a small one. `KeptTables` holds the results of
each learner with a hash of all that they depend on, so that the next run grades only what has changed.
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
from copydesk_classroom.collecting.submissions import Attempt, LessonAnswers, Submission
from copydesk_classroom.problems import Problem
from copydesk_classroom.safe_text import sort_key

HOME = ".grading"
"""The folder among the results that holds the database."""
BASE = "state.sqlite"
"""The database in it."""
SCHEMA = 4
"""The version of the kept tables, in SQLite's `user_version`; a file with another version is made anew."""
KEPT = """
CREATE TABLE IF NOT EXISTS graded (who TEXT PRIMARY KEY, hash TEXT, page TEXT, scores TEXT, problems TEXT,
    people TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS contributions (who TEXT PRIMARY KEY, contribution TEXT);
CREATE TABLE IF NOT EXISTS course (about TEXT);
CREATE TABLE IF NOT EXISTS published (who TEXT PRIMARY KEY, name TEXT, totals TEXT) WITHOUT ROWID;
"""
# Paths and names from files are stored as JSON: they may hold surrogate halves, which SQLite cannot store as text.
TEMPORARY = """
CREATE TEMP TABLE files (seq INTEGER PRIMARY KEY, path TEXT, members TEXT, shown TEXT, kind TEXT, sha TEXT, named TEXT,
    folder TEXT, who TEXT, again INTEGER DEFAULT 0, late INTEGER DEFAULT 0);
CREATE TEMP TABLE answers (seq INTEGER, story TEXT, lesson TEXT, page TEXT, time TEXT, begun TEXT, digest BLOB);
CREATE INDEX temp.answers_seq ON answers (seq);
CREATE INDEX temp.files_who ON files (who);
CREATE INDEX temp.files_shown ON files (shown);
CREATE TEMP TABLE learners (who TEXT PRIMARY KEY, name TEXT, id TEXT, sort TEXT, status TEXT, pupil TEXT) WITHOUT ROWID;
CREATE TEMP TABLE times (who TEXT PRIMARY KEY, time TEXT, late INTEGER) WITHOUT ROWID;
CREATE TEMP TABLE others (shown TEXT, who TEXT, problem TEXT);
CREATE TEMP TABLE problems (shown TEXT, name TEXT, detail TEXT, UNIQUE (shown, name, detail));
"""
PeoplePoints = Mapping[str, tuple[float, int]]
"""What people graded of one learner: by story/lesson/exercise, the share earned (0–1) and how many graded it."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody to grade, or somebody on the roster who submitted nothing; `who` is the key from run to run."""

    who: str
    name: str
    id: str = ""
    status: str = "graded"
    """`graded`, `stranger` (not on the roster), `unread` (nothing that can be graded) or `missing`."""
    pupil: Pupil = NOBODY
    time: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """One file that was parsed: its number, its kind, the learner's name in it, the path to show, its sha256."""

    seq: int
    kind: str
    named: str
    shown: str
    sha: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The results of one learner: a hash of all they depend on, the page's file, scores, problems.

    Scores are the machine's, by lesson and exercise. `people` is what people gave instead.
    """

    hash: str
    page: str
    scores: list[Any]
    problems: list[list[str]]
    people: PeoplePoints = field(default_factory=dict)


class RunTables:
    """The database of one output folder, open and locked for one run; `kept` are the tables that outlast it.

    Raises CopydeskError if the folder cannot be written, or if another run uses it.
    """

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
        self.kept = KeptTables(self.base)
        self.base.executescript(TEMPORARY)

    def close(self, *, keep: bool = True) -> None:
        """Commit what was done, unless `keep` is false, and release the folder."""
        if keep:
            self.base.commit()
        self.base.close()
        self._lock.release()

    def add_file(self, found: Found, submission: Submission, folder: str) -> int:
        """Add a file and the answers in it, and return its number; `folder` is the one around the answers."""
        texts = (found.place.path, found.place.members, found.shown, submission.learner, folder)
        added = self.base.execute(
            "INSERT INTO files (path, members, shown, named, folder, kind, sha) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*map(json.dumps, texts), submission.kind, submission.sha),
        )
        seq = int(added.lastrowid or 0)
        self.base.executemany(
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(seq, a.story, a.lesson, a.page, a.time, a.begun, a.digest) for a in submission.lessons],
        )
        return seq

    def place(self, seq: int) -> Place:
        """Where a file is."""
        path, members = self.base.execute("SELECT path, members FROM files WHERE seq = ?", (seq,)).fetchone()
        return Place(json.loads(path), tuple(json.loads(members)))

    def set_platform_name(self, seq: int, *, late: bool, again: int) -> None:
        """Store what the platform says of a file."""
        self.base.execute("UPDATE files SET late = ?, again = ? WHERE seq = ?", (late, again, seq))

    def unowned(self) -> Iterator[tuple[str, list[File]]]:
        """The files with answers that have no owner yet, folder by folder."""
        rows = self.base.execute(
            "SELECT folder, seq, kind, named, shown, sha FROM files WHERE who IS NULL "
            "AND kind IN ('answers', 'learner', 'handin') ORDER BY folder, seq"
        )
        for folder, group in groupby(rows.fetchall(), key=lambda row: row[0]):
            yield (
                json.loads(folder),
                [File(n, kind, json.loads(a), json.loads(b), sha) for _, n, kind, a, b, sha in group],
            )

    def assign(self, seqs: Iterable[int], learner: Learner) -> None:
        """Make a learner the owner of some files."""
        self.add_learner(learner)
        self.base.executemany("UPDATE files SET who = ? WHERE seq = ?", [(learner.who, seq) for seq in seqs])

    def add_learner(self, learner: Learner) -> None:
        """Add a learner; one who is there already stays as they are."""
        row = (learner.who, learner.name, learner.id, sort_key(learner.name), learner.status, learner.pupil.packed())
        self.base.execute(
            "INSERT OR IGNORE INTO learners (who, name, id, sort, status, pupil) VALUES (?, ?, ?, ?, ?, ?)", row
        )

    def learners(self, *, missing: bool = True) -> Iterator[Learner]:
        """The learners by name; with `missing` also those who submitted nothing."""
        rows = self.base.execute(
            "SELECT who, name, id, status, pupil, time, late FROM learners LEFT JOIN times USING (who) "
            "ORDER BY sort, who"
        )
        for who, name, id, status, pupil, time, late in rows:
            if missing or status != "missing":
                yield Learner(who, name, id, status, Pupil.unpacked(pupil), time or "", bool(late))

    def set_statuses(self, *, roster: bool) -> None:
        """Mark learners without answers as `unread`; without a roster, make strangers `graded` like everybody."""
        some = "SELECT who FROM files JOIN answers USING (seq) WHERE who IS NOT NULL"
        self.base.execute(f"UPDATE learners SET status = 'unread' WHERE status <> 'missing' AND who NOT IN ({some})")
        if not roster:
            self.base.execute("UPDATE learners SET status = 'graded' WHERE status = 'stranger'")

    def set_time(self, who: str, time: str, late: bool) -> None:
        """Store when a learner made the last change, and whether that was late."""
        self.base.execute("INSERT OR REPLACE INTO times VALUES (?, ?, ?)", (who, time, late))

    def counts(self) -> dict[str, int]:
        """How many learners have each status, and under `late` how many were late."""
        found = dict(self.base.execute("SELECT status, count(*) FROM learners GROUP BY status").fetchall())
        return found | {"late": self.base.execute("SELECT coalesce(sum(late), 0) FROM times").fetchone()[0]}

    def lessons(self) -> list[tuple[str, str, str]]:
        """The story, lesson and page of all answers, each combination once."""
        return self.base.execute("SELECT DISTINCT story, lesson, page FROM answers ORDER BY 1, 2, 3").fetchall()

    def drop(self, lesson: tuple[str, str, str], problem: Problem | None) -> None:
        """Delete the answers to a lesson with a page, and add the problem to each file that held some."""
        found = "FROM answers WHERE (story, lesson, page) = (?, ?, ?)"
        if problem:
            rows = self.base.execute(f"SELECT DISTINCT shown FROM files WHERE seq IN (SELECT seq {found})", lesson)
            for (shown,) in rows.fetchall():
                self.add_problem(json.loads(shown), problem)
        self.base.execute(f"DELETE {found}", lesson)

    def attempts(self, who: str) -> list[Attempt]:
        """All that a learner submitted, lesson by lesson and file by file."""
        rows = self.base.execute(
            "SELECT seq, shown, sha, late, again, story, lesson, page, time, begun, digest "
            "FROM files JOIN answers USING (seq) WHERE who = ? ORDER BY seq",
            (who,),
        )
        return [
            Attempt(n, json.loads(shown), sha, bool(late), again, LessonAnswers(*answers))
            for n, shown, sha, late, again, *answers in rows
        ]

    def same_answers(self) -> Iterator[tuple[str, list[str]]]:
        """Files whose answers and times equal those of other learners, with these learners' names."""
        # A digest covers answers and times to the second: two learners do not come to the same one by chance.
        rows = self.base.execute(
            "SELECT digest, shown, who, name FROM answers JOIN files USING (seq) JOIN learners USING (who) "
            "WHERE digest IN (SELECT digest FROM answers JOIN files USING (seq) WHERE length(digest) "
            "GROUP BY digest HAVING count(DISTINCT who) > 1) ORDER BY digest, seq"
        )
        for _, group in groupby(rows.fetchall(), key=lambda row: row[0]):
            found = [(json.loads(shown), who, name) for _, shown, who, name in group]
            names = {who: name for _, who, name in found}
            for shown, who, _ in found:
                yield shown, sorted(name for other, name in names.items() if other != who)

    def add_problem(self, shown: str, problem: Problem) -> None:
        """Add a problem with a file, once."""
        row = (json.dumps(shown), problem.name, json.dumps(problem.detail))
        self.base.execute("INSERT OR IGNORE INTO problems VALUES (?, ?, ?)", row)

    def add_other(self, seq: int, problem: Problem) -> None:
        """Add a file without answers; whether that is a problem depends on what is beside it."""
        self.base.execute("INSERT INTO others SELECT shown, who, ? FROM files WHERE seq = ?", (problem.name, seq))

    def report_others(self) -> None:
        """Make problems of the files without answers, except for those of learners who submitted answers too."""
        # Their pictures and notebooks are no problem. A file may have no owner but be inside a learner's folder;
        # a folder is somebody's if all answers in it are.
        homes = (
            "SELECT folder FROM files JOIN answers USING (seq) WHERE folder <> '\"\"' "
            "GROUP BY folder HAVING count(DISTINCT who) = 1"
        )
        self.base.execute(f"CREATE TEMP TABLE homes AS {homes}")
        rows = self.base.execute(
            "SELECT shown, problem FROM others WHERE who IS NULL OR who NOT IN "
            "(SELECT who FROM files JOIN answers USING (seq) WHERE who IS NOT NULL)"
        )
        for shown, problem in rows.fetchall():
            path = json.loads(shown)
            around = [json.dumps(path[:n]) for n, c in enumerate(path) if c == "/"]
            marks = ", ".join("?" * len(around))
            if not self.base.execute(f"SELECT 1 FROM homes WHERE folder IN ({marks})", around).fetchone():
                self.add_problem(path, Problem(problem))

    def problems(self) -> Iterator[tuple[str, str, Problem]]:
        """File, learner and problem, in the order of the files."""
        rows = self.base.execute(
            "SELECT shown, (SELECT learners.name FROM files JOIN learners USING (who) "
            "WHERE files.shown = problems.shown LIMIT 1), name, detail FROM problems ORDER BY shown, name, detail"
        )
        for shown, learner, name, detail in rows:
            yield json.loads(shown), learner or "", Problem(name, json.loads(detail))


class KeptTables:
    """The tables of a database that are kept from run to run."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self.base = base

    def graded(self, who: str) -> Kept | None:
        """The results of a learner from the last run that graded them."""
        wanted = "SELECT hash, page, scores, problems, people FROM graded WHERE who = ?"
        row = self.base.execute(wanted, (who,)).fetchone()
        return Kept(row[0], row[1], *map(json.loads, row[2:])) if row else None

    def set_graded(self, who: str, kept: Kept, contribution: str) -> None:
        """Keep the results of a learner, and what they add to the class report."""
        row = (who, kept.hash, kept.page, *map(json.dumps, (kept.scores, kept.problems, kept.people)))
        self.base.execute("INSERT OR REPLACE INTO graded VALUES (?, ?, ?, ?, ?, ?)", row)
        self.base.execute("INSERT OR REPLACE INTO contributions VALUES (?, ?)", (who, contribution))

    def contributions(self) -> Iterator[str]:
        """What each graded learner adds to the class report, without saying who."""
        yield from (text for (text,) in self.base.execute("SELECT contribution FROM contributions"))

    def set_course(self, about: str) -> None:
        """Keep what the class was graded on."""
        if self.course() != about:
            self.base.execute("DELETE FROM course")
            self.base.execute("INSERT INTO course VALUES (?)", (about,))

    def course(self) -> str | None:
        """What the class was graded on; None before a run was finished."""
        row = self.base.execute("SELECT about FROM course").fetchone()
        return str(row[0]) if row else None

    def everybody(self) -> Iterator[tuple[str, dict[str, float], Kept | None, str]]:
        """Each learner's name, points by lesson, results (None if there was nothing to grade) and contribution."""
        wanted = (
            "SELECT who, name, totals, contribution FROM published LEFT JOIN contributions USING (who) ORDER BY who"
        )
        for who, name, totals, contribution in self.base.execute(wanted):
            yield name, json.loads(totals), self.graded(who), contribution or ""

    def forget_gone(self) -> list[str]:
        """Delete the results of learners who are no longer graded; returns the files of their pages."""
        gone = "FROM graded WHERE who NOT IN (SELECT who FROM times)"
        pages = [page for (page,) in self.base.execute(f"SELECT page {gone}")]
        if pages:
            self.base.execute(f"DELETE {gone}")
            self.base.execute("DELETE FROM contributions WHERE who NOT IN (SELECT who FROM graded)")
        return pages

    def ever_published(self) -> bool:
        """Whether a run was finished here before."""
        return self.base.execute("SELECT 1 FROM published LIMIT 1").fetchone() is not None

    def publish(self, who: str, name: str, totals: dict[str, float]) -> dict[str, float]:
        """Keep a learner's points by lesson; returns those of the run before."""
        row = self.base.execute("SELECT name, totals FROM published WHERE who = ?", (who,)).fetchone()
        now = (name, json.dumps(totals))
        if row != now:
            self.base.execute("INSERT OR REPLACE INTO published VALUES (?, ?, ?)", (who, *now))
        return dict(json.loads(row[1])) if row else {}

    def unpublish(self) -> list[tuple[str, str, dict[str, float]]]:
        """Delete the points of learners of the run before who are gone; returns their key, name, points by lesson."""
        gone = "FROM published WHERE who NOT IN (SELECT who FROM learners)"
        found = [
            (who, name, json.loads(totals))
            for who, name, totals in self.base.execute(f"SELECT who, name, totals {gone}")
        ]
        if found:
            self.base.execute(f"DELETE {gone}")
        return found


def open_base(path: Path) -> sqlite3.Connection:
    """Open the database. One that is damaged, or has another schema, is deleted: a run makes all of it again."""
    for _ in range(2):
        base = sqlite3.connect(path)
        try:
            # FILE and a cache of 4 MB keep the temporary tables out of memory. NORMAL waits for the disk less often:
            # what a power cut takes is graded again.
            base.executescript("PRAGMA temp_store = FILE; PRAGMA cache_size = -4000; PRAGMA synchronous = NORMAL;")
            schema = base.execute("PRAGMA user_version").fetchone()[0]
            base.execute("SELECT count(*) FROM sqlite_master").fetchone()  # fails here if the file is no database
            if schema in (0, SCHEMA):
                if schema == 0:
                    base.executescript(f"{KEPT} PRAGMA user_version = {SCHEMA};")
                return base
        except sqlite3.DatabaseError:
            pass
        base.close()
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    raise CopydeskError(f"{path} cannot be opened", "delete it and run again")
