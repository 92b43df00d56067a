"""Collect: every file is read once and noted with its owner; what cannot be read is noted by name."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor

from copydesk.classroom.course import LessonId
from copydesk.classroom.faults import Fault, Refused
from copydesk.classroom.inert import line
from copydesk.classroom.ledger import Ledger
from copydesk.classroom.owners import add_missing, folder_of, own_at_sight, own_the_rest
from copydesk.classroom.papers import Paper, survey
from copydesk.classroom.pool import in_order
from copydesk.classroom.roster import Roster
from copydesk.classroom.sources import Found, Sources
from copydesk.lessons import Lesson

QUIET = ("alien", "notebook", "other")
"""Faults of a file that count only where nothing that can be graded lies beside it."""


def collect(
    sources: Sources, ledger: Ledger, roster: Roster, executor: Executor | None, tell: Callable[[int], None]
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
                _note(ledger, roster, found, Paper("none", "", faults=(refused.fault,)))
            else:
                waiting.append(found)
                yield found.shown, data

    for number, paper in enumerate(in_order(_survey, readable(), executor), 1):
        _note(ledger, roster, waiting.popleft(), paper)
        tell(number)
    own_the_rest(ledger, roster, line(sources.folder.resolve().name))


def _survey(given: tuple[str, bytes]) -> Paper:
    try:
        return survey(*given)
    except Exception as error:  # one file of one stranger must not stop a class
        return Paper("none", "", faults=(Fault("damaged", f"cannot be read ({type(error).__name__})"),))


def _note(ledger: Ledger, roster: Roster, found: Found, paper: Paper) -> None:
    seq = ledger.add_file(found, paper, folder_of(found.shown, paper))
    own_at_sight(ledger, roster, seq, found.shown)
    backup = found.shown.lower().endswith(".bak")
    for fault in paper.faults:
        if fault.name in QUIET:
            ledger.add_other(seq, fault)
        elif not backup:
            ledger.add_problem(found.shown, fault)


def settle(
    ledger: Ledger, roster: Roster, offered: Mapping[LessonId, Lesson], wanted: str | None
) -> list[tuple[str, str]]:
    """Leave out works on lessons that are not here or on another version of the page; gives back the lessons left."""
    for story, lesson, page in ledger.lessons():
        known = offered.get((story, lesson))
        if known is None:
            elsewhere = wanted is not None and story not in {s for s, _ in offered}
            ledger.drop((story, lesson, page), None if elsewhere else Fault("unknown", f"{story}/{lesson}"))
        elif page not in ("", known.story.about["sha256"]):
            ledger.drop((story, lesson, page), Fault("page", lesson))
    add_missing(ledger, roster)
    ledger.settle(roster=bool(next(iter(roster), None)))
    ledger.note_others()
    for shown, names in ledger.same_works():
        more = f" (+{len(names) - 3})" if len(names) > 3 else ""
        ledger.add_problem(shown, Fault("same_work", "; ".join(names[:3]) + more))
    return sorted({(story, lesson) for story, lesson, _ in ledger.lessons()})
