"""The SQLite file of an output folder: what one run knows of a class, and what is kept for the next run.

`RunTables` holds the files, answers, learners and problems of one run in temporary tables, which SQLite moves to the
disk as they grow: a class of thousands needs little more memory than a small one. `KeptTables` holds the results of
each learner with a hash of all that they depend on, so that the next run grades only what has changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from copydesk.base.errors import CopydeskError
from copydesk_classroom.collecting.files import Found, Place
from copydesk_classroom.collecting.roster import NOBODY, Pupil
from copydesk_classroom.collecting.submissions import Attempt, LessonAnswers, Pick, Submission
from copydesk_classroom.safe_text import sort_key
from copydesk_classroom.wording import Problem

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
    folder TEXT, who TEXT, claim TEXT, again INTEGER DEFAULT 0, late INTEGER DEFAULT 0, received TEXT DEFAULT '');
CREATE TEMP TABLE answers (seq INTEGER, story TEXT, lesson TEXT, page TEXT, time TEXT, packed TEXT, begun TEXT,
    digest BLOB);
CREATE INDEX temp.answers_seq ON answers (seq);
CREATE INDEX temp.files_who ON files (who);
CREATE INDEX temp.files_shown ON files (shown);
CREATE TEMP TABLE learners (who TEXT PRIMARY KEY, name TEXT, id TEXT, sort TEXT, status TEXT, pupil TEXT) WITHOUT ROWID;
CREATE TEMP TABLE times (who TEXT PRIMARY KEY, time TEXT, late INTEGER, lessons TEXT) WITHOUT ROWID;
CREATE TEMP TABLE others (shown TEXT, who TEXT, problem TEXT);
CREATE TEMP TABLE problems (shown TEXT, name TEXT, detail TEXT, UNIQUE (shown, name, detail));
"""
GRADED = ("graded", "stranger", "several")
"""The statuses of learners whose work is graded."""
SURE = "="
"""The person of a file that was assigned by an id."""
Times = tuple[str, str, str, str, str]
"""Story, lesson, when it was last changed and when it was handed in (both in UTC), and `late` if it was."""
PeoplePoints = Mapping[str, tuple[float, int]]
"""What people graded of one learner: by story/lesson/exercise, the share earned (0–1) and how many graded it."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody to grade, or somebody on the roster who submitted nothing; `who` is the key from run to run."""

    who: str
    name: str
    id: str = ""
    status: str = "graded"
    """`graded`, `stranger` (not on the roster), `unread` (nothing that can be graded) or `missing`; `several` if other
    people use the name too, and `unclear` for the learner on the roster whose name that is."""
    pupil: Pupil = NOBODY
    time: str = ""
    """When the answers that count were last changed, by the learner's own files, in UTC."""
    late: bool = False
    """Whether a lesson was late."""
    lessons: tuple[Times, ...] = ()
    """The times of each lesson that counts."""


