"""What an instructor chooses for a student edition: its lessons, and when it is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from copydesk.errors import CopydeskError
from copydesk.lessons import Lesson, list_lessons, load_lesson
from copydesk.stories import Story

FIRST = "00"
"""The lesson that shows how to mark and to save: it comes along unless it is left out by name."""


def choose(wanted: Sequence[str] | None, story: Story) -> tuple[Lesson, ...]:
    """The lessons of an edition, in order: by name or number, `-03` leaves one out; 00 comes along unless left out."""
    offered = {lesson.id: lesson for lesson in _offered(story)}
    names = [name.strip() for name in wanted or () if name.strip()]
    taken = {_one(name, offered) for name in names if not name.startswith("-")}
    left = {_one(name[1:], offered) for name in names if name.startswith("-")}
    taken = taken | {i for i in offered if i.startswith(FIRST)} if taken else {*offered}
    if not taken - left:
        raise CopydeskError("no lesson is left to release", f"there are: {', '.join(offered) or 'none'}")
    return tuple(offered[name] for name in sorted(taken - left))


def _offered(story: Story) -> Iterator[Lesson]:
    for name in list_lessons():
        if name in story.lessons:
            yield load_lesson(name, story)
        else:
            with suppress(CopydeskError):  # a lesson that brings its own story; others this story has not got
                yield load_lesson(name, story)


def _one(name: str, offered: Mapping[str, Lesson]) -> str:
    found = next((i for i in offered if name in (i, i.partition("_")[0])), "")
    if not found:
        raise CopydeskError(f"there is no lesson '{name}' to release", f"there are: {', '.join(offered) or 'none'}")
    return found


def moment(due: str | dt.date | None) -> dt.date | dt.datetime | None:
    """A due date as a day or as a moment.

    >>> moment("2027-03-01"), moment("2027-03-01T18:30")
    (datetime.date(2027, 3, 1), datetime.datetime(2027, 3, 1, 18, 30))
    """
    if not isinstance(due, str):
        return due
    try:
        text = due.strip()
        return (dt.date if len(text) == len("2027-03-01") else dt.datetime).fromisoformat(text) if text else None
    except ValueError:
        raise CopydeskError(f"'{due}' is no date", "write 2027-03-01 or 2027-03-01T23:59") from None
