"""Who handed in what: by the platform's name for the file, the roster, the name in the hand-in, the folder or the file.

What a platform wrote counts more than what a learner wrote, and what lies further out more than what lies inside it:
nobody hands in under another's name by naming a folder so.

Collect: every file is read once and noted with its owner; what cannot be read is noted by name.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import PurePosixPath

from copydesk.lessons.lesson import Lesson
from copydesk_classroom.collecting.files import Found, Sources
from copydesk_classroom.collecting.roster import PlatformName, Pupil, Roster, parse_platform_name
from copydesk_classroom.collecting.state import Learner, RunTables
from copydesk_classroom.collecting.submissions import Submission, parse_submission
from copydesk_classroom.course import LessonId
from copydesk_classroom.pool import map_ordered
from copydesk_classroom.problems import Problem, Refused
from copydesk_classroom.safe_text import one_line

STEM = re.compile(r"(handin_)?(?P<name>.+?)(\.json)?(\.txt|\.bak)?", re.IGNORECASE | re.DOTALL)


def assign_by_path(ledger: RunTables, roster: Roster, seq: int, shown: str) -> None:
    """Give a file its owner if its path alone tells: a platform's label, or a part that is on the roster."""
    parts = PurePosixPath(shown).parts
    if label := parse_platform_name(parts):
        pupil = roster.find(id=label.id, name=label.name)
        who = pupil.key if pupil else f"{label.platform}:{label.id}"
        ledger.own(
            [seq], _learner(_labelled(pupil or Pupil(one_line(label.name)), label), who, known=pupil is not None)
        )
        ledger.set_label(seq, late=label.late, again=label.again)
        return
    stem = STEM.fullmatch(parts[-1])
    for part in (*parts[:-1], stem["name"] if stem else parts[-1]):
        if pupil := roster.find_part(part):
            ledger.own([seq], _learner(pupil, pupil.key))
            return


def assign_remaining(ledger: RunTables, roster: Roster, top: str) -> None:
    """Give every other file with answers its owner; `top` names whoever's answers lie in no folder of their own."""
    for place, files in ledger.unowned():
        answers, handins = [f for f in files if f.kind != "handin"], [f for f in files if f.kind == "handin"]
        if any(f.kind == "answers" for f in answers):  # one folder with answers is one learner's
            names = [f.named for f in answers if one_line(f.named)]
            learner = _known(roster, names[-1]) if names else _placed(place or ".", top)
            ledger.own([f.seq for f in answers], learner)
        alone = place if len({f.sha for f in handins}) == 1 else ""  # a folder with one hand-in is its learner's too
        for file in handins:
            learner = _known(roster, file.named) if one_line(file.named) else _placed(alone or file.shown, top)
            ledger.own([file.seq], learner)
            if not one_line(file.named):
                ledger.add_problem(file.shown, Problem("nameless", learner.name))


def _known(roster: Roster, named: str) -> Learner:
    """Whoever bears the name a learner chose: on the roster, or a stranger."""
    name = one_line(named)
    pupil = roster.find(id=name, name=name)
    if pupil:
        return _learner(pupil, pupil.key)
    return _learner(Pupil(name), f"name:{name.casefold()}", known=False)


def _placed(place: str, top: str) -> Learner:
    """Somebody known only by where the work lies."""
    name = one_line(PurePosixPath(place).name.removesuffix(".zip")) or top
    return _learner(Pupil(name), f"place:{one_line(ascii(place), most=4000)}", known=False)


def folder_of(shown: str, paper: Submission) -> str:
    """The folder around a file: for answers, the one around `answers/<story>/<lesson>.json`."""
    folder = PurePosixPath(shown).parent
    if paper.kind in ("answers", "learner"):
        stories = {w.story.casefold() for w in paper.works}
        folder = folder.parent if folder.name.casefold() in stories else folder
        folder = folder.parent if folder.name.casefold() == "answers" else folder
    return "" if str(folder) == "." else str(folder)


def add_missing(ledger: RunTables, roster: Roster) -> None:
    """Whoever is on the roster and handed in nothing."""
    for pupil in roster:  # whoever is noted already stays as noted
        ledger.add_learner(replace(_learner(pupil, pupil.key), status="missing"))


def _learner(pupil: Pupil, who: str, *, known: bool = True) -> Learner:
    """A learner who is on the roster, or, not being `known` from there, a stranger."""
    name = pupil.name or pupil.sis or pupil.id or pupil.email or pupil.participant
    number = pupil.sis or pupil.id or pupil.participant
    return Learner(who, name, number, "graded" if known else "stranger", pupil)


def _labelled(pupil: Pupil, label: PlatformName) -> Pupil:
    """A pupil with the platform's own number, which its import goes by."""
    if label.platform == "moodle":
        return replace(pupil, participant=label.id)
    return pupil if pupil.id else replace(pupil, id=label.id)


QUIET = ("alien", "notebook", "other")
"""Faults of a file that count only where nothing that can be graded lies beside it."""


def collect(
    sources: Sources, ledger: RunTables, roster: Roster, executor: Executor | None, tell: Callable[[int], None]
) -> None:
    """Read every file below the folder, and find out whose each is."""
    waiting: deque[Found] = deque()

    def readable() -> Iterator[tuple[str, bytes]]:
        for found in sources.walk():
            try:
                if found.fault:
                    raise Refused(found.fault.name, found.fault.detail)
                data = sources.read(found.place)
            except Refused as refused:
                _note(ledger, roster, found, Submission("none", "", faults=(refused.fault,)))
            else:
                waiting.append(found)
                yield found.shown, data

    for number, paper in enumerate(map_ordered(_survey, readable(), executor), 1):
        _note(ledger, roster, waiting.popleft(), paper)
        tell(number)
    assign_remaining(ledger, roster, one_line(sources.folder.resolve().name))


def _survey(given: tuple[str, bytes]) -> Submission:
    try:
        return parse_submission(*given)
    except Exception as error:  # one file of one stranger must not stop a class
        return Submission("none", "", faults=(Problem("damaged", f"cannot be read ({type(error).__name__})"),))


def _note(ledger: RunTables, roster: Roster, found: Found, paper: Submission) -> None:
    seq = ledger.add_file(found, paper, folder_of(found.shown, paper))
    assign_by_path(ledger, roster, seq, found.shown)
    backup = found.shown.lower().endswith(".bak")
    for fault in paper.faults:
        if fault.name in QUIET:
            ledger.add_other(seq, fault)
        elif not backup:
            ledger.add_problem(found.shown, fault)


def drop_unknown_lessons(
    ledger: RunTables, roster: Roster, offered: Mapping[LessonId, Lesson], wanted: str | None
) -> list[tuple[str, str]]:
    """Leave out works on lessons that are not here or on another version of the page; gives back the lessons left."""
    for story, lesson, page in ledger.lessons():
        known = offered.get((story, lesson))
        if known is None:
            elsewhere = wanted is not None and story not in {s for s, _ in offered}
            ledger.drop((story, lesson, page), None if elsewhere else Problem("unknown", f"{story}/{lesson}"))
        elif page not in ("", known.story.about["sha256"]):
            ledger.drop((story, lesson, page), Problem("page", lesson))
    add_missing(ledger, roster)
    ledger.settle(roster=bool(next(iter(roster), None)))
    ledger.note_others()
    for shown, names in ledger.same_works():
        more = f" (+{len(names) - 3})" if len(names) > 3 else ""
        ledger.add_problem(shown, Problem("same_work", "; ".join(names[:3]) + more))
    return sorted({(story, lesson) for story, lesson, _ in ledger.lessons()})