@dataclass(frozen=True, slots=True)
class File:
    """One file that was parsed: its number, its kind, the learner's name in it, the path to show, its sha256."""

    seq: int
    kind: str
    named: str
    shown: str
    sha: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Why a file was assigned by a name: the person by a platform's id, and the folder of the name; '' for none.

    Two ids of one `scope` are two people; ids of different scopes may be of one. Moodle's are anew in each assignment.
    """

    person: str = ""
    scope: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class ClaimedFile:
    """A file of a learner, of whom some files are claimed: its claim, and when each lesson in it was begun."""

    seq: int
    shown: str
    claim: Claim
    begun: Mapping[tuple[str, str], str]
    """By story and lesson; only lessons with answers whose beginning is known."""


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
        except OSError as error:
            raise CopydeskError(f"{out} cannot be locked ({error.strerror})", "choose another --out") from None
        try:
            self.base = open_base(home / BASE)
            self.kept = KeptTables(self.base)
            self.base.executescript(TEMPORARY)
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> RunTables:
        return self

    def __exit__(self, *failed: Any) -> None:
        if failed[0] is None:
            self.close()
            return
        with suppress(sqlite3.Error):  # the first error says what is wrong
            self.close()

    def close(self, *, keep: bool = True) -> None:
        """Commit what was done, unless `keep` is false, and release the folder."""
        try:
            if keep:
                self.base.commit()
        finally:
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
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(seq, a.story, a.lesson, a.page, a.time, a.packed, a.begun, a.digest) for a in submission.lessons],
        )
        return seq

    def place(self, seq: int) -> Place:
        """Where a file is."""
        path, members = self.base.execute("SELECT path, members FROM files WHERE seq = ?", (seq,)).fetchone()
        return Place(json.loads(path), tuple(json.loads(members)))

    def set_platform_name(self, seq: int, *, late: bool, again: int, time: str) -> None:
        """Store what the platform says of a file: whether it was late, how often again, when it was received."""
        self.base.execute("UPDATE files SET late = ?, again = ?, received = ? WHERE seq = ?", (late, again, time, seq))

    def set_times_below(self, folder: str, time: str) -> None:
        """Store when the platform received all files in a folder."""
        inside = json.dumps(f"{folder}/")[:-1]
        self.base.execute("UPDATE files SET received = ? WHERE substr(shown, 1, ?) = ?", (time, len(inside), inside))

    def platform_times(self) -> Iterator[tuple[str, str, str, str]]:
        """File, lesson, when the answers were changed by their own account, and the earlier time of their receipt."""
        rows = self.base.execute(
            "SELECT shown, lesson, time, received FROM files JOIN answers USING (seq) "
            "WHERE received <> '' AND time > received ORDER BY seq, lesson"
        )
        yield from ((json.loads(shown), *times) for shown, *times in rows.fetchall())

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

    def assign(self, seqs: Iterable[int], learner: Learner, claim: Claim | None) -> None:
        """Make a learner the owner of some files; `claim` says why if only a name tells, and is None for an id."""
        self.add_learner(learner)
        why = json.dumps((claim.person, claim.scope, claim.folder)) if claim else None
        self.base.executemany(
            "UPDATE files SET who = ?, claim = ? WHERE seq = ?", [(learner.who, why, n) for n in seqs]
        )

    def claimed(self) -> Iterator[tuple[str, list[ClaimedFile]]]:
        """The learners with several files of which some are claimed, and all their files with answers."""
        some = "SELECT who FROM files WHERE sha <> '' GROUP BY who HAVING count(*) > 1 AND count(claim) > 0"
        rows = self.base.execute(
            "SELECT who, seq, shown, claim, story, lesson, begun FROM files JOIN answers USING (seq) "
            f"WHERE length(digest) AND who IN ({some}) ORDER BY who, seq"
        )
        for who, group in groupby(rows.fetchall(), key=lambda row: row[0]):
            files = []
            for (seq, shown, claim), lessons in groupby(group, key=lambda row: row[1:4]):
                begun = {(story, lesson): time for *_, story, lesson, time in lessons if time}
                why = Claim(*json.loads(claim)) if claim else Claim(person=SURE)
                files.append(ClaimedFile(seq, json.loads(shown), why, begun))
            yield str(who), files

    def learner(self, who: str) -> Learner:
        """The learner with a key."""
        row = self.base.execute("SELECT name, id, status, pupil FROM learners WHERE who = ?", (who,)).fetchone()
        name, id, status, pupil = row
        return Learner(who, name, id, status, Pupil.unpacked(pupil))

    def set_unclear(self, who: str) -> None:
        """Mark a learner on the roster as one whose name several people use; delete one who is not on it."""
        self.base.execute("DELETE FROM learners WHERE who = ? AND status = 'stranger'", (who,))
        self.base.execute("UPDATE learners SET status = 'unclear' WHERE who = ?", (who,))

    def add_learner(self, learner: Learner) -> None:
        """Add a learner; one who is there already stays as they are."""
        row = (learner.who, learner.name, learner.id, sort_key(learner.name), learner.status, learner.pupil.packed())
        self.base.execute(
            "INSERT OR IGNORE INTO learners (who, name, id, sort, status, pupil) VALUES (?, ?, ?, ?, ?, ?)", row
        )

    def learners(self, *, missing: bool = True) -> Iterator[Learner]:
        """The learners by name; with `missing` also those who submitted nothing."""
        rows = self.base.execute(
            "SELECT who, name, id, status, pupil, time, late, lessons FROM learners LEFT JOIN times USING (who) "
            "ORDER BY sort, who"
        )
        for who, name, id, status, pupil, time, late, lessons in rows:
            if missing or status not in ("missing", "unclear"):
                times = tuple(map(tuple, json.loads(lessons))) if lessons else ()
                yield Learner(who, name, id, status, Pupil.unpacked(pupil), time or "", bool(late), times)

    def set_statuses(self, *, roster: bool) -> None:
        """Mark learners without answers as `unread`; without a roster, make strangers `graded` like everybody."""
        some = "SELECT who FROM files JOIN answers USING (seq) WHERE who IS NOT NULL"
        self.base.execute(
            f"UPDATE learners SET status = 'unread' WHERE status NOT IN ('missing', 'unclear') AND who NOT IN ({some})"
        )
        if not roster:
            self.base.execute("UPDATE learners SET status = 'graded' WHERE status = 'stranger'")

    def set_times(self, who: str, picked: Pick) -> None:
        """Store when a learner changed and handed in what counts, and which lessons were late."""
        lessons = [
            (*a.lesson, a.answers.time, a.handed_in, "late" if late else "")
            for a, late in zip(picked.attempts, picked.late, strict=True)
        ]
        row = (who, picked.time, any(picked.late), json.dumps(lessons))
        self.base.execute("INSERT OR REPLACE INTO times VALUES (?, ?, ?, ?)", row)

    def counts(self) -> dict[str, int]:
        """How many learners have each status, and under `late` how many were late."""
        found = dict(self.base.execute("SELECT status, count(*) FROM learners GROUP BY status").fetchall())
        return found | {"late": self.base.execute("SELECT count(*) FROM times WHERE late").fetchone()[0]}

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
            "SELECT seq, shown, sha, late, again, received, story, lesson, page, time, packed, begun, digest "
            "FROM files JOIN answers USING (seq) WHERE who = ? ORDER BY seq",
            (who,),
        )
        return [
            Attempt(n, json.loads(shown), sha, bool(late), again, received, LessonAnswers(*answers))
            for n, shown, sha, late, again, received, *answers in rows
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
        except sqlite3.OperationalError:  # the disk is full or cannot be written: what is kept is whole
            base.close()
            raise
        except sqlite3.DatabaseError:
            pass
        base.close()
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    raise CopydeskError(f"{path} cannot be opened", "delete it and run again")
