"""One run: choose what counts, have it scored, keep scores and pages, write the tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from copydesk.classroom.book import Kept
from copydesk.classroom.class_report import keep_course, made_of
from copydesk.classroom.course import Settings, Unit, course
from copydesk.classroom.csv_file import put
from copydesk.classroom.faults import Fault, Refused
from copydesk.classroom.inert import file_name
from copydesk.classroom.ledger import Learner, Ledger
from copydesk.classroom.marking import Graded, Task, grade_learner
from copydesk.classroom.picks import Pick, pick
from copydesk.classroom.pool import in_order
from copydesk.classroom.sources import Sources
from copydesk.classroom.tables import write_tables

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many (0 while nobody knows)."""
KEEP_EVERY = 64
"""So many learners' work at most is done again after a run was killed."""


@dataclass(slots=True)
class Run:
    """One run over what was collected."""

    out: Path
    ledger: Ledger
    sources: Sources
    settings: Settings
    latest: str
    tell: Progress
    rubric: str = ""
    """The file with what people gave texts, if any."""
    _rules: str = field(init=False)
    _under_way: dict[str, tuple[str, str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._rules = self.settings.fingerprint()

    @property
    def units(self) -> tuple[Unit, ...]:
        """The lessons that are graded."""
        return course(self.settings)

    @property
    def pages(self) -> Path:
        """The folder of the feedback pages."""
        return self.out / "feedback"

    def mark_all(self, executor: Executor | None) -> int:
        """Score whoever has changed since the last run, write the pages, and remember; gives back how many."""
        self.pages.mkdir(parents=True, exist_ok=True)
        for stray in self.pages.glob(".*.tmp"):
            stray.unlink(missing_ok=True)
        of = sum(n for state, n in self.ledger.counts().items() if state in ("graded", "stranger"))
        anew = 0
        for anew, graded in enumerate(in_order(grade_learner, self._tasks(of), executor), 1):
            self._keep(graded)
            if anew % KEEP_EVERY == 0:
                self.ledger.base.commit()
        for page in self.ledger.book.forget_gone():
            (self.pages / page).unlink(missing_ok=True)
        self.ledger.base.commit()
        return anew

    def _tasks(self, of: int) -> Iterator[Task]:
        ids = {u.id for u in self.units}
        for done, learner in enumerate(self.ledger.learners(missing=False), 1):
            if learner.status == "unread":
                continue
            handed = [h for h in self.ledger.works(learner.who) if h.lesson in ids]
            picked = pick(handed, self.settings.policy, due=self.latest, by_name=learner.who.startswith("name:"))
            self.ledger.stand(learner.who, picked.time, picked.late)
            for shown, fault in picked.faults:
                self.ledger.add_problem(shown, fault)
            task = None if self._as_before(learner, picked) else self._task(learner, picked)
            if task:
                yield task
            self.tell("grading", done, of)

    def _as_before(self, learner: Learner, picked: Pick) -> bool:
        """Whether nothing has changed since this learner was graded last; if so, what was wrong then is noted again."""
        rules = f"{self._rules}\n{learner.name}\n{Path(self.rubric).name}"
        found = hashlib.sha256(rules.encode("utf-8", "replace"))
        for h in picked.works:
            found.update(repr((h.sha, h.shown, h.lesson)).encode())
        self._under_way[learner.who] = found.hexdigest(), file_name(learner.name, learner.who)
        kept = self.ledger.book.graded(learner.who)
        if (
            kept is None
            or (kept.hash, kept.page) != self._under_way[learner.who]
            or not (self.pages / kept.page).is_file()
        ):
            return False
        del self._under_way[learner.who]
        for shown, *fault in kept.faults:
            self.ledger.add_problem(shown, Fault(*fault))
        return True

    def _task(self, learner: Learner, picked: Pick) -> Task:
        files: list[tuple[str, bytes]] = []
        picks: list[tuple[int, str, str]] = []
        for file in {h.seq: h for h in picked.works}.values():
            try:
                data = self.sources.read(self.ledger.place(file.seq))
                if hashlib.sha256(data).hexdigest() != file.sha:
                    raise Refused("changed")
            except Refused as refused:  # it was there a moment ago
                self.ledger.add_problem(file.shown, refused.fault)
                continue
            picks += [(len(files), *h.lesson) for h in picked.works if h.seq == file.seq]
            files.append((file.shown, data))
        return Task(learner.who, learner.name, self.settings, tuple(files), tuple(picks), self.rubric)

    def _keep(self, graded: Graded) -> None:
        found, page = self._under_way.pop(graded.who)
        old = self.ledger.book.graded(graded.who)
        if old and old.page != page:
            (self.pages / old.page).unlink(missing_ok=True)
        put(self.pages / page, graded.page)
        for shown, fault in graded.faults:
            self.ledger.add_problem(shown, fault)
        faults = [[shown, fault.name, fault.detail] for shown, fault in graded.faults]
        self.ledger.book.set_graded(graded.who, Kept(found, page, graded.scores, faults, graded.people))
        self.ledger.book.set_slip(graded.who, graded.slip)

    def publish(self, assignment: str) -> int:
        """Write the tables, and what changed."""
        self.tell("writing", 0, 0)
        changes = write_tables(self.out, self.ledger, self.units, assignment)
        keep_course(self.ledger, self.settings, self._rules)
        put(
            self.out / "report.html",
            made_of(self.ledger.book, self.units, self.ledger.counts()).html.encode("utf-8", "replace"),
        )
        self.ledger.base.commit()
        return changes
