"""Read every submitted file once, and assign each to its owner.

A file's owner is found in this order: the name that the platform gave the file; a folder or file name that is on the
roster; the name in the file itself; the folder around it. What a platform wrote counts more than what a learner wrote,
and an outer folder more than an inner one, so that nobody can submit as another by naming a folder or a file so.
Where only a name tells, two people may have it, and their work is kept apart: see `separate_claims`.
`latest_answers` reads a class without grading it.
"""

from __future__ import annotations

import datetime as dt
import gc
import re
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from copydesk.base.documents import Json
from copydesk.lessons.lesson import Lesson
from copydesk_classroom.collecting.files import Found, Sources
from copydesk_classroom.collecting.platforms import SAKAI_TIME, parse_platform_name, sakai_time
from copydesk_classroom.collecting.roster import Pupil, Roster, read_roster
from copydesk_classroom.collecting.state import SURE, Claim, ClaimedFile, Learner, RunTables
from copydesk_classroom.collecting.submissions import Submission, documents, parse_submission, pick
from copydesk_classroom.course import LessonId, Policy
from copydesk_classroom.safe_text import one_line
from copydesk_classroom.wording import Problem, Refused

if TYPE_CHECKING:
    from copydesk_classroom.collecting.state import RunTables


STEM = re.compile(r"(handin_)?(?P<name>.+?)(\.json)?(\.txt|\.bak)?", re.IGNORECASE | re.DOTALL)
"""A file's name, with the part that a learner may be named in."""
QUIET = ("alien", "notebook", "other")
"""Problems of files without answers, which count only if the learner submitted nothing else."""


def collect(
    sources: Sources, tables: RunTables, roster: Roster, executor: Executor | None, tell: Callable[[int], None]
) -> None:
    """Parse every file of `sources`, add it to `tables`, and assign it to its owner.

    `tell` is called with the number of files parsed so far.
    """
    waiting: deque[Found] = deque()
    times: dict[str, str] = {}

    def readable() -> Iterator[tuple[str, bytes]]:
        for found in sources.walk():
            try:
                if PurePosixPath(found.shown).name == SAKAI_TIME:
                    times[str(PurePosixPath(found.shown).parent)] = sakai_time(sources.read(found.place))
                    continue
                if found.problem:
                    raise Refused(found.problem.name, found.problem.detail)
                data = sources.read_counted(found)
            except Refused as refused:
                _add(tables, roster, found, Submission("none", "", problems=(refused.problem,)))
            else:
                waiting.append(found)
                yield found.shown, data

    # files are read here and parsed by the executor; results come in the order of `waiting`
    for number, submission in enumerate(map_ordered(_parse, readable(), executor), 1):
        _add(tables, roster, waiting.popleft(), submission)
        tell(number)
    assign_remaining(tables, roster, one_line(sources.folder.resolve().name))
    for folder, time in times.items():
        tables.set_times_below(folder, time)
    report_times(tables)
    separate_claims(tables)


def _parse(given: tuple[str, bytes]) -> Submission:
    try:
        return parse_submission(*given)
    except Exception as error:  # a file that nobody thought of must not stop the grading of a class
        return Submission("none", "", problems=(Problem("damaged", f"cannot be read ({type(error).__name__})"),))


def _add(tables: RunTables, roster: Roster, found: Found, submission: Submission) -> None:
    seq = tables.add_file(found, submission, folder_of(found.shown, submission))
    assign_by_path(tables, roster, seq, found.shown)
    backup = found.shown.lower().endswith(".bak")
    for problem in submission.problems:
        if problem.name in QUIET:
            tables.add_other(seq, problem)
        elif not backup:  # the kit's backup is of use only if the file itself is damaged, which is reported
            tables.add_problem(found.shown, problem)


def folder_of(shown: str, submission: Submission) -> str:
    """The folder around a file; for an answer file the one around `answers/<story>/<lesson>.json`."""
    folder = PurePosixPath(shown).parent
    if submission.kind in ("answers", "learner"):
        stories = {a.story.casefold() for a in submission.lessons}
        folder = folder.parent if folder.name.casefold() in stories else folder
        folder = folder.parent if folder.name.casefold() == "answers" else folder
    return "" if str(folder) == "." else str(folder)


