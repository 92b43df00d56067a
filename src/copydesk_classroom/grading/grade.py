"""Grade a class: collect what was submitted, pick what counts, have it scored, write pages and tables.

`grade` does all of it; `Run` is the part between collecting and the summary. Nothing that was submitted is executed,
followed or changed. A worker process grades one learner: a `Task` goes in and a `Graded` comes out. Both can be
pickled, so that any executor of `concurrent.futures` will do.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from copydesk.base.documents import Json
from copydesk.base.errors import CopydeskError
from copydesk.base.files import readable_error
from copydesk.lessons.lesson import lesson_title
from copydesk.story.edition import last_moment, parse_due
from copydesk_classroom.collecting.collect import collect, drop_unknown_lessons, map_ordered
from copydesk_classroom.collecting.files import Sources
from copydesk_classroom.collecting.roster import Roster, read_roster
from copydesk_classroom.collecting.state import GRADED, HOME, Kept, Learner, RunTables
from copydesk_classroom.collecting.submissions import Pick, documents, pick
from copydesk_classroom.course import LessonId, Policy, Settings, Unit, chosen, course, offers, read_weights
from copydesk_classroom.csv_files import put
from copydesk_classroom.feedback import feedback_page
from copydesk_classroom.grading.tables import Imports, maxima, write_tables
from copydesk_classroom.marking.rubric import is_graded_by_people
from copydesk_classroom.marking.scores import Sheet, gather_grades, mark_lesson, people_of, with_grades
from copydesk_classroom.reporting.page import made_of
from copydesk_classroom.reporting.tally import contribution
from copydesk_classroom.safe_text import file_name
from copydesk_classroom.wording import Problem, Refused, class_wording


@dataclass(frozen=True, slots=True)
class Task:
    """One learner to grade: their files (path and bytes), and the picked answers in them.

    Each of `picks` is the place of a file in `files`, a story and a lesson.
    """

    who: str
    name: str
    settings: Settings
    files: tuple[tuple[str, bytes], ...]
    picks: tuple[tuple[int, str, str], ...]
    rubric: str = ""
    """The path of the file with the grades that people gave (see `scores.gather_grades`), '' without a rubric."""


@dataclass(frozen=True, slots=True)
class Graded:
    """The results of one learner.

    `scores` holds a list per lesson, None for a lesson that was not submitted; in it the score (0–1, None if not
    attempted) and the number of tries of each exercise.
    """

    who: str
    scores: list[list[tuple[float | None, int]] | None]
    page: bytes
    problems: tuple[tuple[str, Problem], ...]
    contribution: str = ""
    """What the learner adds to the class report."""
    people: dict[str, tuple[float, int]] = field(default_factory=dict)
    """What people graded (see `state.PeoplePoints`)."""


def grade_learner(task: Task) -> Graded:
    """Score the answers and make the page; no submitted answers make this fail."""
    problems: list[tuple[str, Problem]] = []
    by_lesson = _documents(task)
    units = course(task.settings)
    sheets = [_best_sheet(unit, by_lesson.get(unit.id, []), problems, task.rubric) for unit in units]
    scores = [[(m.score, m.tries) for m in sheet.marked] if sheet.marked else None for sheet in sheets]
    page = feedback_page(task.name, sheets).encode("utf-8", "replace")
    return Graded(task.who, scores, page, tuple(problems), contribution(sheets), people_of(sheets))


def _documents(task: Task) -> dict[LessonId, list[tuple[str, Json]]]:
    """The picked answers by lesson, each with the path of its file."""
    read = [documents(shown, data) for shown, data in task.files]
    found: dict[LessonId, list[tuple[str, Json]]] = {}
    for number, story, lesson in task.picks:
        found.setdefault((story, lesson), []).append((task.files[number][0], read[number][story, lesson]))
    return found


def _best_sheet(unit: Unit, tries: list[tuple[str, Json]], problems: list[tuple[str, Problem]], rubric: str) -> Sheet:
    """The sheet that earns most; under the policy `last` there is only one."""
    sheets = [with_grades(mark_lesson(unit, document, shown, problems), rubric) for shown, document in tries]
    # attempts are in the order of their times and max() returns the first of equals, so of a tie the later counts
    return max(reversed(sheets), key=lambda sheet: sheet.points, default=Sheet(unit))


Progress = Callable[[str, int, int], None]
"""Called with the current step, how many are done, and of how many (0 while that is not known)."""
COMMIT_EVERY = 64
"""After how many learners the database is committed: a run that is killed loses at most the last of these."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: where the results are, on which lessons, and how many learners of each kind."""

    out: Path
    lessons: tuple[str, ...]
    not_handed_in: tuple[str, ...]
    """Lessons that nobody submitted, of the stories on which something was submitted or that were named."""
    graded: int
    anew: int
    """How many of them were graded in this run; the others had not changed since the last."""
    missing: int
    strangers: int
    shared: int
    """How many have a name that others use too, and were graded apart."""
    unread: int
    """How many submitted nothing that can be read."""
    late: int
    problems: int
    notes: int
    changes: int
    """How many points differ from the run before, lesson by lesson."""
    texts: int = 0
    """How many texts people graded, with a rubric given."""
    several: int = 0
    """How many of these were graded by several people."""
    waiting: int = 0
    """How many texts nobody has graded yet."""
    worksheet: bool = False
    """Whether the roster was a grading worksheet of Moodle, which was filled in."""
    scales: tuple[float, ...] = ()
    """What all points are scaled to in the file for Moodle, none if they are as they are."""


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
    assignment: str | None = None,
    scale: float | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Grade all that was collected in a folder (or one zip), and write tables and feedback pages to another.

    `assignment` is the heading of one column with all points in the file for Canvas, which else has a column per
    lesson. `scale` is what all points together are worth in the files for platforms. A roster that is Moodle's grading
    worksheet is filled in, scaled to the maximum in it. `rubric` is the folder of grades that people gave texts (see
    `grading_desk`), which then count instead of the form. `executor` is any of `concurrent.futures`; the results do not
    depend on it. Raises CopydeskError if the folder, the roster, the weights or a lesson cannot be read; problems with
    submitted files go to `problems.csv`.
    """
    folder, out, tell = Path(folder), Path(out), progress or (lambda what, done, of: None)
    _check(folder, out, policy)
    if scale is not None and not 0 < scale <= 100_000:
        raise CopydeskError(f"the points cannot be scaled to {scale:g}", "give a number above 0, for example 100")
    due_time, named = late_after(due), bool(story or weights or lessons)  # what is named may be of any story
    offered = offers(story, folder) if named else {}
    factors = read_weights(Path(weights) if isinstance(weights, str) else weights, offered)
    sources = Sources(folder, leave_out=(out, roster, weights, rubric))
    with _one_sentence(out), closing(sources), RunTables(out) as tables:
        imports = Imports(read_roster(Path(roster)) if roster else None, assignment, scale)
        names = Roster(imports.roster.pupils() if imports.roster else ())
        for twin in names.twins:
            tables.add_problem(Path(roster or "").name, Problem("twins", twin))
        collect(sources, tables, names, executor, lambda done: tell("collecting", done, 0))
        offered = offered if named else offers(None, folder, only={of for of, _, _ in tables.lessons()})
        found = drop_unknown_lessons(tables, names, offered, story)
        graded = ((*i, str(offered[i].story.folder)) for i in chosen(offered, lessons, found))
        settings = Settings(tuple(graded), tuple(sorted(factors.items())), policy)
        people = gather_grades(Path(rubric) if rubric else None, out / HOME)
        run = Run(out, tables, sources, settings, due_time, tell, people)
        anew = run.mark_all(executor)
        changes = run.publish(imports)
        left = {lesson for _, lesson in offered} - {lesson for _, lesson in found} if lessons is None else ()
        return _summary(run, anew, changes, tuple(sorted(left)), imports)


@contextmanager
def _one_sentence(out: Path) -> Iterator[None]:
    """Turn what the disk or the database says into a sentence; what was graded so far is kept."""
    try:
        yield
    except OSError as error:
        raise readable_error(error, Path(error.filename or out), "written") from error
    except sqlite3.Error as error:
        problem = f"the results in {out} cannot be kept ({error})"
        raise CopydeskError(problem, "make room there, and run the same command again; it continues") from error


def _check(folder: Path, out: Path, policy: str) -> None:
    if not folder.exists():
        raise CopydeskError(f"there is no folder {folder}", "name the folder with the submissions, or one zip")
    if out.resolve() == folder.resolve() or out.is_file():
        raise CopydeskError(f"{out} cannot take the results", "name another folder for them")
    if policy not in ("last", "best"):
        raise CopydeskError(f"there is no policy '{policy}'", "use last or best")


def late_after(due: str | dt.date | None) -> str:
    """The last time that is not late, in UTC, '' for none.

    A day without a time lasts until midnight, and a time without seconds to the end of its minute. A time without a
    zone is in the zone of this computer. Raises CopydeskError for anything else.

    >>> late_after("2026-03-01T12:00+02:00"), late_after(None)
    ('2026-03-01T10:00:59Z', '')
    """
    given = parse_due(due)
    return "" if given is None else last_moment(given).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class Run:
    """One run over a class that was collected into `tables`; `due` is in UTC, '' for none."""

    out: Path
    tables: RunTables
    sources: Sources
    settings: Settings
    due: str
    tell: Progress
    rubric: str = ""
    """The path of the file with the grades that people gave, '' without a rubric."""
    _rules: str = field(init=False)
    """The fingerprint of all that decides a grade apart from the answers."""
    _under_way: dict[str, tuple[str, str]] = field(init=False, default_factory=dict)
    """The hash and the page's file of each learner who is being graded."""

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
        """Grade every learner who has changed since the last run, and keep the results; returns how many."""
        self.pages.mkdir(parents=True, exist_ok=True)
        for stray in self.pages.glob(".*.tmp"):  # a run that was killed while it wrote a page leaves these
            stray.unlink(missing_ok=True)
        of = sum(n for state, n in self.tables.counts().items() if state in GRADED)
        anew = 0
        for anew, graded in enumerate(map_ordered(grade_learner, self._tasks(of), executor), 1):
            self._keep(graded)
            if anew % COMMIT_EVERY == 0:
                self.tables.base.commit()
        for page in self.tables.kept.forget_gone():
            (self.pages / page).unlink(missing_ok=True)
        self.tables.base.commit()
        return anew

    def _tasks(self, of: int) -> Iterator[Task]:
        ids = {u.id for u in self.units}
        for done, learner in enumerate(self.tables.learners(missing=False), 1):
            if learner.status == "unread":
                continue
            attempts = [a for a in self.tables.attempts(learner.who) if a.lesson in ids]
            picked = pick(attempts, self.settings.policy, due=self.due)
            self.tables.set_times(learner.who, picked)
            for shown, problem in picked.problems:
                self.tables.add_problem(shown, problem)
            if not self._is_unchanged(learner, picked):
                yield self._task(learner, picked)
            self.tell("grading", done, of)

    def _is_unchanged(self, learner: Learner, picked: Pick) -> bool:
        """Whether the results of the last run still hold; if so, its problems are added to this run's."""
        # The path counts too, because the problems that are kept name it.
        rules = f"{self._rules}\n{learner.name}\n{Path(self.rubric).name}"
        found = hashlib.sha256(rules.encode("utf-8", "replace"))
        for a in picked.attempts:
            found.update(repr((a.sha, a.shown, a.lesson)).encode())
        now = found.hexdigest(), file_name(learner.name, learner.who)
        kept = self.tables.kept.graded(learner.who)
        if kept is None or (kept.hash, kept.page) != now or not (self.pages / kept.page).is_file():
            self._under_way[learner.who] = now
            return False
        for shown, *problem in kept.problems:
            self.tables.add_problem(shown, Problem(*problem))
        return True

    def _task(self, learner: Learner, picked: Pick) -> Task:
        files: list[tuple[str, bytes]] = []
        picks: list[tuple[int, str, str]] = []
        for file in {a.seq: a for a in picked.attempts}.values():
            try:
                data = self.sources.read(self.tables.place(file.seq))
                if hashlib.sha256(data).hexdigest() != file.sha:
                    raise Refused("changed")
            except Refused as refused:  # the file was there a moment ago
                self.tables.add_problem(file.shown, refused.problem)
                continue
            picks += [(len(files), *a.lesson) for a in picked.attempts if a.seq == file.seq]
            files.append((file.shown, data))
        return Task(learner.who, learner.name, self.settings, tuple(files), tuple(picks), self.rubric)

    def _keep(self, graded: Graded) -> None:
        found, page = self._under_way.pop(graded.who)
        old = self.tables.kept.graded(graded.who)
        if old and old.page != page:
            (self.pages / old.page).unlink(missing_ok=True)
        put(self.pages / page, graded.page)
        for shown, problem in graded.problems:
            self.tables.add_problem(shown, problem)
        problems = [[shown, problem.name, problem.detail] for shown, problem in graded.problems]
        kept = Kept(found, page, graded.scores, problems, graded.people)
        self.tables.kept.set_graded(graded.who, kept, graded.contribution)

    def publish(self, imports: Imports) -> int:
        """Write the tables and the class report; returns how many points differ from the run before."""
        self.tell("writing", 0, 0)
        self.tables.base.commit()
        try:
            changes = write_tables(self.out, self.tables, self.units, imports)
        except BaseException:
            self.tables.base.rollback()  # the next run must find the same changes since the last that was written
            raise
        counts = self.tables.counts()
        # `copydesk report` makes a report later from this, and uses the fingerprint to see whether that is still valid
        left = {name: counts.get(name, 0) for name in ("missing", "unread")}
        self.tables.kept.set_course(json.dumps({"rules": self._rules, "counts": left, **asdict(self.settings)}))
        made = made_of(self.tables.kept, self.units, counts)
        put(self.out / "report.html", made.html.encode("utf-8", "replace"))
        self.tables.base.commit()
        return changes


