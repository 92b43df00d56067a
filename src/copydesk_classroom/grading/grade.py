"""One run: choose what counts, have it scored, keep scores and pages, write the tables.

Grade a class: collect, choose, score, give back. Nothing that was handed in is executed, followed or changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from copydesk.base.errors import CopydeskError
from copydesk.lessons.lesson import Lesson
from copydesk.story.edition import parse_due
from copydesk_classroom.collecting.collect import collect, drop_unknown_lessons
from copydesk_classroom.collecting.files import Sources
from copydesk_classroom.collecting.roster import Roster, read_roster
from copydesk_classroom.collecting.state import HOME, Kept, Learner, RunTables
from copydesk_classroom.collecting.submissions import Pick, pick
from copydesk_classroom.course import LessonId, Policy, Settings, Unit, chosen, course, offers, read_weights
from copydesk_classroom.csv_files import put
from copydesk_classroom.grading.learner import Graded, Task, grade_learner
from copydesk_classroom.grading.tables import write_tables
from copydesk_classroom.marking.rubric import is_graded_by_people
from copydesk_classroom.marking.scores import gathered
from copydesk_classroom.pool import map_ordered
from copydesk_classroom.problems import Problem, Refused
from copydesk_classroom.reporting.page import made_of
from copydesk_classroom.safe_text import file_name

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many (0 while nobody knows)."""
KEEP_EVERY = 64
"""So many learners' work at most is done again after a run was killed."""


@dataclass(slots=True)
class Run:
    """One run over what was collected."""

    out: Path
    ledger: RunTables
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
        for anew, graded in enumerate(map_ordered(grade_learner, self._tasks(of), executor), 1):
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
            self.ledger.add_problem(shown, Problem(*fault))
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
        self.ledger.book.set_slip(graded.who, graded.contribution)

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


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: where, on which lessons, and how many of each."""

    out: Path
    lessons: tuple[str, ...]
    not_handed_in: tuple[str, ...]
    """Lessons that are offered and that nobody handed in."""
    graded: int
    anew: int
    """How many of them were graded in this run; the others had not changed since the last."""
    missing: int
    strangers: int
    unread: int
    """How many handed in nothing that can be read."""
    late: int
    problems: int
    notes: int
    changes: int
    """How many points differ from the run before, lesson by lesson."""
    texts: int = 0
    """How many texts people graded, with a rubric given; of these, how many several graded; how many wait."""
    several: int = 0
    waiting: int = 0


def grade(  # noqa: PLR0913
    folder: Path | str,
    out: Path | str,
    *,
    story: str | None = None,
    lessons: Sequence[str] | None = None,
    roster: Path | str | None = None,
    policy: Policy = "last",
    due: str | dt.date | None = None,
    weights: Path | str | Mapping[str, Any] | None = None,
    rubric: Path | str | None = None,
    assignment: str = "Copydesk",
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Grade all that was collected in a folder (or one zip), and write tables and feedback pages to another.

    `rubric` is the folder of grades that people gave texts (see `grading_desk`), which then count instead of the form.
    `executor` is any of `concurrent.futures`; the results do not depend on it. Raises CopydeskError if the folder, the
    roster, the weights or a lesson cannot be had; what is wrong with what was handed in goes to `problems.csv`.
    """
    folder, out, tell = Path(folder), Path(out), progress or (lambda what, done, of: None)
    _check(folder, out, policy)
    latest, offered = late_after(due), offers(story, folder)
    factors = read_weights(Path(weights) if isinstance(weights, str) else weights, offered)
    ledger, sources = RunTables(out), Sources(folder, leave_out=(out, roster, weights, rubric))
    try:
        names = Roster(ledger.base)
        for twin in names.add(read_roster(Path(roster))) if roster else ():
            ledger.add_problem(Path(roster or "").name, Problem("twins", twin))
        collect(sources, ledger, names, executor, lambda done: tell("collecting", done, 0))
        found = drop_unknown_lessons(ledger, names, offered, story)
        ids = chosen(offered, lessons, found)
        settings = _settings(ids, offered, factors, policy)
        people = gathered(Path(rubric) if rubric else None, out / HOME)
        run = Run(out, ledger, sources, settings, latest, tell, people)
        anew = run.mark_all(executor)
        changes = run.publish(assignment)
        left = {lesson for _, lesson in offered} - {lesson for _, lesson in found} if lessons is None else ()
        return _summary(run, anew, changes, tuple(sorted(left)))
    finally:
        sources.close()
        ledger.close()


def _check(folder: Path, out: Path, policy: str) -> None:
    if not folder.exists():
        raise CopydeskError(f"there is no folder {folder}", "name the folder with what was handed in, or one zip")
    if out.resolve() == folder.resolve() or out.is_file():
        raise CopydeskError(f"{out} cannot take the results", "name another folder for them")
    if policy not in ("last", "best"):
        raise CopydeskError(f"there is no policy '{policy}'", "use last or best")


def _settings(
    ids: list[LessonId], offered: Mapping[LessonId, Lesson], factors: dict[str, float], policy: Policy
) -> Settings:
    lessons = tuple((*i, str(offered[i].story.folder)) for i in ids)
    return Settings(lessons, tuple(sorted(factors.items())), policy)


def late_after(due: str | dt.date | None) -> str:
    """The last moment that is not late, in UTC; a day lasts until midnight here, and a time without a zone is here.

    >>> late_after("2026-03-01T12:00+02:00"), late_after(None)
    ('2026-03-01T10:00:00Z', '')
    """
    given = parse_due(due)
    if given is None:
        return ""
    end = given if isinstance(given, dt.datetime) else dt.datetime.combine(given, dt.time(23, 59, 59))
    return end.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _summary(run: Run, anew: int, changes: int, left: tuple[str, ...]) -> Summary:
    counts, problems = run.ledger.counts(), Counter(fault.what for *_, fault in run.ledger.problems())
    people = people_counts(run.ledger, run.units) if run.rubric else Counter[str]()
    states = {n: counts.get(n, 0) for n in ("missing", "stranger", "unread", "late", "graded")}
    return Summary(
        run.out,
        tuple(u.name for u in run.units),
        left,
        graded=states["graded"] + states["stranger"],
        anew=anew,
        missing=states["missing"],
        strangers=states["stranger"],
        unread=states["unread"],
        late=states["late"],
        problems=problems.total() - problems["note"],
        notes=problems["note"],
        changes=changes,
        texts=people["texts"],
        several=people["several"],
        waiting=people["waiting"],
    )


def people_counts(ledger: RunTables, units: Sequence[Unit]) -> Counter[str]:
    """How many texts people graded, how many of these several did, and how many wait for somebody."""
    counts: Counter[str] = Counter()
    for learner in ledger.learners(missing=False):
        kept = ledger.book.graded(learner.who)
        for unit, given in zip(units, kept.scores, strict=True) if kept else ():
            for exercise, (score, _) in zip(unit.lesson.exercises, given or (), strict=bool(given)):
                if kept and score is not None and is_graded_by_people(exercise):
                    by = kept.people.get(f"{unit.id[0]}/{exercise.key_name}", (0, 0))[1]
                    counts["texts" if by else "waiting"] += 1
                    counts["several"] += by > 1
    return counts


def keep_course(ledger: RunTables, settings: Settings, rules: str) -> None:
    """Keep what the class was graded on, so that a report can be made later; `rules` is the settings' fingerprint."""
    counts = ledger.counts()
    about = {
        "rules": rules,
        "counts": {name: counts.get(name, 0) for name in ("missing", "unread")},
        **asdict(settings),
    }
    ledger.book.set_course(json.dumps(about))
