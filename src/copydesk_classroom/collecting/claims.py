"""Keep apart the work of several people who use one name.

A file that was assigned by a name alone is a claim. Two claims are of one person if the platform says so, if they are
in one folder, or if both hold answers to a lesson that were begun at the same second. They are of two people if the
platform says so, or if both hold answers to a lesson that were begun at different times. Then neither is graded as the
learner of that name: each gets a row of its own, and `problems.csv` says what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copydesk_classroom.collecting.roster import Pupil
from copydesk_classroom.wording import Problem

if TYPE_CHECKING:
    from copydesk_classroom.collecting.state import RunTables

SURE = "="
"""The person of a file that was assigned by an id."""


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


def separate_claims(tables: RunTables) -> None:
    """Give the files of each learner whom several people claim to be to as many learners."""
    for who, files in tables.claimed():
        people = [*_people(files)]
        apart = [one for one in people if any(_are_two(one, other) for other in people if other is not one)]
        if not apart:
            continue
        sure = any(_is_sure(one) for one in people)
        apart = [one for one in (apart if sure else people) if not _is_sure(one)]
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


def _is_sure(one: Sequence[ClaimedFile]) -> bool:
    return one[0].claim.person == SURE


def _first_begun(one: Sequence[ClaimedFile]) -> str:
    return min((time for file in one for time in file.begun.values()), default=one[0].shown)
