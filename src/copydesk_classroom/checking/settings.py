"""Check the settings for grading a class before anybody submits: roster, weights, due date, grades of texts.

`check_settings` yields what `copydesk grade` will understand of each, and every fault at once, in sentences.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from copydesk.base.errors import CopydeskError
from copydesk_classroom.collecting.roster import name_keys, read_roster
from copydesk_classroom.course import Unit, offers, weights_and_errors
from copydesk_classroom.grading.grade import late_after
from copydesk_classroom.marking.grade_files import graders

MOST = 10
"""How many faults of one kind are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was understood of one setting (`said`), and what is wrong with it, in sentences."""

    said: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def check_settings(
    *,
    roster: Path | None = None,
    weights: Path | None = None,
    due: str | None = None,
    rubric: Path | None = None,
    story: str | None = None,
) -> Iterator[Found]:
    """Check each setting that is given; nothing is graded and nothing is written.

    With `story` only the lessons of that story are offered.
    """
    if roster is not None:
        yield _safely(partial(_roster, roster))
    if weights is not None:
        yield _safely(partial(_weights, weights, story))
    if due is not None:
        yield _safely(partial(_due, due))
    if rubric is not None:
        yield _safely(partial(_rubric, rubric))


def _safely(check: Callable[[], Found]) -> Found:
    try:
        return check()
    except CopydeskError as error:
        return Found(faults=(str(error),))


def _roster(path: Path) -> Found:
    found = read_roster(path)
    pupils, header, columns = [*found.pupils()], found.head, found.columns
    read = ", ".join(f"{field} from “{header[n].strip()}”" for n, field in columns.items())
    left = ", ".join(f"“{h.strip()}”" for n, h in enumerate(header) if n not in columns and h.strip())
    said = [f"roster {path}: {len(pupils)} learners; read: {read}{f'; not read: {left}' if left else ''}"]
    if not any(p.ids() for p in pupils):
        said.append("  learners are told apart by their names alone; a column with an id, login or email is safer")
    keys, names = Counter(p.key for p in pupils), Counter(k for p in pupils for k in _whole_name(p.name))
    faults = [
        f"{path}: ‘{key.partition(':')[2]}’ is there {n} times; keep one line" for key, n in keys.items() if n > 1
    ]
    shared = {p.name for p in pupils if keys[p.key] == 1 and any(names[k] > 1 for k in _whole_name(p.name))}
    said += [f"  several are called ‘{name}’: only a file with an id finds its owner" for name in sorted(shared)[:MOST]]
    if not pupils:
        faults.append(f"nobody is on {path}; write one line per learner")
    return Found(tuple(said), _cut(faults))


def _whole_name(name: str) -> set[str]:
    return {key for keys in name_keys(name)[1:2] for key in keys}


def _cut(faults: list[str]) -> tuple[str, ...]:
    rest = len(faults) - MOST
    return (*faults[:MOST], *([f"and {rest} more of that kind"] if rest > 0 else []))


def _weights(path: Path, story: str | None) -> Found:
    """How many factors there are, and the points of each lesson with them."""
    offered = offers(story, path)
    factors, errors = weights_and_errors(path, offered)
    faults = [str(error) for error in errors]
    lessons = {lesson.id: lesson for lesson in reversed(offered.values())}
    said = [f"weights {path}: {len(factors)} {'factor' if len(factors) == 1 else 'factors'}"]
    total = 0.0
    for name, lesson in sorted(lessons.items()):
        before, now = sum(e.points for e in lesson.exercises), Unit.of(lesson, name, factors).possible
        total += now
        said.append(f"  {name}: {now:g} points{f', not {before:g}' if now != before else ''}")
    faults += [f"{path}: no exercise counts; give one a factor above 0"] if not total else []
    return Found(tuple(said), _cut(faults))


def _due(given: str) -> Found:
    last = dt.datetime.fromisoformat(late_after(given))
    here = last.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    past = "; that is past" if last < dt.datetime.now(dt.UTC) else ""
    return Found((f"due {given}: late after {here} ({last:%Y-%m-%d %H:%M:%S} UTC){past}",))


def _rubric(place: Path) -> Found:
    """How many texts each grader graded, and how many texts have several graders."""
    everybody = graders(place) if place.exists() else {}
    if not everybody:
        raise CopydeskError(f"there are no grades in {place}", "name the folder that the grading desk wrote")
    texts = Counter(text for grades in everybody.values() for text in grades)
    of_each = ", ".join(f"{name} {len(grades)}" for name, grades in sorted(everybody.items()))
    several = sum(n > 1 for n in texts.values())
    return Found((f"rubric {place}: {len(texts)} texts ({of_each}); {several} by several graders",))
