"""Read every submitted file once, and assign each to its owner.

A file's owner is found in this order: the name that the platform gave the file; a folder or file name that is on the
roster; the name in the file itself; the folder around it. What a platform wrote counts more than what a learner wrote,
and an outer folder more than an inner one, so that nobody can submit as another by naming a folder or a file so.
Where only a name tells, two people may have it: see `claims`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import PurePosixPath

from copydesk.lessons.lesson import Lesson
from copydesk_classroom.collecting.claims import Claim, separate_claims
from copydesk_classroom.collecting.files import Found, Sources
from copydesk_classroom.collecting.platforms import SAKAI_TIME, PlatformName, parse_platform_name, sakai_time
from copydesk_classroom.collecting.roster import Pupil, Roster
from copydesk_classroom.collecting.state import Learner, RunTables
from copydesk_classroom.collecting.submissions import Submission, parse_submission
from copydesk_classroom.course import LessonId
from copydesk_classroom.pool import map_ordered
from copydesk_classroom.problems import Problem, Refused
from copydesk_classroom.safe_text import one_line

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
        owner = _with_platform_id(pupil or Pupil(one_line(named.name or named.ids[-1])), named)
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


def _with_platform_id(pupil: Pupil, named: PlatformName) -> Pupil:
    """A learner with the id in the platform's file name, by which its import finds them."""
    if named.platform == "moodle":
        return replace(pupil, participant=named.ids[-1])
    return pupil if pupil.id or pupil.login else replace(pupil, id=named.ids[-1])


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
