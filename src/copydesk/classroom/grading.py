"""Grade a class: collect, choose, score, give back. Nothing that was handed in is executed, followed or changed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copydesk.classroom.collecting import collect, settle
from copydesk.classroom.course import LessonId, Policy, Settings, chosen, offers
from copydesk.classroom.faults import Fault
from copydesk.classroom.ledger import HOME, Ledger
from copydesk.classroom.roster import Roster, read_roster
from copydesk.classroom.rubric_marks import gathered, people_counts
from copydesk.classroom.run import Progress, Run
from copydesk.classroom.sources import Sources
from copydesk.classroom.weights import read_weights
from copydesk.errors import CopydeskError
from copydesk.lessons import Lesson


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
    latest, offered = moment(due), offers(story, folder)
    factors = read_weights(Path(weights) if isinstance(weights, str) else weights, offered)
    ledger, sources = Ledger(out), Sources(folder, leave_out=(out, roster, weights, rubric))
    try:
        names = Roster(ledger.base)
        for twin in names.add(read_roster(Path(roster))) if roster else ():
            ledger.add_problem(Path(roster or "").name, Fault("twins", twin))
        collect(sources, ledger, names, executor, lambda done: tell("collecting", done, 0))
        found = settle(ledger, names, offered, story)
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


def moment(due: str | dt.date | None) -> str:
    """The last moment that is not late, in UTC; a day lasts until midnight here, and so does a time without a zone.

    >>> moment("2026-03-01T12:00+02:00"), moment(None)
    ('2026-03-01T10:00:00Z', '')
    """
    if due is None or due == "":
        return ""
    try:
        given = due if isinstance(due, dt.date) else dt.datetime.fromisoformat(due.strip())
    except ValueError:
        raise CopydeskError(f"'{due}' is no date", "write 2026-03-01 or 2026-03-01T23:59") from None
    is_day = not isinstance(given, dt.datetime) or (isinstance(due, str) and len(due.strip()) == 10)
    end = dt.datetime.combine(given, dt.time(23, 59, 59)) if is_day else given
    assert isinstance(end, dt.datetime)
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
