"""A student edition: a folder and a zip that open in JupyterLab as they are; graded, without the key in any form."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from copydesk.classroom.release_choice import choose, moment
from copydesk.classroom.release_contents import contents
from copydesk.classroom.release_wheel import zipped
from copydesk.classroom.release_write import check_zip, write_folder, write_zip
from copydesk.edition import Edition
from copydesk.errors import CopydeskError
from copydesk.lessons import Lesson, list_lessons
from copydesk.stories import load_story
from copydesk.wording import load_wording

UNGRADED_KEEPS = ("key", "hints", "comments", "provenance")
"""What only a graded edition leaves out, by its name in data/release.toml."""


@dataclass(frozen=True, slots=True)
class Release:
    """What was made: the folder, the zip (None: not asked for) and its sha256, sizes in bytes, what is not in it."""

    folder: Path
    zip: Path | None
    sha256: str
    zip_bytes: int
    files: tuple[str, ...]
    bytes: int
    edition: Edition
    stories: tuple[str, ...]
    left_out: tuple[str, ...]


def release(  # noqa: PLR0913
    out: Path | str,
    *,
    lessons: Sequence[str] | None = None,
    story: str | Path | None = None,
    graded: bool = False,
    course: str = "",
    due: str | dt.date | None = None,
    as_zip: bool = True,
) -> Release:
    """Make a student edition in the folder `out`, and beside it a zip of the same.

    `lessons` are names or numbers, by default all; lesson 00 comes along unless `"-00"` leaves it out. `due` is a day
    or a moment, here unless it has a zone. Raises CopydeskError if something is not there, or `out` holds anything but
    an earlier release as it was made.
    """
    folder, opened = Path(out).resolve(), load_story(story)
    chosen = choose(lessons, opened)
    _check_keys(chosen, graded=graded)
    ids = tuple(lesson.id for lesson in chosen)
    edition = Edition(" ".join(course.split()), moment(due), graded, opened.id, ids)
    target = folder.with_name(f"{folder.name}.zip") if as_zip else None
    if target:
        check_zip(target)
    inside = contents(chosen, edition)
    data = zipped({f"{_top(edition)}/{name}": bytes_ for name, bytes_ in inside.items()})
    write_folder(folder, inside)
    if target:
        write_zip(target, data)
    return Release(
        folder,
        target,
        hashlib.sha256(data).hexdigest(),
        len(data),
        tuple(sorted(inside)),
        sum(map(len, inside.values())),
        edition,
        tuple(dict.fromkeys(lesson.story.id for lesson in chosen)),
        _left_out(edition),
    )


def _check_keys(lessons: Sequence[Lesson], *, graded: bool) -> None:
    keyless = next((lesson.story for lesson in lessons if lesson.story.key is None), None)
    if keyless and not graded:
        raise CopydeskError(f"the story '{keyless.id}' has no key here", "release it with --graded, or find its key")


def _top(edition: Edition) -> str:
    """The folder inside the zip: from the course, so that it does not depend on where the zip is made."""
    words = re.findall(r"[a-z0-9]+", f"{edition.course or edition.story}".lower())
    return "-".join(["copydesk", *words])[:60].rstrip("-")


def _left_out(edition: Edition) -> tuple[str, ...]:
    say = load_wording("release")["left_out"]
    gone = [name for name in list_lessons() if name not in edition.lessons]
    told = [say["lessons"].format(lessons=", ".join(name[:2] for name in gone))] if gone else []
    kept = () if edition.graded else UNGRADED_KEEPS
    return (*told, *(text for name, text in say.items() if name not in ("lessons", *kept)))
