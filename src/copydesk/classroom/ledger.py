"""What a run knows, in a small database: a large class needs no more memory than a small one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from filelock import FileLock, Timeout

from copydesk.classroom.book import Book, open_base
from copydesk.classroom.faults import Fault
from copydesk.classroom.inert import sort_key
from copydesk.classroom.papers import Paper, Work
from copydesk.classroom.picks import Handed
from copydesk.classroom.roster import NOBODY, Pupil
from copydesk.classroom.sources import Found, Place
from copydesk.errors import CopydeskError

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


class Ledger:
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
        self.book = Book(self.base)
        self.base.executescript(PASSING)

    def close(self, *, keep: bool = True) -> None:
        """Keep what was done so far, and let others in."""
        if keep:
            self.base.commit()
        self.base.close()
        self._lock.release()

    def add_file(self, found: Found, paper: Paper | None, folder: str = "") -> int:
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

    def add_problem(self, shown: str, fault: Fault) -> None:
        """Note what is wrong with a file."""
        row = (json.dumps(shown), fault.name, json.dumps(fault.detail))
        self.base.execute("INSERT OR IGNORE INTO problems VALUES (?, ?, ?)", row)

    def add_other(self, seq: int, fault: Fault) -> None:
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
                self.add_problem(path, Fault(fault))

    def problems(self) -> Iterator[tuple[str, str, Fault]]:
        """File, learner and fault, in the order of the files."""
        rows = self.base.execute(
            "SELECT shown, (SELECT learners.name FROM files JOIN learners USING (who) "
            "WHERE files.shown = problems.shown LIMIT 1), name, detail FROM problems ORDER BY shown, name, detail"
        )
        for shown, learner, name, detail in rows:
            yield json.loads(shown), learner or "", Fault(name, json.loads(detail))

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

    def drop(self, lesson: tuple[str, str, str], fault: Fault | None) -> None:
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
