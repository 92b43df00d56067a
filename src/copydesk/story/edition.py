"""A released edition: what its `release.toml` says, and what a learner is told of it.

The file lies beside `notebooks` and `seeds`. It names the course, the due date, the story, the lessons and the wheel.
An edition's lessons and keys fit the kit in its own wheel, so `has_other_kit` compares that with the installed one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from copydesk.base.documents import read_toml
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording, say_day

FILE = "release.toml"
SCHEMA = "copydesk-release-1"
FIRST_YEAR, LAST_YEAR = 1971, 9000
"""The years of due dates: at the ends of the calendar a moment has no time in every zone."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One student edition: its course, when it is due, and what it was made from; all empty outside of a release."""

    course: str = ""
    due: dt.date | dt.datetime | None = None
    """The last day, or the last moment: here, unless it has a time zone."""
    graded: bool = False
    story: str = ""
    lessons: tuple[str, ...] = ()
    hand_in_to: str = ""
    """Where learners give their work, for example “Moodle, assignment 2”; empty: to their instructor."""
    wheel: str = ""
    """The file name of the wheel."""
    sha256: str = ""
    """The sha256 of the wheel."""
    kit_files: str = ""
    """The hash of the kit's files in the wheel (see `kit_hash`)."""

    def has_other_kit(self) -> bool:
        """Whether another kit is installed than the one this edition was made with; False where it cannot be told."""
        installed = installed_kit()
        return bool(self.kit_files and installed) and self.kit_files != installed

    def is_over(self, now: dt.datetime) -> bool:
        """Whether the due date has passed at a moment (which has a time zone).

        >>> Edition(due=dt.date(2027, 3, 1)).is_over(dt.datetime(2027, 3, 1, 23, 59).astimezone())
        False
        """
        return self.due is not None and now.replace(microsecond=0) > last_moment(self.due)


def last_moment(due: dt.date | dt.datetime) -> dt.datetime:
    """The last second that is in time: a day lasts until midnight, and a time without seconds to the end of its minute.

    A time without a zone is in the zone of this computer.

    >>> last_moment(dt.datetime(2027, 3, 1, 23, 59, tzinfo=dt.UTC)).time()
    datetime.time(23, 59, 59)
    """
    if not isinstance(due, dt.datetime):
        return dt.datetime.combine(due, dt.time(23, 59, 59)).astimezone()
    return (due if due.second else due.replace(second=59)).astimezone()


def kit_hash(record: Iterable[str]) -> str:
    """A hash of the kit's files, from the lines of a wheel's RECORD; '' if it lists none.

    Stories and notebooks, which an edition has outside of its wheel, and compiled files do not count.

    >>> kit = ["copydesk/cli.py,sha256=ab,1"]
    >>> kit_hash(kit) == kit_hash(["copydesk/seeds/page.txt,sha256=cd,2", *kit])
    True
    """
    left_out = ("copydesk/seeds/", "copydesk/notebooks/")
    files = [line.strip() for line in record if line.startswith("copydesk/") and not line.startswith(left_out)]
    listed = "\n".join(sorted(line for line in files if "__pycache__" not in line))
    return hashlib.sha256(listed.encode()).hexdigest() if listed else ""


@cache
def installed_kit() -> str:
    """The hash of the files of the kit that runs here; '' for one that no wheel installed, such as a source tree."""
    with suppress(metadata.PackageNotFoundError, OSError, UnicodeDecodeError):
        found = metadata.distribution("copydesk")
        if Path(str(found.locate_file("copydesk/story/edition.py"))).resolve() == Path(__file__).resolve():
            return kit_hash((found.read_text("RECORD") or "").splitlines())
    return ""


def read_edition(folder: Path) -> Edition:
    """The edition that a folder holds; what cannot be read counts as not there, so that it keeps no learner out."""
    try:
        said = read_toml(folder / FILE)
    except CopydeskError:
        return Edition()
    if said.get("schema") != SCHEMA:
        return Edition()
    kinds = {"course": str, "due": dt.date, "graded": bool, "story": str, "lessons": list, "hand_in_to": str}
    kinds |= dict.fromkeys(("wheel", "sha256", "kit_files"), str)
    kept: dict[str, Any] = {name: said[name] for name, kind in kinds.items() if isinstance(said.get(name), kind)}
    if "due" in kept and not FIRST_YEAR <= kept["due"].year <= LAST_YEAR:
        del kept["due"]
    return Edition(**kept | {"lessons": tuple(n for n in kept.get("lessons", ()) if isinstance(n, str))})


def parse_due(due: str | dt.date | None) -> dt.date | dt.datetime | None:
    """A due date as it is typed: a day or a moment; None for nothing. Raises CopydeskError for what is no date.

    >>> parse_due("2027-03-01"), parse_due("2027-03-01T18:30")
    (datetime.date(2027, 3, 1), datetime.datetime(2027, 3, 1, 18, 30))
    """
    if not isinstance(due, str):
        return due
    if not due.strip():
        return None
    for read in (dt.date.fromisoformat, dt.datetime.fromisoformat):
        with suppress(ValueError):
            return read(due.strip())
    raise CopydeskError(f"'{due}' is no date", "write 2027-03-01 or 2027-03-01T23:59")


def edition_words(edition: Edition, now: dt.datetime | None = None) -> list[str]:
    """Course and due date, a sentence each; after the due date a kind word, and never a closed door.

    If another kit is installed than the edition's own, a last sentence says how to install that.

    >>> edition_words(Edition("News 101", dt.date(2027, 3, 1)), dt.datetime(2027, 2, 1).astimezone())
    ['Course: News 101.', 'Due: 1 March 2027.']
    """
    say = load_wording("strings")["edition"]
    told = [say["course"].format(course=edition.course)] if edition.course else []
    if edition.due:
        state = "over" if edition.is_over(now or dt.datetime.now().astimezone()) else "due"
        told.append(say[state].format(due=say_due(edition.due)))
    return [*told, say["other_kit"].format(wheel=edition.wheel)] if edition.has_other_kit() else told


def say_due(due: dt.date | dt.datetime) -> str:
    """The day, the time of day where there is one, and its zone where that is given.

    >>> say_due(dt.datetime(2027, 3, 1, 18, 30)), say_due(dt.datetime(2027, 3, 1, 18, 30, tzinfo=dt.UTC))
    ('1 March 2027, 18:30', '1 March 2027, 18:30 UTC')
    """
    return f"{say_day(due)}, {due:%H:%M %Z}".strip() if isinstance(due, dt.datetime) else say_day(due)