def assign_by_path(tables: RunTables, roster: Roster, seq: int, shown: str) -> None:
    """Assign a file to its owner if its path tells: by the platform's name, or by a part that is on the roster.

    An id decides. A name may be that of several people, so a file that it tells of is only claimed by it.
    """
    parts = PurePosixPath(shown).parts
    named = parse_platform_name(parts)
    by_id = roster.find_id(*named.ids) if named else None
    pupil = by_id or (roster.find_name(named.name) if named else None)
    if named and (pupil or named.sure):
        owner = pupil or Pupil(one_line(named.name or named.ids[-1]))
        if named.platform == "moodle":  # the import finds a learner by the number in the file name
            owner = replace(owner, participant=named.ids[-1])
        elif not (owner.id or owner.login):
            owner = replace(owner, id=named.ids[-1])
        learner = _learner(owner, pupil.key if pupil else named.key, known=pupil is not None)
        claim = Claim(person=named.key, scope=named.scope) if pupil and not by_id else None
        tables.assign([seq], learner, claim)
        tables.set_platform_name(seq, late=named.late, again=named.again, time=named.time)
        return
    if not parts:  # the folder itself, which could not be listed
        return
    stem = STEM.fullmatch(parts[-1])
    for n, part in enumerate((*parts[:-1], stem["name"] if stem else parts[-1]), 1):  # from the outermost inwards
        if pupil := roster.find_id_in(part):
            tables.assign([seq], _learner(pupil, pupil.key), None)
            return
        if pupil := roster.find_name_in(part):
            tables.assign([seq], _learner(pupil, pupil.key), Claim(folder="/".join(parts[:n])))
            return


def assign_remaining(tables: RunTables, roster: Roster, top: str) -> None:
    """Assign all other files with answers, by the name in them, else by the folder around them.

    `top` names the learner whose answers are in no folder.
    """
    for folder, files in tables.unowned():
        answers, handins = [f for f in files if f.kind != "handin"], [f for f in files if f.kind == "handin"]
        # Answer files in one folder are one learner's: the kit writes them so, and asks for one name. Hand-ins
        # in one folder may be those of a whole class, so each is assigned by itself.
        if any(f.kind == "answers" for f in answers):
            names = [f.named for f in answers if one_line(f.named)]
            learner = _named(roster, names[-1]) if names else _placed(folder or ".", top)
            tables.assign([f.seq for f in answers], learner, Claim(folder=folder or "."))
        alone = folder if len({f.sha for f in handins}) == 1 else ""  # then the folder's name is the learner's
        for file in handins:
            learner = _named(roster, file.named) if one_line(file.named) else _placed(alone or file.shown, top)
            tables.assign([file.seq], learner, Claim())
            if not one_line(file.named):
                tables.add_problem(file.shown, Problem("nameless", learner.name))


def _named(roster: Roster, named: str) -> Learner:
    """The learner with a name that was found in a file: on the roster, or a stranger."""
    name = one_line(named)
    pupil = roster.find_id(name) or roster.find_name(name)
    if pupil:
        return _learner(pupil, pupil.key)
    return _learner(Pupil(name), f"name:{name.casefold()}", known=False)


def _placed(place: str, top: str) -> Learner:
    """A learner of whom only a folder or a file is known."""
    name = one_line(PurePosixPath(place).name.removesuffix(".zip")) or top
    return _learner(Pupil(name), f"place:{one_line(ascii(place), most=4000)}", known=False)


def _learner(pupil: Pupil, who: str, *, known: bool = True) -> Learner:
    """A learner with the key `who`; one who is not `known` from the roster is a stranger."""
    name = pupil.name or pupil.sis or pupil.id or pupil.email or pupil.participant
    number = pupil.sis or pupil.id or pupil.participant
    return Learner(who, name, number, "graded" if known else "stranger", pupil)