def _summary(run: Run, anew: int, changes: int, left: tuple[str, ...], imports: Imports) -> Summary:
    counts, problems = run.tables.counts(), Counter(problem.what for *_, problem in run.tables.problems())
    people = people_counts(run.tables, run.units) if run.rubric else Counter[str]()
    states = {n: counts.get(n, 0) for n in ("missing", "unread", "late", *GRADED)}
    return Summary(
        run.out,
        tuple(u.name for u in run.units),
        left,
        graded=sum(states[n] for n in GRADED),
        anew=anew,
        missing=states["missing"],
        strangers=states["stranger"],
        shared=states["several"],
        unread=states["unread"],
        late=states["late"],
        problems=problems.total() - problems["note"],
        notes=problems["note"],
        changes=changes,
        texts=people["texts"],
        several=people["several"],
        waiting=people["waiting"],
        worksheet=imports.worksheet is not None,
        scales=(imports.scale,)
        if imports.scale
        else tuple(sorted(maxima(imports.worksheet) if imports.worksheet else ())),
    )


def summary_lines(summary: Summary, *, on_a_page: bool = False) -> list[str]:
    """The lines that say what a run did; on a page, lessons go by their titles, and no folder or option is named."""
    say, s = class_wording("grade"), summary
    called: Callable[[str], str] = lesson_title if on_a_page else str
    if not s.graded:
        return [say["nothing_on_a_page"] if on_a_page else say["nothing"].format(out=s.out)]
    lines = [say["graded"].format(n=s.graded, lessons=", ".join(map(called, s.lessons)))]
    lines += [say["anew"].format(n=s.anew, rest=s.graded - s.anew)] if s.anew < s.graded else []
    if s.not_handed_in:
        nobody = say["not_handed_in"].format(lessons=", ".join(map(called, s.not_handed_in)))
        lines.append(nobody if on_a_page else f"{nobody} {say['choose']}")
    names = (
        "missing",
        "strangers",
        "shared",
        "unread",
        "late",
        "texts",
        "several",
        "waiting",
        "problems",
        "notes",
        "changes",
    )
    for name in names:
        if count := getattr(s, name):
            lines.append(say[name].format(n=count))
    if s.worksheet or s.scales:
        scales = ", ".join(f"{n:g}" for n in s.scales)
        lines.append(say["worksheet" if s.worksheet else "scaled"].format(scales=scales or say["unscaled"]))
    return lines if on_a_page else [*lines, say["written"].format(out=s.out)]


def people_counts(tables: RunTables, units: Sequence[Unit]) -> Counter[str]:
    """How many texts people graded, how many of these several people graded, and how many nobody has graded yet."""
    counts: Counter[str] = Counter()
    for learner in tables.learners(missing=False):
        kept = tables.kept.graded(learner.who)
        for unit, given in zip(units, kept.scores, strict=True) if kept else ():
            for exercise, (score, _) in zip(unit.lesson.exercises, given or (), strict=bool(given)):
                if kept and score is not None and is_graded_by_people(exercise):
                    by = kept.people.get(f"{unit.id[0]}/{exercise.key_name}", (0, 0))[1]
                    counts["texts" if by else "waiting"] += 1
                    counts["several"] += by > 1
    return counts