def report_times(tables: RunTables) -> None:
    """Name each file whose answers were changed, by its own account, after the platform had received it.

    The times in a file are the learner's own and can be changed. A day's difference may be one of clocks or zones.
    """
    for shown, lesson, changed, received in tables.platform_times():
        if dt.datetime.fromisoformat(changed) - dt.datetime.fromisoformat(received) > dt.timedelta(days=1):
            tables.add_problem(shown, Problem("times", f"{lesson}: {changed}, {received}"))


def drop_unknown_lessons(
    tables: RunTables, roster: Roster, offered: Mapping[LessonId, Lesson], wanted: str | None
) -> list[tuple[str, str]]:
    """Drop answers to lessons that are not offered, or made for another version of the page; returns the lessons left.

    With one story `wanted`, answers to other stories are dropped without a word. Then everything about the class is
    known: learners on the roster without files are added, each gets a status, and equal answers are reported.
    """
    for story, lesson, page in tables.lessons():
        known = offered.get((story, lesson))
        if known is None:
            elsewhere = wanted is not None and story not in {s for s, _ in offered}
            tables.drop((story, lesson, page), None if elsewhere else Problem("unknown", f"{story}/{lesson}"))
        elif page not in ("", known.story.about["sha256"]):
            tables.drop((story, lesson, page), Problem("page", lesson))
    for pupil in roster:  # those who are there already stay as they are
        tables.add_learner(replace(_learner(pupil, pupil.key), status="missing"))
    tables.set_statuses(roster=len(roster) > 0)
    tables.report_others()
    for shown, names in tables.same_answers():
        more = f" (+{len(names) - 3})" if len(names) > 3 else ""
        tables.add_problem(shown, Problem("same_answers", "; ".join(names[:3]) + more))
    return sorted({(story, lesson) for story, lesson, _ in tables.lessons()})


T = TypeVar("T")
R = TypeVar("R")

MOST_BATCHES = 12
"""How many batches are submitted and not yet collected: enough for several workers, few enough for a flat memory."""


def map_ordered(
    work: Callable[[T], R], values: Iterable[T], executor: Executor | None, *, batch: int = 4
) -> Iterator[R]:
    """The results of `work`, in the order of `values`; without an executor they are computed in this process.

    Values are read lazily, `batch` of them per job. An exception in `work` is raised here and cancels what is waiting.

    >>> [*map_ordered(abs, [-1, -2, -3], None)]
    [1, 2, 3]
    """
    if executor is None:
        for value in values:
            yield from _run_batch(work, [value])
        return
    rest = iter(values)
    waiting: deque[Future[list[R]]] = deque()
    try:
        # Executor.map would read all values at once, and each holds a learner's files
        while some := [*islice(rest, batch)]:
            waiting.append(executor.submit(_run_batch, work, some))
            if len(waiting) >= MOST_BATCHES:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _run_batch(work: Callable[[T], R], values: list[T]) -> list[R]:
    """The results for one batch."""
    # Parsing makes many small objects and hardly any reference cycles. The cycle collector would walk through all of
    # them again and again, so it is off for the few milliseconds of a batch; reference counts free what is done.
    was_on = gc.isenabled()
    gc.disable()
    try:
        return [work(value) for value in values]
    finally:
        if was_on:
            gc.enable()


@dataclass(frozen=True, slots=True)
class LearnerAnswers:
    """One learner's answers to one lesson; under the policy `best` there may be several of a learner and lesson."""

    who: str
    name: str
    lesson: LessonId
    document: Json


def latest_answers(  # noqa: PLR0913
    folder: Path,
    offered: Mapping[LessonId, Lesson],
    *,
    roster: Path | None = None,
    policy: Policy = "last",
    story: str | None = None,
    leave_out: Iterable[Path] = (),
) -> Iterator[LearnerAnswers]:
    """The answers that count in a folder or zip, by learners' names; files that cannot be read are skipped.

    `offered` are the lessons to look for. Raises CopydeskError for a roster that cannot be read.
    """
    sources = Sources(folder, leave_out=(roster, *leave_out))
    # grading keeps its tables among the results; here there are none, so they live for as long as the answers are read
    with tempfile.TemporaryDirectory(prefix="copydesk-answers-") as temp:
        tables = RunTables(Path(temp))
        try:
            names = Roster(read_roster(roster).pupils() if roster else ())
            collect(sources, tables, names, None, lambda _: None)
            drop_unknown_lessons(tables, names, offered, story)
            for learner in tables.learners(missing=False):
                picked = pick(tables.attempts(learner.who), policy)
                read = {}
                for seq, shown in {a.seq: a.shown for a in picked.attempts}.items():
                    try:
                        read[seq] = documents(shown, sources.read(tables.place(seq)))
                    except Refused:  # the file was there a moment ago
                        read[seq] = {}
                for attempt in picked.attempts:
                    if (document := read[attempt.seq].get(attempt.lesson)) and attempt.lesson in offered:
                        yield LearnerAnswers(learner.who, learner.name, attempt.lesson, document)
        finally:
            sources.close()
            tables.close(keep=False)


def separate_claims(tables: RunTables) -> None:
    """Give the files of each learner whom several people claim to be to as many learners.

    A file that was assigned by a name alone is a claim. Two claims are of one person if the platform says so, if they
    are in one folder, or if both hold answers to a lesson that were begun at the same second. They are of two people if
    the platform says so, or if both hold answers to a lesson that were begun at different times. Then neither is graded
    as the learner of that name: each gets a row of its own, and `problems.csv` says what to do.
    """
    for who, files in tables.claimed():
        people = [*_people(files)]
        apart = [one for one in people if any(_are_two(one, other) for other in people if other is not one)]
        if not apart:
            continue
        unsure = [one for one in people if one[0].claim.person != SURE]
        sure = len(unsure) < len(people)
        apart = [one for one in unsure if one in apart] if sure else unsure
        learner = tables.learner(who)
        for number, one in enumerate(sorted(apart, key=_first_begun), 1):
            name = f"{learner.name} ({number})"
            key = f"{who}/{one[0].claim.person or _first_begun(one)}"
            several = replace(learner, who=key, name=name, id="", status="several", pupil=Pupil(name))
            tables.assign([file.seq for file in one], several, None)
            for file in one:
                tables.add_problem(file.shown, Problem("several", learner.name))
        if not sure:
            tables.set_unclear(who)


def _people(files: Sequence[ClaimedFile]) -> Iterator[list[ClaimedFile]]:
    """The files in groups that are surely of one person each."""
    people: list[list[ClaimedFile]] = []
    for file in files:
        same = [one for one in people if any(_are_one(file, other) for other in one)]
        people = [one for one in people if not any(one is found for found in same)]
        people.append([*(other for one in same for other in one), file])
    yield from people


def _are_one(file: ClaimedFile, other: ClaimedFile) -> bool:
    mine, theirs = file.claim, other.claim
    if mine.person or theirs.person:
        return (mine.person, mine.scope) == (theirs.person, theirs.scope)
    if mine.folder and mine.folder == theirs.folder:
        return True
    return any(other.begun.get(lesson) == time for lesson, time in file.begun.items())


def _are_two(one: Sequence[ClaimedFile], other: Sequence[ClaimedFile]) -> bool:
    """Whether two groups of files cannot be of one person."""
    mine, theirs = one[0].claim, other[0].claim
    if mine.person and theirs.person and mine.scope == theirs.scope:
        return True
    times, others = _begun(one), _begun(other)
    return any(times[lesson].isdisjoint(others[lesson]) for lesson in times.keys() & others.keys())


def _begun(one: Sequence[ClaimedFile]) -> dict[tuple[str, str], set[str]]:
    times: dict[tuple[str, str], set[str]] = {}
    for file in one:
        for lesson, time in file.begun.items():
            times.setdefault(lesson, set()).add(time)
    return times


def _first_begun(one: Sequence[ClaimedFile]) -> str:
    return min((time for file in one for time in file.begun.values()), default=one[0].shown)
